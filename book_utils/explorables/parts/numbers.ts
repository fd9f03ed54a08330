/**
 * Numbers as people write and read them: parsing what is typed into a cell, printing what a cell
 * shows. In Python book_utils/numbers.py writes the same.
 */

/** No cell may hold more than this, so that every product and sum stays exact and readable. */
export const LARGEST = 1e6;

const MINUS = "\u2212";

const PLAIN = /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i;
const GROUPED = /^[-+]?[1-9]\d{0,2}(([,\u2009\u202f\u00a0 ])\d{3})(\2\d{3})*(\.\d+)?$/;

/** One number without signs of arithmetic in it, or nothing. */
function plainNumber(text: string) {
  const clean = text.trim();
  if (GROUPED.test(clean)) return Number(clean.replace(/[^-+\d.]/g, ""));
  const point = clean.replace(/^([-+]?\d*),(\d+)$/, "$1.$2");
  return PLAIN.test(point) ? Number(point) : undefined;
}

/** The product of what stands between the signs, or nothing where one is no number. */
function product(text: string) {
  let found = 1;
  for (const factor of text.split(/[·×*⋅]/).map(plainNumber)) {
    if (factor === undefined) return undefined;
    found *= factor;
  }
  return found;
}

/**
 * A number as a person types it: `-1.5`, `−1.5`, `0,5`, `2e-3`, `1/9`, `294,912`, `294 912`,
 * `32·14·14`; undefined where it is none, infinite or NaN where it divides by 0. A comma before
 * three digits stands between thousands, unless 0 is before it.
 */
export function readNumber(text: string) {
  const [top, bottom, ...rest] = text.replaceAll(MINUS, "-").split("/").map(product);
  if (rest.length || top === undefined) return undefined;
  if (!text.includes("/")) return top;
  return bottom === undefined ? undefined : top / bottom;
}

/** The same for a cell, or what is wrong with it. */
export function parseNumber(text: string): { value: number } | { error: string } {
  const value = readNumber(text);
  const clean = text.trim().replaceAll(MINUS, "-");
  const shown = clean === "" ? "An empty cell" : `“${clean.slice(0, 20)}”`;
  if (value === undefined)
    return { error: `${shown} is not a number. Type one such as 3, −0.5 or 1/9.` };
  if (!Number.isFinite(value) || Math.abs(value) > LARGEST)
    return { error: `${shown} is out of range. A cell holds −1,000,000 to 1,000,000.` };
  return { value: value === 0 ? 0 : value };
}

/** A number rounded to so many digits: 0.125, 12300, 1.23e5, −∞. */
export function significant(value: number, digits: number) {
  if (value === 0 || Number.isNaN(value)) return String(Math.abs(value));
  if (!Number.isFinite(value)) return value < 0 ? `${MINUS}∞` : "∞";
  const rounded = Number(value.toPrecision(digits));
  const plain = Math.abs(rounded) >= 1e-3 && Math.abs(rounded) < 10 ** Math.max(digits, 5);
  return (plain ? String(rounded) : rounded.toExponential().replace("e+", "e")).replaceAll(
    "-",
    MINUS,
  );
}

/** Three significant digits, for a cell; whole numbers up to 9,999 as they are. */
export function short(value: number) {
  return Number.isInteger(value) && Math.abs(value) < 10000
    ? significant(value, 4)
    : significant(value, 3);
}

/** Seven significant digits, for the sum written out. */
export function full(value: number) {
  return significant(value, 7);
}

/** A share of 1 as a number of percent: 37.5. */
export const inPercent = (share: number) => (100 * share).toFixed(1);

/** A share of 1 in percent: 37.5 %. */
export const percent = (share: number) => `${inPercent(share)} %`;

/** The same without a fraction: 38 %. */
export const wholePercent = (share: number) => `${Math.round(100 * share)} %`;

export const mean = (values: number[]) => values.reduce((sum, v) => sum + v, 0) / values.length;

/** A whole number with commas between its thousands: 61,706. */
export const thousands = (whole: number) => whole.toLocaleString("en").replace("-", MINUS);

/** A small number with all its zeros: 0.00001. */
export const plainly = (value: number) =>
  value < 1e-7 ? full(value) : value.toLocaleString("en", { maximumFractionDigits: 9 });

/** A factor inside a sum: negative numbers stand in brackets. */
export function factor(value: number) {
  return value < 0 ? `(${full(value)})` : full(value);
}

/** A grid that counts row by row. */
export const counting = (rows: number, columns: number, from = 0) =>
  Array.from({ length: rows }, (_, i) =>
    Array.from({ length: columns }, (_, j) => from + i * columns + j),
  );
