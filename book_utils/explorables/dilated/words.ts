/** What the dilated lab says, its code, and the examples to begin from. */
import { thousands } from "../parts/numbers.ts";
import type { Told } from "../parts/said.tsx";
import { plural } from "../parts/words.ts";
import type { ExamplesOf } from "../platform/lab.tsx";
import type { DilatedLab as Settings } from "../settings.ts";
import type { Solution } from "./solution.ts";

type At = [number, number];

/** The paths to one input, written out. */
export function describe({ counts }: Solution, at: At | null): Told {
  if (!at) return { line: "" };
  const [down, across] = at.map((place) => counts[place]);
  const paths = down * across;
  const note = paths ? "" : ", never read";
  const by = `row ${at[0]} is reached by ${plural(down, "path")}, column ${at[1]} by ${across}`;
  return {
    line: `Paths to input [${at.join(", ")}]: ${down} · ${across}`,
    result: thousands(paths),
    note,
    full: `Input [${at.join(", ")}]: ${by}. ${plural(paths, "path")} in all${note}.`,
  };
}

/** The field and how much of it is read, in a line. */
export const describeField = ({ field, read }: Solution) =>
  `field ${field}×${field}, ${read} of ${field} read on each axis`;

/** How the field came to its size. */
export function describeSize({ rates, k, field }: Solution) {
  const sum = rates.length > 1 ? `(${rates.join(" + ")})` : rates[0];
  return `Field along an axis: 1 + (${k} − 1)·${sum} = ${field}.`;
}

/** The map, for those who cannot see it. */
export const describeMap = ({ field, read, most }: Solution) =>
  `Paths to each of ${field} by ${field} inputs: ${read * read} are read, ` +
  `by up to ${thousands(most * most)} paths, ${field * field - read * read} never`;

export function asPython({ rates, k }: Solution) {
  return `import torch
import torch.nn.functional as F

rates, k = (${rates.join(", ")}), ${k}
field = 1 + (k - 1) * sum(rates)
x = torch.zeros(1, 1, field, field, requires_grad=True)
y = x
for rate in rates:
    y = F.conv2d(y, torch.ones(1, 1, k, k), dilation=rate)
y.sum().backward()
paths = x.grad[0, 0]
`;
}

const rates = (rate1: number, rate2: number, rate3: number, rate4 = 0): Partial<Settings> => ({
  rate1,
  rate2,
  rate3,
  rate4,
});

export const EXAMPLES: ExamplesOf<Settings> = {
  "Rates, from the input on": {
    "1, 1, 1: not dilated": rates(1, 1, 1),
    "2, 2, 2: holes": rates(2, 2, 2),
    "1, 2, 3: none": rates(1, 2, 3),
    "1, 2, 5: each just reaches the next": rates(1, 2, 5),
    "1, 2, 4, 8: doubling": rates(1, 2, 4, 8),
    "2, 4, 8: even rates alone": rates(2, 4, 8),
  },
};
