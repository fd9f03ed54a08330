/** Words and formulas that the labs put together from numbers. */
import type { Axis } from "../arithmetic/axis.ts";
import type { Axes } from "./layer.ts";
import { factor, full, thousands } from "./numbers.ts";

type At = [number, number];

/** A cell as a formula names it: x[0, −1]. */
export const cellName = (letter: string, at: number[]) => `${letter}[${at.map(full).join(", ")}]`;

/** A sum of products: 0×2 + 1×(−3). */
export const sumOfProducts = (factors: [number, number][]) =>
  factors.map(([x, w]) => `${factor(x)}×${factor(w)}`).join(" + ");

const MOST_TERMS = 9; // as many as two lines hold

/** Terms with dots in the place of those that are too many for a line. */
export const inALine = (terms: string[], by: string) =>
  terms.length > MOST_TERMS
    ? [...terms.slice(0, 4), "…", ...terms.slice(-1)].join(by)
    : terms.join(by);

/** The same sum, in a line. */
export const sumInALine = (factors: [number, number][]) =>
  inALine(
    factors.map((each) => sumOfProducts([each])),
    " + ",
  );

/** How many of a thing there are; `several` where an s is not enough. */
export const plural = (n: number, noun: string, several = `${noun}s`) =>
  `${thousands(n)} ${n === 1 ? noun : several}`;

/** Those of some phrases that there are. */
export const listed = (phrases: (string | number | false | null | undefined)[], by = ", ") =>
  phrases.filter(Boolean).join(by);

/** A shape: 64×55×55. */
export const times = (shape: readonly number[]) => shape.join("×");

/** One number for both axes where they agree. */
export const square = ([h, w]: readonly [number, number]) => (h === w ? String(h) : `${h}×${w}`);

const UNITS = ["bytes", "kB", "MB", "GB", "TB"]; // of 1,000 each

/** 6400 as 6.4 kB, with at most three digits. */
export function memory(n: number) {
  const shown = Number(n.toPrecision(3));
  const power = Math.min(UNITS.length - 1, Math.floor((String(shown).length - 1) / 3));
  return `${shown / 1000 ** power} ${UNITS[power]}`;
}

export const unique = (list: string[]) => [...new Set(list)];

/** A formula for the ear. */
export const spoken = (text: string) =>
  withoutBrackets(text)
    .replaceAll(/(\d)e−(\d)/g, "$1 times 10 to the power minus $2")
    .replaceAll("^", " to the power ")
    .replaceAll(/[×·]/g, " times ")
    .replaceAll("√", "the root of ")
    .replaceAll("²", " squared")
    .replaceAll("x̂", "x hat")
    .replaceAll("∞", "infinity")
    .replaceAll(/− ?/g, "minus ")
    .replaceAll(/ ?\+ ?/g, " plus ")
    .replaceAll(/ ?= ?/g, " equals ")
    .replaceAll(/ ?\/ ?/g, " divided by ")
    .replaceAll(/[()]/g, "");

/** Brackets around several terms are heard, or another sum would be; those around one are not. */
function withoutBrackets(text: string): string {
  const innermost = /(max)?\(([^()]*)\)/g;
  const said = text.replaceAll(innermost, (all, max: string, inside: string, at: number) => {
    if (max) return `max of ${inside}`;
    const isSum = / [+−] |[×·/]/.test(inside);
    if (!isSum || /\p{L}$/u.test(text.slice(0, at))) return inside;
    const isFirst = /(^|[=:;,] )$/.test(text.slice(0, at));
    const isDivided = /^ ?\//.test(text.slice(at + all.length));
    return isFirst && isDivided ? `${inside}, all` : `open bracket ${inside} close bracket`;
  });
  return said === text ? text : withoutBrackets(said);
}

const bothSizes = ({ rows, columns }: Axes, formula: (a: Axis) => string) =>
  `height ${formula(rows)} = ${rows.size}, width ${formula(columns)} = ${columns.size}`;

/** The output size, with the numbers that count filled in: once, or twice where the axes differ. */
export function shortSizeFormulas({ rows, columns }: Axes, ceilMode = false) {
  const [open, close] = ceilMode ? "⌈⌉" : "⌊⌋";
  const formula = ({ n, k, size, stride, before, dilation }: Axis) => {
    const padding = before ? ` + 2·${before}` : "";
    const window = dilation > 1 ? `(${dilation}·(${k} − 1) + 1)` : k;
    return `${open}(${n}${padding} − ${window}) / ${stride}${close} + 1 = ${size}`;
  };
  const [down, across] = [formula(rows), formula(columns)];
  return down === across ? [down] : [`h = ${down}`, `w = ${across}`];
}

/** The output size along height and width, with the numbers filled in. */
export const sizeFormula = (axes: Axes, ceilMode = false) =>
  bothSizes(axes, ({ n, k, size, stride, before: padding, dilation }) => {
    const [open, close] = ceilMode ? "⌈⌉" : "⌊⌋";
    const steps = Math.ceil((n + 2 * padding - dilation * (k - 1) - 1) / stride);
    // A window that would start in the padding behind.
    const dropped = ceilMode && size <= steps ? " − 1" : "";
    const room = `${n} + 2·${padding} − ${dilation}·(${k} − 1) − 1`;
    return `${open}(${room}) / ${stride}${close} + 1${dropped}`;
  });

/** The same sizes from the padding of both sides together. */
export const sizeFormulaInTotal = (axes: Axes) =>
  bothSizes(axes, ({ n, k, stride, before, after, dilation }) => {
    const reach = dilation === 1 ? k : `(${dilation}·(${k} − 1) + 1)`;
    return `⌊(${n} − ${reach} + ${before + after} + ${stride}) / ${stride}⌋`;
  });

/** The head of code that is copied. */
export const TORCH = `import torch
import torch.nn.functional as F
`;

const pythonOf = (value: At | boolean | null) => {
  if (value === null) return "None";
  return typeof value === "boolean" ? python.bool(value) : python.pair(value);
};

/** Numbers as Python and PyTorch write them. */
export const python = {
  grid: (rows: number[][]) => `[${rows.map((row) => `[${row.join(", ")}]`).join(", ")}]`,
  /** an array of any number of axes */
  tensor: (values: unknown[]) =>
    `torch.tensor(${JSON.stringify(values).replaceAll(",", ", ")}, dtype=torch.float32)`,
  pair: ([h, w]: At) => `(${h}, ${w})`,
  bool: (on: boolean) => (on ? "True" : "False"),
  /** arguments by name */
  given: (values: Record<string, At | boolean | null>) =>
    Object.entries(values)
      .map(([name, value]) => `${name}=${pythonOf(value)}`)
      .join(", "),
};
