/**
 * The pooling lab: the largest number of each window, or the average, cell by cell (see lab.py).
 */

import { useMemo } from "preact/hooks";
import { poolAxis, span } from "../arithmetic/axis.ts";
import { poolLimits } from "../arithmetic/limits.ts";
import { connections } from "../arithmetic/links.ts";
import { avgPool2d, maxPool2d, windowCounts } from "../arithmetic/pooling.ts";
import { nested, tensor } from "../arithmetic/tensor.ts";
import { Choice, PairSlider, Switch } from "../parts/controls.tsx";
import { Examples } from "../parts/examples.tsx";
import { activationScale, Figure } from "../parts/figure.tsx";
import { Grid, Legend } from "../parts/grid.tsx";
import { cellOf, cellSet, frameOf, shapeOf, unreadCells } from "../parts/layer.ts";
import type { GridMemory } from "../parts/memory.ts";
import { useMemory } from "../parts/memory.ts";
import { factor, full } from "../parts/numbers.ts";
import type { Box, Pick, Picking } from "../parts/picking.tsx";
import { OutputPlayer, usePick } from "../parts/picking.tsx";
import { Said } from "../parts/said.tsx";
import { cellName, plural, python, sizeFormula } from "../parts/words.ts";
import { checkGrid, checkOneOf, checkPair, checkPicked } from "../platform/check.ts";
import type { Host } from "../platform/lab.tsx";
import { Lab, Message, Sharing, useLab, view } from "../platform/lab.tsx";
import { PRESETS } from "./examples.ts";

type At = [number, number];
type Solution = ReturnType<typeof solve>;
/** what a window finds at a cell */
type Read = { value: number; place: "inside" | "padding" | "beyond"; counted: boolean };

const KEYS = [
  "input",
  "kind",
  "window",
  "stride",
  "padding",
  "dilation",
  "ceil_mode",
  "count_include_pad",
  "picked",
];
const KINDS = ["max", "average"];

/** What the traits in lab.py allow. */
const ALLOWED = {
  input: 16,
  window: [1, 8],
  stride: [1, 16],
  padding: [0, 4],
  dilation: [1, 8],
} as const;
/** As far as the sliders go, unless the page's own settings go further. */
const CAPS = { n: 12, k: 6, stride: 6, padding: 3, dilation: 4 };

/** The settings of one axis, as arithmetic/ takes them. */
const along = (
  { input, window, stride, padding, dilation, ceil_mode: ceilMode }: Record<string, any>,
  d: 0 | 1,
) => ({
  n: shapeOf(input)[d],
  k: window[d],
  padding: padding[d],
  dilation: dilation[d],
  ceilMode,
  ...(stride && { stride: stride[d] }),
});

/** Both axes, the output, and who won it, for one state. */
function solve(state: Record<string, any>) {
  const {
    input,
    kind,
    window: kernel,
    stride,
    padding,
    dilation,
    ceil_mode: ceilMode,
    count_include_pad: countIncludePad,
  } = state;
  const [rows, columns] = [poolAxis(along(state, 0)), poolAxis(along(state, 1))];
  const options = { kernel, stride: stride ?? kernel, padding, ceilMode };
  const x = tensor([[input]]);
  const { y, indices } =
    kind === "max"
      ? maxPool2d(x, { ...options, dilation })
      : { y: avgPool2d(x, { ...options, countIncludePad }), indices: { data: [] } };
  const [down, across] = [
    windowCounts(rows, countIncludePad),
    windowCounts(columns, countIncludePad),
  ];
  return {
    input,
    kind,
    rows,
    columns,
    countIncludePad,
    output: nested(y)[0][0] as number[][],
    unread: unreadCells({ rows, columns }),
    /** The input cell that an output took its number from. */
    winner: ([i, j]: At) =>
      [
        Math.floor(indices.data[i * columns.size + j] / columns.n),
        indices.data[i * columns.size + j] % columns.n,
      ] as At,
    /** What an average divides by. */
    count: ([i, j]: At) => down[i] * across[j],
  };
}

/** What a window finds at a cell. */
function read({ input, kind, rows, columns, countIncludePad }: Solution, [i, j]: At): Read {
  const value = input[i]?.[j];
  if (value !== undefined) return { value, place: "inside", counted: true };
  const beyond = i >= rows.n + rows.after || j >= columns.n + columns.after;
  return kind === "max"
    ? { value: -Infinity, place: beyond ? "beyond" : "padding", counted: true }
    : { value: 0, place: beyond ? "beyond" : "padding", counted: countIncludePad && !beyond };
}

