/**
 * What the norm lab says: which cells share, their mean and variance, and one cell normalised, with
 * the numbers filled in.
 */

import { factor, full } from "../parts/numbers.ts";
import { plural } from "../parts/words.ts";
import type { Solution } from "./view.tsx";

const WRITTEN_OUT = 12; // a longer sum is cut short

/** A number with all its zeros: 0.00001. */
export const plainly = (value: number) =>
  value < 1e-7 ? full(value) : value.toLocaleString("en", { maximumFractionDigits: 9 });

const sum = (terms: string[]) =>
  (terms.length <= WRITTEN_OUT ? terms : [...terms.slice(0, 4), "…", ...terms.slice(-2)]).join(
    " + ",
  );

/** The set that a cell belongs to. */
export function setName({ norm, groups, shape }: Solution, [n, c]: number[]) {
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

/** How many means there are, and over what. */
export function counted({ norm, groups, shape, sets, training }: Solution) {
  const [n, c, h, w] = shape;
  const [which, over, sizes] = (
    {
      batch: ["one a channel", "N·H·W", [n, h, w]],
      layer: ["one an example", "C·H·W", [c, h, w]],
      instance: ["one for each channel of each example", "H·W", [h, w]],
      group: [
        `one for each of ${plural(groups, "group")} of each example`,
        `${c}/${groups}·H·W`,
        [c / groups, h, w],
      ],
    } as Record<string, [string, string, number[]]>
  )[norm];
  const means = `${plural(sets.count, "mean")} and ${plural(sets.count, "variance")}: ${which}`;
  const parameters =
    norm === "layer"
      ? `${plural(c * h * w, "γ")} and as many β, one for each cell of an example`
      : `${plural(c, "γ")} and as many β, one a channel`;
  const own =
    norm === "batch" && !training
      ? `${means}, kept from training`
      : `${means}, each over ${over} = ${sizes.join("·")} = ${plural(sets.size, "cell")}`;
  return `${own}; ${parameters.replace("γs", "γ")}.`;
}

/** The mean and the variance of the picked set. */
function moments({ x, sets, own, norm }: Solution, set: number) {
  const cells = Array.from(x.data).filter((_, i) => sets.of[i] === set);
  const [mean, n] = [own.mean[set], sets.size];
  const squares = cells.map((v) => `(${full(v)} − ${factor(mean)})²`);
  const unbiased =
    n === 1
      ? "; over 0 it has no unbiased value"
      : `; over ${n - 1} it is ${full(own.unbiased[set])}, unbiased${norm === "batch" ? ", for the running average" : ", used nowhere here"}`;
  return [
    `mean = (${sum(cells.map(factor))}) / ${n} = ${full(mean)}`,
    `variance = (${sum(squares)}) / ${n} = ${full(own.variance[set])}, biased, to normalise${unbiased}`,
  ];
}

/** One value through the norm. @param i its place in the block */
function normalised({ x, y, used, sets, eps, gamma, beta, norm, training }: Solution, i: number) {
  const set = sets.of[i];
  const [mean, variance] = [used.mean[set], used.variance[set]];
  const plain = (x.data[i] - mean) / Math.sqrt(variance + eps);
  const from = norm === "batch" && !training ? ", with the running values" : "";
  return [
    `x̂ = (${full(x.data[i])} − ${factor(mean)}) / √(${full(variance)} + ${plainly(eps)}) = ${full(plain)}${from}`,
    `y = γ·x̂ + β = ${full(gamma)}×${factor(plain)} + ${factor(beta)} = ${full(y ? y.data[i] : beta)}`,
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
export function describe(lab: Solution, at: number[] | null): string[] {
  if (!at) return [];
  const i = lab.indexOf(at);
  const name = `x[${at.join(", ")}] = ${full(lab.x.data[i])}`;
  if (lab.norm === "batch" && !lab.training) {
    return [
      `${name} takes the running mean and variance of channel ${at[1]}: what else is in the batch does not matter.`,
      ...normalised(lab, i),
    ];
  }
  if (lab.refused) {
    return [
      `PyTorch refuses this: “${lab.refused}”.`,
      `${name} would be alone in ${setName(lab, at)}, its own mean: (${full(lab.x.data[i])} − ${factor(lab.x.data[i])}) / √(0 + ${plainly(lab.eps)}) = 0, and the output β whatever the input is.`,
    ];
  }
  const others =
    lab.sets.size === 1
      ? "is alone in"
      : `shares its mean and variance with ${plural(lab.sets.size - 1, "other cell")} of`;
  return [
    `${name} ${others} ${setName(lab, at)}.`,
    ...moments(lab, lab.sets.of[i]),
    ...normalised(lab, i),
  ];
}

/** What the present batch does to the running values of a channel. */
export function running({ own, runs, momentum, training, seen, refused }: Solution, c: number) {
  const [before, after] = [runs[seen - 1], runs[seen]];
  if (!training) {
    return `After ${plural(seen, "batch")}: running mean ${full(after.mean[c])}, running variance ${full(after.variance[c])}. In evaluation no batch moves them.`.replace(
      "batchs",
      "batches",
    );
  }
  if (refused)
    return "A batch that is refused moves nothing: the running mean stays 0, the running variance 1.";
  const m = momentum ?? 1 / seen;
  const step = (r: number, now: number, to: number) =>
    `${full(1 - m)}×${factor(r)} + ${full(m)}×${factor(now)} = ${full(to)}`;
  return (
    `running mean = ${step(before.mean[c], own.mean[c], after.mean[c])}; ` +
    `running variance = ${step(before.variance[c], own.unbiased[c], after.variance[c])}`
  );
}

export const momentumName = (momentum: number | null) =>
  momentum === null
    ? "Momentum None weighs all batches alike: the nth counts 1/n."
    : `Momentum ${full(momentum)} in PyTorch, the share of the new batch, is ${full(1 - momentum)} in TensorFlow, the share that stays.`;

const deviation = (values: number[]) => {
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  return Math.sqrt(values.reduce((total, v) => total + (v - mean) ** 2, 0) / (values.length - 1));
};

/** How much the means of batches spread. */
export function spread({ shape: [n], stream, population, sets }: Solution, c: number) {
  const found = deviation(stream.map(({ mean }) => mean[c]));
  const predicted = Math.sqrt(population.variance[c] / sets.size);
  return (
    `The means of ${stream.length} batches of ${plural(n, "example")} spread by ${full(Number(found.toPrecision(3)))} around ` +
    `${full(population.mean[c])}; for ${plural(sets.size, "cell")} drawn at random σ/√${sets.size} = ${full(Number(predicted.toPrecision(3)))} is expected.`
  );
}
