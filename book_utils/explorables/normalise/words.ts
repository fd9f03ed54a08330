/** What the normalise lab says, its code, and the examples to begin from. */
import { nested } from "../arithmetic/tensor.ts";
import type { Place } from "../parts/block.ts";
import { range } from "../parts/grid.tsx";
import { affine, fraction, moments, steps } from "../parts/normalised.ts";
import { full, significant } from "../parts/numbers.ts";
import type { Told } from "../parts/said.tsx";
import { cellName, plural, python } from "../parts/words.ts";
import type { ExamplesOf } from "../platform/lab.tsx";
import type { NormaliseLab as Settings } from "../settings.ts";
import { ofChannel, type Solution } from "./solution.ts";

/** The steps, as the lines name them. */
export const STEPS = [
  { letter: "x", formula: "x, the batch as it comes" },
  { letter: "x̂", formula: "x̂ = (x − μ) / √(σ² + ε)" },
  { letter: "y", formula: "y = γ·x̂ + β" },
] as const;

/** Mean and standard deviation, for a margin. */
export const brief = (value: number) => (Math.abs(value) < 1e-9 ? "0" : significant(value, 3));

/** What a line shows, for those who cannot see it. */
export const describeLine = (step: number, channel: number, mean: number, deviation: number) =>
  `${STEPS[step].letter}, channel ${channel}: mean ${brief(mean)}, ` +
  `standard deviation ${brief(deviation)}`;

/** What the lab says of a number. */
export function describe(lab: Solution, at: Place | null): Told {
  if (!at) return { line: "" };
  const { x, own, eps, refused, size, y, gammas, betas } = lab;
  const [i, c] = [lab.indexOf(at), at[1]];
  const value = x.data[i];
  const name = `${cellName("x", at)} = ${full(value)}`;
  if (refused || !y) {
    const alone = fraction({ value, mean: value, variance: 0, eps });
    return {
      line: `PyTorch refuses this: “${refused}”. ${name} would be its own mean: ${alone}`,
      result: "0",
      full:
        `PyTorch refuses this: “${refused}”. ${name} would be alone in channel ${c}, its own ` +
        `mean: ${alone} = 0, and the output β whatever the input is.`,
    };
  }
  const [mean, variance] = [own.mean[c], own.variance[c]];
  const of = { value, mean, variance, eps, gamma: gammas[c], beta: betas[c] };
  const scaled = affine(of);
  const theirs = { mean, variance, unbiased: own.unbiased[c] };
  const purpose = "for the running average";
  const others = plural(size - 1, "other number");
  return {
    line: scaled ? `x̂ = ${fraction(of)}, y = ${scaled}` : `y = x̂ = ${fraction(of)}`,
    result: significant(y.data[i], 4),
    full: [
      `${name} shares its mean and variance with ${others} of channel ${c}`,
      ...moments(ofChannel(lab, c)(x.data), theirs, purpose),
      ...steps(of),
    ].join(". "),
  };
}

/** How many means there are, over what. */
export function counted({ shape: [n, c, h, w], size }: Solution) {
  const over = `each over N·H·W = ${n}·${h}·${w} = ${plural(size, "number")}`;
  const means = `${plural(c, "mean")} and ${plural(c, "variance")}: one a channel`;
  return `${means}, ${over}; ${c} γ and as many β.`;
}

export function asPython({ x, shape, gammas, betas, eps }: Solution) {
  return `import torch
from torch import nn

x = ${python.tensor(nested<Settings["input"]>(x))}
norm = nn.BatchNorm2d(${shape[1]}, eps=${eps})
norm.weight.data = ${python.tensor(gammas)}
norm.bias.data = ${python.tensor(betas)}
y = norm(x)
`;
}

/** The number of a cell by its example, its channel and its place in the map, counted by rows. */
type Rule = (n: number, c: number, i: number) => number;

function counting([n, c, h, w]: number[], rule: Rule): Partial<Settings> {
  const map = (example: number, channel: number) =>
    range(h).map((i) => range(w).map((j) => rule(example, channel, i * w + j)));
  return { input: range(n).map((example) => range(c).map((channel) => map(example, channel))) };
}

const RANGES = [
  [1, 4, 7, 10, 3, 5, 9, 2],
  [100, 400, 700, 1000, 250, 550, 850, 300],
];

export const EXAMPLES: ExamplesOf<Settings> = {
  "": {
    "mean 5, standard deviation 2, and ten times that": {},
    "one outlier": counting([2, 1, 2, 2], (n, _, i) => (n && i === 3 ? 40 : [3, 4, 5, 6][i] + n)),
    "channels from 1 to 10 and from 100 to 1000": counting(
      [4, 2, 2, 2],
      (n, c, i) => RANGES[c][(3 * n + 2 * i + n * i) % 8],
    ),
    "three channels, three means": counting(
      [4, 3, 2, 2],
      (n, c, i) => 8 * c + ((7 * n + 3 * c + 5 * i + n * i * (c + 1)) % 10),
    ),
    "a constant channel: only ε is left": {
      ...counting([3, 2, 2, 2], (n, c, i) => (c ? 5 : (3 * n + 2 * i) % 7)),
      picked: [0, 1, 0, 0],
    },
    "one example, one pixel: refused": counting([1, 2, 1, 1], (_, c) => [7, 2][c]),
  },
};
