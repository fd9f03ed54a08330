/**
 * Kernels with a name at any size, and a kernel that keeps what was typed while its size changes.
 */

type Rows = number[][];
/** as book_utils.ops has them */
export type Preset = { name: string; meaning: string; kernel: Rows };

export const LARGEST_KERNEL = 11;

const list = <T>(n: number, value: (i: number) => T) =>
  Array.from({ length: n }, (_, i) => value(i));

/** Row k − 1 of Pascal's triangle, to a sum of 1. */
function binomial(k: number) {
  let row = [1];
  for (let n = 1; n < k; n++) row = list(n + 1, (i) => (row[i - 1] ?? 0) + (row[i] ?? 0));
  return row.map((v) => v / 2 ** (k - 1));
}

const middle = (k: number) => Math.floor((k - 1) / 2);
const grid = (h: number, w: number, value: (a: number, b: number) => number): Rows =>
  list(h, (a) => list(w, (b) => value(a, b)));

function gaussian(h: number, w: number): Rows {
  const [column, row] = [binomial(h), binomial(w)];
  return grid(h, w, (a, b) => column[a] * row[b]);
}

/** The presets that exist at every size. */
export const FAMILIES = {
  "box blur": (h, w) => grid(h, w, () => 1 / (h * w)),
  Gaussian: gaussian,
  unsharp: (h, w) =>
    gaussian(h, w).map((row, a) =>
      row.map((v, b) => (a === middle(h) && b === middle(w) ? 2 : 0) - v),
    ),
} as Record<string, (h: number, w: number) => Rows>;

/** A kernel in the middle of the largest one, zeros around it. */
function sheetOf(kernel: Rows) {
  const [top, left] = [kernel.length, kernel[0].length].map(
    (k) => middle(LARGEST_KERNEL) - middle(k),
  );
  return grid(LARGEST_KERNEL, LARGEST_KERNEL, (i, j) => kernel[i - top]?.[j - left] ?? 0);
}

const alike = (a: Rows, b: Rows) =>
  a.length === b.length &&
  a[0].length === b[0].length &&
  a.every((row, i) => row.every((v, j) => Math.abs(v - b[i][j]) < 1e-6));

/** The preset that a kernel is, at whatever size or with whatever zeros around it. */
export function presetOf(kernel: Rows, presets: Preset[]) {
  const [h, w] = [kernel.length, kernel[0].length];
  const sheet = sheetOf(kernel);
  return presets.find(
    ({ name, kernel: rows }) =>
      alike(sheet, sheetOf(rows)) || (FAMILIES[name] && alike(kernel, FAMILIES[name](h, w))),
  );
}

/** Numbers as people read them: the sum of the weights without its rounding errors. */
export const sumOf = (kernel: Rows) =>
  Math.round(1e6 * kernel.flat().reduce((sum, v) => sum + v, 0)) / 1e6 || 0;

/** What a kernel remembers when its size changes: its family, or the weights around its middle. */
export class KernelMemory {
  last: Rows;
  name: string;
  sheet: Rows;

  constructor(kernel: Rows, presets: Preset[]) {
    this.last = kernel;
    this.name = presetOf(kernel, presets)?.name ?? "";
    this.sheet = sheetOf(kernel);
  }

  /** True for the kernel this memory made itself, false for one that came from elsewhere. */
  knows(kernel: Rows) {
    return JSON.stringify(kernel) === JSON.stringify(this.last);
  }

  resized(h: number, w: number): Rows {
    const [top, left] = [h, w].map((k) => middle(LARGEST_KERNEL) - middle(k));
    this.last = FAMILIES[this.name]?.(h, w) ?? grid(h, w, (a, b) => this.sheet[top + a][left + b]);
    return this.last;
  }

  /** The present kernel with one weight typed in; it is then a kernel of its own. */
  withTyped([i, j]: [number, number], value: number): Rows {
    const { last } = this;
    if (this.name in FAMILIES) this.sheet = sheetOf(last);
    this.name = "";
    const [top, left] = [last.length, last[0].length].map(
      (k) => middle(LARGEST_KERNEL) - middle(k),
    );
    this.sheet[top + i][left + j] = value;
    this.last = last.map((row, a) => row.map((v, b) => (a === i && b === j ? value : v)));
    return this.last;
  }
}
