/** What the mixing lab says, its code, and the mixtures to begin from. */
import { thousands } from "../parts/numbers.ts";
import { python, TORCH } from "../parts/words.ts";
import type { ExamplesOf } from "../platform/lab.tsx";
import type { Mixture } from "./strength.ts";

export const COLOURS = ["red", "green", "blue"];

/** At most three decimals. */
export const three = (v: number) => String(Math.round(1000 * v) / 1000 || 0).replace("-", "−");
const inBrackets = (v: number) => (v < 0 ? `(${three(v)})` : three(v));
export const clipped = (v: number) => Math.min(1, Math.max(0, v));

/** A new channel of a pixel as a sum, from its old channels x to its new ones y. */
export function sumOf({ weight, bias }: Mixture, x: number[], y: number[], o: number) {
  const products = x.map((v, c) => `${inBrackets(weight[o][c])}×${three(v)}`);
  return {
    line: `new ${COLOURS[o]} = ${[...products, inBrackets(bias[o])].join(" + ")}`,
    result: three(y[o]),
    shown: three(clipped(y[o])) === three(y[o]) ? "" : `, shown as ${clipped(y[o])}`,
  };
}

/** All three of them. */
export const sums = (mixture: Mixture, x: number[], y: number[]) =>
  COLOURS.map((_, o) => {
    const { line, result, shown } = sumOf(mixture, x, y, o);
    return `${line} = ${result}${shown}`;
  });

/** How many pixels leave the range, and what the layer costs. */
export function describe([height, width]: [number, number], lost: number) {
  const pixels = height * width;
  return (
    `${thousands(lost)} of ${thousands(pixels)} pixels leave 0…1 in some channel; ` +
    "they are clipped when shown. Parameters: 3·3·1·1 + 3 = 12. " +
    `Multiply-adds: ${height}·${width} pixels · 9 weights = ${thousands(9 * pixels)}.`
  );
}

const tensor = (numbers: string) => `torch.tensor(${numbers}, dtype=torch.float32)`;

export const asPython = ({ weight, bias }: Mixture) => `${TORCH}from book_utils import data

x = data.photo("astronaut")  # (3, h, w), or a photograph of your own
k = ${tensor(python.grid(weight))}[:, :, None, None]
b = ${tensor(`[${bias.join(", ")}]`)}
y = F.conv2d(x[None], k, b)[0].clamp(0, 1)
`;

const all = (row: number[]) => ({ weight: [row, row, row] });
// biome-ignore-start format: a matrix looks like one
const sepia = [
  [0.393, 0.769, 0.189],
  [0.349, 0.686, 0.168],
  [0.272, 0.534, 0.131],
];
const swapped = [
  [0, 0, 1],
  [0, 1, 0],
  [1, 0, 0],
];
const red = [
  [1, 0, 0],
  [0, 0, 0],
  [0, 0, 0],
];
const turned = [
  [-1, 0, 0],
  [0, -1, 0],
  [0, 0, -1],
];
// biome-ignore-end format: a matrix looks like one

export const EXAMPLES: ExamplesOf<Mixture> = {
  "": {
    unchanged: {},
    "grey: the mean": all([1 / 3, 1 / 3, 1 / 3]),
    "grey: as bright as it looks": all([0.299, 0.587, 0.114]),
    sepia: { weight: sepia },
    "swap red and blue": { weight: swapped },
    "only red": { weight: red },
    negative: { weight: turned, bias: [1, 1, 1] },
    "how orange: red minus blue": all([1, 0, -1]),
  },
};
