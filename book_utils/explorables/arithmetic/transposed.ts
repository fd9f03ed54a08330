/** Transposed convolution as PyTorch computes it. */
import { transposedAxis } from "./axis.ts";
import { channelSums, checkGroups, eachTap, filled, inputShape, type Layer } from "./layer.ts";
import {
  checkShape,
  floats,
  fourSizes,
  type Pair,
  pair,
  type Result,
  refuse,
  type Tensor,
  zeros,
} from "./tensor.ts";

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

/** Gradients with respect to input, weight and bias of `convTranspose2d`. */
export function convTranspose2dBackward(
  x: Tensor,
  w: Tensor,
  dy: Tensor,
  options: TransposedOptions = {},
): { dx: Result; dw: Result; db: Float64Array } {
  const layer = transposedConvolution(x, w, options);
  checkShape("dy", dy.shape, inputShape(layer));
  const [dx, dw, db] = [zeros(x.shape), zeros(w.shape), channelSums(dy)];
  const [dys, ws, xs, dws, dxs] = [floats(dy), floats(w), floats(x), dw.data, dx.data];
  eachTap(layer, (i, t, o) => {
    dxs[i] += ws[t] * dys[o];
    dws[t] += xs[i] * dys[o];
  });
  return { dx, dw, db };
}
