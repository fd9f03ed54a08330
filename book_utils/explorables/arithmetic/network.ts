/**
 * A network as a list of layers, computed one after the other as PyTorch computes them.
 *
 * Convolution and pooling come from arithmetic.ts; here are the layers that mix nothing (bends),
 * those that mix everything (dense layers), and the walk through all of them. A vector is a tensor
 * of shape (n,), a block of feature maps one of shape (1, c, h, w).
 */

import { conv2d } from "./convolution.ts";
import { avgPool2d, maxPool2d } from "./pooling.ts";
import type { Result, Tensor } from "./tensor.ts";

/** the weights of a layer as they travel: whole numbers from −127 to 127 */
interface Packed {
  /** outputs first */
  shape: number[];
  /** one byte for each weight, as base64 */
  data: string;
  /** what one step is worth, for each output */
  scale: number[];
  /** one number for each output */
  bias: number[];
  /** of a batch normalisation, whose weight is γ and whose bias is β */
  running_mean?: number[];
  running_var?: number[];
}
type Kind =
  | "conv2d"
  | "linear"
  | "sigmoid"
  | "relu"
  | "max_pool2d"
  | "avg_pool2d"
  | "flatten"
  | "batch_norm"; // which wants a whole batch: see batch_network.ts
interface PackedLayer {
  /** as PyTorch names it, such as features.0 */
  name: string;
  kind: Kind;
  /** of convolutions, dense layers and batch normalisations */
  packed?: Packed;
  /** of convolutions and pooling layers */
  stride?: [number, number];
  padding?: [number, number];
  /** of pooling layers */
  kernel?: [number, number];
  /** of batch normalisations */
  eps?: number;
}
export type Layer = PackedLayer & { weight?: Result; bias?: number[] };

const each =
  (f: (v: number) => number): ((x: Tensor) => Result) =>
  ({ data, shape }) => {
    const y = new Float64Array(data); // a loop: Float64Array.from is ten times slower
    for (let i = 0; i < y.length; i++) y[i] = f(y[i]);
    return { data: y, shape: [...shape] };
  };

/** 1 / (1 + e⁻ᶻ) of each number. */
export const sigmoid = each((z) => 1 / (1 + Math.exp(-z)));

/** max(0, z) of each number. */
export const relu = each((z) => Math.max(0, z));

/**
 * The parts of each score in the probabilities: e to the power of what it lies below the largest.
 */
export function exponentials(scores: ArrayLike<number>) {
  const most = Math.max(...Array.from(scores));
  return Float64Array.from(scores, (z) => Math.exp(z - most));
}

/** Scores (n,) as probabilities that add up to 1. */
export function softmax({ data, shape }: Tensor): Result {
  const parts = exponentials(data);
  const sum = parts.reduce((total, part) => total + part, 0);
  return { data: parts.map((part) => part / sum), shape: [...shape] };
}

/**
 * Every output a weighted sum of all inputs, plus its bias.
 * @param x (n,)
 * @param w (m, n)
 * @returns (m,)
 */
export function dense(
  { data: x }: Tensor,
  { data: w, shape: [outputs, inputs] }: Tensor,
  bias: ArrayLike<number>,
): Result {
  if (x.length !== inputs || bias.length !== outputs) {
    throw new RangeError(
      `a dense layer of ${outputs} sums over ${inputs} numbers was given ${x.length} numbers ` +
        `and ${bias.length} biases: give as many as it takes.`,
    );
  }
  const y = Float64Array.from(bias);
  for (let o = 0; o < outputs; o++) {
    for (let i = 0; i < inputs; i++) y[o] += w[o * inputs + i] * x[i];
  }
  return { data: y, shape: [outputs] };
}

/** The bytes of a base64 text. */
export const bytesOf = (text: string) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));

/** A layer whose weights are numbers again. */
export function unpackLayer(layer: PackedLayer): Layer {
  const { packed } = layer;
  if (!packed) return layer;
  const steps = new Int8Array(bytesOf(packed.data).buffer);
  const fanIn = steps.length / packed.shape[0];
  const data = Float64Array.from(steps, (step, i) => step * packed.scale[Math.floor(i / fanIn)]);
  return { ...layer, weight: { data, shape: packed.shape }, bias: packed.bias };
}

/** What one layer makes of its input. */
export function apply(layer: Layer, x: Tensor): Tensor {
  const { kind, weight, bias = [], stride, padding, kernel } = layer as Required<Layer>;
  switch (kind) {
    case "conv2d":
      return conv2d(x, weight, { bias, stride, padding });
    case "linear":
      return dense(x, weight, bias);
    case "max_pool2d":
      return maxPool2d(x, { kernel, stride, padding }).y;
    case "avg_pool2d":
      return avgPool2d(x, { kernel, stride, padding });
    case "sigmoid":
      return sigmoid(x);
    case "relu":
      return relu(x);
    case "flatten":
      return { data: x.data, shape: [x.data.length] };
    default:
      throw new RangeError(
        `there is no layer of the kind ${kind}: use one that network.ts computes.`,
      );
  }
}

/** What each layer of a network puts out. */
export function forward(layers: readonly Layer[], x: Tensor): Tensor[] {
  const outputs: Tensor[] = [];
  for (const layer of layers) outputs.push(apply(layer, outputs.at(-1) ?? x));
  return outputs;
}
