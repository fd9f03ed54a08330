/** What the channel lab says, its code, and the examples to begin from. */
import { cellOf, meetings, valueAt } from "../parts/layer.ts";
import { counting, factor, full, thousands } from "../parts/numbers.ts";
import type { Pick } from "../parts/picking.tsx";
import type { Told } from "../parts/said.tsx";
import {
  cellName,
  plural,
  python,
  sizeFormula,
  sumInALine,
  sumOfProducts,
  TORCH,
} from "../parts/words.ts";
import type { ExamplesOf } from "../platform/lab.tsx";
import type { ChannelLab as Settings } from "../settings.ts";
import { channelOf, type Solution } from "./solution.ts";

/** What a pick shows, in words and numbers. */
export function describe(lab: Solution, pick: Pick | null): Told {
  if (!pick) return { line: "" };
  const { input, slices, partials, outputs, channel, bias } = lab;
  const { grid, at } = pick;
  const links = meetings(lab, pick);
  const factorsOf = (c: number) =>
    links.map((link): [number, number] => [
      valueAt(input[c], cellOf(lab, link)),
      valueAt(slices[c], link.tap),
    ]);
  const share = (partial: number[][], c: number) =>
    `channel ${c}: ${sumOfProducts(factorsOf(c))} = ${full(valueAt(partial, at))}`;
  const y = cellName("y", [channel, ...at]);
  if (grid === "output") {
    const terms = [...partials.map((map) => factor(valueAt(map, at))), `bias ${factor(bias)}`];
    const [line, result] = [`${y} = ${terms.join(" + ")}`, full(valueAt(outputs[channel], at))];
    return { line, result, full: [...partials.map(share), `${line} = ${result}`].join("; ") };
  }
  const c = channelOf(pick);
  if (grid.startsWith("partial")) {
    const added = `one of ${plural(partials.length, "map")} that are added to give ${y}`;
    return {
      line: `channel ${c}: ${sumInALine(factorsOf(c))}`,
      result: full(valueAt(partials[c], at)),
      full: `${share(partials[c], c)}, ${added}`,
    };
  }
  if (grid.startsWith("kernel")) {
    const weight = `${cellName("w", [channel, c, ...at])} = ${full(valueAt(slices[c], at))}`;
    const cells = `${plural(links.length, "cell")} of input channel ${c}`;
    return {
      line: `${weight} multiplies ${cells}, one for each cell of output channel ${channel}`,
    };
  }
  const value = `${cellName("x", [c, ...at])} = ${full(valueAt(input[c], at))}`;
  if (!links.length) return { line: `${value} is read by no window` };
  const each = outputs.length === 1 ? "" : `, in each of the ${outputs.length} output channels`;
  return { line: `${value} reaches ${plural(links.length, "output cell")}${each}` };
}

/** The numbers of weights and biases, by the kernel's four axes. */
export function countOf({ rows, columns, input, outputs }: Solution) {
  const axes = [outputs.length, input.length, rows.k, columns.k];
  const weights = axes.reduce((a, b) => a * b);
  const sum = `${axes.join("·")} + ${outputs.length} = ${thousands(weights + outputs.length)}`;
  return { weights, sum };
}

/** How large the output is, and what the layer costs; and a dense layer in its place. */
export function describeCosts(lab: Solution) {
  const { rows, columns, input, outputs } = lab;
  const { weights, sum } = countOf(lab);
  const [area, pixels] = [rows.size * columns.size, rows.n * columns.n];
  const [c_i, c_o] = [input.length, outputs.length];
  const shapes = `${c_i}·${rows.n}·${columns.n} · ${c_o}·${rows.size}·${columns.size}`;
  return [
    `Output size: ${sizeFormula(lab)}`,
    `Parameters, outputs · inputs · kernel height · kernel width and the biases: ${sum}`,
    `Multiply-adds: ${rows.size}·${columns.size} places · ${thousands(weights)} weights = ` +
      thousands(area * weights),
    `A dense layer between the same shapes: ${shapes} = ` +
      `${thousands(c_i * pixels * c_o * area)} weights.`,
  ].join(". ");
}

export const asPython = ({ input, kernel, bias, stride, padding }: Settings) => `${TORCH}
x = ${python.tensor(input)}
k = ${python.tensor(kernel)}
b = ${python.tensor(bias)}
y = F.conv2d(x[None], k, b, ${python.given({ stride, padding })})[0]
`;

/** Input channels and kernels, without a bias. */
const unbiased = (input: number[][][], kernel: number[][][][]): Partial<Settings> => ({
  input,
  kernel,
  bias: kernel.map(() => 0),
});

const two = [counting(3, 3), counting(3, 3, 1)];
const kernelFrom = (o: number) => [counting(2, 2, o), counting(2, 2, o + 1)];

// The first channel, its slice and the sums of two stops are from a textbook (see the chapter); the
// other numbers are made to give those sums.
// biome-ignore format: a grid looks like one
const signed = unbiased(
  [
    [[1, -1, 0, 2, 0], [-1, -2, 2, 3, 1], [1, 2, -2, 1, 0]],
    [[-2, 4, 4, 1, 0], [0, 2, 1, -2, 1], [3, -2, 2, 3, -1]],
    [[3, 0, 4, 0, 1], [4, -1, -1, 4, 0], [2, -1, 0, -2, 2]],
  ],
  [[
    [[-1, 1, 2], [1, -1, 3], [0, -1, -2]],
    [[2, 0, -1], [1, -2, 0], [-1, 1, 3]],
    [[0, 2, 1], [-1, 0, 2], [1, 1, -2]],
  ]],
);

const pixel = unbiased(
  [counting(2, 3), counting(2, 3, 6), counting(2, 3, 12)],
  [
    [[[1]], [[1]], [[1]]],
    [[[1]], [[0]], [[-1]]],
  ],
);

export const EXAMPLES: ExamplesOf<Settings> = {
  "": {
    "two channels in, one out": unbiased(two, [kernelFrom(0)]),
    "two in, three out": unbiased(two, [0, 1, 2].map(kernelFrom)),
    "three in: 7 − 11 − 1": signed,
    "1×1: three numbers into two, pixel by pixel": pixel,
  },
};
