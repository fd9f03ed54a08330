/** What the window of the lens lab holds, and what the kernel makes of the photograph. */
import { filter, grey, type Planes, windowAt } from "../arithmetic/filter.ts";
import { HUES } from "../platform/theme.ts";
import type { LensLab as Settings } from "../settings.ts";

type Rows = number[][];
type At = [number, number];
export type Name = Settings["kernel"];

const OPTIONS = { stride: 1, mode: "none" } as const;
const FULL = 2; // a sum of this size, of either sign, has the full colour

/** The kernel whose sums have a sign; those of the others are greys. */
export const isSigned = (name: Name) => name === "vertical edges";

export const solve = (photo: Planes, kernel: Rows) => {
  const x = grey(photo);
  return { x, kernel, output: filter(x, kernel, OPTIONS) };
};

export type Solution = ReturnType<typeof solve>;

/** The nine pixels under the window, their products with the weights, and the sum. */
export function lookAt({ x, kernel, output }: Solution, [i, j]: At) {
  const { values } = windowAt(x, 0, kernel, OPTIONS, [i, j]);
  const products = values.map((row, a) => row.map((v, b) => v * kernel[a][b]));
  return { values, products, sum: output.data[i * output.width + j] };
}

/** The shade of a sum, −1 to 1 where it has a sign and 0 to 1 where it is a grey. */
export function shadeOf(sum: number, name: Name) {
  const [least, scale] = isSigned(name) ? [-1, FULL] : [0, 1];
  return Math.min(1, Math.max(least, sum / scale));
}

/** Sums as bytes for a canvas: red, green, blue and opacity, pixel by pixel. */
export function toBytes(sums: ArrayLike<number>, name: Name) {
  const bytes = new Uint8ClampedArray(4 * sums.length); // clamps and rounds
  for (let k = 0; k < sums.length; k++) {
    const shade = shadeOf(sums[k], name);
    const hue = shade < 0 ? HUES.minus : HUES.plus;
    const colour = isSigned(name) ? [...hue, 255 * Math.abs(shade)] : [...grey3(shade), 255];
    bytes.set(colour, 4 * k);
  }
  return bytes;
}

const grey3 = (shade: number) => [255 * shade, 255 * shade, 255 * shade];
