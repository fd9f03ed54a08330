/** What the settings of the correlation lab come to: sizes, what the padding holds, the output. */
import { axis } from "../arithmetic/axis.ts";
import { conv2d } from "../arithmetic/convolution.ts";
import { nested, tensor } from "../arithmetic/tensor.ts";
import { along, layerOf, shapeOf, sourceOf, valueAt } from "../parts/layer.ts";
import type { CorrelationLab as Settings } from "../settings.ts";

type At = [number, number];
export type Solution = ReturnType<typeof solve>;

/** The settings of one axis, as axis() takes them. */
export function axisOf(settings: Settings, d: 0 | 1) {
  const { input, kernel, stride, padding, dilation, mode, flip } = settings;
  const pairs = { n: shapeOf(input), k: shapeOf(kernel), stride, padding, dilation };
  return { ...along(d, pairs), mode, flip };
}

/** @throws {RangeError} where the settings do not go together */
export function solve(settings: Settings) {
  const { input, kernel, stride, padding, dilation, mode, flip } = settings;
  const options = { stride, padding, dilation, mode, flip };
  const y = conv2d(tensor([[input]]), tensor([[kernel]]), options);
  const layer = layerOf(axis(axisOf(settings, 0)), axis(axisOf(settings, 1)), mode);
  return {
    ...layer,
    input,
    kernel,
    flip,
    output: nested<number[][][][]>(y)[0][0],
    /** What a window finds at a cell of the padded input. */
    padded: (at: At) => valueAt(input, sourceOf(layer, at) ?? at),
  };
}
