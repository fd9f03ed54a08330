/** Max and average pooling as PyTorch computes them. */
import { type Axis, poolAxis } from "./axis.ts";
import { eachTap, type Layer } from "./layer.ts";
import {
  checkShape,
  floats,
  fourSizes,
  type Pair,
  pair,
  type Result,
  type Tensor,
  zeros,
} from "./tensor.ts";

interface PoolOptions {
  kernel: Pair;
  /** the kernel size, if not given */
  stride?: Pair;
  padding?: Pair;
  ceilMode?: boolean;
}
type MaxPoolOptions = PoolOptions & { dilation?: Pair };
type AvgPoolOptions = PoolOptions & { countIncludePad?: boolean };

/** @returns each channel by itself */
function pooling(x: Tensor, options: MaxPoolOptions): Layer {
  const [batch, channels, ...n] = fourSizes("input", x);
  const k = pair("kernel", options.kernel);
  const stride = pair("stride", options.stride ?? k);
  const padding = pair("padding", options.padding ?? 0);
  const dilation = pair("dilation", options.dilation ?? 1);
  const along = (d: 0 | 1) =>
    poolAxis({
      n: n[d],
      k: k[d],
      stride: stride[d],
      padding: padding[d],
      dilation: dilation[d],
      ceilMode: options.ceilMode,
    });
  return {
    batch: batch * channels,
    groups: 1,
    inputs: 1,
    outputs: 1,
    rows: along(0),
    columns: along(1),
  };
}

const pooledShape = (x: Tensor, { rows, columns }: Layer): number[] => [
  x.shape[0],
  x.shape[1],
  rows.size,
  columns.size,
];

/**
 * The largest number under each window, and where in its plane it stands (row·W + column).
 * The first wins a tie. A window that falls wholly into padding gives -Infinity at -1.
 */
export function maxPool2d(
  x: Tensor,
  options: MaxPoolOptions,
): { y: Result; indices: { data: Int32Array; shape: number[] } } {
  const layer = pooling(x, options);
  const y = zeros(pooledShape(x, layer));
  const [ys, xs] = [y.data.fill(-Infinity), floats(x)];
  const indices = new Int32Array(ys.length).fill(-1);
  const area = layer.rows.n * layer.columns.n;
  eachTap(layer, (o, _, i) => {
    if (indices[o] < 0 || xs[i] > ys[o] || Number.isNaN(xs[i])) {
      ys[o] = xs[i];
      indices[o] = i % area;
    }
  });
  return { y, indices: { data: indices, shape: [...y.shape] } };
}

/**
 * Gradient with respect to the input of `maxPool2d`: each output's goes to the cell it came from.
 */
export function maxPool2dBackward(x: Tensor, dy: Tensor, options: MaxPoolOptions): Result {
  const { indices } = maxPool2d(x, options);
  checkShape("dy", dy.shape, indices.shape);
  const dx = zeros(x.shape);
  const [, , height, width] = x.shape;
  const [, , rows, columns] = dy.shape;
  indices.data.forEach((index, o) => {
    const plane = Math.floor(o / (rows * columns));
    if (index >= 0) dx.data[plane * height * width + index] += dy.data[o];
  });
  return dx;
}

/** Cells of each window that an average counts. */
export function windowCounts(a: Axis, withPadding: boolean) {
  const [from, to] = withPadding ? [0, a.before + a.n + a.after] : [a.before, a.before + a.n];
  return Array.from({ length: a.size }, (_, output) => {
    const start = output * a.stride;
    return Math.min(start + a.k, to) - Math.max(start, from);
  });
}

/** The divisor of each output cell of a plane. */
function divisors({ rows, columns }: Layer, withPadding: boolean) {
  const across = windowCounts(columns, withPadding);
  return windowCounts(rows, withPadding).flatMap((height) => across.map((width) => height * width));
}

/** The mean of the numbers under each window; countIncludePad: false leaves padding out of it. */
export function avgPool2d(x: Tensor, options: AvgPoolOptions): Result {
  const layer = pooling(x, options);
  const y = zeros(pooledShape(x, layer));
  const [ys, xs] = [y.data, floats(x)];
  eachTap(layer, (o, _, i) => {
    ys[o] += xs[i];
  });
  const counts = divisors(layer, options.countIncludePad ?? true);
  return { ...y, data: ys.map((sum, o) => sum / counts[o % counts.length]) };
}

/** Gradient with respect to the input of `avgPool2d`: each output's is shared out evenly. */
export function avgPool2dBackward(x: Tensor, dy: Tensor, options: AvgPoolOptions): Result {
  const layer = pooling(x, options);
  checkShape("dy", dy.shape, pooledShape(x, layer));
  const dx = zeros(x.shape);
  const counts = divisors(layer, options.countIncludePad ?? true);
  const shares = floats(dy).map((share, o) => share / counts[o % counts.length]);
  eachTap(layer, (o, _, i) => {
    dx.data[i] += shares[o];
  });
  return dx;
}
