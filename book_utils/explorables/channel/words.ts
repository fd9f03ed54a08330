/** What the channel lab says, its code, and the examples to begin from. */
import { cellOf, meetings, valueAt } from "../parts/layer.ts";
import { counting, factor, full } from "../parts/numbers.ts";
import type { Pick } from "../parts/picking.tsx";
import { cellName, plural, python, sumOfProducts, TORCH } from "../parts/words.ts";
import type { ExamplesOf } from "../platform/lab.tsx";
import type { ChannelLab as Settings } from "../settings.ts";
import { channelOf, type Solution } from "./solution.ts";

/** What a pick shows: lines of words and numbers. */
export function describe(lab: Solution, pick: Pick | null): string[] {
  if (!pick) return [];
  const { input, slices, partials, outputs, channel, bias } = lab;
  const { grid, at } = pick;
  const links = meetings(lab, pick);
  const share = (partial: number[][], c: number) => {
    const sum = sumOfProducts(
      links.map((link) => [valueAt(input[c], cellOf(lab, link)), valueAt(slices[c], link.tap)]),
    );
    return `channel ${c}: ${sum} = ${full(valueAt(partial, at))}`;
  };
  const y = cellName("y", [channel, ...at]);
  if (grid === "output") {
    const terms = [...partials.map((map) => factor(valueAt(map, at))), `bias ${factor(bias)}`];
    const sum = `${y} = ${terms.join(" + ")} = ${full(valueAt(outputs[channel], at))}`;
    return [...partials.map(share), sum];
  }
  const c = channelOf(pick);
  if (grid.startsWith("partial")) {
    return [
      share(partials[c], c),
      `One of ${plural(partials.length, "map")} that are added to give ${y}.`,
    ];
  }
  if (grid.startsWith("kernel")) {
    const weight = `${cellName("w", [channel, c, ...at])} = ${full(valueAt(slices[c], at))}`;
    const cells = `${plural(links.length, "cell")} of input channel ${c}`;
    return [`${weight} multiplies ${cells}, one for each cell of output channel ${channel}.`];
  }
  const value = `${cellName("x", [c, ...at])} = ${full(valueAt(input[c], at))}`;
  if (!links.length) return [`${value} is read by no window.`];
  const each = outputs.length === 1 ? "" : `, in each of the ${outputs.length} output channels`;
  return [`${value} reaches ${plural(links.length, "output cell")}${each}.`];
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

// The first window is from a textbook (see the chapter); the other numbers are made to add up
// alike.
// biome-ignore format: a grid looks like one
const signed = unbiased(
  [
    [[1, -1, 0, 1], [-1, -2, 2, 3], [1, 2, -2, 0]],
    [[-2, 4, 4, 1], [0, 2, 1, -2], [3, -2, 2, 3]],
    [[3, 0, 4, 0], [4, -1, -1, 4], [2, -1, 0, -2]],
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
