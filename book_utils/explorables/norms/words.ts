/** What the norms lab says, its code, and the examples to begin from. */
import { nested } from "../arithmetic/tensor.ts";
import type { Place } from "../parts/block.ts";
import { range } from "../parts/grid.tsx";
import { affine, fraction, moments, steps } from "../parts/normalised.ts";
import { full, significant } from "../parts/numbers.ts";
import type { Told } from "../parts/said.tsx";
import { cellName, listed, plural, python } from "../parts/words.ts";
import type { ExamplesOf } from "../platform/lab.tsx";
import type { NormsLab as Settings } from "../settings.ts";
import type { Solution } from "./solution.ts";

export const REFUSED = "A mean of one number leaves nothing of it.";

/** A normalised number as a cell shows it: one place after the point. */
export const onePlace = (value: number) => Math.round(value * 10) / 10 || 0;

/** The sizes of nested arrays. */
export const shapeOf = (block: Settings["input"]) => [
  block.length,
  block[0].length,
  block[0][0].length,
  block[0][0][0].length,
];

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

/** How many means there are, each of how many cells. */
export const counted = ({ sets, usesKept }: Solution) =>
  usesKept
    ? `${plural(sets.count, "kept mean")}, none of this block`
    : `${plural(sets.count, "mean")}, each of ${plural(sets.size, "cell")}`;

/** The same with the sizes, and how many γ and β. */
export function countedInFull({ norm, groups, shape, sets, usesKept }: Solution) {
  const [n, c, h, w] = shape;
  const kinds = {
    batch: ["one a channel", "N·H·W", [n, h, w]],
    layer: ["one an example", "C·H·W", [c, h, w]],
    instance: ["one for each channel of each example", "H·W", [h, w]],
    group: [
      `one for each of ${plural(groups, "group")} of each example`,
      `${c}/${groups}·H·W`,
      [c / groups, h, w],
    ],
  } as const;
  const [which, over, sizes] = kinds[norm];
  const means = `${plural(sets.count, "mean")} and ${plural(sets.count, "variance")}: ${which}`;
  const cells = `each over ${over} = ${sizes.join("·")} = ${plural(sets.size, "cell")}`;
  const parameters =
    norm === "layer"
      ? `${c * h * w} γ and as many β, one for each cell of an example`
      : `${c} γ and as many β, one a channel`;
  return `${means}, ${usesKept ? "kept from training" : cells}; ${parameters}.`;
}

/** Why there is no switch between training and evaluation. */
export const noMode = ({ norm, shape }: Solution) =>
  norm === "group" && shape[1] === 1
    ? "One channel, one group; the same in train and eval"
    : "The same in train and eval";

/** What the lab says of a cell. */
export function describe(lab: Solution, at: Place | null): Told {
  if (!at) return { line: "" };
  const { x, own, used, sets, eps, gamma, beta, norm, refused } = lab;
  const i = lab.indexOf(at);
  const set = sets.of[i];
  const name = `${cellName("x", at)} = ${full(x.data[i])}`;
  const where = setName(lab, at);
  const alone = { value: x.data[i], mean: x.data[i], variance: 0, eps };
  if (refused) {
    return {
      line: `PyTorch refuses this: “${refused}”. ${name} would be its own mean: ${fraction(alone)}`,
      result: "0",
      full:
        `PyTorch refuses this: “${refused}”. ${name} would be alone in ${where}, its own mean: ` +
        `${fraction(alone)} = 0, and the output β whatever the input is.`,
    };
  }
  const [mean, variance] = [used.mean[set], used.variance[set]];
  const of = { value: x.data[i], mean, variance, eps, gamma, beta };
  const result = significant(lab.y?.data[i] ?? 0, 4);
  const scaled = affine(of);
  const arithmetic = `${fraction(of)}${scaled && `, ${scaled}`}`;
  if (lab.usesKept) {
    return {
      line: `By the kept mean and variance of ${where}: ${arithmetic}`,
      result,
      full: listed(
        [
          `${name} takes the running mean and variance of ${where}: what else is in the batch ` +
            "does not matter",
          ...steps(of),
        ],
        ". ",
      ),
    };
  }
  const others = plural(sets.size - 1, "other cell");
  const shares = `shares its mean and variance with ${others} of`;
  const cells = Array.from(x.data).filter((_, k) => sets.of[k] === set);
  const purpose = norm === "batch" ? "for the running average" : "used nowhere here";
  const theirs = { mean, variance, unbiased: own.unbiased[set] };
  return {
    line: `${upper(where)}: ${arithmetic}`,
    result,
    full: [
      `${name} ${sets.size === 1 ? "is alone in" : shares} ${where}`,
      ...moments(cells, theirs, purpose),
      ...steps(of),
    ].join(". "),
  };
}

const upper = (text: string) => text[0].toUpperCase() + text.slice(1);

export function asPython(lab: Solution) {
  const { x, shape, used, norm, groups, training, eps, gamma, beta } = lab;
  const [, c, h, w] = shape;
  const layer = {
    batch: `nn.BatchNorm2d(${c}, eps=${eps})`,
    layer: `nn.LayerNorm([${c}, ${h}, ${w}], eps=${eps})`,
    instance: `nn.InstanceNorm2d(${c}, eps=${eps}, affine=True)`,
    group: `nn.GroupNorm(${groups}, ${c}, eps=${eps})`,
  }[norm];
  const kept = `norm.running_mean = ${python.tensor(used.mean)}
norm.running_var = ${python.tensor(used.variance)}
norm.eval()
`;
  return `import torch
from torch import nn

x = ${python.tensor(nested<Settings["input"]>(x))}
norm = ${layer}
nn.init.constant_(norm.weight, ${gamma})
nn.init.constant_(norm.bias, ${beta})
${norm === "batch" && !training ? kept : ""}y = norm(x)
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

const bright: Partial<Settings> = { norm: "instance", picked: [2, 0, 0, 0] };
const grouped: Partial<Settings> = { norm: "group", groups: 3 };

export const EXAMPLES: ExamplesOf<Settings> = {
  "": {
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
    "one example, one pixel: refused": counting([1, 4, 1, 1], (_, c) => [7, 2, 5, 4][c]),
  },
};
