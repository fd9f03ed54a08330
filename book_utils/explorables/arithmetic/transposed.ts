/** Transposed convolution as PyTorch computes it. */
import { type Axis, transposedAxis } from "./axis.ts";
import { checkGroups, eachTap, filled, inputShape, type Layer } from "./layer.ts";
import { floats, fourSizes, type Pair, pair, type Result, refuse, type Tensor } from "./tensor.ts";

interface TransposedOptions {
  bias?: ArrayLike<number>;
  stride?: Pair;
  padding?: Pair;
  outputPadding?: Pair;
  dilation?: Pair;
  groups?: number;
}

function transposedConvolution(
  x: Tensor,
  w: Tensor,
  { groups = 1, ...options }: TransposedOptions,
): Layer {
  const [batch, channels, ...n] = fourSizes("input", x);
  const [filters, inputs, ...k] = fourSizes("weight", w);
  checkGroups(groups, channels);
  if (channels !== filters) {
    refuse(
      `the input has ${channels} channels, but a weight of shape (${w.shape}) needs ` +
        `${filters}: change one of them.`,
    );
  }
  const stride = pair("stride", options.stride ?? 1);
  const padding = pair("padding", options.padding ?? 0);
  const dilation = pair("dilation", options.dilation ?? 1);
  const outputPadding = pair("output padding", options.outputPadding ?? 0);
  const along = (d: 0 | 1) =>
    transposedAxis({
      n: n[d],
      k: k[d],
      stride: stride[d],
      padding: padding[d],
      dilation: dilation[d],
      outputPadding: outputPadding[d],
    });
  return { batch, groups, inputs, outputs: filters / groups, rows: along(0), columns: along(1) };
}

/**
 * Transposed convolution of x (N, C, H, W) with w (C, O/groups, kh, kw), as
 * torch.nn.functional.conv_transpose2d: the walk of the convolution it reverses, read backwards.
 */
export function convTranspose2d(x: Tensor, w: Tensor, options: TransposedOptions = {}): Result {
  const layer = transposedConvolution(x, w, options);
  const y = filled(inputShape(layer), options.bias);
  const [ys, ws, xs] = [y.data, floats(w), floats(x)];
  eachTap(layer, (i, t, o) => {
    ys[o] += ws[t] * xs[i];
  });
  return y;
}

/**
 * The matrix of the layer without its channels, Cᵀ of the convolution it reverses, row by row:
 * which weight joins an output (the row) to an input (the column), as its index in the kernel,
 * or −1.
 */
export function transposedMatrix(rows: Axis, columns: Axis): Int32Array[] {
  const inputs = rows.size * columns.size;
  const matrix = Array.from({ length: rows.n * columns.n }, () => new Int32Array(inputs).fill(-1));
  eachTap({ batch: 1, groups: 1, inputs: 1, outputs: 1, rows, columns }, (input, tap, output) => {
    matrix[output][input] = tap;
  });
  return matrix;
}

/** How many stamps reach each output along an axis. */
export function overlaps({ n, source }: Axis): number[] {
  const counts = new Array<number>(n).fill(0);
  for (const output of source) if (output >= 0) counts[output]++;
  return counts;
}

/**
 * How many taps of a stamp fall on each of `stride` outputs in a row: the pattern in which overlaps
 * repeat away from the edges. They are even if all are alike.
 */
export function overlapPattern({ k, stride, dilation }: Axis): number[] {
  const counts = new Array<number>(stride).fill(0);
  for (let tap = 0; tap < k; tap++) counts[(tap * dilation) % stride]++;
  return counts;
}
