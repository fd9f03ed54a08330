/**
 * One axis of a layer: which input position each kernel tap meets at each output position.
 *
 * -1 is a zero of the padding. Sizes, padding and what pads it come before.
 */
import { checkWhole, pair, refuse } from "./tensor.ts";

export type Mode = "zeros" | "reflect" | "replicate" | "circular";
/** one number for both ends, or [before, after] */
export type Sides = number | [number, number];

/** The padding modes, by PyTorch's names. */
export const MODES: readonly Mode[] = ["zeros", "reflect", "replicate", "circular"];

/* Sizes along one axis */

/** Cells from the first to the last tap of a kernel. */
export const span = (k: number, dilation: number = 1) => dilation * (k - 1) + 1;

function checkWindow(k: number, stride: number, sides: [number, number], dilation: number) {
  checkWhole("kernel size", k, 1);
  checkWhole("stride", stride, 1);
  checkWhole("dilation", dilation, 1);
  for (const side of sides) checkWhole("padding", side, 0);
}

/** Output size of a convolution, ⌊(n + before + after − dilation·(k − 1) − 1) / stride⌋ + 1. */
export function outputSize(
  n: number,
  k: number,
  {
    stride = 1,
    padding = 0,
    dilation = 1,
  }: { stride?: number; padding?: Sides; dilation?: number } = {},
) {
  const [before, after] = pair("padding", padding);
  checkWhole("input size", n, 1);
  checkWindow(k, stride, [before, after], dilation);
  const padded = n + before + after;
  if (span(k, dilation) > padded) {
    refuse(
      `kernel size ${k} with dilation ${dilation} spans ${span(k, dilation)} cells, but the ` +
        `padded input has only ${padded}: use a smaller kernel or dilation, or more padding.`,
    );
  }
  return Math.floor((padded - span(k, dilation)) / stride) + 1;
}

/**
 * Output size of a transposed convolution,
 * (n − 1)·stride − before − after + dilation·(k − 1) + outputPadding + 1.
 */
export function transposedOutputSize(
  n: number,
  k: number,
  options: {
    stride?: number;
    padding?: Sides;
    dilation?: number;
    outputPadding?: number;
  } = {},
) {
  const { stride = 1, padding = 0, dilation = 1, outputPadding = 0 } = options;
  const [before, after] = pair("padding", padding);
  checkWhole("input size", n, 1);
  checkWindow(k, stride, [before, after], dilation);
  checkWhole("output padding", outputPadding, 0);
  const most = Math.max(stride, dilation) - 1;
  if (outputPadding > most) {
    refuse(
      `output padding is ${outputPadding}, but it must be smaller than the stride ${stride} ` +
        `or the dilation ${dilation}: use at most ${most}.`,
    );
  }
  const size = (n - 1) * stride - before - after + span(k, dilation) + outputPadding;
  if (size < 1) {
    refuse(
      `padding ${before} and ${after} would leave an output of size ${size}, but at least 1 ` +
        `is needed: use ${1 - size} less padding in all.`,
    );
  }
  return size;
}

/**
 * Output size of pooling; with ceilMode rounded up, except for a window that would start beyond
 * the input and its left padding. Padding is at most half the kernel size, whatever the dilation.
 */
export function poolOutputSize(
  n: number,
  k: number,
  options: { stride?: number; padding?: number; dilation?: number; ceilMode?: boolean } = {},
) {
  const { stride = k, padding = 0, dilation = 1, ceilMode = false } = options;
  checkWhole("input size", n, 1);
  checkWindow(k, stride, [padding, padding], dilation);
  const most = Math.floor(k / 2);
  if (padding > most) {
    refuse(`padding ${padding} is more than half of the kernel size ${k}: use at most ${most}.`);
  }
  const steps = (n + 2 * padding - span(k, dilation)) / stride;
  const size = (ceilMode ? Math.ceil(steps) : Math.floor(steps)) + 1;
  if (size < 1) {
    refuse(
      `kernel size ${k} with dilation ${dilation} spans ${span(k, dilation)} cells, but the ` +
        `padded input has only ${n + 2 * padding}: use a smaller kernel or dilation.`,
    );
  }
  return ceilMode && (size - 1) * stride >= n + padding ? size - 1 : size;
}

/* Padding */

const modulo = (i: number, n: number) => ((i % n) + n) % n;

