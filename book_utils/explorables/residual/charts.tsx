/** The pictures of the residual lab: curves by layer, one block, the ways through all blocks. */
import { useMemo } from "preact/hooks";
import { Below, Chart, points } from "../parts/chart.tsx";
import { range } from "../parts/grid.tsx";
import { short } from "../parts/numbers.ts";
import {
  aloud,
  CHARTS,
  describeChart,
  describeWays,
  placeOf,
  type Shown,
  withIt,
} from "./words.ts";

const CURVES = { width: 340, height: 210, left: 46, right: 330, top: 22, bottom: 178 };
const BLOCK = { width: 340, height: 132 };
const TINY = 1e-300; // what underflowed to 0 is drawn here, if anything does

const power = (v: number) => Math.log10(Math.max(v, TINY));

/** A scale of powers of ten that holds all values. */
function decades(values: number[]) {
  const powers = values.map(power);
  const [low, high] = [Math.floor(Math.min(...powers)), Math.ceil(Math.max(...powers))];
  const step = [1, 2, 5, 10, 20, 50].find((s) => (high - low) / s <= 5) ?? 100;
  const ticks = range(high - low + 1)
    .map((i) => low + i)
    .filter((tick) => tick % step === 0);
  return { low, high: Math.max(high, low + 1), ticks };
}

type ByLayerProps = {
  what: "forward" | "gradient";
  shown: Shown;
  onPick: (layer: number) => void;
};

/** One number a layer, on a logarithmic scale; the network that is switched off is faint. */
export function ByLayer({ what, shown, onPick }: ByLayerProps) {
  const { layer, depth, shortcut, curves, other } = shown;
  const { width, height, left, right, top, bottom } = CURVES;
  const [values, faint] = [curves?.[what] ?? [], other?.[what] ?? []];
  const { low, high, ticks } = useMemo(
    () => decades(values.length ? [...values, ...faint] : [0.1, 1]),
    [curves, other],
  );
  const x = (i: number) => left + (i / (depth - 1)) * (right - left);
  const y = (v: number) => top + ((high - power(v)) / (high - low)) * (bottom - top);
  const at = x(layer - 1);
  const follow = (event: PointerEvent & { currentTarget: SVGSVGElement }) => {
    const { type, pointerType, buttons, clientX, currentTarget } = event;
    if (type === "pointermove" && pointerType === "mouse" && buttons === 0) return;
    const box = currentTarget.getBoundingClientRect();
    const across = ((clientX - box.left) / box.width) * width;
    const near = Math.round(1 + ((across - left) / (right - left)) * (depth - 1));
    onPick(Math.min(depth, Math.max(1, near)));
  };
  return (
    <Chart
      kind="cnl-by-layer"
      size={[width, height]}
      says={aloud(describeChart(what, shown))}
      onPointerDown={follow}
      onPointerMove={follow}
    >
      <text x={left} y={9} class="start">
        {CHARTS[what]}
      </text>
      {ticks.map((tick) => (
        <g key={tick}>
          <line x1={left} x2={right} y1={y(10 ** tick)} y2={y(10 ** tick)} class="grid" />
          <text x={left - 5} y={y(10 ** tick)} class="end">
            {tick > -4 && tick < 4 ? short(10 ** tick) : `1e${short(tick)}`}
          </text>
        </g>
      ))}
      <line x1={at} x2={at} y1={top} y2={bottom} class="grid" />
      <polyline points={points(faint, x, y)} class="faint" />
      <polyline points={points(values, x, y)} class="line" />
      {faint.length > 0 && <circle cx={at} cy={y(faint[layer - 1])} r="3.5" class="other" />}
      {values.length > 0 && <circle cx={at} cy={y(values[layer - 1])} r="4.5" class="dot" />}
      <Below y={height - 18} ends={[left, right]} from="1" to={depth}>
        layer
      </Below>
      <g class="key">
        <Key x={left} y={height - 4} kind="line" text={withIt(shortcut)} />
        <Key x={left + 138} y={height - 4} kind="faint" text={withIt(!shortcut)} />
      </g>
    </Chart>
  );
}

type KeyProps = { x: number; y: number; kind: string; text: string };

/** What a kind of line means. */
function Key({ x, y, kind, text }: KeyProps) {
  return (
    <>
      <line x1={x} x2={x + 22} y1={y} y2={y} class={kind} />
      <text x={x + 27} y={y} class="start">
        {text}
      </text>
    </>
  );
}

