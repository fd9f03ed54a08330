/**
 * The residual lab: signal and gradient, layer by layer, with and without shortcuts (see lab.py).
 */

import { useEffect, useMemo } from "preact/hooks";
import { Choice, Slider, Switch } from "../parts/controls.tsx";
import { range } from "../parts/grid.tsx";
import { short } from "../parts/numbers.ts";
import { plural, spoken } from "../parts/words.ts";
import { checkInteger, checkOneOf } from "../platform/check.ts";
import type { Host } from "../platform/lab.tsx";
import { Lab, Message, Sharing, useLab, view } from "../platform/lab.tsx";

type Curves = { forward: number[]; gradient: number[]; runs: number };

const SETTINGS = ["depth", "shortcut", "norm", "weights", "layer"];
const STATES = [
  { value: "default", label: "PyTorch’s first weights" },
  { value: "he", label: "He’s first weights" },
  { value: "trained", label: "after training" },
];
const DEPTHS = range(18).map((i) => 8 + 6 * i); // all that a kernel can measure: 8, 14, … 110
const REST = 350; // milliseconds that a slider must rest before the kernel is asked

/** The name under which a network’s curves stand. */
const nameOf = ({ weights, norm, depth }: Record<string, any>, shortcut: boolean = true) =>
  `${weights} ${norm ? "norm" : "bare"} ${depth} ${shortcut ? "residual" : "plain"}`;

/** Depths that can be shown: those that are known, and all others if a kernel can measure them. */
const depthsOf = ({ recorded, measured, ...s }: Record<string, any>, live: boolean) =>
  DEPTHS.filter((depth) => {
    const name = nameOf({ ...s, depth } as any);
    return name in recorded || name in measured || (live && s.weights !== "trained");
  });

const nearest = (depths: number[], depth: number) =>
  depths.reduce(
    (best, d, i) => (Math.abs(d - depth) < Math.abs(depths[best] - depth) ? i : best),
    0,
  );

/** Settings from a link, or a RangeError. */
function accept(s: any, page: Record<string, any>, live: boolean) {
  const settings = {
    weights: checkOneOf(
      s.weights,
      "state of the weights",
      STATES.map(({ value }) => value),
    ),
    shortcut: checkOneOf(s.shortcut, "switch of the shortcuts", [true, false]),
    norm: checkOneOf(s.norm, "switch of the normalisation", [true, false]),
  };
  const depth = Number(checkOneOf(s.depth, "depth", depthsOf({ ...page, ...settings }, live)));
  return { ...settings, depth, layer: checkInteger(s.layer, "layer", [1, depth]) };
}

const asPython = ({ depth, shortcut, norm, weights }: Record<string, any>) => {
  const bool = (on: boolean) => (on ? "True" : "False");
  return [
    "from book_utils import signals",
    "",
    `net = signals.network(${depth}, shortcut=${bool(shortcut)}, norm=${bool(norm)}, weights="${weights === "trained" ? "he" : weights}", seed=0)`,
    ...(weights === "trained" ? ["# train it here, as the record “signals” says"] : []),
    "seen = signals.measure(net, *signals.batch())  # forward and gradient, a number for each layer",
    "",
  ].join("\n");
};

