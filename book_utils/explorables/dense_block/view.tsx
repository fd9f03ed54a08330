/** The dense block lab: channels and parameters by layer, concatenated or added (lab.py). */
import { useRef, useState } from "preact/hooks";
import { blockLayers, blockWidth } from "../arithmetic/dense_block.ts";
import { Slider, Switch } from "../parts/controls.tsx";
import { Examples } from "../parts/examples.tsx";
import { marked, range } from "../parts/grid.tsx";
import { thousands } from "../parts/numbers.ts";
import { Radios } from "../parts/radios.tsx";
import { Said, SaidInFull } from "../parts/said.tsx";
import { plural } from "../parts/words.ts";
import { Frame } from "../platform/frame.tsx";
import * as platform from "../platform/lab.tsx";
import { NO_HUE, RING } from "../platform/theme.ts";
import type { DenseBlockLab as Settings } from "../settings.ts";
import * as words from "./words.ts";

type Lab = platform.LabOf<Settings>;

function DenseBlockLab(host: platform.Host) {
  const lab = platform.useLab<Settings>(host);
  const { state, control, range: ends } = lab;
  const pick = useLayer(lab);
  const say = (layer: number | null) => words.describe(state, layer ?? 1);
  const { initial, onChange } = control("layer");
  const isOfBottlenecks = lab.controls.includes("bottleneck") && !lab.controls.includes("join");
  const pair = words.pairOf(state, isOfBottlenecks);
  const controls = {
    join: <Radios {...control("join")} label="Join by" options={words.JOINS} />,
    growth: <Slider {...control("growth")} {...ends("growth")} label="Growth rate" unit="maps" />,
    layers: <Slider {...control("layers")} {...ends("layers")} label="Layers" unit="layers" />,
    layer: (
      <Slider
        label="Layer shown"
        value={pick.picked}
        min={1}
        max={state.layers}
        initial={Math.min(initial, state.layers)}
        onChange={onChange}
      />
    ),
    channels_in: (
      <Slider
        {...control("channels_in")}
        {...ends("channels_in")}
        label="Channels in"
        unit="channels"
      />
    ),
    bottleneck: (
      <Switch {...control("bottleneck")} label="bottleneck, 1×1" disabled={state.join === "add"} />
    ),
  };
  return (
    <Frame
      lab={lab}
      label="Dense block lab"
      aside={words.width(state)}
      said={<Said<number> pick={pick} say={say} />}
      controls={controls}
      begin={<Examples lab={lab} examples={words.EXAMPLES} />}
      rest={<SaidInFull<number> pick={pick} say={say} formula={words.inFull(state)} />}
      python={() => words.asPython(state)}
    >
      <div class="cnl-dense-block">
        <Figure state={state} pair={pair} pick={pick} />
        <Costs state={state} pair={pair} />
      </div>
    </Frame>
  );
}

type LayerPick = ReturnType<typeof useLayer>;

/** The layer whose inputs are shown: the one under the mouse, else the picked one. */
function useLayer({ state, change }: Lab) {
  const [pointed, point] = useState<number | null>(null);
  const picked = Math.min(state.layer, state.layers);
  const isThere = pointed !== null && pointed <= state.layers;
  return {
    picked,
    shown: isThere ? pointed : picked,
    playing: false,
    onPoint: point,
    onPick: (layer: number) => {
      point(null);
      change({ layer });
    },
  };
}

type FigureProps = { state: Settings; pair: words.Pair; pick: LayerPick };

/** Columns of channels under arcs that say what is read, above bars of parameters. */
function Figure({ state, pair, pick }: FigureProps) {
  const { layers } = state;
  const columns = layers + 1; // the input's, and one for each layer
  const shown = pick.shown;
  const layerAt = ({ clientX, currentTarget }: PointerEvent & { currentTarget: Element }) => {
    const plot = currentTarget.querySelector("svg") as SVGSVGElement;
    const { left, width } = plot.getBoundingClientRect();
    const column = Math.floor(((clientX - left) / width) * columns);
    return Math.min(layers, Math.max(1, column));
  };
  return (
    <div
      class={`cnl-dense-figure${useSwitched(state.join) ? " cnl-switched" : ""}`}
      role="img"
      aria-label={words.describeFigure(state, pick.picked)}
      style={hues(columns)}
      onPointerDown={(event) => pick.onPick(layerAt(event))}
      onPointerMove={(event) => {
        if (event.buttons) pick.onPick(layerAt(event));
        else if (event.pointerType === "mouse") pick.onPoint(layerAt(event));
      }}
      onPointerLeave={() => pick.onPoint(null)}
    >
      <span>reads</span>
      <Arcs state={state} shown={shown} />
      <span>channels</span>
      <Columns state={state} shown={shown} />
      <span>
        parameters
        <small>dashed: {pair.find((each) => !words.isNow(state, each))?.name}</small>
      </span>
      <Bars state={state} pair={pair} shown={shown} />
      <span>layer</span>
      <p class="cnl-layers-below">
        {range(columns).map((j) => (
          <span key={j} class={j === shown ? "on" : ""}>
            <i style={`background:var(--h${j})`} />
            {j || "in"}
          </span>
        ))}
      </p>
    </div>
  );
}

/** Whether the maps were joined in the other way until this change: then they move. */
function useSwitched(join: Settings["join"]) {
  const before = useRef(join);
  const isSwitched = before.current !== join;
  before.current = join;
  return isSwitched;
}

/** The hue of the input, which is none, and of each layer. */
const hues = (columns: number) =>
  range(columns)
    .map((j) => `--h${j}:rgb(${(j ? RING[(5 * j + 3) % RING.length] : NO_HUE).join(" ")})`)
    .join(";");

type PartProps = { state: Settings; shown: number };

