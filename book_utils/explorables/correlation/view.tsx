/**
 * The correlation lab: input ⋆ kernel = output, every number open to touch (see lab.py).
 */

import { useMemo, useState } from "preact/hooks";
import { axis, MODES, padIndex } from "../arithmetic/axis.ts";
import { conv2d } from "../arithmetic/convolution.ts";
import { limits } from "../arithmetic/limits.ts";
import { connections } from "../arithmetic/links.ts";
import { nested, tensor } from "../arithmetic/tensor.ts";
import { Choice, PairSlider, Switch } from "../parts/controls.tsx";
import { Examples } from "../parts/examples.tsx";
import { activationScale, Figure, weightScale } from "../parts/figure.tsx";
import { Grid, Legend } from "../parts/grid.tsx";
import { cellOf, cellSet, frameOf, shapeOf, unreadCells } from "../parts/layer.ts";
import type { GridMemory } from "../parts/memory.ts";
import { useMemory } from "../parts/memory.ts";
import { factor, full, short } from "../parts/numbers.ts";
import type { Box, Pick, Picking } from "../parts/picking.tsx";
import { OutputPlayer, usePick } from "../parts/picking.tsx";
import { Said } from "../parts/said.tsx";
import {
  cellName,
  plural,
  python,
  sizeFormula,
  sizeFormulaInTotal,
  unique,
} from "../parts/words.ts";
import { checkGrid, checkOneOf, checkPair, checkPicked } from "../platform/check.ts";
import type { Host } from "../platform/lab.tsx";
import { Lab, Message, Sharing, useLab, view } from "../platform/lab.tsx";
import { PRESETS } from "./examples.ts";

type At = [number, number];
type Solution = ReturnType<typeof solve>;

const KEYS = ["input", "kernel", "stride", "padding", "dilation", "mode", "flip", "picked"];
const GRIDS = ["output", "input", "kernel"];

/** What the traits in lab.py allow. */
export const ALLOWED = {
  input: 16,
  kernel: 9,
  stride: [1, 16],
  padding: [0, 8],
  dilation: [1, 8],
} as const;
/**
 * As far as the sliders go, unless the page's own settings go further: the grids fit a page, and a
 * move a frame.
 */
const CAPS = { n: 9, k: 7, stride: 5, padding: 3, dilation: 4 };
const AXES = [0, 1] as const;
const LETTERS = { input: "x", kernel: "w", output: "y" };

/** Both axes and the output for one state. */
function solve({ input, kernel, stride, padding, dilation, mode, flip }: Record<string, any>) {
  const [x, w] = [tensor([[input]]), tensor([[kernel]])];
  const n = x.shape.slice(2);
  const k = w.shape.slice(2);
  const y = conv2d(x, w, { stride, padding, dilation, mode, flip });
  const along = (d: 0 | 1) => ({
    n: n[d],
    k: k[d],
    stride: stride[d],
    padding: padding[d],
    dilation: dilation[d],
    mode,
  });
  const settings = [along(0), along(1)];
  const [rows, columns] = settings.map((options) => axis({ ...options, flip }));
  const padded = (i: number, j: number) => {
    const [r, c] = [padIndex(i, n[0], mode), padIndex(j, n[1], mode)];
    return r < 0 || c < 0 ? 0 : input[r][c];
  };
  return {
    input,
    kernel,
    output: nested(y)[0][0] as number[][],
    settings,
    rows,
    columns,
    padded,
    unread: unreadCells({ rows, columns }),
  };
}

/** The meetings of input, weight and output that a pick is about. */
function meetings(lab: Solution, pick: Pick | null) {
  if (!pick) return [];
  const { rows, columns, settings } = lab;
  if (pick.grid === "output") return connections(rows, columns, { output: pick.at });
  if (pick.grid === "kernel") return connections(rows, columns, { tap: pick.at });
  const source = pick.at.map((i, d) => padIndex(i, settings[d].n, settings[d].mode));
  if (source.includes(-1)) {
    return connections(rows, columns, {
      padded: [pick.at[0] + rows.before, pick.at[1] + columns.before],
    });
  }
  return connections(rows, columns, { source: source as At });
}

