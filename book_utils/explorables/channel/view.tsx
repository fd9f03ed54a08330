/**
 * The channel lab: input channels ⋆ kernel slices = partial maps, added up (see lab.py).
 */

import { useMemo, useRef } from "preact/hooks";
import { axis } from "../arithmetic/axis.ts";
import { conv2d } from "../arithmetic/convolution.ts";
import { limits } from "../arithmetic/limits.ts";
import { connections } from "../arithmetic/links.ts";
import { nested, tensor } from "../arithmetic/tensor.ts";
import { PairSlider, Slider } from "../parts/controls.tsx";
import { Examples } from "../parts/examples.tsx";
import { activationScale, Figure, weightScale } from "../parts/figure.tsx";
import { Grid, Legend, range } from "../parts/grid.tsx";
import { cellOf, cellSet, frameOf, shapeOf } from "../parts/layer.ts";
import { factor, full } from "../parts/numbers.ts";
import type { Picking } from "../parts/picking.tsx";
import { OutputPlayer, usePick } from "../parts/picking.tsx";
import { Radios } from "../parts/radios.tsx";
import { Weights } from "../parts/weights.tsx";
import { plural, sizeFormula, spoken } from "../parts/words.ts";
import { checkBlock, checkInteger, checkPair, checkPicked } from "../platform/check.ts";
import type { Host } from "../platform/lab.tsx";
import { Lab, Message, Sharing, useLab, view } from "../platform/lab.tsx";
import { PRESETS } from "./examples.ts";
import { Bank } from "./memory.ts";

type At = [number, number];
type Pick = { grid: string; at: At };
type Solution = ReturnType<typeof solve>;

const KEYS = ["input", "kernel", "bias", "stride", "padding", "channel", "picked"];
const MOST = { inputs: 4, outputs: 3 };
const GRIDS = [
  "output",
  ...["input", "kernel", "partial"].flatMap((grid) =>
    range(MOST.inputs).map((c) => `${grid} ${c}`),
  ),
];
/** As far as the sliders go, unless the page’s own settings go further. */
const CAPS = { n: 5, k: 3, stride: 3, padding: 1 };
/** Four channels of 5×5 take longer than a frame to redraw: either less of one or of the other. */
const TIGHT = { n: CAPS.n - 1, inputs: MOST.inputs - 1 };

/** Every map of one state. */
function solve({ input, kernel, bias, stride, padding, channel }: Record<string, any>) {
  const [n, k] = [shapeOf(input[0]), shapeOf(kernel[0][0])];
  const settings = [0, 1].map((d) => ({
    n: n[d],
    k: k[d],
    stride: stride[d],
    padding: padding[d],
    dilation: 1,
  }));
  const [rows, columns] = settings.map(axis);
  const x = tensor([input]);
  // One group for each channel.
  const own = tensor(kernel[channel].map((slice: number[][]) => [slice]));
  return {
    input,
    slices: kernel[channel] as number[][][],
    bias: bias[channel],
    channel,
    settings,
    rows,
    columns,
    outputs: nested(conv2d(x, tensor(kernel), { bias, stride, padding }))[0] as number[][][],
    partials: nested(conv2d(x, own, { stride, padding, groups: input.length }))[0] as number[][][],
  };
}

/** Settings from a link, or a RangeError that says what is wrong with them. */
function accept(s: Record<string, any>) {
  const settings = {
    input: checkBlock(s.input, "input", [MOST.inputs, 8, 8]),
    kernel: checkBlock(s.kernel, "kernel", [MOST.outputs, MOST.inputs, 5, 5]),
    bias: checkBlock(s.bias, "bias", [MOST.outputs]),
    stride: checkPair(s.stride, "stride", [1, 8]),
    padding: checkPair(s.padding, "padding", [0, 4]),
    channel: checkInteger(s.channel, "output channel", [0, s.kernel.length - 1]),
    picked: checkPicked(s.picked, GRIDS),
  };
  solve(settings); // throws when they do not go together
  return settings;
}