/** The meetings of input and output that a pick is about. */
function meetings({ rows, columns }: Solution, pick: Pick | null) {
  if (!pick) return [];
  if (pick.grid === "output") return connections(rows, columns, { output: pick.at });
  return connections(rows, columns, {
    padded: [pick.at[0] + rows.before, pick.at[1] + columns.before],
  });
}

const same = (a: At, b: At) => a[0] === b[0] && a[1] === b[1];

/** An output cell, written out. */
function describeOutput(lab: Solution, at: At) {
  const found = meetings(lab, { grid: "output", at }).map((link) => read(lab, cellOf(lab, link)));
  const y = lab.output[at[0]][at[1]];
  const name = cellName("y", at);
  if (lab.kind === "max") {
    const ties = found.filter(({ value, place }) => value === y && place === "inside").length;
    return (
      `${name} = max(${found.map(({ value }) => full(value)).join(", ")}) = ${full(y)}` +
      (ties > 1 ? `, the first of ${ties} alike` : "")
    );
  }
  const counted = found.filter((cell) => cell.counted);
  const left = (place: string) =>
    found.filter((cell) => !cell.counted && cell.place === place).length;
  const notes = [
    left("padding") && `${plural(left("padding"), "cell")} of padding not counted`,
    left("beyond") && `${plural(left("beyond"), "cell")} beyond the edge never counted`,
  ].filter(Boolean);
  return [
    `${name} = (${counted.map(({ value }) => factor(value)).join(" + ")}) / ${lab.count(at)} = ${full(y)}`,
    ...notes,
  ].join("; ");
}

/** An input cell and what it does to the output. */
function describeInput(lab: Solution, at: At) {
  const { value, place, counted } = read(lab, at);
  const name = `${cellName("x", at)} = ${full(value)}`;
  const outputs = meetings(lab, { grid: "input", at }).map((link) => link.output);
  const windows = `is in ${plural(outputs.length, "window")}`;
  if (!outputs.length) return `${name} is read by no window.`;
  if (place !== "inside" && lab.kind === "max")
    return `${name} is ${place === "padding" ? "padding" : "beyond the edge"}, ${windows} and wins none that holds a number`;
  if (!counted)
    return `${name} is ${place === "padding" ? "padding" : "beyond the edge"}, ${windows} and not counted`;
  if (lab.kind === "average") {
    const parts = outputs.map((o) => `${full(value)} / ${lab.count(o)} to ${cellName("y", o)}`);
    return `${name} ${windows} and adds ${parts.join(", ")}`;
  }
  const [won, lost] = [true, false].map((wins) =>
    outputs.filter((o) => same(lab.winner(o), at) === wins),
  );
  const losses = lost.map((o) => `${cellName("y", o)} to ${full(lab.output[o[0]][o[1]])}`);
  return [
    `${name} ${windows}`,
    won.length ? `wins ${won.map((o) => cellName("y", o)).join(", ")}` : "wins none",
    ...(losses.length ? [`loses ${losses.join(", ")}`] : []),
  ].join("; ");
}

const describe = (lab: Solution, pick: Pick | null) =>
  pick ? (pick.grid === "output" ? describeOutput : describeInput)(lab, pick.at) : "";

function asPython({
  input,
  kind,
  window,
  stride,
  padding,
  dilation,
  ceil_mode,
  count_include_pad,
}: Record<string, any>) {
  const settings = [
    python.pair(window),
    `stride=${stride ? python.pair(stride) : "None"}`,
    `padding=${python.pair(padding)}`,
    `ceil_mode=${python.bool(ceil_mode)}`,
    kind === "max"
      ? `dilation=${python.pair(dilation)}`
      : `count_include_pad=${python.bool(count_include_pad)}`,
  ];
  return [
    "import torch",
    "import torch.nn.functional as F",
    "",
    `x = torch.tensor(${python.grid(input)}, dtype=torch.float32)`,
    `y = F.${kind === "max" ? "max" : "avg"}_pool2d(x[None, None], ${settings.join(", ")})[0, 0]`,
    "",
  ].join("\n");
}