const name = (grid: keyof typeof LETTERS, at: At) => cellName(LETTERS[grid], at);

/** What a pick shows, in words and numbers. */
function describe(lab: Solution, { grid, at }: Pick, links: ReturnType<typeof meetings>) {
  if (grid === "output") {
    const products = links.map(
      (link) =>
        `${factor(lab.padded(...cellOf(lab, link)))}×${factor(lab.kernel[link.tap[0]][link.tap[1]])}`,
    );
    return `${name("output", at)} = ${products.join(" + ")} = ${full(lab.output[at[0]][at[1]])}`;
  }
  if (grid === "kernel") {
    const met = unique(links.map((link) => name("input", cellOf(lab, link))));
    return (
      `${name("kernel", at)} = ${full(lab.kernel[at[0]][at[1]])} multiplies ` +
      `${plural(met.length, "input cell")}, one for each output: ${met.join(", ")}`
    );
  }
  const value = `${name("input", at)} = ${full(lab.padded(...at))}`;
  if (!links.length) return `${value} is read by no window.`;
  const reached = links.map(
    (link) =>
      `${name("output", link.output)} by weight ${full(lab.kernel[link.tap[0]][link.tap[1]])}`,
  );
  const outputs = unique(links.map((link) => String(link.output))).length;
  return `${value} reaches ${plural(outputs, "output")}: ${reached.join(", ")}`;
}

function asPython({ input, kernel, stride, padding, dilation, mode, flip }: Record<string, any>) {
  const zeros = mode === "zeros";
  return [
    "import torch",
    "import torch.nn.functional as F",
    "",
    `x = torch.tensor(${python.grid(input)}, dtype=torch.float32)`,
    `k = torch.tensor(${python.grid(kernel)}, dtype=torch.float32)`,
    ...(flip ? ["k = k.flip(0, 1)  # convolution: the kernel turned by 180 degrees"] : []),
    zeros
      ? "padded = x[None, None]"
      : `padded = F.pad(x[None, None], (${padding[1]}, ${padding[1]}, ${padding[0]}, ${padding[0]}), "${mode}")`,
    `y = F.conv2d(padded, k[None, None], stride=${python.pair(stride)}, ` +
      `${zeros ? `padding=${python.pair(padding)}, ` : ""}dilation=${python.pair(dilation)})[0, 0]`,
    "",
  ].join("\n");
}

/** Settings from a link, or a RangeError that says what is wrong with them. */
export function accept(s: Record<string, any>) {
  const settings = {
    input: checkGrid(s.input, "input", ALLOWED.input),
    kernel: checkGrid(s.kernel, "kernel", ALLOWED.kernel),
    stride: checkPair(s.stride, "stride", ALLOWED.stride),
    padding: checkPair(s.padding, "padding", ALLOWED.padding),
    dilation: checkPair(s.dilation, "dilation", ALLOWED.dilation),
    mode: checkOneOf(s.mode, "padding mode", MODES),
    flip: checkOneOf(s.flip, "flip", [true, false]),
    picked: checkPicked(s.picked, GRIDS),
  };
  solve(settings); // throws when they do not go together
  return settings;
}

/** The cells of each grid. */
const boxesOf = ({ rows, columns }: Solution): Record<string, Box> => ({
  input: {
    offset: [-rows.before, -columns.before],
    shape: [rows.before + rows.n + rows.after, columns.before + columns.n + columns.after],
  },
  kernel: { shape: [rows.k, columns.k] },
  output: { shape: [rows.size, columns.size] },
});