/** The meetings of input, weight and output that a pick is about. */
function meetings({ rows, columns }: Solution, pick: Pick | null) {
  if (!pick) return [];
  const kind = pick.grid.split(" ")[0];
  if (kind === "kernel") return connections(rows, columns, { tap: pick.at });
  if (kind !== "input") return connections(rows, columns, { output: pick.at });
  return connections(rows, columns, {
    padded: [pick.at[0] + rows.before, pick.at[1] + columns.before],
  });
}

const channelOf = ({ grid }: Pick) => Number(grid.split(" ")[1]);
const valueAt = (map: number[][], [i, j]: At) => map[i]?.[j] ?? 0;
/** An entry of a tensor. */
const entry = (letter: string, channels: number[], at: At) =>
  `${letter}[${[...channels, ...at].map(full).join(", ")}]`;

/** What a pick shows: lines of words and numbers. */
function describe(lab: Solution, pick: Pick | null): string[] {
  if (!pick) return [];
  const { input, slices, partials, outputs, channel, bias } = lab;
  const links = meetings(lab, pick);
  const share = (c: number) =>
    `channel ${c}: ${links
      .map(
        (link) =>
          `${factor(valueAt(input[c], cellOf(lab, link)))}×${factor(valueAt(slices[c], link.tap))}`,
      )
      .join(" + ")} = ${full(valueAt(partials[c], pick.at))}`;
  const c = channelOf(pick);
  if (pick.grid === "output") {
    const terms = [...partials.map((map) => factor(valueAt(map, pick.at))), `bias ${factor(bias)}`];
    return [
      ...partials.map((_, i) => share(i)),
      `${entry("y", [channel], pick.at)} = ${terms.join(" + ")} = ${full(valueAt(outputs[channel], pick.at))}`,
    ];
  }
  if (pick.grid.startsWith("partial"))
    return [
      share(c),
      `One of ${plural(partials.length, "map")} that are added to give ${entry("y", [channel], pick.at)}.`,
    ];
  if (pick.grid.startsWith("kernel")) {
    return [
      `${entry("w", [channel, c], pick.at)} = ${full(valueAt(slices[c], pick.at))} ` +
        `multiplies ${plural(links.length, "cell")} of input channel ${c}, one for each cell of output channel ${channel}.`,
    ];
  }
  const value = `${entry("x", [c], pick.at)} = ${full(valueAt(input[c], pick.at))}`;
  if (!links.length) return [`${value} is read by no window.`];
  const each = outputs.length === 1 ? "" : `, in each of the ${outputs.length} output channels`;
  return [`${value} reaches ${plural(links.length, "output cell")}${each}.`];
}

function asPython({ input, kernel, bias, stride, padding }: Record<string, any>) {
  const block = (values: any) =>
    `torch.tensor(${JSON.stringify(values).replaceAll(",", ", ")}, dtype=torch.float32)`;
  return [
    "import torch",
    "import torch.nn.functional as F",
    "",
    `x = ${block(input)}`,
    `k = ${block(kernel)}`,
    `b = ${block(bias)}`,
    `y = F.conv2d(x[None], k, b, stride=(${stride.join(", ")}), padding=(${padding.join(", ")}))[0]`,
    "",
  ].join("\n");
}

/** The banks of grids, begun anew when one comes from Python, a preset or a link. */
function useBanks({ input, kernel, bias }: Record<string, any>) {
  const maps = { input: [input], kernel, bias: bias.map((b: number) => [[[b]]]) };
  const make = () => ({
    input: new Bank(maps.input, "edge", 1),
    kernel: new Bank(maps.kernel, "zero", 1),
    bias: new Bank(maps.bias, "zero", 0),
  });
  const banks = useRef<ReturnType<typeof make> | null>(null);
  const known = banks.current;
  if (
    !known?.input.knows(maps.input) ||
    !known.kernel.knows(maps.kernel) ||
    !known.bias.knows(maps.bias)
  )
    banks.current = make();
  return banks.current as ReturnType<typeof make>;
}

