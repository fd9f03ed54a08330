/**
 * One cross-correlation computed in six ways, each as one would write it: rung by rung of a ladder.
 *
 * An image (n, n), a kernel (k, k), nothing padded: outputs (n − k + 1, n − k + 1), row by row.
 */
import { fft2, powerOfTwo, widened } from "./fourier.ts";

export type Problem = { n: number; k: number; x: Float64Array; w: Float64Array };
export type Name = "nested" | "typed" | "taps" | "im2col" | "winograd" | "fft";
type Rung = {
  /** whether it is made for a kernel of this size; without it, for all */
  takes?: (k: number) => boolean;
  /** how many numbers it multiplies */
  multiplications: (n: number, k: number) => number;
  /** Lays the numbers out as the rung wants them; what is returned computes, and is timed. */
  ready: (problem: Problem) => () => ArrayLike<number> | number[][];
};

/** Numbers to compute with, as lab.py has them: all rungs but the last compute exactly in them. */
export function problemOf(n: number, k: number): Problem {
  const square = (side: number, of: (i: number, j: number) => number) =>
    Float64Array.from({ length: side * side }, (_, c) => of(Math.floor(c / side), c % side));
  return {
    n,
    k,
    x: square(n, (i, j) => ((i * i + 3 * i * j + 7 * j) % 17) / 16),
    w: square(k, (a, b) => (((5 * a + 3 * b) % 7) - 3) / 8),
  };
}

const side = (n: number, k: number) => n - k + 1;
const ofEachTap = (n: number, k: number) => (k * side(n, k)) ** 2;

/** As one would first write it: arrays of arrays, a sum for each output. */
function nested({ n, k, x, w }: Problem) {
  const rows = (numbers: Float64Array, side: number) =>
    Array.from({ length: side }, (_, i) => [...numbers.subarray(i * side, (i + 1) * side)]);
  const [image, kernel] = [rows(x, n), rows(w, k)];
  return () => {
    const y: number[][] = [];
    for (let i = 0; i + k <= n; i++) {
      y.push([]);
      for (let j = 0; j + k <= n; j++) {
        let sum = 0;
        for (let a = 0; a < k; a++) {
          for (let b = 0; b < k; b++) sum += image[i + a][j + b] * kernel[a][b];
        }
        y[i].push(sum);
      }
    }
    return y;
  };
}

/** The same loops over numbers that lie in one piece of memory. */
const typed =
  ({ n, k, x, w }: Problem) =>
  () => {
    const h = side(n, k);
    const y = new Float64Array(h * h);
    for (let i = 0; i < h; i++) {
      for (let j = 0; j < h; j++) {
        let sum = 0;
        for (let a = 0; a < k; a++) {
          for (let b = 0; b < k; b++) sum += x[(i + a) * n + j + b] * w[a * k + b];
        }
        y[i * h + j] = sum;
      }
    }
    return y;
  };

/** Weight by weight: the image moved by its place, times the weight, is added to all outputs. */
const taps =
  ({ n, k, x, w }: Problem) =>
  () => {
    const h = side(n, k);
    const y = new Float64Array(h * h);
    for (let a = 0; a < k; a++) {
      for (let b = 0; b < k; b++) {
        const weight = w[a * k + b];
        for (let i = 0; i < h; i++) {
          const to = i * h;
          const from = (i + a) * n + b;
          for (let j = 0; j < h; j++) y[to + j] += weight * x[from + j];
        }
      }
    }
    return y;
  };

/** Every window copied into a column of a matrix, then the row of weights times the matrix. */
const im2col =
  ({ n, k, x, w }: Problem) =>
  () => {
    const h = side(n, k);
    const columns = new Float64Array(k * k * h * h);
    for (let a = 0; a < k; a++) {
      for (let b = 0; b < k; b++) {
        for (let i = 0; i < h; i++) {
          const from = (i + a) * n + b;
          columns.set(x.subarray(from, from + h), ((a * k + b) * h + i) * h);
        }
      }
    }
    const y = new Float64Array(h * h);
    for (let tap = 0; tap < k * k; tap++) {
      const [weight, row] = [w[tap], tap * h * h];
      for (let p = 0; p < h * h; p++) y[p] += weight * columns[row + p];
    }
    return y;
  };

