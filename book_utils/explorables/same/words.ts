/** What the same-padding lab says, and its code. */
import { type Axis, outputSize, span } from "../arithmetic/axis.ts";
import { full } from "../parts/numbers.ts";
import type { Pick } from "../parts/picking.tsx";
import { inALine, plural, TORCH } from "../parts/words.ts";
import type { SameLab as Settings } from "../settings.ts";
import { cellsOf, outputsOf, type Solution, sumOf, valueAt } from "./solution.ts";

/** One way to pad; without an axis it is refused. */
export type Way = {
  title: string;
  /** what it adds, and how many outputs come out */
  short: string;
  /** the same with its sums written out, or why it refuses */
  says: string;
  axis: Axis | null;
};

/** What PyTorch says, and what it means. */
const REFUSAL = "“padding='same' is not supported for strided convolutions”";
export const REFUSED = `${REFUSAL}. It requires stride 1.`;

export function describeWays(settings: Settings, { same, SAME, number }: Solution): Way[] {
  const { size: n, kernel, stride, dilation, padding } = settings;
  const reach = span(kernel, dilation);
  const adds = (sum: string, { before, after }: Axis) =>
    `adds ${sum} = ${before + after} in all: ${before} before and ${after} after.`;
  const needed = `max((⌈${n}/${stride}⌉ − 1)·${stride} + ${reach} − ${n}, 0)`;
  const given = padding ? `${padding} on each side` : "nothing, as TensorFlow’s 'VALID'";
  const size = `⌊(${n} + 2·${padding} − ${reach})/${stride}⌋ + 1 = ${number.size}`;
  return [
    {
      title: "TensorFlow, padding='SAME'",
      axis: SAME,
      short: inShort(SAME),
      says: `${adds(needed, SAME)} Output ⌈${n}/${stride}⌉ = ${SAME.size}.`,
    },
    {
      title: `PyTorch, padding=${padding}`,
      axis: number,
      short: inShort(number),
      says: `adds ${given}. Output ${size}.`,
    },
    {
      title: "PyTorch, padding='same'",
      axis: same,
      short: same ? inShort(same) : `refuses stride ${stride}`,
      says: same
        ? `${adds(`${reach} − 1`, same)} Output ${n}, the size of the input.`
        : `refuses stride ${stride}: ${REFUSED}`,
    },
  ];
}

const inShort = ({ before, after, size }: Axis) => `${before} before, ${after} after → ${size}`;

/** What the outputs add up. */
export const describeInput = ({ size }: Settings) =>
  `x = ${size > 3 ? `1, 2, … ${size}` : [1, 2, 3].slice(0, size).join(", ")}; all weights 1`;

/** Whether TensorFlow's way and the number give the same outputs, and what else would. */
function compareBoth(settings: Settings, { SAME, number }: Solution) {
  const { size, kernel, stride, dilation } = settings;
  const { before, after } = SAME;
  const agree = SAME.size === number.size && before === number.before;
  if (agree) return { agree, why: "every output looks at the same cells", advice: "" };
  const shift = number.before - before;
  const further = `${plural(Math.abs(shift), "cell")} further ${shift > 0 ? "right" : "left"}`;
  const why =
    SAME.size === number.size
      ? `each 'SAME' window sits ${further}`
      : `${plural(SAME.size, "output")} against ${number.size}`;
  const wouldDo =
    span(kernel, dilation) <= size + 2 * before &&
    outputSize(size, kernel, { stride, dilation, padding: before }) === SAME.size;
  const pad = `F.pad(x,\u00a0(${before},\u00a0${after}))`; // on one line
  const advice = wouldDo ? `padding=${before} would agree.` : `${pad} first would agree.`;
  return { agree, why, advice };
}

/** Which of the ways give the same outputs: who, whether they do, and why. */
export function compare(settings: Settings, solution: Solution) {
  const { agree, why, advice } = compareBoth(settings, solution);
  const all = agree && solution.same;
  return {
    who: all ? "All three" : `'SAME' and padding=${settings.padding}`,
    verdict: agree ? "agree" : "differ",
    why: `${why}. ${advice}`.trim(),
  };
}

/** The same in sentences, with what is known of PyTorch's own way. */
export function compareInFull(settings: Settings, solution: Solution) {
  const { agree, why, advice } = compareBoth(settings, solution);
  const both = solution.same
    ? "At stride 1 'same' and 'SAME' always agree."
    : "'same' needs stride 1.";
  const ours = `'SAME' and padding=${settings.padding} ${agree ? "agree too" : "differ"}`;
  return `${both} ${ours}: ${why}. ${advice}`.trim();
}

type Told = { line: string; result?: number; full: string };

/** What a pick means on one axis: as long as there is room for, and in full. */
export function describe(a: Axis, { grid, at: [, i] }: Pick): Told {
  if (grid === "output") {
    if (i >= a.size) return only(`has no y[${i}]`);
    const values = cellsOf(a, i).map((cell) => String(valueAt(a, cell)));
    const result = sumOf(a, i);
    const full = `y[${i}] = ${values.join(" + ")} = ${result}`;
    return { line: `y[${i}] = ${values.join(" + ")} =`, result, full };
  }
  if (i < -a.before || i >= a.n + a.after) return only(`has no cell x[${full(i)}]`);
  const outputs = outputsOf(a, i).map((output) => `y[${output}]`);
  const name = `x[${full(i)}] = ${valueAt(a, i)}`;
  if (!outputs.length) return only(`${name} is read by no window`);
  return {
    line: `${name} is added to ${inALine(outputs, ", ")}`,
    full: `${name} is added to ${outputs.join(", ")}`,
  };
}

const only = (line: string) => ({ line, full: line });

export function asPython(settings: Settings, { same, SAME }: Solution) {
  const { size, kernel, stride, dilation, padding } = settings;
  const step = `stride=${stride}, dilation=${dilation}`;
  const first = same
    ? `same = F.conv1d(x, k, ${step}, padding="same")`
    : '# padding="same" is not supported for strided convolutions';
  return `${TORCH}
x = torch.arange(1.0, ${size + 1})[None, None]
k = torch.ones(1, 1, ${kernel})
${first}
tensorflow = F.conv1d(F.pad(x, (${SAME.before}, ${SAME.after})), k, ${step})
number = F.conv1d(x, k, ${step}, padding=${padding})
`;
}