/** Changes that keep input, kernel and bias together. */
function settingsBy(
  banks: ReturnType<typeof useBanks>,
  { input, kernel, channel }: Record<string, any>,
) {
  const [c_o, c_i] = shapeOf(kernel);
  const flat = (maps: number[][][][]) => maps.map(([[[b]]]) => b);
  const resized = ({
    channels = [c_o, c_i],
    n = shapeOf(input[0]),
    k = shapeOf(kernel[0][0]),
  }: {
    channels?: At;
    n?: At;
    k?: At;
  }) => ({
    input: banks.input.resized([1, channels[1]], n)[0],
    kernel: banks.kernel.resized(channels, k),
    bias: flat(banks.bias.resized([channels[0], 1], [1, 1])),
    channel: Math.min(channel, channels[0] - 1),
  });
  const typed = {
    input: (c: number, at: At, v: number) => ({ input: banks.input.withTyped(0, c, at, v)[0] }),
    kernel: (c: number, at: At, v: number) => ({
      kernel: banks.kernel.withTyped(channel, c, at, v),
    }),
    bias: (v: number) => ({ bias: flat(banks.bias.withTyped(channel, 0, [0, 0], v)) }),
  };
  return { c_o, c_i, resized, typed };
}

function boxesOf({
  input,
  slices,
  outputs,
  rows,
  columns,
}: Solution): Record<string, { shape: At; offset?: At }> {
  const output = { shape: shapeOf(outputs[0]) };
  const none = { shape: [0, 0] as At };
  const padded = {
    shape: [rows.before + rows.n + rows.after, columns.before + columns.n + columns.after] as At,
    offset: [-rows.before, -columns.before] as At,
  };
  const kinds = { input: padded, kernel: { shape: shapeOf(slices[0]) }, partial: output };
  return {
    output,
    ...Object.fromEntries(
      Object.entries(kinds).flatMap(([kind, box]) =>
        range(MOST.inputs).map((c) => [`${kind} ${c}`, c < input.length ? box : none]),
      ),
    ),
  };
}

function ChannelLab(host: Host) {
  const lab = useLab(host, KEYS, accept);
  const { state, initial, change } = lab;
  const by = settingsBy(useBanks(state), state);
  const solution = useMemo(
    () => solve(state),
    KEYS.slice(0, -1).map((key) => state[key]),
  );
  const pick = usePick(lab, boxesOf(solution));
  return (
    <Lab label="Channel lab">
      <div class="cnl-bar">
        <Examples presets={PRESETS} initial={initial} onChange={change} />
        {by.c_o > 1 && (
          <Radios
            label="Kernel of output channel"
            value={state.channel}
            options={range(by.c_o)}
            onChange={(channel) => change({ channel })}
          />
        )}
      </div>
      <Maps lab={solution} pick={pick} typed={by.typed} change={change} />
      <Said lab={solution} pick={pick} c_o={by.c_o} />
      <div class="cnl-bar">
        <OutputPlayer pick={pick} />
        <Sharing lab={lab} python={() => asPython(state)} />
      </div>
      <Message lab={lab} />
      <Sliders lab={solution} by={by} initial={initial} state={state} change={change} />
    </Lab>
  );
}