/** Settings from a link, or a RangeError that says what is wrong with them. */
function accept(s: Record<string, any>) {
  const kind = checkOneOf(s.kind, "kind", KINDS);
  const settings = {
    input: checkGrid(s.input, "input", ALLOWED.input),
    kind,
    window: checkPair(s.window, "window", ALLOWED.window),
    stride: s.stride === null ? null : checkPair(s.stride, "stride", ALLOWED.stride),
    padding: checkPair(s.padding, "padding", ALLOWED.padding),
    dilation: checkPair(s.dilation, "dilation", kind === "max" ? ALLOWED.dilation : [1, 1]),
    ceil_mode: checkOneOf(s.ceil_mode, "ceil mode", [true, false]),
    count_include_pad: checkOneOf(s.count_include_pad, "counting of padding", [true, false]),
    picked: checkPicked(s.picked, ["output", "input"]),
  };
  solve(settings); // throws when they do not go together
  return settings;
}

/** The cells of each grid; in ceil mode the last window may stick out. */
function boxesOf({ rows, columns }: Solution): Record<"input" | "output", Box> {
  const shown = (a: typeof rows) =>
    Math.max(a.before + a.n + a.after, (a.size - 1) * a.stride + span(a.k, a.dilation));
  return {
    input: { offset: [-rows.before, -columns.before], shape: [shown(rows), shown(columns)] },
    output: { shape: [rows.size, columns.size] },
  };
}

function PoolingLab(host: Host) {
  const lab = useLab(host, KEYS, accept);
  const { state, initial, change } = lab;
  const memory = useMemory(state.input, "edge");
  const solution = useMemo(
    () => solve(state),
    KEYS.slice(0, -1).map((key) => state[key]),
  );
  const boxes = boxesOf(solution);
  const pick = usePick(lab, boxes);
  const formula = [solution.rows, solution.columns].map((axis, d) =>
    sizeFormula(d as 0 | 1, { ...along(state, d as 0 | 1), stride: axis.stride }, axis.size),
  );

  const dropped = formula.some((text) => text.includes("+ 1 − 1"))
    ? "; a window that would start in the padding behind is dropped"
    : "";

  return (
    <Lab label="Pooling lab">
      <TopBar state={state} initial={initial} change={change} />
      <Grids
        lab={solution}
        boxes={boxes}
        pick={pick}
        onEdit={(at, value) => change({ input: memory.withTyped(at, value) })}
      />
      <Said
        shown={describe(solution, pick.shown)}
        picked={describe(solution, pick.picked)}
        quiet={pick.playing}
        unread={solution.unread}
        formula={formula.join(", ") + dropped}
      />
      <div class="cnl-bar">
        <OutputPlayer pick={pick} />
        <Sharing lab={lab} python={() => asPython(state)} />
      </div>
      <Message lab={lab} />
      <Sliders state={state} initial={initial} change={change} memory={memory} />
    </Lab>
  );
}

function TopBar({
  state,
  initial,
  change,
}: {
  state: Record<string, any>;
  initial: Record<string, any>;
  change: (changes: Record<string, any>) => void;
}) {
  const canRound = (up: boolean) =>
    [0, 1].every((d) => poolLimits(along(state, d as 0 | 1)).ceilModes.includes(up));
  return (
    <div class="cnl-bar">
      <Examples presets={PRESETS} initial={initial} onChange={change} />
      <Choice
        label="Keep the"
        value={state.kind}
        options={KINDS.map((kind) => ({ value: kind, label: kind }))}
        onChange={(kind) => change({ kind, dilation: kind === "max" ? state.dilation : [1, 1] })}
      />
      <Switch
        label="round the size up (ceil mode)"
        checked={state.ceil_mode}
        disabled={!canRound(!state.ceil_mode)}
        onChange={(up) => change({ ceil_mode: up })}
      />
      {state.kind === "average" && (
        <Switch
          label="count padding"
          checked={state.count_include_pad}
          onChange={(counted) => change({ count_include_pad: counted })}
        />
      )}
    </div>
  );
}

