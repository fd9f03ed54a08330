/**
 * What the norm lab says: which cells share, their mean and variance, one cell normalised with the
 * numbers filled in; its code; and the examples to begin from.
 */
import { nested } from "../arithmetic/tensor.ts";
import { range } from "../parts/grid.tsx";
import { factor, full, plainly, short } from "../parts/numbers.ts";
import { listed, plural, python } from "../parts/words.ts";
import type { ExamplesOf } from "../platform/lab.tsx";
import type { NormLab as Settings } from "../settings.ts";
import type { Place, Solution } from "./solution.ts";

const WRITTEN_OUT = 12; // a longer sum is cut short

export const CAPTIONS = {
  cells:
    "Large dots share a mean and a deviation with the picked cell. The bar below them is the mean" +
    " and one deviation each way.",
  courses:
    "Dots: single batches. Line: the running average, dotted where it will go. Dashes: all" +
    " numbers of the channel together.",
};

/** What a normalised cell shows: two places after the point, with a true minus. */
export function twoPlaces(value: number) {
  if (Math.abs(value) < 0.005) return "0";
  return Math.abs(value) < 100 ? value.toFixed(2).replace("-", "−") : undefined;
}

function sum(terms: string[]) {
  const isLong = terms.length > WRITTEN_OUT;
  return (isLong ? [...terms.slice(0, 4), "…", ...terms.slice(-2)] : terms).join(" + ");
}

/** The set that a cell belongs to. */
function setName({ norm, groups, shape }: Solution, [n, c]: Place) {
  const each = shape[1] / groups;
  const first = Math.floor(c / each) * each;
  const channels = each === 1 ? `channel ${first}` : `channels ${first} to ${first + each - 1}`;
  return {
    batch: `channel ${c}`,
    layer: `example ${n}`,
    instance: `channel ${c} of example ${n}`,
    group: `group ${Math.floor(c / each)} of example ${n} (${channels})`,
  }[norm];
}

type Counted = [which: string, over: string, sizes: number[]];

/** How many means there are, and over what. */
export function counted({ norm, groups, shape, sets, training }: Solution) {
  const [n, c, h, w] = shape;
  const kinds: Record<Settings["norm"], Counted> = {
    batch: ["one a channel", "N·H·W", [n, h, w]],
    layer: ["one an example", "C·H·W", [c, h, w]],
    instance: ["one for each channel of each example", "H·W", [h, w]],
    group: [
      `one for each of ${plural(groups, "group")} of each example`,
      `${c}/${groups}·H·W`,
      [c / groups, h, w],
    ],
  };
  const [which, over, sizes] = kinds[norm];
  const means = `${plural(sets.count, "mean")} and ${plural(sets.count, "variance")}: ${which}`;
  const cells = `each over ${over} = ${sizes.join("·")} = ${plural(sets.size, "cell")}`;
  const from = norm === "batch" && !training ? "kept from training" : cells;
  const parameters =
    norm === "layer"
      ? `${c * h * w} γ and as many β, one for each cell of an example`
      : `${c} γ and as many β, one a channel`;
  return `${means}, ${from}; ${parameters}.`;
}

/** The mean and the variance of the picked set. */
function moments({ x, sets, own, norm }: Solution, set: number) {
  const cells = Array.from(x.data).filter((_, i) => sets.of[i] === set);
  const [mean, variance, n] = [own.mean[set], own.variance[set], sets.size];
  const squares = cells.map((v) => `(${full(v)} − ${factor(mean)})²`);
  const purpose = norm === "batch" ? "for the running average" : "used nowhere here";
  const unbiased =
    n === 1
      ? "over 0 it has no unbiased value"
      : `over ${n - 1} it is ${full(own.unbiased[set])}, unbiased, ${purpose}`;
  return [
    `mean = (${sum(cells.map(factor))}) / ${n} = ${full(mean)}`,
    `variance = (${sum(squares)}) / ${n} = ${full(variance)}, biased, to normalise; ${unbiased}`,
  ];
}

