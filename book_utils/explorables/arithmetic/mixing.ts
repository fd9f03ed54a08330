/**
 * Colours as numbers: unpack a photograph, mix its channels, blend two mixtures, find what leaves
 * the range, make bytes.
 */

/** palette and indices as base64 */
export type Photo = { height: number; width: number; palette: string; indices: string };
type Mixture = { weight: number[][]; bias: number[] };

const SLACK = 1e-6; // a rounding error is not out of range

const bytesOf = (text: string) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));

/** A photograph as a tensor (1, 3, height, width) in 0…1. */
export function unpack({ height, width, palette, indices }: Photo) {
  const [colours, pixels] = [bytesOf(palette), bytesOf(indices)];
  const data = new Float64Array(3 * pixels.length);
  for (let c = 0; c < 3; c++) {
    for (let i = 0; i < pixels.length; i++)
      data[c * pixels.length + i] = colours[3 * pixels[i] + c] / 255;
  }
  return { data, shape: [1, 3, height, width] };
}

/** The 1×1 convolution of three channels to three: in one pass, since a slider moves it. */
export function mixed(
  { data, shape }: { data: ArrayLike<number>; shape: number[] },
  { weight, bias }: Mixture,
) {
  const area = data.length / 3;
  const y = new Float64Array(3 * area);
  for (let o = 0; o < 3; o++) {
    const [[r, g, b], start] = [weight[o], o * area];
    for (let i = 0; i < area; i++)
      y[start + i] = r * data[i] + g * data[area + i] + b * data[2 * area + i] + bias[o];
  }
  return { data: y, shape };
}

/** Part of the way from one mixture to another. */
export function blend(from: Mixture, to: Mixture, part: number) {
  const between = (a: number, b: number) => Math.round(1e6 * (a + part * (b - a))) / 1e6;
  return {
    weight: from.weight.map((row, i) => row.map((v, j) => between(v, to.weight[i][j]))),
    bias: from.bias.map((v, i) => between(v, to.bias[i])),
  };
}

/** Which pixels of three channels leave 0…1, and how many. */
export function outOfRange(data: ArrayLike<number>) {
  const area = data.length / 3;
  const mask = new Uint8Array(area);
  let count = 0;
  for (let i = 0; i < area; i++) {
    const is = (v: number) => v < -SLACK || v > 1 + SLACK;
    mask[i] = Number(is(data[i]) || is(data[area + i]) || is(data[2 * area + i]));
    count += mask[i];
  }
  return { mask, count };
}

/** Bytes for a canvas, (height, width, RGBA), of three channels, or of one of them in grey. */
export function toBytes(data: ArrayLike<number>, channel: number | null) {
  const area = data.length / 3;
  const bytes = new Uint8ClampedArray(4 * area); // clamps and rounds
  for (let i = 0; i < area; i++) {
    for (let c = 0; c < 3; c++) bytes[4 * i + c] = 255 * data[(channel ?? c) * area + i];
    bytes[4 * i + 3] = 255;
  }
  return bytes;
}
