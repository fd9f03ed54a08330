/** What the ingredients lab says, and its code. */
import { inPercent, mean, percent } from "../parts/numbers.ts";
import type { Told } from "../parts/said.tsx";
import type { ExamplesOf } from "../platform/lab.tsx";
import type { IngredientsLab as Settings } from "../settings.ts";

/** of the runs of one combination: by epoch, and at the end by seed */
export type Curves = {
  mean: number[];
  low: number[];
  high: number[];
  train: number[];
  last: number[];
};

type On = Pick<Settings, "moved" | "falls" | "smooth">;

export const keyOf = ({ moved, falls, smooth }: On) => [moved, falls, smooth].map(Number).join("");

/** What is in, for a row of the chart. */
export function nameOf({ moved, falls, smooth }: On) {
  const names = [moved && "shifted", falls && "decaying", smooth && "smoothed"].filter(
    (n) => n !== false,
  );
  return ["plain", names[0], names.join(" + "), "all three"][names.length];
}

/** With n − 1. */
function deviation(values: number[]) {
  const middle = mean(values);
  const squares = values.map((v) => (v - middle) ** 2);
  return Math.sqrt(squares.reduce((sum, v) => sum + v, 0) / (values.length - 1));
}

// Not to be broken between two lines.
const result = (last: number[]) =>
  `${inPercent(mean(last))}\u00a0±\u00a0${inPercent(deviation(last))}\u00a0%`;

/** How the runs compare with the plain ones. */
function against(last: number[], plain: number[]) {
  const points = 100 * (mean(last) - mean(plain));
  const by = `${points < 0 ? "−" : "+"}${Math.abs(points).toFixed(1)} points`;
  const better = last.filter((v) => v > Math.max(...plain)).length;
  const worse = last.filter((v) => v < Math.min(...plain)).length;
  const [count, where] = better >= worse ? [better, "beat"] : [worse, "are below"];
  return `${by}; ${count} of ${last.length} ${where} every plain run`;
}

/** The accuracy at the end, and how it compares with that of the plain runs. */
export function describe(state: On, all: Record<string, Curves>): Told {
  const { last, train } = all[keyOf(state)];
  const name = nameOf(state);
  const isPlain = keyOf(state) === "000";
  const learnt = `in training ${percent(train[train.length - 1])}`;
  const note = isPlain ? learnt : against(last, all["000"].last);
  const value = result(last);
  const full = `Test accuracy, ${name}: ${value}. ${isPlain ? `Accuracy ${note}` : note}.`;
  return { line: name, result: value, note: ` ${note}`, full };
}

/** All there is to say, for the panel. */
export function inFull(state: On, all: Record<string, Curves>, about: string) {
  const { train, last } = all[keyOf(state)];
  const each = last.map(inPercent).join(", ");
  return (
    `Accuracy in training at the end: ${percent(train[train.length - 1])}. Test accuracies by ` +
    `seed: ${each} %. The band goes from the least to the greatest run. ${about}.`
  );
}

/** What the curves show, for those who do not see them. */
export function describeCurves(state: On, all: Record<string, Curves>) {
  const [now, plain] = [all[keyOf(state)], all["000"]];
  const ends = ({ mean }: Curves) => `${inPercent(mean[0])} to ${percent(mean[mean.length - 1])}`;
  return (
    `Accuracy by epoch. ${nameOf(state)}: test ${ends(now)}, in training at the end ` +
    `${percent(now.train[now.train.length - 1])}. Plain: test ${ends(plain)}.`
  );
}

/** What the rows of dots show. */
export const describeRows = (rows: { name: string; last: number[] }[]) =>
  `Test accuracy at the end: ${rows.map(({ name, last }) => `${name} ${result(last)}`).join("; ")}`;

export function asPython({ moved, falls, smooth }: On) {
  const word = (is: boolean) => (is ? "True" : "False");
  return `from book_utils import records

runs = records.load("ingredients").select(
    study="switches",
    moved=${word(moved)},
    schedule="${falls ? "cosine" : "constant"}",
    smoothing=${smooth ? "0.1" : "0.0"},
)
accuracy = [run["test_accuracy"][-1] for run in runs]
`;
}

export const EXAMPLES: ExamplesOf<Settings> = {
  "": {
    plain: {},
    "shifted images alone": { moved: true },
    "a decaying rate alone": { falls: true },
    "all three": { moved: true, falls: true, smooth: true },
  },
};