function ResidualLab(host: Host) {
  const live = !host.share; // in the built book the host shares links, and has no kernel to ask
  const lab = useLab(host, [...SETTINGS, "recorded", "measured"], (settings) =>
    accept(settings, lab.state, live),
  );
  const { state, initial, change } = lab;
  const { depth, shortcut, norm, weights, recorded, measured } = state;
  const layer = Math.min(state.layer, depth);
  const depths = useMemo(() => depthsOf(state, live), [norm, weights, recorded, measured]);
  const find = (on: boolean) =>
    (recorded[nameOf(state, on)] ?? measured[nameOf(state, on)]) as Curves | undefined;
  const [shown, other] = [find(shortcut), find(!shortcut)];
  useKernel(host, shown === undefined, { depth, norm, weights });

  /** Settings that may need another depth, since not every network is recorded. */
  const switchTo = (changes: Record<string, any>) => {
    const possible = depthsOf({ ...state, ...changes }, live);
    if (!possible.length) return lab.complain("No trained network of this kind was recorded.");
    const next = possible[nearest(possible, depth)];
    change({ ...changes, depth: next, layer: Math.min(layer, next) });
    if (next !== depth)
      lab.say(`There are no curves of this kind for ${depth} layers: these are of ${next}.`);
  };
  const moveTo = (next: number) => change({ depth: next, layer: Math.min(next, layer) });
  const pick = (at: number) => change({ layer: at });
  const said =
    shown && other ? describe({ layer, depth, shortcut, shown, other }) : [waiting(depth)];

  return (
    <Lab label="Residual lab">
      <div class="cnl-bar">
        <Switch label="shortcuts" checked={shortcut} onChange={(on) => change({ shortcut: on })} />
        <Switch
          label="batch normalisation"
          checked={norm}
          onChange={(on) => switchTo({ norm: on })}
        />
        <Choice
          label="Weights"
          value={weights}
          options={STATES}
          onChange={(value) => switchTo({ weights: value })}
        />
      </div>
      <div class="cnl-row cnl-charts">
        <Chart
          what="forward"
          title="Signal: standard deviation"
          {...{ layer, depth, shortcut, shown, other, pick }}
        />
        <Chart
          what="gradient"
          title="Gradient: norm"
          {...{ layer, depth, shortcut, shown, other, pick }}
        />
      </div>
      <div class="cnl-said">
        <p class="cnl-sum cnl-kinds">
          {said.map((line) => (
            <span key={line}>{line} </span>
          ))}
        </p>
        <p class="cnl-formula">
          {shown && source(nameOf(state, shortcut) in recorded, shown.runs)}
        </p>
        <div class="cnl-hidden" aria-live="polite">
          {aloud(said.join(" "))}
        </div>
      </div>
      <div class="cnl-panel">
        <Slider
          label="Depth"
          unit="layers"
          value={nearest(depths, depth)}
          min={0}
          max={depths.length - 1}
          initial={nearest(depths, initial.depth)}
          format={(i) => String(depths[i])}
          onChange={(i) => moveTo(depths[i])}
        />
        <Slider
          label="Layer"
          value={layer}
          min={1}
          max={depth}
          initial={Math.min(initial.layer, depth)}
          onChange={pick}
        />
      </div>
      <Message lab={lab} />
      <div class="cnl-row cnl-charts">
        <Block layer={layer} depth={depth} shortcut={shortcut} norm={norm} />
        <Paths blocks={(depth - 2) / 2} shortcut={shortcut} />
      </div>
      <div class="cnl-bar">
        <Sharing lab={{ ...lab, state: pickOut(state) }} python={() => asPython(state)} />
      </div>
    </Lab>
  );
}

/** The settings alone, for a link. */
const pickOut = (state: Record<string, any>) =>
  Object.fromEntries(SETTINGS.map((key) => [key, state[key]]));

/** Asks the kernel for curves that are missing, once the hand has come to rest. */
function useKernel(
  { model, share }: Host,
  missing: boolean,
  asked: { depth: number; norm: boolean; weights: string },
) {
  useEffect(() => {
    if (!missing || share) return;
    const timer = setTimeout(() => {
      model.set("request", asked);
      model.save_changes();
    }, REST);
    return () => clearTimeout(timer);
  }, [missing, ...Object.values(asked)]);
}

const waiting = (depth: number) => `PyTorch measures networks of ${depth} layers …`;
const withIt = (on: boolean) => (on ? "with shortcuts" : "without shortcuts");

/** How many times as large, in words: as a fraction from a tenth on, while it can be imagined. */
function comparedTo(value: number, last: number) {
  const ratio = value / last;
  const round = (v: number) =>
    v < 9999.5 && v > 1e-4 ? String(Number(v.toPrecision(2))) : short(Number(v.toPrecision(2)));
  return ratio > 0.1 || ratio < 1e-4
    ? `${round(ratio)} times the last layer’s`
    : `1/${round(1 / ratio)} of the last layer’s`;
}

/** What the charts show at one layer. */
function describe({
  layer,
  depth,
  shortcut,
  shown,
  other,
}: {
  layer: number;
  depth: number;
  shortcut: boolean;
  shown: Curves;
  other: Curves;
}) {
  const i = layer - 1;
  const last = shown.gradient[depth - 1];
  const ratio = layer === depth ? "the last layer" : comparedTo(shown.gradient[i], last);
  return [
    `Layer ${layer} of ${depth}, ${withIt(shortcut)}: signal ${short(shown.forward[i])}, gradient ${short(shown.gradient[i])}, ${ratio}.`,
    `${shortcut ? "Without" : "With"} shortcuts: signal ${short(other.forward[i])}, gradient ${short(other.gradient[i])}.`,
  ];
}

/** Powers of ten for the ear. */
const aloud = (text: string) => spoken(text.replaceAll(/e(−?)(\d+)/g, " times 10 to the $1$2"));

const source = (isRecorded: boolean, runs: number) =>
  isRecorded
    ? `Recorded: the geometric mean of ${plural(runs, "network")} of each kind.`
    : "Measured by PyTorch, just now: one network of each kind.";

const CHART = { width: 340, height: 210, left: 46, right: 10, top: 22, bottom: 32 };
const TINY = 1e-300; // what underflowed to 0 is drawn here, if anything does

