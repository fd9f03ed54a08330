/** What the settings of the image lab come to on one picture. */
import { filter, longestKernel, type Planes, paddingOf, type Way } from "../arithmetic/filter.ts";
import type { ImageLab as Settings } from "../settings.ts";
import { sumOf } from "./kernels.ts";

export type Solution = ReturnType<typeof solve>;

/** Can the padding that keeps the size be filled, or the window stand in the picture? */
export const fits = ({ height, width }: Planes, kernel: number[][], mode: Way) =>
  kernel.length <= longestKernel(height, mode) && kernel[0].length <= longestKernel(width, mode);

export function solve(x: Planes, { kernel, normalise, stride, bias, ...settings }: Settings) {
  const sum = sumOf(kernel);
  const over = normalise && sum !== 0 ? sum : 1;
  const used = kernel.map((row) => row.map((v) => v / over));
  const mode = fits(x, kernel, settings.mode) ? settings.mode : "zeros";
  const options = { stride, mode, bias };
  return {
    x,
    kernel,
    over,
    sum,
    options,
    output: filter(x, used, options),
    padding: paddingOf(kernel, mode),
  };
}

/** One number of the output. */
export const outputAt = (
  { output: { data, height, width } }: Solution,
  c: number,
  [i, j]: [number, number],
) => data[(c * height + i) * width + j];
