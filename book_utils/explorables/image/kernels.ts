/**
 * Kernels with a name at any size, and a kernel that keeps what was typed while its size changes.
 */
import { useRef } from "preact/hooks";
import { withCell } from "../parts/memory.ts";

type Rows = number[][];
/** as book_utils.ops has them */
export type Preset = { name: string; meaning: string; kernel: Rows };

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
export const FAMILIES: Record<string, (h: number, w: number) => Rows> = {
  "box blur": (h, w) => grid(h, w, () => 1 / (h * w)),
  Gaussian: gaussian,
  unsharp: (h, w) =>
    gaussian(h, w).map((row, a) =>
      row.map((v, b) => (a === middle(h) && b === middle(w) ? 2 : 0) - v),
    ),
};

/** A place in a kernel, counted from its middle. */
const key = (a: number, b: number, h: number, w: number) => `${a - middle(h)},${b - middle(w)}`;

/** The weights of a kernel by their place around its middle. */
function sheetOf(kernel: Rows) {
  const [h, w] = [kernel.length, kernel[0].length];
  return new Map(kernel.flatMap((row, a) => row.map((v, b) => [key(a, b, h, w), v] as const)));
}

/** Are two kernels the same around their middles, but for zeros? */
function alike(one: Rows, other: Rows) {
  const sheets = [sheetOf(one), sheetOf(other)];
  const places = sheets.flatMap((sheet) => [...sheet.keys()]);
  const [of, ofOther] = sheets.map((sheet) => (place: string) => sheet.get(place) ?? 0);
  return places.every((place) => Math.abs(of(place) - ofOther(place)) < 1e-6);
}

/** The preset that a kernel is, at whatever size or with whatever zeros around it. */
export function presetOf(kernel: Rows, presets: Preset[]) {
  const [h, w] = [kernel.length, kernel[0].length];
  return presets.find(
    ({ name, kernel: rows }) =>
      alike(kernel, rows) || (FAMILIES[name] && alike(kernel, FAMILIES[name](h, w))),
  );
}

/** The sum of the weights; 0 where it is so small that it is taken for one, as in lab.py. */
export function sumOf(kernel: Rows) {
  const sum = kernel.flat().reduce((total, v) => total + v, 0);
  return Math.abs(sum) > 1e-6 ? sum : 0;
}

/** What a kernel remembers when its size changes: its family, or the weights around its middle. */
export class KernelMemory {
  last: Rows;
  name: string;
  sheet: Map<string, number>;

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
    const remembered = (a: number, b: number) => this.sheet.get(key(a, b, h, w)) ?? 0;
    this.last = FAMILIES[this.name]?.(h, w) ?? grid(h, w, remembered);
    return this.last;
  }

  /** The present kernel with one weight typed in; it is then a kernel of its own. */
  withTyped([i, j]: [number, number], value: number): Rows {
    const { last } = this;
    if (this.name in FAMILIES) this.sheet = sheetOf(last);
    this.name = "";
    this.sheet.set(key(i, j, last.length, last[0].length), value);
    this.last = withCell(last, [i, j], value);
    return this.last;
  }
}

/** The memory of a kernel, begun anew when the kernel comes from Python, a preset or a link. */
export function useKernelMemory(kernel: Rows, presets: Preset[]) {
  const memory = useRef<KernelMemory | null>(null);
  if (!memory.current?.knows(kernel)) memory.current = new KernelMemory(kernel, presets);
  return memory.current;
}
