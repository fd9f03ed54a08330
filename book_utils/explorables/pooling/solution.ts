/** What the settings of the pooling lab come to: sizes, outputs, and who won each window. */
import { poolAxis } from "../arithmetic/axis.ts";
import { avgPool2d, maxPool2d, windowCounts } from "../arithmetic/pooling.ts";
import { nested, tensor } from "../arithmetic/tensor.ts";
import { along, layerOf, shapeOf } from "../parts/layer.ts";
import type { PoolingLab as Settings } from "../settings.ts";

type At = [number, number];
export type Solution = ReturnType<typeof solve>;

export type Read = { value: number; place: "inside" | "padding" | "beyond"; counted: boolean };

/** The settings of one axis, as poolAxis takes them; a stride that is not given is the window's. */
export function axisOf(settings: Settings, d: 0 | 1) {
  const { input, window: k, stride, padding, dilation, ceil_mode: ceilMode } = settings;
  return { ...along(d, { n: shapeOf(input), k, stride, padding, dilation }), ceilMode };
}

/** @throws {RangeError} where the settings do not go together */
export function solve(settings: Settings) {
  const { input, kind, window: kernel, padding, ceil_mode: ceilMode } = settings;
  const countIncludePad = settings.count_include_pad;
  if (kind === "average" && String(settings.dilation) !== "1,1") {
    throw new RangeError("its dilation is not 1, and average pooling has no other");
  }
  const [rows, columns] = [poolAxis(axisOf(settings, 0)), poolAxis(axisOf(settings, 1))];
  const options = { kernel, stride: settings.stride ?? kernel, padding, ceilMode };
  const x = tensor([[input]]);
  const { y, indices } =
    kind === "max"
      ? maxPool2d(x, { ...options, dilation: settings.dilation })
      : { y: avgPool2d(x, { ...options, countIncludePad }), indices: { data: [] } };
  const [down, across] = [rows, columns].map((axis) => windowCounts(axis, countIncludePad));
  return {
    ...layerOf(rows, columns),
    input,
    kind,
    countIncludePad,
    output: nested<number[][][][]>(y)[0][0],
    /** The input cell that an output took its number from. */
    winner: ([i, j]: At): At => {
      const index = indices.data[i * columns.size + j];
      return [Math.floor(index / columns.n), index % columns.n];
    },
    /** What an average divides by. */
    count: ([i, j]: At) => down[i] * across[j],
  };
}

/** What a window finds at a cell. */
export function read({ input, kind, rows, columns, countIncludePad }: Solution, [i, j]: At): Read {
  const value = input[i]?.[j];
  if (value !== undefined) return { value, place: "inside", counted: true };
  const beyond = i >= rows.n + rows.after || j >= columns.n + columns.after;
  const place = beyond ? "beyond" : "padding";
  if (kind === "max") return { value: -Infinity, place, counted: true };
  return { value: 0, place, counted: countIncludePad && !beyond };
}