/** A row for each input channel, and the sum below the partial maps as on paper. */
function Maps({
  lab,
  pick,
  typed,
  change,
}: {
  lab: Solution;
  pick: Picking;
  typed: ReturnType<typeof settingsBy>["typed"];
  change: (changes: Record<string, any>) => void;
}) {
  const { input, slices, partials, outputs, channel, bias, rows, columns } = lab;
  const { shown } = pick;
  const links = meetings(lab, shown);
  const lit = {
    input: cellSet(links.map((link) => cellOf(lab, link))),
    kernel: cellSet(links.map((l) => l.tap)),
    output: cellSet(links.map((l) => l.output)),
  };
  const isMet = (c: number) =>
    shown !== null && (shown.grid === "output" || channelOf(shown) === c);
  const scales = {
    input: activationScale(input.flat(2)),
    kernel: weightScale([...slices.flat(2), bias]),
    partial: activationScale(partials.flat(2)),
    output: activationScale(outputs.flat(2)),
  };
  const frame = shown && /output|partial/.test(shown.grid) ? frameOf(lab, shown.at) : null;
  const box = boxesOf(lab);
  const kind = (cells: Set<string>, met: boolean, at: At) =>
    met && cells.has(String(at)) ? "lit" : "";
  const others = range(outputs.length).filter((o) => o !== channel);

  const inputGrid = (c: number) => (
    <Grid
      label={`Input channel ${c}, ${rows.n} by ${columns.n}`}
      scale="activations"
      {...box[`input ${c}`]}
      frame={isMet(c) ? frame : null}
      cell={(i, j) => {
        const inside = i >= 0 && j >= 0 && i < rows.n && j < columns.n;
        return {
          value: valueAt(input[c], [i, j]),
          shade: inside ? scales.input.of(input[c][i][j]) : 0,
          locked: !inside,
          kind: `${inside ? "" : "padding "}${kind(lit.input, isMet(c), [i, j])}`,
          says: inside ? "" : "padding",
        };
      }}
      onEdit={(at, value) => change(typed.input(c, at, value))}
      {...pick.of(`input ${c}`)}
    />
  );
  const kernelGrid = (c: number) => (
    <Grid
      label={`Kernel ${channel}, slice ${c}, ${rows.k} by ${columns.k}`}
      scale="weights"
      shape={[rows.k, columns.k]}
      cell={(a, b) => ({
        value: slices[c][a][b],
        shade: scales.kernel.of(slices[c][a][b]),
        kind: kind(lit.kernel, isMet(c), [a, b]),
      })}
      onEdit={(at, value) => change(typed.kernel(c, at, value))}
      {...pick.of(`kernel ${c}`)}
    />
  );
  const partialGrid = (c: number) => (
    <Grid
      label={`Partial map ${c}, ${rows.size} by ${columns.size}`}
      scale="activations"
      {...box.output}
      cell={(i, j) => ({
        value: partials[c][i][j],
        shade: scales.partial.of(partials[c][i][j]),
        kind: kind(lit.output, isMet(c), [i, j]),
      })}
      {...pick.of(`partial ${c}`)}
    />
  );
  /** An output channel; picking a cell of another one shows its kernel. */
  const outputGrid = (o: number) => (
    <Grid
      key={o}
      label={`Output channel ${o}, ${rows.size} by ${columns.size}`}
      scale="activations"
      {...box.output}
      cell={(i, j) => ({
        value: outputs[o][i][j],
        shade: scales.output.of(outputs[o][i][j]),
        kind: kind(lit.output, o === channel || (shown?.grid.startsWith("input") ?? false), [i, j]),
      })}
      {...(o === channel
        ? pick.of("output")
        : { picked: null, onPick: (at) => change({ channel: o, picked: ["output", ...at] }) })}
    />
  );
  return (
    <>
      <p class="cnl-caption cnl-scales" aria-hidden="true">
        {["input", "partial", "output"].map((name) => (
          <span key={name}>
            {name} <Legend scale="activations" {...(scales as any)[name]} />
          </span>
        ))}
        <span>
          kernel and bias <Legend scale="weights" {...scales.kernel} />
        </span>
      </p>
      <div class="cnl-maps-box">
        <div class="cnl-sum-of-maps">
          {input.map((_: number[][], c: number) => (
            <div key={c} class="cnl-channel">
              <Figure name={`Input ${c}`} shape={[rows.n, columns.n]}>
                {inputGrid(c)}
              </Figure>
              <Figure sign="⋆" name={`Kernel ${channel}, slice ${c}`} shape={[rows.k, columns.k]}>
                {kernelGrid(c)}
              </Figure>
              <Figure sign="=" name={`Partial ${c}`} shape={[rows.size, columns.size]}>
                {partialGrid(c)}
              </Figure>
            </div>
          ))}
          <hr />
          <div class="cnl-channel">
            <span class="cnl-words">
              Add {input.length === 1 ? "the bias" : "the partial maps and the bias"}:
            </span>
            <Figure sign="+" name="Bias" shape={[1, 1]}>
              <Weights
                label={`Bias of output channel ${channel}`}
                rows={[[bias]]}
                scale={scales.kernel}
                onEdit={(_, value) => change(typed.bias(value))}
                onRefuse={pick.of("output").onRefuse}
              />
            </Figure>
            <Figure sign="=" name={`Output ${channel}`} shape={[rows.size, columns.size]}>
              {outputGrid(channel)}
            </Figure>
          </div>
        </div>
      </div>
      {others.length > 0 && (
        <div class="cnl-row cnl-others">
          <span class="cnl-words">The other output channels, each with a kernel of its own:</span>
          {others.map((o) => (
            <Figure key={o} name={`Output ${o}`} shape={[rows.size, columns.size]}>
              {outputGrid(o)}
            </Figure>
          ))}
        </div>
      )}
    </>
  );
}

