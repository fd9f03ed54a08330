/** The charts of the residual lab: a number for each layer, of both networks; the paths. */
import { useMemo } from "preact/hooks";
import { Chart, points } from "../parts/chart.tsx";
import { range } from "../parts/grid.tsx";
import { short } from "../parts/numbers.ts";
import { type Axes, placeOn } from "./solution.ts";
import { aloud, CHARTS, describeChart, describeWays, type Shown } from "./words.ts";

const SIDE = 1000; // of a plot, in units of its own: the style sheet stretches it

type ByLayerProps = {
  what: "forward" | "gradient";
  shown: Shown;
  axes: Axes;
  onPick: (layer: number) => void;
};

/**
 * One number a layer, on a logarithmic scale. Both networks are there, each with its own hue and
 * stroke; the one that is switched off is faint. The axes are the same whatever is shown.
 */
export function ByLayer({ what, shown, axes, onPick }: ByLayerProps) {
  const { layer, depth, shortcut, curves, other } = shown;
  const [title, measure] = CHARTS[what];
  const networks = [
    { residual: !shortcut, values: other?.[what] },
    { residual: shortcut, values: curves?.[what] },
  ]; // the one that is on lies above the other
  const byName = networks.toSorted((a, b) => Number(b.residual) - Number(a.residual));
  const [x, y] = useMemo(() => placeOn(axes, SIDE), [axes]);
  const follow = (event: PointerEvent & { currentTarget: HTMLDivElement }) => {
    const { type, pointerType, buttons, clientX, currentTarget } = event;
    if (type === "pointermove" && pointerType === "mouse" && buttons === 0) return;
    const { left, width } = (
      currentTarget.querySelector("svg") as SVGSVGElement
    ).getBoundingClientRect();
    const near = Math.round(1 + ((clientX - left) / width) * (axes.layers - 1));
    onPick(Math.min(depth, Math.max(1, near)));
  };
  const looks = (isResidual: boolean) =>
    `${isResidual ? "cnl-with" : "cnl-without"}${isResidual === shortcut ? " cnl-on" : ""}`;
  return (
    <figure class="cnl-by-layer">
      <figcaption>
        <span>
          <strong>{title}</strong> <span class="cnl-measure">{measure}</span>
        </span>
        {byName.map(({ residual, values }) => (
          <span key={residual} class={`cnl-reading ${looks(residual)}`}>
            <svg viewBox="0 0 26 6" aria-hidden="true">
              <path d="M1,3H25" />
            </svg>
            {residual ? "with" : "without"}
            {residual && <span> shortcuts</span>} <b>{values && short(values[layer - 1])}</b>
          </span>
        ))}
      </figcaption>
      <div
        class="cnl-plot"
        role="img"
        aria-label={aloud(describeChart(what, shown))}
        onPointerDown={follow}
        onPointerMove={follow}
      >
        {axes.ticks.map((power) => (
          <span key={power} class="cnl-tick" style={`--at:${y(power) / SIDE}`}>
            {power > -4 && power < 4 ? short(10 ** power) : `1e${short(power)}`}
          </span>
        ))}
        <svg viewBox={`0 0 ${SIDE} ${SIDE}`} preserveAspectRatio="none">
          {axes.ticks.map((power) => (
            <path key={power} d={`M0,${y(power)}H${SIDE}`} class={power ? "grid" : "grid one"} />
          ))}
          <path d={`M${x(layer)},0V${SIDE}`} class="here" />
          {networks.map(
            ({ residual, values }) =>
              values && (
                <g key={residual} class={looks(residual)}>
                  <Curve values={values} x={x} y={y} />
                  <path d={`M${x(layer)},${y(Math.log10(values[layer - 1]))}h0`} class="dot" />
                </g>
              ),
          )}
        </svg>
        <span class="cnl-layers">
          <span>1</span>
          <span>layer</span>
          <span>{axes.layers}</span>
        </span>
      </div>
    </figure>
  );
}

type CurveProps = { values: number[]; x: (layer: number) => number; y: (power: number) => number };

/** A curve, which stays as it is while the picked layer moves. */
function Curve({ values, x, y }: CurveProps) {
  const path = useMemo(
    () =>
      points(
        values.map(Math.log10),
        (i) => x(i + 1),
        (power) => y(power),
      ),
    [values, x, y],
  );
  return <polyline points={path} />;
}

/** How many ways of choosing k of n, k from 0 to n. */
const binomials = (n: number) =>
  range(n).reduce((row, k) => [...row, Math.round((row[k] * (n - k)) / (k + 1))], [1]);

const WAYS = { width: 272, height: 108, left: 8, right: 264 }; // as wide as the panel

type WaysProps = { blocks: number; shortcut: boolean };

/** The paths through all blocks, by how many blocks they go through. */
export function Ways({ blocks, shortcut }: WaysProps) {
  const { width, height: whole, left, right } = WAYS;
  const counts = shortcut ? binomials(blocks) : [...Array(blocks).fill(0), 1];
  const highest = Math.max(...counts);
  const step = (right - left) / (blocks + 1);
  const says = describeWays(blocks, shortcut);
  const bar = (count: number, k: number) => {
    const height = (78 * count) / highest;
    const x = left + (k + 0.1) * step;
    return <rect key={k} x={x} width={step * 0.8} y={84 - height} height={height} class="bar" />;
  };
  return (
    <div class="cnl-ways">
      <p aria-hidden="true">{says}</p>
      <Chart kind="cnl-paths" size={[width, whole]} says={says}>
        <line x1={left} x2={right} y1="84" y2="84" class="grid" />
        {counts.map((count, k) => count > 0 && bar(count, k))}
        <text x={left} y="97" class="start">
          0
        </text>
        <text x={right} y="97" class="end">
          {blocks}
        </text>
        <text x={width / 2} y="97">
          blocks on the path
        </text>
      </Chart>
    </div>
  );
}
