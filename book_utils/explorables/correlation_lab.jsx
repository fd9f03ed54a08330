/** The correlation lab: input ⋆ kernel = output, every number open to touch (see correlation_lab.py). */
import {
  activationScale, axis, Choice, checkGrid, checkOneOf, checkPair, checkPicked, connections, conv2d, factor,
  Figure, full, Grid, GridMemory, Lab, Legend, limits, Message, MODES, nested, padIndex, PairSlider, Player,
  Sharing, short, span, Switch, tensor, unread, useLab, useMemo, useRef, useState, view, weightScale,
} from "./shared.js";
import { PRESETS } from "./correlation_presets.js";

/** @typedef {[number, number]} At */
/** @typedef {{ grid: string, at: At }} Pick */
/** @typedef {ReturnType<typeof solve>} Solution */

const KEYS = ["input", "kernel", "stride", "padding", "dilation", "mode", "flip", "picked"];
const GRIDS = ["output", "input", "kernel"];

/** What the traits in correlation_lab.py allow. */
export const ALLOWED = /** @type {const} */ ({
  input: 16, kernel: 9, stride: [1, 16], padding: [0, 8], dilation: [1, 8],
});
/** As far as the sliders go, unless the page's own settings go further. */
const CAPS = { n: 12, k: 7, stride: 5, padding: 4, dilation: 4 };
const LETTERS = { input: "x", kernel: "w", output: "y" };
const AXES = /** @type {const} */ (["height", "width"]);

/** Both axes and the output for one state. @param {Record<string, any>} state */
function solve({ input, kernel, stride, padding, dilation, mode, flip }) {
  const [x, w] = [tensor([[input]]), tensor([[kernel]])];
  const n = x.shape.slice(2);
  const k = w.shape.slice(2);
  const y = conv2d(x, w, { stride, padding, dilation, mode, flip });
  const along = (/** @type {0 | 1} */ d) => ({
    n: n[d], k: k[d], stride: stride[d], padding: padding[d], dilation: dilation[d], mode });
  const settings = [along(0), along(1)];
  const [rows, columns] = settings.map((options) => axis({ ...options, flip }));
  const padded = (/** @type {number} */ i, /** @type {number} */ j) => {
    const [r, c] = [padIndex(i, n[0], mode), padIndex(j, n[1], mode)];
    return r < 0 || c < 0 ? 0 : input[r][c];
  };
  return {
    input, kernel, output: /** @type {number[][]} */ (nested(y)[0][0]), settings, rows, columns, padded,
    unread: [new Set(unread(rows)), new Set(unread(columns))],
  };
}

/** The meetings of input, weight and output that a pick is about. @param {Solution} lab @param {Pick | null} pick */
function meetings(lab, pick) {
  if (!pick) return [];
  const { rows, columns, settings } = lab;
  if (pick.grid === "output") return connections(rows, columns, { output: pick.at });
  if (pick.grid === "kernel") return connections(rows, columns, { tap: pick.at });
  const source = pick.at.map((i, d) => padIndex(i, settings[d].n, settings[d].mode));
  if (source.includes(-1)) {
    return connections(rows, columns, { padded: [pick.at[0] + rows.before, pick.at[1] + columns.before] });
  }
  return connections(rows, columns, { source: /** @type {At} */ (source) });
}

/** The cell of the padded input where a link reads; negative indices lie in the padding. */
const cellOf = (/** @type {Solution} */ { rows, columns }, /** @type {{ padded: At }} */ { padded }) =>
  /** @type {At} */ ([padded[0] - rows.before, padded[1] - columns.before]);

const name = (/** @type {keyof typeof LETTERS} */ grid, /** @type {At} */ [i, j]) => `${LETTERS[grid]}[${full(i)}, ${full(j)}]`;
const plural = (/** @type {number} */ n, /** @type {string} */ noun) => `${n} ${noun}${n === 1 ? "" : "s"}`;
const unique = (/** @type {string[]} */ list) => [...new Set(list)];

