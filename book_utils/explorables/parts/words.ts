/** Words and formulas that the labs put together from numbers. */
import { full, thousands } from "./numbers.ts";

type At = [number, number];

const AXES = ["height", "width"] as const;

/** A cell as a formula names it: x[0, −1]. */
export const cellName = (letter: string, [i, j]: At) => `${letter}[${full(i)}, ${full(j)}]`;

/** How many of a thing there are; `several` where an s is not enough. */
export const plural = (n: number, noun: string, several = `${noun}s`) =>
  `${thousands(n)} ${n === 1 ? noun : several}`;

/** Those of some phrases that there are. */
export const listed = (phrases: (string | number | false | null)[], by = ", ") =>
  phrases.filter(Boolean).join(by);

export const unique = (list: string[]) => [...new Set(list)];

/** A formula for the ear. */
export const spoken = (text: string) =>
  text
    .replaceAll("×", " times ")
    .replaceAll("∞", "infinity")
    .replaceAll("−", "minus ")
    .replaceAll("+", "plus")
    .replaceAll("=", "equals")
    .replaceAll("/", "divided by")
    .replaceAll(/[()]/g, "");

/** An output size with the numbers filled in, along height (0) or width (1). */
export function sizeFormula(
  d: 0 | 1,
  {
    n,
    k,
    stride,
    padding,
    dilation,
    ceilMode = false,
  }: {
    n: number;
    k: number;
    stride: number;
    padding: number;
    dilation: number;
    ceilMode?: boolean;
  },
  size: number,
) {
  const [open, close] = ceilMode ? "⌈⌉" : "⌊⌋";
  const steps = Math.ceil((n + 2 * padding - dilation * (k - 1) - 1) / stride);
  // A window that would start in the padding behind.
  const dropped = ceilMode && size <= steps ? " − 1" : "";
  const quotient = `(${n} + 2·${padding} − ${dilation}·(${k} − 1) − 1) / ${stride}`;
  return `${AXES[d]} ${open}${quotient}${close} + 1${dropped} = ${size}`;
}

/** The same size from the padding of both sides together. */
export function sizeFormulaInTotal(
  d: 0 | 1,
  {
    n,
    k,
    stride,
    padding,
    dilation,
  }: { n: number; k: number; stride: number; padding: number; dilation: number },
  size: number,
) {
  const reach = dilation === 1 ? k : `(${dilation}·(${k} − 1) + 1)`;
  return `${AXES[d]} ⌊(${n} − ${reach} + ${2 * padding} + ${stride}) / ${stride}⌋ = ${size}`;
}

/** The head of code that is copied. */
export const TORCH = `import torch
import torch.nn.functional as F
`;

/** Numbers as Python and PyTorch write them. */
export const python = {
  grid: (rows: number[][]) => `[${rows.map((row) => `[${row.join(", ")}]`).join(", ")}]`,
  pair: ([h, w]: At) => `(${h}, ${w})`,
  bool: (on: boolean) => (on ? "True" : "False"),
};
