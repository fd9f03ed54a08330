/** What the field lab says, its code, and the examples to begin from. */
import type { Told } from "../parts/said.tsx";
import { plural } from "../parts/words.ts";
import type { ExamplesOf } from "../platform/lab.tsx";
import type { FieldLab as Settings } from "../settings.ts";
import type { Solution } from "./solution.ts";

/** The field from its sum, and the jump from its product. */
export function describe({ layers, levels, field, jump, seen }: Solution): Told {
  const terms = layers.map(({ k }, i) => `(${k} − 1)·${levels[i].jump}`);
  const added = layers.map(({ k }, i) => `${k - 1}·${levels[i].jump}`);
  const sum = `1 + ${terms.join(" + ")}`;
  const strides = layers.map(({ stride }) => stride).join("·");
  const holes = seen.length < field ? `, ${seen.length} of them seen` : "";
  return {
    line: `Field ${sum}`,
    result: String(field),
    note: `${holes}; jump ${strides} = ${jump}`,
    full:
      `One output sees a field of ${plural(field, "input")}: ` +
      `1 + ${added.join(" + ")} = ${field}${holes}; ` +
      `the fields of neighbours are ${strides} = ${plural(jump, "input")} apart.`,
  };
}

/** What the same kernels see where no layer has a stride. */
export function compare({ layers, field, unstrided }: Solution) {
  if (layers.every(({ stride }) => stride === 1)) return "every stride is 1";
  return `with strides of 1: field ${unstrided}${unstrided === field ? " too" : ""}`;
}

/** What the formula is, for the panel. */
export const FORMULA =
  "Each layer adds its kernel less 1, times the strides of all layers before it; " +
  "the jump is the product of all strides.";

/** The drawing, for those who cannot see it. */
export const describeDrawing = ({ levels, inputs, place, seen, field }: Solution) =>
  `${inputs} inputs at the bottom, ${levels[3].count} outputs at the top. Output ${place} sees ` +
  `inputs ${seen[0]} to ${seen[0] + field - 1}. Arrow keys pick an output.`;

export function asPython({ layers, inputs, place }: Solution) {
  const lines = layers.map(
    ({ k, stride }) => `y = F.conv1d(y, torch.ones(1, 1, ${k}), stride=${stride})`,
  );
  return `import torch
import torch.nn.functional as F

x = torch.zeros(1, 1, ${inputs}, requires_grad=True)
y = x
${lines.join("\n")}
y[0, 0, ${place}].backward()
seen = x.grad[0, 0] != 0
field = seen.nonzero().max() - seen.nonzero().min() + 1
`;
}

const stack = (...layers: [kernel: number, stride: number][]): Partial<Settings> =>
  Object.fromEntries(
    layers.flatMap(([kernel, stride], i) => [
      [`kernel${i + 1}`, kernel],
      [`stride${i + 1}`, stride],
    ]),
  );

export const EXAMPLES: ExamplesOf<Settings> = {
  "Layers, from the input on": {
    "3, 3, 3": {},
    "3, 3, 3, the first by stride 2": { stride1: 2 },
    "3, 3, 3, the last by stride 2": { stride3: 2 },
    "3, pool 2, 3": stack([3, 1], [2, 2], [3, 1]),
    "pool 2, pool 2, pool 2": stack([2, 2], [2, 2], [2, 2]),
    "5, pool 2, 5": stack([5, 1], [2, 2], [5, 1]),
    "1 by stride 2, 3, 3: holes": stack([1, 2], [3, 1], [3, 1]),
  },
};
