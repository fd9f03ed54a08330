/**
 * A network as a list of layers, computed one after the other as PyTorch computes them.
 *
 * Convolution and pooling come from arithmetic.js; here are the layers that mix nothing (bends),
 * those that mix everything (dense layers), and the walk through all of them. A vector is a tensor
 * of shape (n,), a block of feature maps one of shape (1, c, h, w).
 */
import { avgPool2d, conv2d, maxPool2d } from "./arithmetic.js";

/**
 * @typedef {import("./arithmetic.js").Tensor} Tensor
 * @typedef {import("./arithmetic.js").Result} Result
 *
 * @typedef {object} Packed  the weights of a layer as they travel: whole numbers from −127 to 127
 * @property {number[]} shape    outputs first
 * @property {string} data       one byte for each weight, as base64
 * @property {number[]} scale    what one step is worth, for each output
 * @property {number[]} bias     one number for each output
 *
 * @typedef {"conv2d" | "linear" | "sigmoid" | "relu" | "max_pool2d" | "avg_pool2d" | "flatten"} Kind
 * @typedef {object} PackedLayer
 * @property {string} name       as PyTorch names it, such as features.0
 * @property {Kind} kind
 * @property {Packed} [packed]   of convolutions and dense layers
 * @property {[number, number]} [stride]   of convolutions and pooling layers
 * @property {[number, number]} [padding]
 * @property {[number, number]} [kernel]   of pooling layers
 *
 * @typedef {PackedLayer & { weight?: Result, bias?: number[] }} Layer
 */

/** @param {(v: number) => number} f @returns {(x: Tensor) => Result} */
const each = (f) => ({ data, shape }) => {
  const y = new Float64Array(data); // a loop: Float64Array.from is ten times slower
  for (let i = 0; i < y.length; i++) y[i] = f(y[i]);
  return { data: y, shape: [...shape] };
};

/** 1 / (1 + e⁻ᶻ) of each number. */
export const sigmoid = each((z) => 1 / (1 + Math.exp(-z)));

/** max(0, z) of each number. */
export const relu = each((z) => Math.max(0, z));

/** The parts of each score in the probabilities: e to the power of what it lies below the largest. @param {ArrayLike<number>} scores */
export function exponentials(scores) {
  const most = Math.max(...Array.from(scores));
  return Float64Array.from(scores, (z) => Math.exp(z - most));
}

/** Scores (n,) as probabilities that add up to 1. @param {Tensor} scores @returns {Result} */
export function softmax({ data, shape }) {
  const parts = exponentials(data);
  const sum = parts.reduce((total, part) => total + part, 0);
  return { data: parts.map((part) => part / sum), shape: [...shape] };
}

/** Every output a weighted sum of all inputs, plus its bias. @param {Tensor} x (n,) @param {Tensor} w (m, n) @param {ArrayLike<number>} bias @returns {Result} (m,) */
export function dense({ data: x }, { data: w, shape: [outputs, inputs] }, bias) {
  if (x.length !== inputs || bias.length !== outputs) {
    throw new RangeError(`a dense layer of ${outputs} sums over ${inputs} numbers was given ${x.length} numbers and ${bias.length} biases: give as many as it takes.`);
  }
  const y = Float64Array.from(bias);
  for (let o = 0; o < outputs; o++) {
    for (let i = 0; i < inputs; i++) y[o] += w[o * inputs + i] * x[i];
  }
  return { data: y, shape: [outputs] };
}

/** The bytes of a base64 text. @param {string} text */
export const bytesOf = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));

/** A layer whose weights are numbers again. @param {PackedLayer} layer @returns {Layer} */
export function unpackLayer(layer) {
  const { packed } = layer;
  if (!packed) return layer;
  const steps = new Int8Array(bytesOf(packed.data).buffer);
  const fanIn = steps.length / packed.shape[0];
  const data = Float64Array.from(steps, (step, i) => step * packed.scale[Math.floor(i / fanIn)]);
  return { ...layer, weight: { data, shape: packed.shape }, bias: packed.bias };
}

/** What one layer makes of its input. @param {Layer} layer @param {Tensor} x @returns {Tensor} */
export function apply(layer, x) {
  const { kind, weight, bias = [], stride, padding, kernel } = /** @type {Required<Layer>} */ (layer);
  switch (kind) {
    case "conv2d": return conv2d(x, weight, { bias, stride, padding });
    case "linear": return dense(x, weight, bias);
    case "max_pool2d": return maxPool2d(x, { kernel, stride, padding }).y;
    case "avg_pool2d": return avgPool2d(x, { kernel, stride, padding });
    case "sigmoid": return sigmoid(x);
    case "relu": return relu(x);
    case "flatten": return { data: x.data, shape: [x.data.length] };
    default: throw new RangeError(`there is no layer of the kind ${kind}: use one that network.js computes.`);
  }
}

/** What each layer of a network puts out. @param {readonly Layer[]} layers @param {Tensor} x @returns {Tensor[]} */
export function forward(layers, x) {
  /** @type {Tensor[]} */
  const outputs = [];
  for (const layer of layers) outputs.push(apply(layer, outputs.at(-1) ?? x));
  return outputs;
}