/** A scale of powers of ten that holds all values. */
function decades(values: number[]) {
  const powers = values.map((v) => Math.log10(Math.max(v, TINY)));
  const [low, high] = [Math.floor(Math.min(...powers)), Math.ceil(Math.max(...powers))];
  const step = [1, 2, 5, 10, 20, 50].find((s) => (high - low) / s <= 5) ?? 100;
  const ticks = range(high - low + 1)
    .map((i) => low + i)
    .filter((power) => power % step === 0);
  return { low, high: Math.max(high, low + 1), ticks };
}

/** One number a layer, on a logarithmic scale; the network that is switched off is faint. */
function Chart({
  what,
  title,
  layer,
  depth,
  shortcut,
  shown,
  other,
  pick,
}: {
  what: "forward" | "gradient";
  title: string;
  layer: number;
  depth: number;
  shortcut: boolean;
  shown: Curves | undefined;
  other: Curves | undefined;
  pick: (layer: number) => void;
}) {
  const { width, height, left, right, top, bottom } = CHART;
  const [values, faint] = [shown?.[what] ?? [], other?.[what] ?? []];
  const { low, high, ticks } = useMemo(
    () => decades(values.length ? [...values, ...faint] : [0.1, 1]),
    [shown, other],
  );
  const x = (at: number) => left + ((at - 1) / (depth - 1)) * (width - left - right);
  const y = (v: number) =>
    top + ((high - Math.log10(Math.max(v, TINY))) / (high - low)) * (height - top - bottom);
  const line = (list: number[]) =>
    list.map((v, i) => `${x(i + 1).toFixed(1)},${y(v).toFixed(1)}`).join(" ");
  const follow = (event: PointerEvent & { currentTarget: SVGSVGElement }) => {
    if (event.type === "pointermove" && event.pointerType === "mouse" && event.buttons === 0)
      return;
    const box = event.currentTarget.getBoundingClientRect();
    const across = ((event.clientX - box.left) / box.width) * width;
    const at = Math.round(1 + ((across - left) / (width - left - right)) * (depth - 1));
    pick(Math.min(depth, Math.max(1, at)));
  };
  const label = values.length
    ? `${title} by layer, logarithmic scale, ${withIt(shortcut)}: ${short(values[0])} at layer 1, ${short(values[depth - 2])} at layer ${depth - 1}. ` +
      `${shortcut ? "Without" : "With"} shortcuts: ${short(faint[0])} and ${short(faint[depth - 2])}.`
    : `${title} by layer: ${waiting(depth)}`;
  return (
    <svg
      class="cnl-chart cnl-by-layer"
      viewBox={`0 0 ${width} ${height}`}
      role="img"
      aria-label={aloud(label)}
      onPointerDown={follow}
      onPointerMove={follow}
    >
      <text x={left} y={9} class="start">
        {title}
      </text>
      {ticks.map((power) => (
        <g key={power}>
          <line x1={left} x2={width - right} y1={y(10 ** power)} y2={y(10 ** power)} class="grid" />
          <text x={left - 5} y={y(10 ** power)} class="end">
            {power > -4 && power < 4 ? short(10 ** power) : `1e${short(power)}`}
          </text>
        </g>
      ))}
      <line x1={x(layer)} x2={x(layer)} y1={top} y2={height - bottom} class="grid" />
      <polyline points={line(faint)} class="faint" />
      <polyline points={line(values)} class="line" />
      {faint.length > 0 && <circle cx={x(layer)} cy={y(faint[layer - 1])} r="3.5" class="other" />}
      {values.length > 0 && <circle cx={x(layer)} cy={y(values[layer - 1])} r="4.5" class="dot" />}
      <text x={left} y={height - 18} class="start">
        1
      </text>
      <text x={width - right} y={height - 18} class="end">
        {depth}
      </text>
      <text x={(left + width - right) / 2} y={height - 18}>
        layer
      </text>
      <g class="key">
        <line x1={left} x2={left + 22} y1={height - 4} y2={height - 4} class="line" />
        <text x={left + 27} y={height - 4} class="start">
          {withIt(shortcut)}
        </text>
        <line x1={left + 138} x2={left + 160} y1={height - 4} y2={height - 4} class="faint" />
        <text x={left + 165} y={height - 4} class="start">
          {withIt(!shortcut)}
        </text>
      </g>
    </svg>
  );
}

/** Where a layer stands: which of the block’s two convolutions, or at the ends. */
function placeOf(layer: number, depth: number) {
  if (layer === 1) return { which: 0, text: "Layer 1 comes before the blocks." };
  if (layer === depth) return { which: 0, text: `Layer ${depth}, dense, comes after the blocks.` };
  const [block, which] = [Math.floor(layer / 2), 1 + (layer % 2)];
  return {
    which,
    text: `Layer ${layer}: ${which === 1 ? "first" : "second"} convolution of block ${block} of ${(depth - 2) / 2}.`,
  };
}

