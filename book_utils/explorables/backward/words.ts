/** What the backward lab says, its code, and the examples to begin from. */
import { counting, full } from "../parts/numbers.ts";
import type { Pick } from "../parts/picking.tsx";
import type { Told } from "../parts/said.tsx";
import {
  cellName,
  listed,
  plural,
  python,
  sumInALine,
  sumOfProducts,
  TORCH,
  unique,
} from "../parts/words.ts";
import type { ExamplesOf } from "../platform/lab.tsx";
import type { BackwardLab as Settings } from "../settings.ts";
import { outputAt, type Solution, subject, type Term, termsOf } from "./solution.ts";

export const SPREAD = "a zero that the stride puts in";

const sum = (terms: Term[]) =>
  terms.reduce((so_far, { delta, factor }) => so_far + delta * factor, 0);

/** What the first products of a gradient come to. */
export const soFar = (lab: Solution, pick: Pick | null, taken: number) =>
  sum(termsOf(lab, pick).slice(0, taken));

/** What a pick shows, in words and numbers, after so many products of its sum. */
export function describe(lab: Solution, pick: Pick | null, taken = Infinity): Told {
  const about = subject(lab, pick);
  if (!pick) return { line: "" };
  if (!about) return { line: `${SPREAD} between the δ: no output is here.` };
  if (about.grid === "output") return describeOutput(lab, pick);
  const terms = termsOf(lab, pick);
  const isWeight = about.grid === "kernel";
  const name = cellName(isWeight ? "dW" : "dX", about.at);
  if (!terms.length) {
    return { line: `${cellName("x", about.at)} is read by no window: ${name}`, result: "0" };
  }
  const isPadding = !isWeight && lab.input[about.at[0]]?.[about.at[1]] === undefined;
  const note = isPadding ? " and is cropped: padding is no input" : "";
  const factors = terms.slice(0, taken).map((t): [number, number] => [t.delta, t.factor]);
  const isWhole = taken >= terms.length;
  const result = full(sum(terms.slice(0, taken)));
  return {
    line: `${name} = ${sumInALine(factors)}${isWhole ? "" : " + …"}`,
    result,
    joint: isWhole ? " = " : "  so far ",
    note,
    full: `${name} = ${sumOfProducts(factors)} = ${result}${isWhole ? note : " so far"}`,
  };
}

function describeOutput(lab: Solution, pick: Pick): Told {
  const terms = termsOf(lab, pick);
  const output = outputAt(lab, pick.at) ?? pick.at;
  const isPixel = ({ read: [i, j] }: Term) => lab.input[i]?.[j] !== undefined;
  const pixels = terms.filter(isPixel).map(({ read }) => cellName("x", read));
  const weights = unique(terms.map(({ tap }) => cellName("w", tap)));
  const name = `${cellName("δ", output)} = ${full(lab.delta[output[0]][output[1]])}`;
  const reached = `${plural(weights.length, "weight")} and ${plural(pixels.length, "pixel")}`;
  return {
    line: `${name} reaches ${reached}`,
    full: `${name} reaches ${reached}: ${listed([...weights, ...pixels])}`,
  };
}

export function asPython(settings: Settings, lab: Solution) {
  const { input, kernel, stride, padding, dilation } = settings;
  return `${TORCH}
x = ${python.tensor(input)}.requires_grad_()
k = ${python.tensor(kernel)}.requires_grad_()
delta = ${python.tensor(lab.delta)}
y = F.conv2d(x[None, None], k[None, None], ${python.given({ stride, padding, dilation })})[0, 0]
y.backward(delta)
dW, dX, db = k.grad, x.grad, delta.sum()
`;
}

const five = { input: counting(5, 5), kernel: counting(3, 3) };

export const EXAMPLES: ExamplesOf<Settings> = {
  "Worked examples": {
    "0…8 with 0…3, every δ 1": {},
    "one output alone has a δ": {
      delta: [
        [0, 1],
        [0, 0],
      ],
    },
    "5×5 with 3×3": five,
    "5×5 with 3×3, stride 2": { ...five, stride: [2, 2] },
    "padded by 1": { padding: [1, 1], picked: ["dx", -1, -1] },
    "6×6 with 3×3, stride 2: a row is read by no window": {
      input: counting(6, 6),
      kernel: counting(3, 3),
      stride: [2, 2],
      picked: ["dx", 5, 5],
    },
    "dilation 2": { ...five, dilation: [2, 2] },
  },
};
