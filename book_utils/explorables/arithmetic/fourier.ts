/** The fast Fourier transform (Cooley and Tukey, 1965) of square images of sides 2ⁿ. */
import { refuse } from "./tensor.ts";

/** row by row */
export type Complex = { re: Float64Array; im: Float64Array };

/** The least power of two from `n` up. */
export const powerOfTwo = (n: number) => 2 ** Math.ceil(Math.log2(n));

/** Real numbers (side, side) in the top left of n by n complex ones, with zeros around. */
export function widened(numbers: ArrayLike<number>, side: number, n: number): Complex {
  const re = new Float64Array(n * n);
  for (let i = 0; i < side; i++) {
    for (let j = 0; j < side; j++) re[i * n + j] = numbers[i * side + j];
  }
  return { re, im: new Float64Array(n * n) };
}

/**
 * The transform of an n by n image, in place: along every row, then along every column.
 * @param sign  −1 for the transform; 1 for the way back, which leaves everything n² times too large
 */
export function fft2(image: Complex, n: number, sign: -1 | 1) {
  if (n < 1 || powerOfTwo(n) !== n) refuse(`the side is ${n}: use a power of two.`);
  const { order, roots } = planOf(n, sign);
  for (let line = 0; line < n; line++) transform(image, line * n, 1, order, roots);
  for (let line = 0; line < n; line++) transform(image, line, n, order, roots);
}

/** In which order a line is taken, and the n-th roots of 1. */
function planOf(n: number, sign: -1 | 1) {
  const order = new Int32Array(n);
  for (let i = 1; i < n; i++) order[i] = (order[i >> 1] >> 1) | (i & 1 ? n >> 1 : 0);
  const roots = { re: new Float64Array(n), im: new Float64Array(n) };
  for (let i = 0; i < n; i++) {
    roots.re[i] = Math.cos((2 * Math.PI * i) / n);
    roots.im[i] = sign * Math.sin((2 * Math.PI * i) / n);
  }
  return { order, roots };
}

/** Transforms one line, whose numbers lie `step` apart: ever longer halves become one. */
function transform(
  { re, im }: Complex,
  start: number,
  step: number,
  order: Int32Array,
  roots: Complex,
) {
  const n = order.length;
  for (let i = 0; i < n; i++) {
    if (order[i] <= i) continue;
    const a = start + i * step;
    const b = start + order[i] * step;
    swap(re, a, b);
    swap(im, a, b);
  }
  for (let half = 1; half < n; half *= 2) {
    const turn = n / (2 * half);
    for (let first = 0; first < n; first += 2 * half) {
      for (let i = 0; i < half; i++) {
        const a = start + (first + i) * step;
        const b = a + half * step;
        const c = roots.re[i * turn];
        const s = roots.im[i * turn];
        const x = c * re[b] - s * im[b];
        const y = c * im[b] + s * re[b];
        re[b] = re[a] - x;
        im[b] = im[a] - y;
        re[a] += x;
        im[a] += y;
      }
    }
  }
}

function swap(values: Float64Array, a: number, b: number) {
  const value = values[a];
  values[a] = values[b];
  values[b] = value;
}