/** One block: the way through two convolutions, and the way around. */
function Block({
  layer,
  depth,
  shortcut,
  norm,
}: {
  layer: number;
  depth: number;
  shortcut: boolean;
  norm: boolean;
}) {
  const { which, text } = placeOf(layer, depth);
  const parts = ["3×3", ...(norm ? ["norm"] : []), "ReLU", "3×3", ...(norm ? ["norm"] : [])];
  const convs = [0, norm ? 3 : 2];
  const [wide, gap, first, y] = [norm ? 38 : 50, norm ? 7 : 12, 34, 74];
  const at = (i: number) => first + i * (wide + gap);
  const plus = at(parts.length) + 11;
  const label = `A block: ${parts.join(", ")}; then ${shortcut ? "what came in is added; then" : ""} ReLU. ${text}`;
  return (
    <svg class="cnl-chart cnl-block" viewBox="0 0 340 132" role="img" aria-label={label}>
      <text x={0} y={9} class="start">
        {text}
      </text>
      <path d={`M0,${y}H${plus + 62}`} class="wire" />
      <path
        d={`M18,${y}C18,18 ${plus},18 ${plus},${y - 11}`}
        class={shortcut ? "wire short" : "faint"}
      />
      <text x={(18 + plus) / 2} y={44}>
        {shortcut ? "shortcut: x" : "no shortcut"}
      </text>
      <text x={6} y={y + 13}>
        x
      </text>
      {parts.map((part, i) => (
        <g key={i} class={which > 0 && convs[which - 1] === i ? "box picked" : "box"}>
          <rect x={at(i)} y={y - 14} width={wide} height="28" rx="3" />
          <text x={at(i) + wide / 2} y={y}>
            {part}
          </text>
        </g>
      ))}
      {shortcut && (
        <g class="box">
          <circle cx={plus} cy={y} r="11" />
          <text x={plus} y={y}>
            +
          </text>
        </g>
      )}
      <g class="box">
        <rect x={plus + 18} y={y - 14} width="38" height="28" rx="3" />
        <text x={plus + 37} y={y}>
          ReLU
        </text>
      </g>
      <text x={(at(0) + plus) / 2} y={y + 30}>
        {shortcut ? "F(x), then relu(x + F(x))" : "F(x), then relu(F(x))"}
      </text>
    </svg>
  );
}

/** How many ways of choosing k of n, k from 0 to n. */
const binomials = (n: number) =>
  range(n).reduce((row, k) => [...row, Math.round((row[k] * (n - k)) / (k + 1))], [1]);

/** The ways through all blocks, by how many blocks they go through. */
function Paths({ blocks, shortcut }: { blocks: number; shortcut: boolean }) {
  const { width, left, right } = CHART;
  const counts = shortcut
    ? binomials(blocks)
    : range(blocks + 1).map((k) => (k === blocks ? 1 : 0));
  const most = Math.max(...counts);
  const step = (width - left - right) / (blocks + 1);
  const middle = blocks % 2 ? `${(blocks - 1) / 2} or ${(blocks + 1) / 2}` : `${blocks / 2}`;
  const total = blocks < 34 ? `= ${(2 ** blocks).toLocaleString("en")}` : `≈ ${short(2 ** blocks)}`;
  const text = shortcut
    ? `2^${blocks} ${total} ways through ${blocks} blocks`
    : `One way, through all ${blocks} blocks`;
  const label = shortcut
    ? `${text}; most of them go through ${middle} and around the others.`
    : `${text}.`;
  return (
    <svg class="cnl-chart cnl-paths" viewBox={`0 0 ${width} 132`} role="img" aria-label={label}>
      <text x={0} y={9} class="start">
        {text}
      </text>
      <line x1={left} x2={width - right} y1="100" y2="100" class="grid" />
      {counts.map(
        (count, k) =>
          count > 0 && (
            <rect
              key={k}
              x={left + k * step + step * 0.1}
              width={step * 0.8}
              y={100 - (78 * count) / most}
              height={(78 * count) / most}
              class="bar"
            />
          ),
      )}
      <text x={left + step / 2} y="111">
        0
      </text>
      <text x={width - right - step / 2} y="111">
        {blocks}
      </text>
      <text x={(left + width - right) / 2} y="111">
        blocks on the way
      </text>
      <text x={(left + width - right) / 2} y="126">
        {shortcut ? `most go through ${middle}` : ""}
      </text>
    </svg>
  );
}

export default view(ResidualLab);