/** One value through the norm. @param i its place in the block */
function normalised({ x, y, used, sets, eps, gamma, beta, norm, training }: Solution, i: number) {
  const set = sets.of[i];
  const [mean, variance] = [used.mean[set], used.variance[set]];
  const plain = (x.data[i] - mean) / Math.sqrt(variance + eps);
  const from = norm === "batch" && !training && "with the running values";
  const root = `√(${full(variance)} + ${plainly(eps)})`;
  const out = full(y ? y.data[i] : beta);
  return [
    listed([`x̂ = (${full(x.data[i])} − ${factor(mean)}) / ${root} = ${full(plain)}`, from]),
    `y = γ·x̂ + β = ${full(gamma)}×${factor(plain)} + ${factor(beta)} = ${out}`,
  ];
}

/** The signs of these formulas for the ear. */
export const inWords = (text: string) =>
  text
    .replaceAll("√", "the root of ")
    .replaceAll("²", " squared")
    .replaceAll("x̂", "x hat")
    .replaceAll("·", " times ");

/** What the lab says of a cell. */
export function describe(lab: Solution, at: Place | null): string[] {
  if (!at) return [];
  const { x, norm, training, refused, eps, sets } = lab;
  const i = lab.indexOf(at);
  const value = x.data[i];
  const name = `x[${at.join(", ")}] = ${full(value)}`;
  const set = setName(lab, at);
  if (norm === "batch" && !training) {
    const others = "what else is in the batch does not matter";
    const first = `${name} takes the running mean and variance of ${set}: ${others}.`;
    return [first, ...normalised(lab, i)];
  }
  if (refused) {
    const alone = `(${full(value)} − ${factor(value)}) / √(0 + ${plainly(eps)}) = 0`;
    return [
      `PyTorch refuses this: “${refused}”.`,
      `${name} would be alone in ${set}, its own mean: ${alone}, ` +
        "and the output β whatever the input is.",
    ];
  }
  const others = plural(sets.size - 1, "other cell");
  const shares = `shares its mean and variance with ${others} of`;
  return [
    `${name} ${sets.size === 1 ? "is alone in" : shares} ${set}.`,
    ...moments(lab, sets.of[i]),
    ...normalised(lab, i),
  ];
}

/** What the present batch does to the running values of a channel. */
export function running({ own, runs, momentum, training, seen, refused }: Solution, c: number) {
  const [before, after] = [runs[seen - 1], runs[seen]];
  if (!training) {
    const [mean, variance] = [full(after.mean[c]), full(after.variance[c])];
    const batches = seen === 1 ? "1 batch" : `${seen} batches`;
    const values = `running mean ${mean}, running variance ${variance}`;
    return `After ${batches}: ${values}. In evaluation no batch moves them.`;
  }
  if (refused) {
    const values = "the running mean stays 0, the running variance 1";
    return `A batch that is refused moves nothing: ${values}.`;
  }
  const m = momentum ?? 1 / seen;
  const step = (r: number, now: number, to: number) =>
    `${full(1 - m)}×${factor(r)} + ${full(m)}×${factor(now)} = ${full(to)}`;
  return (
    `running mean = ${step(before.mean[c], own.mean[c], after.mean[c])}; ` +
    `running variance = ${step(before.variance[c], own.unbiased[c], after.variance[c])}`
  );
}

export function momentumName(momentum: number | null) {
  if (momentum === null) return "Momentum None weighs all batches alike: the nth counts 1/n.";
  const [share, rest] = [full(momentum), full(1 - momentum)];
  return (
    `Momentum ${share} in PyTorch, the share of the new batch, ` +
    `is ${rest} in TensorFlow, the share that stays.`
  );
}

/** How much the means of batches spread. */
export function spread({ shape: [n], stream, truth, sets }: Solution, c: number) {
  const means = stream.map(({ mean }) => mean[c]);
  const middle = means.reduce((a, b) => a + b, 0) / means.length;
  const squares = means.reduce((total, v) => total + (v - middle) ** 2, 0);
  const rounded = (v: number) => full(Number(v.toPrecision(3)));
  const found = rounded(Math.sqrt(squares / (means.length - 1)));
  const predicted = rounded(Math.sqrt(truth.variance[c] / sets.size));
  const drawn = `for ${plural(sets.size, "cell")} drawn at random`;
  return (
    `The means of ${stream.length} batches of ${plural(n, "example")} spread by ${found} ` +
    `around ${full(truth.mean[c])}; ${drawn} σ/√${sets.size} = ${predicted} is expected.`
  );
}

