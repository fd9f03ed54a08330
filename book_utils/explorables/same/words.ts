/** What the same-padding lab says, and its code. */
import { type Axis, outputSize, span } from "../arithmetic/axis.ts";
import { full } from "../parts/numbers.ts";
import type { Pick } from "../parts/picking.tsx";
import { plural, TORCH } from "../parts/words.ts";
import type { SameLab as Settings } from "../settings.ts";
import { cellsOf, outputsOf, type Solution, sumOf, valueAt } from "./solution.ts";

/** One way to pad; without an axis it is refused. */
export type Way = { title: string; says: string; axis: Axis | null };

export function describeWays(settings: Settings, { same, SAME, number }: Solution): Way[] {
  const { size: n, kernel, stride, dilation, padding } = settings;
  const reach = span(kernel, dilation);
  const adds = (sum: string, { before, after }: Axis) =>
    `adds ${sum} = ${before + after} in all: ${before} before and ${after} after.`;
  const refusal =
    `refuses stride ${stride}: “padding='same' is not supported for strided convolutions”. ` +
    "It wants stride 1.";
  const needed = `max((⌈${n}/${stride}⌉ − 1)·${stride} + ${reach} − ${n}, 0)`;
  const given = padding ? `${padding} on each side` : "nothing, as TensorFlow’s 'VALID'";
  const size = `⌊(${n} + 2·${padding} − ${reach})/${stride}⌋ + 1 = ${number.size}`;
  return [
    {
      title: "PyTorch, padding='same'",
      axis: same,
      says: same ? `${adds(`${reach} − 1`, same)} Output ${n}, the size of the input.` : refusal,
    },
    {
      title: "TensorFlow, padding='SAME'",
      axis: SAME,
      says: `${adds(needed, SAME)} Output ⌈${n}/${stride}⌉ = ${SAME.size}.`,
    },
    {
      title: `PyTorch, padding=${padding}`,
      axis: number,
      says: `adds ${given}. Output ${size}.`,
    },
  ];
}

/** Which of the ways give the same outputs. */
export function compare(settings: Settings, { same, SAME, number }: Solution) {
  const { size, kernel, stride, dilation, padding } = settings;
  const { before, after } = SAME;
  const both = same ? "At stride 1 'same' and 'SAME' always agree." : "'same' needs stride 1.";
  const ours = `'SAME' and padding=${padding}`;
  if (SAME.size === number.size && before === number.before)
    return `${both} ${ours} agree too: every output looks at the same cells.`;
  const shift = number.before - before;
  const further = `${plural(Math.abs(shift), "cell")} further ${shift > 0 ? "right" : "left"}`;
  const how =
    SAME.size === number.size
      ? `an output of 'SAME' looks ${further}`
      : `${plural(SAME.size, "output")} against ${number.size}`;
  const wouldDo =
    span(kernel, dilation) <= size + 2 * before &&
    outputSize(size, kernel, { stride, dilation, padding: before }) === SAME.size;
  const advice = wouldDo
    ? `padding=${before} would agree.`
    : `No single number agrees; in PyTorch, pad first: F.pad(x, (${before}, ${after})).`;
  return `${both} ${ours} differ: ${how}. ${advice}`;
}

/** What a pick means on one axis. */
export function describe(a: Axis, { grid, at: [, i] }: Pick) {
  if (grid === "output") {
    if (i >= a.size) return `has no y[${i}]`;
    const values = cellsOf(a, i).map((cell) => valueAt(a, cell));
    return `y[${i}] = ${values.join(" + ")} = ${sumOf(a, i)}`;
  }
  if (i < -a.before || i >= a.n + a.after) return `has no cell x[${full(i)}]`;
  const outputs = outputsOf(a, i).map((output) => `y[${output}]`);
  const read = outputs.length ? `is added to ${outputs.join(", ")}` : "is read by no window";
  return `x[${full(i)}] = ${valueAt(a, i)} ${read}`;
}

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
