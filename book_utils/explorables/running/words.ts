/** What the running averages lab says, its code, and the examples to begin from. */
import { nested } from "../arithmetic/tensor.ts";
import type { Block, Place } from "../parts/block.ts";
import { range } from "../parts/grid.tsx";
import { fraction, moments, steps } from "../parts/normalised.ts";
import { factor, full, short, significant } from "../parts/numbers.ts";
import type { Told } from "../parts/said.tsx";
import { cellName, listed, plural, python } from "../parts/words.ts";
import type { ExamplesOf } from "../platform/lab.tsx";
import type { RunningLab as Settings } from "../settings.ts";
import type { Solution } from "./solution.ts";

export const brief = (value: number) => significant(value, 3);
const inBrackets = (value: number) =>
  value < 0 ? `(${significant(value, 4)})` : significant(value, 4);

/** A share without its rounding errors: 0.9 for 1 − 0.1. */
const exact = (share: number) => Number(share.toPrecision(6));

/** (1 − m)·r + m·batch, with its numbers. */
function step(m: number, r: number, now: number, write: (v: number) => string) {
  const [stays, comes] = [1 - m, m].map((share) => write(exact(share)));
  return `${stays} × ${write(r)} + ${comes} × ${write(now)}`;
}

/** The share of the new batch. */
const shareOf = ({ momentum, seen }: Solution) => momentum ?? 1 / seen;

/** What is said of the batch that is shown, and of one of its numbers. */
export function describe(lab: Solution, channel: number, at: Place | null): Told {
  const { own, runs, training, seen, refused } = lab;
  if (refused) {
    return {
      line: `PyTorch refuses this: “${refused}”. A batch that is refused moves nothing:`,
      result: "0 and 1",
      full:
        `PyTorch refuses this: “${refused}”. A batch that is refused moves nothing: the running ` +
        "mean stays 0, the running variance 1.",
    };
  }
  const cell = at && describeCell(lab, at);
  if (!training) {
    const [mean, variance] = [runs[seen].mean[channel], runs[seen].variance[channel]];
    const after = seen === 1 ? "1 batch" : `${seen} batches`;
    const kept = `After ${after}: running mean ${full(mean)}, running variance ${full(variance)}`;
    return {
      line: cell ? `By the running averages: ${cell.line}` : kept,
      result: cell?.result,
      full: listed([`${kept}. In evaluation no batch moves them`, cell?.full], ". "),
    };
  }
  const m = shareOf(lab);
  const [before, after] = [runs[seen - 1], runs[seen]];
  const moved = (kind: "mean" | "variance", now: number) => {
    const sum = step(m, before[kind][channel], now, factor);
    return `running ${kind} = ${sum} = ${full(after[kind][channel])}`;
  };
  return {
    line: `running mean = ${step(m, before.mean[channel], own.mean[channel], inBrackets)}`,
    result: significant(after.mean[channel], 4),
    full: listed(
      [
        moved("mean", own.mean[channel]),
        `${moved("variance", own.unbiased[channel])} (of the batch the unbiased one)`,
        cell?.full,
      ],
      ". ",
    ),
  };
}

function describeCell(lab: Solution, at: Place) {
  const { x, y, own, used, eps, training, size } = lab;
  const c = at[1];
  const i = lab.indexOf(at);
  const of = { value: x.data[i], mean: used.mean[c], variance: used.variance[c], eps };
  const name = `${cellName("x", at)} = ${full(of.value)}`;
  const numbers = range(size).map((k) => x.data[lab.indexOf(lab.placeOf(c, k))]);
  const theirs = { mean: own.mean[c], variance: own.variance[c], unbiased: own.unbiased[c] };
  const from = training
    ? `${name} shares its mean and variance with ${plural(size - 1, "other cell")} of channel ${c}`
    : `${name} takes the running mean and variance of channel ${c}: what else is in the batch ` +
      "does not matter";
  return {
    line: `${cellName("y", at)} = ${fraction(of)}`,
    result: significant(y?.data[i] ?? 0, 4),
    full: listed(
      [
        from,
        ...(training ? moments(numbers, theirs, "for the running average") : []),
        steps(of)[0],
      ],
      ". ",
    ),
  };
}

/** One convention in terms of the other. */
export function momentumName(momentum: number | null) {
  if (momentum === null) return "None: the nth batch counts 1/n";
  return `PyTorch’s ${full(momentum)} is TensorFlow’s ${full(exact(1 - momentum))}`;
}

/** The same in full. */
export function momentumInFull(momentum: number | null) {
  if (momentum === null) return "Momentum None weighs all batches alike: the nth counts 1/n.";
  const [share, rest] = [full(momentum), full(exact(1 - momentum))];
  const extreme = { 0: " No batch ever moves them.", 1: " Only the last batch counts." }[momentum];
  return (
    `Momentum ${share} in PyTorch, the share of the new batch, ` +
    `is ${rest} in TensorFlow, the share that stays.${extreme ?? ""}`
  );
}

/** How much the means of batches spread. */
export function spread({ shape: [n], stream, truth, size }: Solution, c: number) {
  const means = stream.map(({ mean }) => mean[c]);
  const middle = means.reduce((a, b) => a + b, 0) / means.length;
  const squares = means.reduce((total, v) => total + (v - middle) ** 2, 0);
  const found = brief(Math.sqrt(squares / (means.length - 1)));
  const predicted = brief(Math.sqrt(truth.variance[c] / size));
  const drawn = `for ${plural(size, "cell")} drawn at random`;
  return (
    `The means of ${stream.length} batches of ${plural(n, "example")} spread by ${found} ` +
    `around ${full(truth.mean[c])}; ${drawn} σ/√${size} = ${predicted} is expected.`
  );
}

/** What is to be seen of the course of a running average. */
export function describeCourse(name: string, runs: number[], seen: number, truth: number) {
  const values = `${short(runs[0])} before the first, ${short(runs[seen])} after ${seen}`;
  return `Running ${name} by batch: ${values}; the true ${name} is ${short(truth)}.`;
}

export function asPython(lab: Solution) {
  const { x, shape, runs, training, seen, refused, momentum, eps } = lab;
  const { mean, variance } = runs[training && !refused ? seen - 1 : seen];
  return `import torch
from torch import nn

x = ${python.tensor(nested<Block>(x))}
norm = nn.BatchNorm2d(${shape[1]}, eps=${eps}, momentum=${momentum ?? "None"}, affine=False)
norm.running_mean = ${python.tensor(mean)}
norm.running_var = ${python.tensor(variance)}
norm.num_batches_tracked += ${training ? seen - 1 : seen}
norm.train(${python.bool(training)})
y = norm(x)
`;
}

/** A block of one channel that is its own population. */
function counting([n, h, w]: number[], rule: (i: number) => number): Partial<Settings> {
  const input = range(n).map((example) => [
    range(h).map((i) => range(w).map((j) => rule((example * h + i) * w + j))),
  ]);
  return { input, population: input };
}

export const EXAMPLES: ExamplesOf<Settings> = {
  "": {
    "TensorFlow’s default, 0.99 there": { momentum: 0.01, seen: 30 },
    "momentum 1: only the last batch counts": { momentum: 1, seen: 30 },
    "momentum None: the plain average": { momentum: null, seen: 30 },
    "batches of two numbers: the biased variance is half": {
      ...counting([2, 1, 1], (i) => (i ? 9 : 1)),
      population: counting([8, 1, 1], (i) => [1, 9, 3, 7, 4, 6, 5, 5][i]).population,
      seen: 30,
    },
  },
};