/** What a pick shows, in words and numbers. @param {Solution} lab @param {Pick} pick @param {ReturnType<typeof meetings>} links */
function describe(lab, { grid, at }, links) {
  if (grid === "output") {
    const products = links.map((link) =>
      `${factor(lab.padded(...cellOf(lab, link)))}×${factor(lab.kernel[link.tap[0]][link.tap[1]])}`);
    return `${name("output", at)} = ${products.join(" + ")} = ${full(lab.output[at[0]][at[1]])}`;
  }
  if (grid === "kernel") {
    const met = unique(links.map((link) => name("input", cellOf(lab, link))));
    return `${name("kernel", at)} = ${full(lab.kernel[at[0]][at[1]])} multiplies ` +
      `${plural(met.length, "input cell")}, one for each output: ${met.join(", ")}`;
  }
  const value = `${name("input", at)} = ${full(lab.padded(...at))}`;
  if (!links.length) return `${value} is read by no window.`;
  const reached = links.map((link) =>
    `${name("output", link.output)} by weight ${full(lab.kernel[link.tap[0]][link.tap[1]])}`);
  const outputs = unique(links.map((link) => String(link.output))).length;
  return `${value} reaches ${plural(outputs, "output")}: ${reached.join(", ")}`;
}

/** The same for the ear. @param {string} text */
const spoken = (text) => text.replaceAll("×", " times ").replaceAll("−", "minus ").replaceAll("+", "plus")
  .replaceAll("=", "equals").replaceAll(/[()]/g, "");

/** Output size with the numbers filled in. @param {Solution} lab @param {0 | 1} d */
function sizeFormula({ settings, rows, columns }, d) {
  const { n, k, stride, padding, dilation } = settings[d];
  return `${AXES[d]} ⌊(${n} + 2·${padding} − ${dilation}·(${k} − 1) − 1) / ${stride}⌋ + 1 = ${[rows, columns][d].size}`;
}

/** @param {Record<string, any>} state */
function asPython({ input, kernel, stride, padding, dilation, mode, flip }) {
  const rows = (/** @type {number[][]} */ grid) => `[${grid.map((row) => `[${row.join(", ")}]`).join(", ")}]`;
  const pair = (/** @type {At} */ [h, w]) => `(${h}, ${w})`;
  const zeros = mode === "zeros";
  return [
    "import torch", "import torch.nn.functional as F", "",
    `x = torch.tensor(${rows(input)}, dtype=torch.float32)`,
    `k = torch.tensor(${rows(kernel)}, dtype=torch.float32)`,
    ...(flip ? ["k = k.flip(0, 1)  # convolution: the kernel turned by 180 degrees"] : []),
    zeros ? "padded = x[None, None]"
      : `padded = F.pad(x[None, None], (${padding[1]}, ${padding[1]}, ${padding[0]}, ${padding[0]}), "${mode}")`,
    `y = F.conv2d(padded, k[None, None], stride=${pair(stride)}, ` +
      `${zeros ? `padding=${pair(padding)}, ` : ""}dilation=${pair(dilation)})[0, 0]`, "",
  ].join("\n");
}