/** Input position that position i shows, where i < 0 or i ≥ n lies in the padding (-1: a zero). */
export function padIndex(i: number, n: number, mode: Mode = "zeros") {
  if (i >= 0 && i < n) return i;
  if (mode === "replicate") return i < 0 ? 0 : n - 1;
  if (mode === "circular") return modulo(i, n);
  if (mode === "reflect") {
    const period = Math.max(1, 2 * (n - 1));
    return Math.min(modulo(i, period), period - modulo(i, period));
  }
  return -1;
}

export function mostPadding(n: number, mode: Mode) {
  return { zeros: Infinity, replicate: Infinity, reflect: n - 1, circular: n }[mode];
}

function checkMode(n: number, mode: Mode, sides: [number, number]) {
  if (!MODES.includes(mode)) refuse(`mode is ${mode}: use one of ${MODES.join(", ")}.`);
  const padding = Math.max(...sides);
  if (padding > mostPadding(n, mode)) {
    refuse(
      `padding ${padding} is too much for mode ${mode} on an input of size ${n}: ` +
        `use at most ${mostPadding(n, mode)}, or mode zeros.`,
    );
  }
}

/** An odd cell goes behind. @returns before and after */
const halves = (total: number): [number, number] => [Math.floor(total / 2), Math.ceil(total / 2)];

/** The cells that PyTorch's padding="same" adds, at stride 1. */
export const torchSame = (k: number, dilation: number = 1) => halves(span(k, dilation) - 1);

/** The cells that TensorFlow's padding="SAME" adds, so that the output has ⌈n / stride⌉. */
export function tensorflowSame(
  n: number,
  k: number,
  { stride = 1, dilation = 1 }: { stride?: number; dilation?: number } = {},
) {
  checkWhole("input size", n, 1);
  checkWindow(k, stride, [0, 0], dilation);
  return halves(Math.max((Math.ceil(n / stride) - 1) * stride + span(k, dilation) - n, 0));
}

/* Axes */

interface AxisOptions {
  /** input size */
  n: number;
  /** kernel size */
  k: number;
  stride?: number;
  padding?: Sides;
  dilation?: number;
  mode?: Mode;
  /** the kernel runs backwards: true convolution */
  flip?: boolean;
}
/** one spatial dimension of a layer, worked out */
export interface Axis {
  /** input size */
  n: number;
  /** kernel size */
  k: number;
  /** output size */
  size: number;
  stride: number;
  /** padding cells in front */
  before: number;
  /** padding cells behind */
  after: number;
  dilation: number;
  flip: boolean;
  /** input position at place·size + output, -1 where a zero stands */
  source: Int32Array;
}

function layOut(options: AxisOptions, size: number): Axis {
  const { n, k, stride = 1, dilation = 1, mode = "zeros", flip = false } = options;
  const [before, after] = pair("padding", options.padding ?? 0);
  checkMode(n, mode, [before, after]);
  const source = new Int32Array(k * size);
  for (let place = 0; place < k; place++) {
    for (let output = 0; output < size; output++) {
      const i = output * stride + place * dilation - before;
      source[place * size + output] = padIndex(i, n, mode);
    }
  }
  return { n, k, size, stride, before, after, dilation, flip, source };
}

/** The axis of a convolution. */
export function axis(options: AxisOptions): Axis {
  return layOut(options, outputSize(options.n, options.k, options));
}

/** The axis of a pooling layer. */
export function poolAxis(options: {
  n: number;
  k: number;
  stride?: number;
  padding?: number;
  dilation?: number;
  ceilMode?: boolean;
}): Axis {
  const { n, k, stride = k } = options;
  return layOut({ ...options, stride }, poolOutputSize(n, k, options));
}

/**
 * The axis of a transposed convolution: that of the convolution it reverses, so its `output` runs
 * over the n input cells of the transposed layer and its `source` over what that layer puts out.
 */
export function transposedAxis(options: {
  n: number;
  k: number;
  stride?: number;
  padding?: Sides;
  dilation?: number;
  outputPadding?: number;
}): Axis {
  const reversed = transposedOutputSize(options.n, options.k, options);
  return layOut({ ...options, n: reversed }, options.n);
}

/** Index of the weight that lies at a place of the window. */
export const tapAt = (place: number, a: Axis) => (a.flip ? a.k - 1 - place : place);
