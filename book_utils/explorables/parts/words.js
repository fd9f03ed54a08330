/** Words and formulas that the labs put together from numbers. */
import { full } from "./numbers.js";

/** @typedef {[number, number]} At */

const AXES = /** @type {const} */ (["height", "width"]);

/** A cell as a formula names it: x[0, −1]. @param {string} letter @param {At} at */
export const cellName = (letter, [i, j]) => `${letter}[${full(i)}, ${full(j)}]`;

/** @param {number} n @param {string} noun */
export const plural = (n, noun) => `${n} ${noun}${n === 1 ? "" : "s"}`;

/** @param {string[]} list */
export const unique = (list) => [...new Set(list)];

/** A formula for the ear. @param {string} text */
export const spoken = (text) => text.replaceAll("×", " times ").replaceAll("∞", "infinity").replaceAll("−", "minus ")
  .replaceAll("+", "plus").replaceAll("=", "equals").replaceAll("/", "divided by").replaceAll(/[()]/g, "");

/**
 * An output size with the numbers filled in, along height (0) or width (1).
 * @param {0 | 1} d
 * @param {{ n: number, k: number, stride: number, padding: number, dilation: number, ceilMode?: boolean }} settings
 * @param {number} size
 */
export function sizeFormula(d, { n, k, stride, padding, dilation, ceilMode = false }, size) {
  const [open, close] = ceilMode ? "⌈⌉" : "⌊⌋";
  const steps = Math.ceil((n + 2 * padding - dilation * (k - 1) - 1) / stride);
  const dropped = ceilMode && size <= steps ? " − 1" : ""; // a window that would start in the padding behind
  return `${AXES[d]} ${open}(${n} + 2·${padding} − ${dilation}·(${k} − 1) − 1) / ${stride}${close} + 1${dropped} = ${size}`;
}

/**
 * The same size from the padding of both sides together.
 * @param {0 | 1} d @param {{ n: number, k: number, stride: number, padding: number, dilation: number }} settings @param {number} size
 */
export function sizeFormulaInTotal(d, { n, k, stride, padding, dilation }, size) {
  const reach = dilation === 1 ? k : `(${dilation}·(${k} − 1) + 1)`;
  return `${AXES[d]} ⌊(${n} − ${reach} + ${2 * padding} + ${stride}) / ${stride}⌋ = ${size}`;
}

/** Numbers as Python and PyTorch write them. */
export const python = {
  /** @param {number[][]} rows */
  grid: (rows) => `[${rows.map((row) => `[${row.join(", ")}]`).join(", ")}]`,
  /** @param {At} at */
  pair: ([h, w]) => `(${h}, ${w})`,
  /** @param {boolean} on */
  bool: (on) => (on ? "True" : "False"),
};
