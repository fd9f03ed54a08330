/**
 * Cross-correlation of pictures, fast enough for a slider: one loop per tap over flat arrays, two
 * passes where the kernel is a column times a row. The sums are those of conv2d in arithmetic.ts.
 */
import type { ImageLab } from "../settings.ts";
import { outputSize, padIndex, torchSame } from "./axis.ts";

/** one channel after the other */
export type Planes = { data: Float32Array; channels: number; height: number; width: number };
/** what the padding holds that keeps the size, or that there is none */
export type Way = ImageLab["mode"];
/** the ways to show an output y: as it is, its size |y|, or 0.5 + y/2, which shows both signs */
export type Show = ImageLab["show"];
/** cells before and after */
type Sides = [number, number];
type Padding = { rows: Sides; columns: Sides };

/** A grey picture: the mean of the channels. */
export function grey({ data, channels, height, width }: Planes): Planes {
  const area = height * width;
  const mean = new Float32Array(area);
  for (let c = 0; c < channels; c++) {
    for (let i = 0; i < area; i++) mean[i] += data[c * area + i] / channels;
  }
  return { data: mean, channels: 1, height, width };
}

/**
 * The padding that keeps the size at stride 1, as padding="same" splits it; none in mode "none".
 */
export function paddingOf(kernel: number[][], mode: Way): Padding {
  const sides = (k: number) => (mode === "none" ? ([0, 0] as Sides) : torchSame(k));
  return { rows: sides(kernel.length), columns: sides(kernel[0].length) };
}

/**
 * The longest kernel for a side of n pixels: the window must fit, and the padding must be fillable.
 */
export function longestKernel(n: number, mode: Way) {
  const longest: Partial<Record<Way, number>> = {
    none: n,
    reflect: 2 * n - 1,
    circular: 2 * n + 1,
  };
  return longest[mode] ?? Infinity;
}

/** Every channel cross-correlated with the kernel, plus the bias. */
export function filter(
  x: Planes,
  kernel: number[][],
  { stride = 1, mode = "zeros", bias = 0 }: { stride?: number; mode?: Way; bias?: number } = {},
): Planes {
  const padding = paddingOf(kernel, mode);
  const height = outputSize(x.height, kernel.length, { stride, padding: padding.rows });
  const width = outputSize(x.width, kernel[0].length, { stride, padding: padding.columns });
  const data = new Float32Array(x.channels * height * width).fill(bias);
  const factors = separate(kernel);
  for (let c = 0; c < x.channels; c++) {
    const plane = pad(
      x.data.subarray(c * x.height * x.width, (c + 1) * x.height * x.width),
      x,
      padding,
      mode,
    );
    const out = {
      data: data.subarray(c * height * width, (c + 1) * height * width),
      height,
      width,
    };
    if (factors) inTwoPasses(plane, factors, stride, out);
    else addTaps(plane, kernel, [stride, stride], out);
  }
  return { data, channels: x.channels, height, width };
}

/** Where a position is filled from; where there is no padding none lies outside. */
const indexIn = (i: number, n: number, mode: Way) =>
  padIndex(i, n, mode === "none" ? "zeros" : mode);

type Plane = { data: Float32Array; height: number; width: number };

function pad(
  data: Float32Array,
  { height, width }: { height: number; width: number },
  { rows, columns }: Padding,
  mode: Way,
): Plane {
  const reach = (n: number, [before, after]: Sides) =>
    Array.from({ length: before + n + after }, (_, i) => indexIn(i - before, n, mode));
  if (![...rows, ...columns].some(Boolean)) return { data, height, width };
  const [down, across] = [reach(height, rows), reach(width, columns)];
  const pitch = across.length;
  const padded = new Float32Array(down.length * pitch);
  for (let i = 0; i < down.length; i++) {
    if (down[i] < 0) continue;
    for (let j = 0; j < pitch; j++) {
      if (across[j] >= 0) padded[i * pitch + j] = data[down[i] * width + across[j]];
    }
  }
  return { data: padded, height: down.length, width: pitch };
}

/** Adds one shifted and scaled copy of the plane for each weight. */
function addTaps(
  { data: source, width: pitch }: Plane,
  kernel: number[][],
  [down, across]: [number, number],
  { data: target, height, width }: Plane,
) {
  kernel.forEach((row, a) =>
    row.forEach((weight, b) => {
      if (weight === 0) return;
      for (let i = 0; i < height; i++) {
        let from = (i * down + a) * pitch + b;
        const end = (i + 1) * width;
        for (let to = i * width; to < end; to++, from += across)
          target[to] += weight * source[from];
      }
    }),
  );
}

/** The row first, then the column over the result. */
function inTwoPasses(
  x: Plane,
  { column, row }: { column: number[]; row: number[] },
  stride: number,
  out: Plane,
) {
  const between = {
    data: new Float32Array(x.height * out.width),
    height: x.height,
    width: out.width,
  };
  addTaps(x, [row], [1, stride], between);
  addTaps(
    between,
    column.map((v) => [v]),
    [stride, 1],
    out,
  );
}

/**
 * The column and the row whose product a kernel is; null where there are none, or where they save
 * nothing.
 */
export function separate(kernel: number[][]) {
  const weights = kernel.flat();
  const peak = weights.reduce(
    (best, v, i) => (Math.abs(v) > Math.abs(weights[best]) ? i : best),
    0,
  );
  const [i, j] = [Math.floor(peak / kernel[0].length), peak % kernel[0].length];
  const pivot = kernel[i][j];
  if (kernel.length + kernel[0].length >= weights.filter(Boolean).length) return null;
  const [column, row] = [kernel.map((r) => r[j] / pivot), kernel[i]];
  const exact = kernel.every((r, a) =>
    r.every((v, b) => Math.abs(v - column[a] * row[b]) <= 1e-6 * Math.abs(pivot)),
  );
  return exact ? { column, row } : null;
}

/** The pixels under the window of one output, of one channel; null in padding of zeros. */
export function windowAt(
  { data, height, width }: Planes,
  channel: number,
  kernel: number[][],
  { stride, mode }: { stride: number; mode: Way },
  at: [number, number],
) {
  const { rows, columns } = paddingOf(kernel, mode);
  const corner = [at[0] * stride - rows[0], at[1] * stride - columns[0]] as [number, number];
  const values = kernel.map((row, a) =>
    row.map((_, b) => {
      const [r, c] = [indexIn(corner[0] + a, height, mode), indexIn(corner[1] + b, width, mode)];
      return r < 0 || c < 0 ? 0 : data[(channel * height + r) * width + c];
    }),
  );
  return { corner, values };
}

const SLACK = 1e-6; // a rounding error is not out of range

/** One output value as it is shown, before it is clipped to 0…1. */
export const shownAs = (y: number, show: Show) =>
  show === "abs" ? Math.abs(y) : show === "shift" ? 0.5 + y / 2 : y;

/** Bytes for a canvas (height, width, RGBA), and how many values had to be clipped. */
export function toPixels({ data, channels, height, width }: Planes, show: Show) {
  const area = height * width;
  const bytes = new Uint8ClampedArray(4 * area).fill(255); // clamps and rounds
  let clipped = 0;
  for (let c = 0; c < channels; c++) {
    for (let i = 0; i < area; i++) {
      const v = shownAs(data[c * area + i], show);
      if (v < -SLACK || v > 1 + SLACK) clipped++;
      bytes[4 * i + c] = 255 * v;
      if (channels === 1) bytes[4 * i + 1] = bytes[4 * i + 2] = bytes[4 * i];
    }
  }
  return { bytes, clipped };
}
