/** Convolution as PyTorch computes it, small enough to run on every move of a slider. */
import { axis, type Mode, type Sides, torchSame } from "./axis.ts";
import {
  channelSums,
  checkGroups,
  eachRow,
  eachTap,
  filled,
  type Layer,
  outputShape,
} from "./layer.ts";
import {
  type Cell,
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

interface ConvOptions {
  /** one number for each output channel */
  bias?: ArrayLike<number>;
  stride?: Pair;
  /** four numbers are [top, bottom, left, right] */
  padding?: Pair | [number, number, number, number] | "same" | "valid";
  dilation?: Pair;
  groups?: number;
  mode?: Mode;
  flip?: boolean;
}

/** Padding of the rows and of the columns. For "same" an odd cell goes behind, as in PyTorch. */
function resolvePadding(
  padding: NonNullable<ConvOptions["padding"]>,
  k: Cell,
  stride: Cell,
  dilation: Cell,
): [Sides, Sides] {
  if (padding === "valid") return [0, 0];
  if (padding === "same") {
    if (stride.some((s) => s !== 1)) {
      refuse(
        `padding same with stride ${stride.join("×")} is not allowed: ` +
          "use stride 1, or give the padding as numbers.",
      );
    }
    return [torchSame(k[0], dilation[0]), torchSame(k[1], dilation[1])];
  }
  if (Array.isArray(padding) && padding.length === 4) {
    return [
      [padding[0], padding[1]],
      [padding[2], padding[3]],
    ];
  }
  return pair("padding", padding);
}

function convolution(
  x: Tensor,
  w: Tensor,
  { groups = 1, mode, flip, ...options }: ConvOptions,
): Layer {
  const [batch, channels, ...n] = fourSizes("input", x);
  const [filters, inputs, ...k] = fourSizes("weight", w);
  checkGroups(groups, filters);
  if (channels !== inputs * groups) {
    refuse(
      `the input has ${channels} channels, but a weight of shape (${w.shape}) with ` +
        `groups ${groups} needs ${inputs * groups}: change one of them.`,
    );
  }
  const stride = pair("stride", options.stride ?? 1);
  const dilation = pair("dilation", options.dilation ?? 1);
  const padding = resolvePadding(options.padding ?? 0, k, stride, dilation);
  const along = (d: 0 | 1) =>
    axis({
      n: n[d],
      k: k[d],
      stride: stride[d],
      padding: padding[d],
      dilation: dilation[d],
      mode,
      flip,
    });
  return { batch, groups, inputs, outputs: filters / groups, rows: along(0), columns: along(1) };
}

/**
 * Cross-correlation of x (N, C, H, W) with w (O, C/groups, kh, kw), as torch.nn.Conv2d; with flip
 * the kernel is turned by 180° first, which makes it a convolution.
 */
export function conv2d(x: Tensor, w: Tensor, options: ConvOptions = {}): Result {
  const layer = convolution(x, w, options);
  const y = filled(outputShape(layer), options.bias);
  const [ys, ws, xs] = [y.data, floats(w), floats(x)];
  const { size, source } = layer.columns;
  eachRow(layer, (o, t, i, first) => {
    const weight = ws[t];
    for (let column = 0; column < size; column++) {
      const j = source[first + column];
      if (j >= 0) ys[o + column] += weight * xs[i + j];
    }
  });
  return y;
}

/** Gradients with respect to input, weight and bias of `conv2d`, from dy, that of its output. */
export function conv2dBackward(
  x: Tensor,
  w: Tensor,
  dy: Tensor,
  options: ConvOptions = {},
): { dx: Result; dw: Result; db: Float64Array } {
  const layer = convolution(x, w, options);
  checkShape("dy", dy.shape, outputShape(layer));
  const [dx, dw, db] = [zeros(x.shape), zeros(w.shape), channelSums(dy)];
  const [dys, ws, xs, dws, dxs] = [floats(dy), floats(w), floats(x), dw.data, dx.data];
  eachTap(layer, (o, t, i) => {
    dxs[i] += ws[t] * dys[o];
    dws[t] += xs[i] * dys[o];
  });
  return { dx, dw, db };
}