type BlockProps = { layer: number; depth: number; shortcut: boolean; norm: boolean };

/** One block: the way through two convolutions, and the way around. */
export function Block({ layer, depth, shortcut, norm }: BlockProps) {
  const { which, text } = placeOf(layer, depth);
  const convolution = norm ? ["3×3", "norm"] : ["3×3"];
  const parts = [...convolution, "ReLU", ...convolution];
  const picked = [-1, 0, parts.lastIndexOf("3×3")][which];
  const [wide, gap, first, y] = [norm ? 38 : 50, norm ? 7 : 12, 34, 74];
  const at = (i: number) => first + i * (wide + gap);
  const plus = at(parts.length) + 11;
  const added = shortcut ? "what came in is added; then" : "";
  const says = `A block: ${parts.join(", ")}; then ${added} ReLU. ${text}`;
  const around = `M18,${y}C18,18 ${plus},18 ${plus},${y - 11}`;
  return (
    <Chart kind="cnl-block" size={[BLOCK.width, BLOCK.height]} says={says}>
      <text x={0} y={9} class="start">
        {text}
      </text>
      <path d={`M0,${y}H${plus + 62}`} class="wire" />
      <path d={around} class={shortcut ? "wire short" : "faint"} />
      <text x={(18 + plus) / 2} y={44}>
        {shortcut ? "shortcut: x" : "no shortcut"}
      </text>
      <text x={6} y={y + 13}>
        x
      </text>
      {parts.map((part, i) => (
        <Box key={i} x={at(i)} y={y} width={wide} text={part} isPicked={i === picked} />
      ))}
      {shortcut && (
        <g class="box">
          <circle cx={plus} cy={y} r="11" />
          <text x={plus} y={y}>
            +
          </text>
        </g>
      )}
      <Box x={plus + 18} y={y} width={38} text="ReLU" />
      <text x={(at(0) + plus) / 2} y={y + 30}>
        {shortcut ? "F(x), then relu(x + F(x))" : "F(x), then relu(F(x))"}
      </text>
    </Chart>
  );
}

type BoxProps = { x: number; y: number; width: number; text: string; isPicked?: boolean };

/** A step of the computation, on the wire at the height `y`. */
function Box({ x, y, width, text, isPicked }: BoxProps) {
  return (
    <g class={isPicked ? "box picked" : "box"}>
      <rect x={x} y={y - 14} width={width} height="28" rx="3" />
      <text x={x + width / 2} y={y}>
        {text}
      </text>
    </g>
  );
}

/** How many ways of choosing k of n, k from 0 to n. */
const binomials = (n: number) =>
  range(n).reduce((row, k) => [...row, Math.round((row[k] * (n - k)) / (k + 1))], [1]);

type WaysProps = { blocks: number; shortcut: boolean };

/** The ways through all blocks, by how many blocks they go through. */
export function Ways({ blocks, shortcut }: WaysProps) {
  const { left, right } = CURVES;
  const counts = shortcut ? binomials(blocks) : [...Array(blocks).fill(0), 1];
  const highest = Math.max(...counts);
  const step = (right - left) / (blocks + 1);
  const { text, most } = describeWays(blocks, shortcut);
  const says = shortcut
    ? `${text}; most of them go through ${most} and around the others.`
    : `${text}.`;
  const bar = (count: number, k: number) => {
    const height = (78 * count) / highest;
    const x = left + (k + 0.1) * step;
    return <rect key={k} x={x} width={step * 0.8} y={100 - height} height={height} class="bar" />;
  };
  return (
    <Chart kind="cnl-paths" size={[BLOCK.width, BLOCK.height]} says={says}>
      <text x={0} y={9} class="start">
        {text}
      </text>
      <line x1={left} x2={right} y1="100" y2="100" class="grid" />
      {counts.map((count, k) => count > 0 && bar(count, k))}
      <text x={left + step / 2} y="111">
        0
      </text>
      <text x={right - step / 2} y="111">
        {blocks}
      </text>
      <text x={(left + right) / 2} y="111">
        blocks on the way
      </text>
      <text x={(left + right) / 2} y="126">
        {most && `most go through ${most}`}
      </text>
    </Chart>
  );
}
