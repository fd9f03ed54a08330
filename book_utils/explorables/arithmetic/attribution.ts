/** Which pixels a network looks at: the maps of book_utils/attribution.py. */
import { inputGradients, oneHot } from "./gradient.ts";
import { forward, type Layer } from "./network.ts";
import { bilinear } from "./resize.ts";
import { type Result, refuse, type Tensor } from "./tensor.ts";

/** The scores of a picture, (n,). */
export const scoresOf = (layers: readonly Layer[], x: Tensor): Tensor => {
  const outputs = forward(layers, x);
  return outputs[outputs.length - 1];
};

/** A picture (1, 1, h, w) with a square of it covered: `at` is the square's upper left corner. */
export function covered(x: Tensor, [row, column]: number[], size: number, fill: number): Result {
  const width = x.shape[3];
  const data = Float64Array.from(x.data);
  for (let i = row; i < row + size; i++)
    data.fill(fill, i * width + column, i * width + column + size);
  return { data, shape: [...x.shape] };
}

/** The outputs and the gradients of the score of a class, layer by layer. */
function bothWays(layers: readonly Layer[], x: Tensor, target: number) {
  const outputs = forward(layers, x);
  const dy = oneHot(outputs[outputs.length - 1].data.length, target);
  return { outputs, gradients: inputGradients(layers, x, outputs, dy) };
}

/** How much the score of a class would move with each pixel of x (1, 1, h, w): (h, w). */
export function saliency(layers: readonly Layer[], x: Tensor, target: number): Result {
  const [slopes] = bothWays(layers, x, target).gradients;
  return { data: Float64Array.from(slopes.data, Math.abs), shape: x.shape.slice(2) };
}

/** The ReLU behind the last convolution, by its number: its maps are those that Grad-CAM weighs. */
export function lastMaps(layers: readonly Layer[]) {
  const found = layers.findLastIndex(({ kind }) => kind === "conv2d") + 1;
  if (layers[found]?.kind !== "relu") refuse("Grad-CAM needs a convolution with a ReLU behind it.");
  return found;
}

/**
 * The maps behind the last convolution, each times the mean gradient of the score with respect to
 * it, added up; ReLU leaves what speaks for the class: (h', w').
 */
export function weighedMaps(layers: readonly Layer[], x: Tensor, target: number): Result {
  const { outputs, gradients } = bothWays(layers, x, target);
  const last = lastMaps(layers);
  const [maps, slopes] = [outputs[last], gradients[last + 1]];
  const [, channels, h, w] = maps.shape;
  const data = new Float64Array(h * w);
  for (let c = 0; c < channels; c++) {
    let sum = 0;
    for (let i = 0; i < h * w; i++) sum += slopes.data[c * h * w + i];
    for (let i = 0; i < h * w; i++) data[i] += (sum / (h * w)) * maps.data[c * h * w + i];
  }
  return { data: data.map((v) => Math.max(0, v)), shape: [h, w] };
}

/** Grad-CAM: those maps, scaled up to the size of x (1, 1, h, w). */
export const gradCam = (layers: readonly Layer[], x: Tensor, target: number): Result =>
  bilinear(weighedMaps(layers, x, target), x.shape.slice(2));