function Grids({
  lab,
  boxes,
  pick,
  onEdit,
}: {
  lab: Solution;
  boxes: ReturnType<typeof boxesOf>;
  pick: Picking;
  onEdit: (at: At, value: number) => void;
}) {
  const { input, output, rows, columns, kind } = lab;
  const { shown } = pick;
  const links = meetings(lab, shown);
  const isOutput = shown?.grid === "output";
  const finite = output.flat().filter(Number.isFinite);
  const [ofInput, ofOutput] = [
    activationScale(input.flat()),
    activationScale(finite.length ? finite : [0]),
  ];
  const [litInput, litOutput] = [
    cellSet(links.map((link) => cellOf(lab, link))),
    cellSet(links.map((link) => link.output)),
  ];

  const inputCell = (i: number, j: number) => {
    const { value, place, counted } = read(lab, [i, j]);
    const isUnread = lab.unread.has(i, j);
    const isLit = litInput.has(`${i},${j}`);
    const inside = place === "inside";
    const wins = isOutput && kind === "max" && same(lab.winner(shown.at), [i, j]);
    return {
      value,
      shade: inside ? ofInput.of(value) : 0,
      locked: !inside,
      kind: [
        !inside && "padding",
        isUnread && "unread",
        !counted && "uncounted",
        isLit && "lit",
        wins && "winner",
      ]
        .filter(Boolean)
        .join(" "),
      note: wins
        ? "max"
        : isOutput && isLit && kind === "average" && counted
          ? `÷${lab.count(shown.at)}`
          : "",
      says: [
        place === "padding" && "padding",
        place === "beyond" && "beyond the edge",
        !counted && "not counted",
        isUnread && "read by no window",
        wins && "the largest",
      ]
        .filter(Boolean)
        .join(", "),
    };
  };
  const outputCell = (i: number, j: number) => {
    const wins = shown?.grid === "input" && kind === "max" && same(lab.winner([i, j]), shown.at);
    return {
      value: output[i][j],
      shade: Number.isFinite(output[i][j]) ? ofOutput.of(output[i][j]) : 0,
      kind: `${litOutput.has(`${i},${j}`) ? "lit" : ""}${wins ? " winner" : ""}`,
      note: wins ? "max" : "",
    };
  };
  return (
    <div class="cnl-row">
      <Figure
        name="Input"
        shape={[rows.n, columns.n]}
        legend={<Legend scale="activations" {...ofInput} />}
      >
        <Grid
          label={`Input, ${rows.n} by ${columns.n}`}
          scale="activations"
          {...boxes.input}
          cell={inputCell}
          frame={isOutput ? frameOf(lab, shown.at) : null}
          onEdit={onEdit}
          {...pick.of("input")}
        />
      </Figure>
      <Figure
        sign="→"
        name="Output"
        shape={[rows.size, columns.size]}
        legend={<Legend scale="activations" {...ofOutput} />}
      >
        <Grid
          label={`Output, ${rows.size} by ${columns.size}`}
          scale="activations"
          {...boxes.output}
          cell={outputCell}
          {...pick.of("output")}
        />
      </Figure>
    </div>
  );
}

function Sliders({
  state,
  initial,
  change,
  memory,
}: {
  state: Record<string, any>;
  initial: Record<string, any>;
  change: (changes: Record<string, any>) => void;
  memory: GridMemory;
}) {
  const [down, across] = [poolLimits(along(state, 0), CAPS), poolLimits(along(state, 1), CAPS)];
  const both = (key: "n" | "k" | "stride" | "padding" | "dilation") =>
    [down[key], across[key]] as [{ min: number; max: number }, { min: number; max: number }];
  const follows = state.stride === null;
  return (
    <div class="cnl-panel">
      <PairSlider
        label="Input size"
        unit="cells"
        value={shapeOf(state.input)}
        initial={shapeOf(initial.input)}
        limits={both("n")}
        onChange={(shape) => change({ input: memory.resized(...shape) })}
      />
      <PairSlider
        label="Window size"
        unit="cells"
        value={state.window}
        initial={initial.window}
        limits={both("k")}
        onChange={(window) => change({ window })}
      />
      <div>
        <PairSlider
          label="Stride"
          unit="cells"
          value={state.stride ?? state.window}
          initial={initial.stride ?? state.window}
          limits={both("stride")}
          onChange={(stride) => change({ stride })}
        />
        <Switch
          label="stride = window"
          checked={follows}
          disabled={!follows && !canFollow(state)}
          onChange={(on) => change({ stride: on ? null : state.window })}
        />
      </div>
      <PairSlider
        label="Padding"
        unit="cells a side"
        value={state.padding}
        initial={initial.padding}
        limits={both("padding")}
        onChange={(padding) => change({ padding })}
      />
      {state.kind === "max" && (
        <PairSlider
          label="Dilation"
          unit="cells"
          value={state.dilation}
          initial={initial.dilation}
          limits={both("dilation")}
          onChange={(dilation) => change({ dilation })}
        />
      )}
    </div>
  );
}

/** Does the window fit with a stride of its own size? */
function canFollow(state: Record<string, any>) {
  try {
    solve({ ...state, stride: null });
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

export default view(PoolingLab);