function CorrelationLab(host: Host) {
  const lab = useLab(host, KEYS, accept);
  const { state, initial, change } = lab;
  const memories = {
    input: useMemory(state.input, "edge"),
    kernel: useMemory(state.kernel, "zero"),
  };
  const solution = useMemo(
    () => solve(state),
    KEYS.slice(0, -1).map((key) => state[key]),
  );
  const boxes = boxesOf(solution);
  const pick = usePick(lab, boxes);
  const links = meetings(solution, pick.shown);
  const [inTotal, countInTotal] = useState(false);
  const formula = inTotal ? sizeFormulaInTotal : sizeFormula;
  const sizes = AXES.map((d) =>
    formula(d, solution.settings[d], [solution.rows, solution.columns][d].size),
  );
  const said = (at: Pick | null) => (at ? describe(solution, at, meetings(solution, at)) : "");

  return (
    <Lab label="Correlation lab">
      <TopBar state={state} initial={initial} change={change} />
      <Grids
        lab={solution}
        state={state}
        boxes={boxes}
        pick={pick}
        links={links}
        onEdit={(grid, at, value) => change({ [grid]: memories[grid].withTyped(at, value) })}
      />
      <Said
        shown={said(pick.shown)}
        picked={said(pick.picked)}
        quiet={pick.playing}
        unread={solution.unread}
        formula={sizes.join(", ")}
      />
      {Math.max(...state.padding) > 0 && (
        <Switch label="formula with padding in total" checked={inTotal} onChange={countInTotal} />
      )}
      <div class="cnl-bar">
        <OutputPlayer pick={pick} />
        <Sharing lab={lab} python={() => asPython(state)} />
      </div>
      <Message lab={lab} />
      <Sliders lab={solution} state={state} initial={initial} change={change} memories={memories} />
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
  return (
    <div class="cnl-bar">
      <Examples presets={PRESETS} initial={initial} onChange={change} />
      <Switch
        label="flip the kernel (convolution)"
        checked={state.flip}
        onChange={(flip) => change({ flip })}
      />
      <Choice
        label="Padding holds"
        value={state.mode}
        onChange={(mode) => change({ mode })}
        options={possibleModes(state).map((mode) => ({ value: mode, label: mode }))}
      />
    </div>
  );
}

function possibleModes({ input, kernel, stride, padding, dilation, mode }: Record<string, any>) {
  const along = (d: number) =>
    limits({
      n: shapeOf(input)[d],
      k: shapeOf(kernel)[d],
      stride: stride[d],
      padding: padding[d],
      dilation: dilation[d],
      mode,
    }).modes;
  return along(0).filter((m) => along(1).includes(m));
}

function Grids({
  lab,
  state,
  boxes,
  pick,
  links,
  onEdit,
}: {
  lab: Solution;
  state: Record<string, any>;
  links: ReturnType<typeof meetings>;
  boxes: ReturnType<typeof boxesOf>;
  pick: Picking;
  onEdit: (grid: "input" | "kernel", at: At, value: number) => void;
}) {
  const { input, kernel, output, rows, columns } = lab;
  const ofInput = activationScale(input.flat());
  const ofOutput = activationScale(output.flat());
  const ofKernel = weightScale(kernel.flat());
  const shown = pick.shown;
  const litInput = cellSet(links.map((link) => cellOf(lab, link)));
  const litTap = cellSet(links.map((link) => link.tap));
  const litOutput = cellSet(links.map((link) => link.output));
  const weightAt = new Map(
    shown?.grid === "output"
      ? links.map((link) => [String(cellOf(lab, link)), kernel[link.tap[0]][link.tap[1]]])
      : [],
  );
  const frame = shown?.grid === "output" ? frameOf(lab, shown.at) : null;

  const inputCell = (i: number, j: number) => {
    const inPadding = i < 0 || j < 0 || i >= rows.n || j >= columns.n;
    const isUnread = lab.unread.has(i, j);
    const weight = weightAt.get(`${i},${j}`);
    return {
      value: lab.padded(i, j),
      shade: inPadding && state.mode === "zeros" ? 0 : ofInput.of(lab.padded(i, j)),
      kind: `${inPadding ? "padding " : ""}${isUnread ? "unread " : ""}${litInput.has(`${i},${j}`) ? "lit" : ""}`,
      note: weight === undefined ? "" : `×${short(weight)}`,
      locked: inPadding,
      says: [inPadding && "padding", isUnread && "read by no window"].filter(Boolean).join(", "),
    };
  };
  const used = (a: number, b: number) =>
    state.flip ? kernel[rows.k - 1 - a][columns.k - 1 - b] : kernel[a][b];
  const turn = ([a, b]: At) => [rows.k - 1 - a, columns.k - 1 - b] as At;
  const pickKernel = pick.of("kernel");
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
          frame={frame}
          onEdit={(at, value) => onEdit("input", at, value)}
          {...pick.of("input")}
        />
      </Figure>
      <Figure
        sign={state.flip ? "∗" : "⋆"}
        name="Kernel"
        shape={[rows.k, columns.k]}
        legend={<Legend scale="weights" {...ofKernel} />}
      >
        <Grid
          label={`Kernel, ${rows.k} by ${columns.k}`}
          scale="weights"
          shape={[rows.k, columns.k]}
          cell={(a, b) => ({
            value: kernel[a][b],
            shade: ofKernel.of(kernel[a][b]),
            kind: litTap.has(`${a},${b}`) ? "lit" : "",
          })}
          onEdit={(at, value) => onEdit("kernel", at, value)}
          {...pickKernel}
        />
      </Figure>
      {state.flip && (
        <Figure sign="↻" name="Kernel as used" shape={[rows.k, columns.k]}>
          <Grid
            label="Kernel turned by 180 degrees, as used"
            scale="weights"
            shape={[rows.k, columns.k]}
            cell={(a, b) => ({
              value: used(a, b),
              shade: ofKernel.of(used(a, b)),
              kind: litTap.has(String(turn([a, b]))) ? "lit" : "",
            })}
            picked={pickKernel.picked && turn(pickKernel.picked)}
            onPick={(at) => pickKernel.onPick(turn(at))}
            onPoint={(at) => pickKernel.onPoint(at && turn(at))}
          />
        </Figure>
      )}
      <Figure
        sign="="
        name="Output"
        shape={[rows.size, columns.size]}
        legend={<Legend scale="activations" {...ofOutput} />}
      >
        <Grid
          label={`Output, ${rows.size} by ${columns.size}`}
          scale="activations"
          shape={[rows.size, columns.size]}
          cell={(i, j) => ({
            value: output[i][j],
            shade: ofOutput.of(output[i][j]),
            kind: litOutput.has(`${i},${j}`) ? "lit" : "",
          })}
          {...pick.of("output")}
        />
      </Figure>
    </div>
  );
}