/**
 * Winograd's F(2, 3) along each row: two outputs of three weights by four multiplications. The
 * products of the kernel's three rows are added up before they are turned into outputs.
 */
function winograd({ n, k, x, w }: Problem) {
  const g = Float64Array.from({ length: 12 });
  for (let a = 0; a < 3; a++) {
    const [g0, g1, g2] = w.subarray(3 * a, 3 * a + 3);
    g.set([g0, (g0 + g1 + g2) / 2, (g0 - g1 + g2) / 2, g2], 4 * a);
  }
  return () => {
    const h = side(n, k);
    const y = new Float64Array(h * h);
    for (let i = 0; i < h; i++) {
      for (let j = 0; j + 1 < h; j += 2) {
        let m0 = 0;
        let m1 = 0;
        let m2 = 0;
        let m3 = 0;
        for (let a = 0; a < 3; a++) {
          const at = (i + a) * n + j;
          m0 += (x[at] - x[at + 2]) * g[4 * a];
          m1 += (x[at + 1] + x[at + 2]) * g[4 * a + 1];
          m2 += (x[at + 2] - x[at + 1]) * g[4 * a + 2];
          m3 += (x[at + 1] - x[at + 3]) * g[4 * a + 3];
        }
        y[i * h + j] = m0 + m1 + m2;
        y[i * h + j + 1] = m1 - m2 - m3;
      }
      if (h % 2) y[i * h + h - 1] = lastOf(i, h - 1);
    }
    return y;
  };

  /** The output that is left over in a row of an odd number, tap by tap. */
  function lastOf(i: number, j: number) {
    let sum = 0;
    for (let a = 0; a < 3; a++) {
      for (let b = 0; b < 3; b++) sum += x[(i + a) * n + j + b] * w[3 * a + b];
    }
    return sum;
  }
}

/**
 * By the Fourier transform: image times the conjugate of the kernel, number by number. What wraps
 * round the edge lands where no window fits, so zeros are needed only up to a power of two.
 */
const fft =
  ({ n, k, x, w }: Problem) =>
  () => {
    const [h, wide] = [side(n, k), powerOfTwo(n)];
    const [image, kernel] = [widened(x, n, wide), widened(w, k, wide)];
    fft2(image, wide, -1);
    fft2(kernel, wide, -1);
    for (let f = 0; f < wide * wide; f++) {
      const re = image.re[f];
      const im = image.im[f];
      image.re[f] = re * kernel.re[f] + im * kernel.im[f];
      image.im[f] = im * kernel.re[f] - re * kernel.im[f];
    }
    fft2(image, wide, 1);
    const y = new Float64Array(h * h);
    for (let i = 0; i < h; i++) {
      for (let j = 0; j < h; j++) y[i * h + j] = image.re[i * wide + j] / (wide * wide);
    }
    return y;
  };

const ofWinograd = (n: number, k: number) => {
  const h = side(n, k);
  return h * (12 * Math.floor(h / 2) + 9 * (h % 2));
};

/** Four for each product of complex numbers: three transforms, and one product in between. */
const ofFourier = (n: number) => {
  const wide = powerOfTwo(n);
  return 4 * wide * wide * (3 * Math.log2(wide) + 1);
};

export const RUNGS: Record<Name, Rung> = {
  nested: { multiplications: ofEachTap, ready: nested },
  typed: { multiplications: ofEachTap, ready: typed },
  taps: { multiplications: ofEachTap, ready: taps },
  im2col: { multiplications: ofEachTap, ready: im2col },
  winograd: { multiplications: ofWinograd, ready: winograd, takes: (k) => k === 3 },
  fft: { multiplications: ofFourier, ready: fft },
};

export const NAMES = Object.keys(RUNGS) as Name[];

/** Whether a rung is made for a kernel of this size. */
export const climbs = (name: Name, k: number) => RUNGS[name].takes?.(k) ?? true;

/** The outputs of a rung, row by row. */
export const flat = (y: ArrayLike<number> | number[][]) =>
  Float64Array.from(Array.isArray(y) ? y.flat() : y);