type Line = {
  name: string;
  own: number;
  all: number;
  scale: number[];
  mean: number;
  sigma: number;
};

/** What is to be seen on the number line of the cells of a set. */
export function describeLine({ name, own, all, scale: [low, high], mean, sigma }: Line) {
  const line = `${own} of ${all} cells on a number line from ${full(low)} to ${full(high)}`;
  return (
    `${name}: ${line}; ` + `their mean is ${short(mean)}, their standard deviation ${short(sigma)}.`
  );
}

/** What is to be seen of the course of a running average. */
export function describeCourse(name: string, runs: number[], seen: number, truth: number) {
  const values = `${short(runs[0])} before the first, ${short(runs[seen])} after ${seen}`;
  return `Running ${name} by batch: ${values}; the true ${name} is ${short(truth)}.`;
}

export function asPython(lab: Solution) {
  const { x, shape, runs, norm, groups, training, seen, refused } = lab;
  const { momentum, eps, gamma, beta } = lab;
  const [, c, h, w] = shape;
  const layer = {
    batch: `nn.BatchNorm2d(${c}, eps=${eps}, momentum=${momentum ?? "None"})`,
    layer: `nn.LayerNorm([${c}, ${h}, ${w}], eps=${eps})`,
    instance: `nn.InstanceNorm2d(${c}, eps=${eps}, affine=True)`,
    group: `nn.GroupNorm(${groups}, ${c}, eps=${eps})`,
  }[norm];
  const tensor = (numbers: string) => `torch.tensor(${numbers}, dtype=torch.float32)`;
  const { mean, variance } = runs[training && !refused ? seen - 1 : seen];
  const kept = `norm.running_mean = ${tensor(`[${mean.join(", ")}]`)}
norm.running_var = ${tensor(`[${variance.join(", ")}]`)}
norm.num_batches_tracked += ${training ? seen - 1 : seen}
norm.train(${python.bool(training)})
`;
  return `import torch
from torch import nn

x = ${tensor(JSON.stringify(nested(x)).replaceAll(",", ", "))}
norm = ${layer}
nn.init.constant_(norm.weight, ${gamma})
nn.init.constant_(norm.bias, ${beta})
${norm === "batch" ? kept : ""}y = norm(x)
`;
}

/** The number of a cell by its example, its channel and its place in the map, counted by rows. */
type Rule = (n: number, c: number, i: number) => number;

/** A block that is its own population. */
function counting([n, c, h, w]: number[], rule: Rule, settings: Partial<Settings> = {}) {
  const map = (example: number, channel: number) =>
    range(h).map((i) => range(w).map((j) => rule(example, channel, i * w + j)));
  const input = range(n).map((example) => range(c).map((channel) => map(example, channel)));
  return { input, population: input, groups: 1, ...settings };
}

const RANGES = [
  [1, 4, 7, 10, 3, 5, 9, 2],
  [100, 400, 700, 1000, 250, 550, 850, 300],
];
const bright: Partial<Settings> = { norm: "instance", picked: [2, 0, 0, 0] };
const grouped: Partial<Settings> = { norm: "group", groups: 3 };
const constant: Partial<Settings> = { picked: [0, 1, 0, 0] };

export const EXAMPLES: ExamplesOf<Settings> = {
  "": {
    "channels from 1 to 10 and from 100 to 1000": counting(
      [4, 2, 2, 2],
      (n, c, i) => RANGES[c][(3 * n + 2 * i + n * i) % 8],
    ),
    "three channels, three means": counting(
      [4, 3, 2, 3],
      (n, c, i) => (7 * n + 3 * c + 5 * i + n * i * (c + 1)) % 10,
    ),
    "one example ten times as bright": counting(
      [3, 2, 2, 2],
      (n, c, i) => (1 + 2 * i + c) * [1, 2, 10][n],
      bright,
    ),
    "six channels in three groups": counting(
      [2, 6, 2, 1],
      (n, c, i) => (5 * n + 3 * c + 4 * i) % 9,
      grouped,
    ),
    "a constant channel: only ε is left": counting(
      [3, 2, 2, 2],
      (n, c, i) => (c ? 5 : (3 * n + 2 * i) % 7),
      constant,
    ),
    "one example, one pixel: refused": counting([1, 4, 1, 1], (_, c) => [7, 2, 5, 4][c]),
  },
};