function Sliders({
  lab,
  state,
  initial,
  change,
  memories,
}: {
  lab: Solution;
  state: Record<string, any>;
  initial: Record<string, any>;
  change: (changes: Record<string, any>) => void;
  memories: { input: GridMemory; kernel: GridMemory };
}) {
  const [down, across] = lab.settings.map((settings) => limits(settings, CAPS));
  const both = (key: "n" | "k" | "stride" | "padding" | "dilation") =>
    [down[key], across[key]] as [{ min: number; max: number }, { min: number; max: number }];
  return (
    <div class="cnl-panel">
      <PairSlider
        label="Input size"
        unit="cells"
        value={shapeOf(state.input)}
        initial={shapeOf(initial.input)}
        limits={both("n")}
        onChange={(shape) => change({ input: memories.input.resized(...shape) })}
      />
      <PairSlider
        label="Kernel size"
        unit="cells"
        value={shapeOf(state.kernel)}
        initial={shapeOf(initial.kernel)}
        limits={both("k")}
        onChange={(shape) => change({ kernel: memories.kernel.resized(...shape) })}
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
      <PairSlider
        label="Dilation"
        unit="cells"
        value={state.dilation}
        initial={initial.dilation}
        limits={both("dilation")}
        onChange={(dilation) => change({ dilation })}
      />
    </div>
  );
}

export default view(CorrelationLab);