/** Settings from a link, or a RangeError that says what is wrong with them. @param {Record<string, any>} s */
export function accept(s) {
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

/** Does this cell exist at the present sizes? @param {Solution} lab @param {Pick} pick */
function exists({ rows, columns }, { grid, at: [i, j] }) {
  if (grid === "input") return i >= -rows.before && j >= -columns.before && i < rows.n + rows.after && j < columns.n + columns.after;
  const [height, width] = grid === "kernel" ? [rows.k, columns.k] : [rows.size, columns.size];
  return i >= 0 && j >= 0 && i < height && j < width;
}

/** The picked cell, or the first output where it has gone. @param {Solution} lab @param {any} picked @returns {Pick | null} */
function pickOf(lab, picked) {
  if (!picked) return null;
  const pick = { grid: picked[0], at: /** @type {At} */ (picked.slice(1)) };
  return exists(lab, pick) ? pick : { grid: "output", at: [0, 0] };
}

/** Grids that remember what was typed, begun anew when a grid comes from Python, a preset or a link. */
function useMemories(/** @type {Record<string, any>} */ state) {
  const memories = useRef({ input: new GridMemory(state.input, "edge"), kernel: new GridMemory(state.kernel, "zero") });
  if (!memories.current.input.knows(state.input)) memories.current.input = new GridMemory(state.input, "edge");
  if (!memories.current.kernel.knows(state.kernel)) memories.current.kernel = new GridMemory(state.kernel, "zero");
  return memories.current;
}

/** @param {import("./parts/lab.jsx").Host} host */
function CorrelationLab(host) {
  const lab = useLab(host, KEYS, accept);
  const { state, initial, change } = lab;
  const [pointed, point] = useState(/** @type {Pick | null} */ (null));
  const [playing, play] = useState(false);
  const memories = useMemories(state);

  const solution = useMemo(() => solve(state), KEYS.slice(0, -1).map((key) => state[key]));
  const picked = pickOf(solution, state.picked);
  const shown = pointed && exists(solution, pointed) ? pointed : picked;
  const links = meetings(solution, shown);

  /** @param {keyof typeof LETTERS} grid what every grid needs to be picked and pointed at */
  const picking = (grid) => ({
    picked: picked?.grid === grid ? picked.at : null,
    onPick: (/** @type {At} */ at) => { play(false); point(null); change({ picked: [grid, ...at] }); },
    onPoint: (/** @type {At | null} */ at) => point(at && { grid, at }),
    onRefuse: lab.complain,
  });

  return (
    <Lab label="Correlation lab">
      <TopBar state={state} initial={initial} change={change} />
      <Grids lab={solution} state={state} shown={shown} links={links} picking={picking}
        onEdit={(grid, at, value) => change({ [grid]: memories[grid].withTyped(at, value) })} />
      <Said lab={solution} shown={shown} picked={picked} links={links} quiet={playing} />
      <div class="cnl-bar">
        <Player what="output" playing={playing} onPlaying={play} count={solution.rows.size * solution.columns.size}
          at={picked?.grid === "output" ? picked.at[0] * solution.columns.size + picked.at[1] : 0}
          onStep={(at) => { point(null); lab.set({ picked: ["output", Math.floor(at / solution.columns.size), at % solution.columns.size] }); }} />
        <Sharing lab={lab} python={() => asPython(state)} />
      </div>
      <Message lab={lab} />
      <Sliders lab={solution} state={state} initial={initial} change={change} memories={memories} />
    </Lab>
  );
}

/** @param {{ state: Record<string, any>, initial: Record<string, any>, change: (changes: Record<string, any>) => void }} props */
function TopBar({ state, initial, change }) {
  const [chosen, choose] = useState("start");
  const start = (/** @type {string} */ id) => PRESETS.find((preset) => preset.id === id)?.settings ?? initial;
  const options = [
    { value: "start", label: "this page’s own" },
    ...PRESETS.map(({ id, label, group }) => ({ value: id, label, group })),
  ];
  return (
    <div class="cnl-bar">
      <Choice label="Example" value={chosen} options={options} onChange={(id) => {
        choose(id);
        change(start(id));
      }} />
      <button type="button" onClick={() => change(start(chosen))}>Reset</button>
      <Switch label="flip the kernel (convolution)" checked={state.flip} onChange={(flip) => change({ flip })} />
      <Choice label="Padding holds" value={state.mode} onChange={(mode) => change({ mode })}
        options={possibleModes(state).map((mode) => ({ value: mode, label: mode }))} />
    </div>
  );
}

/** @param {Record<string, any>} state */
function possibleModes({ input, kernel, stride, padding, dilation, mode }) {
  const size = (/** @type {number[][]} */ grid) => [grid.length, grid[0].length];
  const along = (/** @type {number} */ d) => limits({
    n: size(input)[d], k: size(kernel)[d], stride: stride[d], padding: padding[d], dilation: dilation[d], mode }).modes;
  return along(0).filter((m) => along(1).includes(m));
}

/**
 * @param {{
 *   lab: Solution, state: Record<string, any>, shown: Pick | null, links: ReturnType<typeof meetings>,
 *   picking: (grid: keyof typeof LETTERS) => any,
 *   onEdit: (grid: "input" | "kernel", at: At, value: number) => void,
 * }} props
 */
function Grids({ lab, state, shown, links, picking, onEdit }) {
  const { input, kernel, output, rows, columns } = lab;
  const ofInput = activationScale(input.flat());
  const ofOutput = activationScale(output.flat());
  const ofKernel = weightScale(kernel.flat());
  const lit = (/** @type {(link: (typeof links)[number]) => At} */ at) => new Set(links.map((link) => String(at(link))));
  const litInput = lit((link) => cellOf(lab, link));
  const litTap = lit((link) => link.tap);
  const litOutput = lit((link) => link.output);
  const weightAt = new Map(shown?.grid === "output" ? links.map((link) =>
    [String(cellOf(lab, link)), kernel[link.tap[0]][link.tap[1]]]) : []);
  const frame = shown?.grid === "output" ? {
    at: /** @type {At} */ ([shown.at[0] * rows.stride - rows.before, shown.at[1] * columns.stride - columns.before]),
    shape: /** @type {At} */ ([span(rows.k, rows.dilation), span(columns.k, columns.dilation)]),
  } : null;

  const inputCell = (/** @type {number} */ i, /** @type {number} */ j) => {
    const inPadding = i < 0 || j < 0 || i >= rows.n || j >= columns.n;
    const isUnread = lab.unread[0].has(i + rows.before) || lab.unread[1].has(j + columns.before);
    const weight = weightAt.get(`${i},${j}`);
    return {
      value: lab.padded(i, j), shade: inPadding && state.mode === "zeros" ? 0 : ofInput.of(lab.padded(i, j)),
      kind: `${inPadding ? "padding " : ""}${isUnread ? "unread " : ""}${litInput.has(`${i},${j}`) ? "lit" : ""}`,
      note: weight === undefined ? "" : `×${short(weight)}`, locked: inPadding,
      says: [inPadding && "padding", isUnread && "read by no window"].filter(Boolean).join(", "),
    };
  };
  const used = (/** @type {number} */ a, /** @type {number} */ b) => (state.flip ? kernel[rows.k - 1 - a][columns.k - 1 - b] : kernel[a][b]);
  const turn = (/** @type {At} */ [a, b]) => /** @type {At} */ ([rows.k - 1 - a, columns.k - 1 - b]);
  const pickKernel = picking("kernel");
  return (
    <div class="cnl-row">
      <Figure name="Input" shape={[rows.n, columns.n]} legend={<Legend scale="activations" {...ofInput} />}>
        <Grid label={`Input, ${rows.n} by ${columns.n}`} scale="activations"
          shape={[rows.n + rows.before + rows.after, columns.n + columns.before + columns.after]}
          offset={[-rows.before, -columns.before]} cell={inputCell} frame={frame}
          onEdit={(at, value) => onEdit("input", at, value)} {...picking("input")} />
      </Figure>
      <Figure sign={state.flip ? "∗" : "⋆"} name="Kernel" shape={[rows.k, columns.k]} legend={<Legend scale="weights" {...ofKernel} />}>
        <Grid label={`Kernel, ${rows.k} by ${columns.k}`} scale="weights" shape={[rows.k, columns.k]}
          cell={(a, b) => ({ value: kernel[a][b], shade: ofKernel.of(kernel[a][b]), kind: litTap.has(`${a},${b}`) ? "lit" : "" })}
          onEdit={(at, value) => onEdit("kernel", at, value)} {...pickKernel} />
      </Figure>
      {state.flip && (
        <Figure sign="↻" name="Kernel as used" shape={[rows.k, columns.k]}>
          <Grid label="Kernel turned by 180 degrees, as used" scale="weights" shape={[rows.k, columns.k]}
            cell={(a, b) => ({ value: used(a, b), shade: ofKernel.of(used(a, b)), kind: litTap.has(String(turn([a, b]))) ? "lit" : "" })}
            picked={pickKernel.picked && turn(pickKernel.picked)}
            onPick={(at) => pickKernel.onPick(turn(at))} onPoint={(at) => pickKernel.onPoint(at && turn(at))} />
        </Figure>
      )}
      <Figure sign="=" name="Output" shape={[rows.size, columns.size]} legend={<Legend scale="activations" {...ofOutput} />}>
        <Grid label={`Output, ${rows.size} by ${columns.size}`} scale="activations" shape={[rows.size, columns.size]}
          cell={(i, j) => ({ value: output[i][j], shade: ofOutput.of(output[i][j]), kind: litOutput.has(`${i},${j}`) ? "lit" : "" })}
          {...picking("output")} />
      </Figure>
    </div>
  );
}

/**
 * The sum written out, the size formula, and what a screen reader is told when the pick changes.
 * @param {{ lab: Solution, shown: Pick | null, picked: Pick | null, links: ReturnType<typeof meetings>, quiet: boolean }} props
 */
function Said({ lab, shown, picked, links, quiet }) {
  const [rows, columns] = lab.unread.map((positions) => positions.size);
  const dropped = [rows && plural(rows, "row"), columns && plural(columns, "column")].filter(Boolean).join(" and ");
  return (
    <div class="cnl-said">
      <p class="cnl-sum">{shown && describe(lab, shown, links)}</p>
      <p class="cnl-formula">Output size: {sizeFormula(lab, 0)}, {sizeFormula(lab, 1)}.
        {dropped && ` ${dropped} of the padded input ${rows + columns === 1 ? "is" : "are"} read by no window (dashed).`}</p>
      <div class="cnl-hidden" aria-live={quiet ? "off" : "polite"}>
        {picked && spoken(describe(lab, picked, meetings(lab, picked)))}
      </div>
    </div>
  );
}

/**
 * @param {{
 *   lab: Solution, state: Record<string, any>, initial: Record<string, any>,
 *   change: (changes: Record<string, any>) => void, memories: { input: GridMemory, kernel: GridMemory },
 * }} props
 */
function Sliders({ lab, state, initial, change, memories }) {
  const [down, across] = lab.settings.map((settings) => limits(settings, CAPS));
  const both = (/** @type {"n" | "k" | "stride" | "padding" | "dilation"} */ key) =>
    /** @type {[{ min: number, max: number }, { min: number, max: number }]} */ ([down[key], across[key]]);
  const size = (/** @type {number[][]} */ grid) => /** @type {At} */ ([grid.length, grid[0].length]);
  return (
    <div class="cnl-panel">
      <PairSlider label="Input size" unit="cells" value={size(state.input)} initial={size(initial.input)} limits={both("n")}
        onChange={(shape) => change({ input: memories.input.resized(...shape) })} />
      <PairSlider label="Kernel size" unit="cells" value={size(state.kernel)} initial={size(initial.kernel)} limits={both("k")}
        onChange={(shape) => change({ kernel: memories.kernel.resized(...shape) })} />
      <PairSlider label="Stride" unit="cells" value={state.stride} initial={initial.stride} limits={both("stride")}
        onChange={(stride) => change({ stride })} />
      <PairSlider label="Padding" unit="cells a side" value={state.padding} initial={initial.padding} limits={both("padding")}
        onChange={(padding) => change({ padding })} />
      <PairSlider label="Dilation" unit="cells" value={state.dilation} initial={initial.dilation} limits={both("dilation")}
        onChange={(dilation) => change({ dilation })} />
    </div>
  );
}

export default view(CorrelationLab);