/** From where each layer reads: those of the shown layer are strong. */
function Arcs({ state: { join, layers }, shown }: PartProps) {
  const arcs = range(layers).flatMap((from) =>
    range(layers - from).map((n) => [from, from + n + 1]),
  );
  const isOn = (from: number, to: number) =>
    to === shown && (join === "concatenate" || from === to - 1);
  const arc = ([from, to]: number[]) => {
    const top = 1 - 1.25 * (0.2 + (0.8 * (to - from)) / layers);
    const classes = marked({
      there: join === "concatenate" || from === to - 1,
      on: isOn(from, to),
    });
    return (
      <path
        key={`${from},${to}`}
        class={classes}
        d={`M${from + 0.5},1C${from + 0.6},${top} ${to + 0.4},${top} ${to + 0.5},1`}
        style={join === "concatenate" ? `stroke:var(--h${from})` : ""}
      />
    );
  };
  const [weak, strong] = [false, true].map((on) => arcs.filter(([i, j]) => isOn(i, j) === on));
  return (
    <svg class="cnl-arcs" viewBox={`0 0 ${layers + 1} 1`} preserveAspectRatio="none">
      {[...weak, ...strong].map(arc)}
      <path class="end" d={`M${shown + 0.5},1h0`} />
    </svg>
  );
}

const MOST_CELLS = 48; // channels that are drawn one by one

/**
 * What each layer leaves: the input's maps and those of every layer so far. Concatenated they lie
 * one below the other; added, each map holds a part of all.
 */
function Columns({ state, shown }: PartProps) {
  const { join, channels_in, growth, layers } = state;
  const [left, wide] = [0.14, 0.72]; // of a column
  const whole = blockWidth(state);
  const isDense = join === "concatenate";
  const high = (column: number) => (isDense ? channels_in + column * growth : whole);
  const part = (column: number, layer: number) => {
    const [x, width] = isDense
      ? [left, wide]
      : [left + (wide * layer) / (column + 1), wide / (column + 1)];
    const [y, height] = isDense
      ? [layer && channels_in + (layer - 1) * growth, layer ? growth : channels_in]
      : [0, whole];
    return (
      <rect
        key={`${column},${layer}`}
        x={column + x}
        y={y}
        width={width}
        height={height}
        style={`fill:var(--h${layer})`}
      />
    );
  };
  const outline = (column: number, from: number, kind: string) => (
    <rect class={kind} x={column + left} y={from} width={wide} height={high(column) - from} />
  );
  const cells = range(layers + 1).flatMap((column) =>
    range(high(column) - 1).map((k) => `M${column + left},${k + 1}h${wide}`),
  );
  return (
    <div class="cnl-columns">
      <svg viewBox={`0 0 ${layers + 1} ${whole}`} preserveAspectRatio="none">
        {range(layers + 1).map((column) => range(column + 1).map((layer) => part(column, layer)))}
        {whole <= MOST_CELLS && <path class="cells" d={cells.join("")} />}
        {outline(shown - 1, 0, "reads")}
        {outline(shown, isDense ? high(shown - 1) : 0, "makes")}
      </svg>
      {range(layers + 1).map((column) => (
        <span
          key={column}
          class={column === shown || column === shown - 1 ? "on" : ""}
          style={`--x:${(column + 0.5) / (layers + 1)};--y:${high(column) / whole}`}
        >
          {high(column)}
        </span>
      ))}
    </div>
  );
}

type BarsProps = PartProps & { pair: words.Pair };

/** The parameters of each layer, and dashed those of the block it is compared with. */
function Bars({ state, pair, shown }: BarsProps) {
  const [costs, others] = [true, false].map((now) =>
    pair
      .filter((each) => words.isNow(state, each) === now)
      .flatMap(({ block }) => blockLayers(block).map(({ parameters }) => parameters)),
  );
  const most = Math.max(...costs, ...others);
  const bar = (parameters: number, i: number, kind: string) => (
    <rect
      key={`${kind}${i}`}
      class={kind}
      x={i + 1.25}
      y={1 - parameters / most}
      width={0.5}
      height={parameters / most}
    />
  );
  const [x, y] = [(shown + 0.5) / (state.layers + 1), costs[shown - 1] / most];
  return (
    <div class="cnl-bars">
      <svg viewBox={`0 0 ${state.layers + 1} 1`} preserveAspectRatio="none">
        {costs.map((each, i) => bar(each, i, i + 1 === shown ? "bar on" : "bar"))}
        {others.map((each, i) => bar(each, i, each < costs[i] ? "other inside" : "other"))}
        <path class="base" d={`M0,1H${state.layers + 1}`} />
      </svg>
      <span style={`--x:${x};--y:${y}`}>{thousands(costs[shown - 1])}</span>
    </div>
  );
}

/** What both blocks cost, on one axis. */
function Costs({ state, pair }: { state: Settings; pair: words.Pair }) {
  return (
    <table class="cnl-joins">
      <caption>Both end with {plural(blockWidth(state), "channel")}</caption>
      <thead>
        <tr>
          <th scope="col">block</th>
          <th scope="col">connections</th>
          <th scope="col">parameters</th>
        </tr>
      </thead>
      {words.costsOf(state, pair).map(({ name, now, connections, parameters, share }) => (
        <tbody key={name} class={now ? "on" : ""} aria-current={now}>
          <tr>
            <th scope="row">{name}</th>
            <td>{connections}</td>
            <td>{thousands(parameters)}</td>
          </tr>
          <tr class="cnl-bar-row">
            <td colSpan={3}>
              <div class="cnl-joined" style={`--share:${share}`} />
            </td>
          </tr>
        </tbody>
      ))}
    </table>
  );
}

export default platform.view(DenseBlockLab);