/** The sums written out, the sizes and the counts. */
function Said({ lab, pick, c_o }: { lab: Solution; pick: Picking; c_o: number }) {
  const { rows, columns, settings, input } = lab;
  const [c_i, area, taps, pixels] = [
    input.length,
    rows.size * columns.size,
    rows.k * columns.k,
    rows.n * columns.n,
  ];
  const weights = c_o * c_i * taps;
  const number = (n: number) => n.toLocaleString("en");
  return (
    <div class="cnl-said">
      <div class="cnl-sum">
        {describe(lab, pick.shown).map((line) => (
          <p key={line}>{line}</p>
        ))}
      </div>
      <p class="cnl-formula">
        Output size: {sizeFormula(0, settings[0], rows.size)},{" "}
        {sizeFormula(1, settings[1], columns.size)}.<br />
        Parameters: c<sub>o</sub>·c<sub>i</sub>·k<sub>h</sub>·k<sub>w</sub> + c<sub>o</sub> = {c_o}·
        {c_i}·{rows.k}·{columns.k} + {c_o} = {number(weights + c_o)}. Multiply-adds: {rows.size}·
        {columns.size} places · {number(weights)} weights = {number(area * weights)}. A dense layer
        between the same shapes: {c_i}·{rows.n}·{columns.n} · {c_o}·{rows.size}·{columns.size} ={" "}
        {number(c_i * pixels * c_o * area)} weights.
      </p>
      <div class="cnl-hidden" aria-live={pick.playing ? "off" : "polite"}>
        {spoken(describe(lab, pick.picked).join(". "))}
      </div>
    </div>
  );
}

function Sliders({
  lab,
  by,
  state,
  initial,
  change,
}: {
  lab: Solution;
  by: ReturnType<typeof settingsBy>;
  state: Record<string, any>;
  initial: Record<string, any>;
  change: (changes: Record<string, any>) => void;
}) {
  const caps = { ...CAPS, n: by.c_i > TIGHT.inputs ? TIGHT.n : CAPS.n };
  const inputs = Math.max(...lab.settings.map(({ n }) => n)) > TIGHT.n ? TIGHT.inputs : MOST.inputs;
  const [down, across] = lab.settings.map((settings) => limits(settings, caps));
  const both = (name: "n" | "k" | "stride" | "padding") =>
    [down[name], across[name]] as [{ min: number; max: number }, { min: number; max: number }];
  const { c_o, c_i, resized } = by;
  return (
    <div class="cnl-panel">
      <Slider
        label="Input channels"
        value={c_i}
        min={1}
        max={Math.max(c_i, inputs)}
        initial={initial.input.length}
        onChange={(c) => change(resized({ channels: [c_o, c] }))}
      />
      <Slider
        label="Output channels"
        value={c_o}
        min={1}
        max={MOST.outputs}
        initial={initial.kernel.length}
        onChange={(c) => change(resized({ channels: [c, c_i] }))}
      />
      <PairSlider
        label="Input size"
        unit="cells"
        value={shapeOf(state.input[0])}
        initial={shapeOf(initial.input[0])}
        limits={both("n")}
        onChange={(n) => change(resized({ n }))}
      />
      <PairSlider
        label="Kernel size"
        unit="cells"
        value={shapeOf(state.kernel[0][0])}
        initial={shapeOf(initial.kernel[0][0])}
        limits={both("k")}
        onChange={(k) => change(resized({ k }))}
      />
      <PairSlider
        label="Stride"
        unit="cells"
        value={state.stride}
        initial={initial.stride}
        limits={both("stride")}
        onChange={(stride) => change({ stride })}
      />
      <PairSlider
        label="Padding"
        unit="cells a side"
        value={state.padding}
        initial={initial.padding}
        limits={both("padding")}
        onChange={(padding) => change({ padding })}
      />
    </div>
  );
}

export default view(ChannelLab);
