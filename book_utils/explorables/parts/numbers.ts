/**
 * Numbers as people write and read them: parsing what is typed into a cell, printing what a cell
 * shows. In Python book_utils/numbers.py writes the same.
 */

/** No cell may hold more than this, so that every product and sum stays exact and readable. */
export const LARGEST = 1e6;

const MINUS = "\u2212";

/** Reads a number from what a person typed: `-1.5`, `−1.5`, `0,5`, `1/9`, `2e-3`. */
export function parseNumber(text: string): { value: number } | { error: string } {
  const clean = text
    .trim()
    .replaceAll(MINUS, "-")
    .replace(/^([-+]?\d*),(\d+)$/, "$1.$2");
  const [top, bottom, ...rest] = clean.split("/");
  const isNumber = (s: string) => /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(s.trim());
  if (rest.length || !isNumber(top) || (bottom !== undefined && !isNumber(bottom))) {
    const shown = clean === "" ? "An empty cell" : `“${clean.slice(0, 20)}”`;
    return { error: `${shown} is not a number. Type one such as 3, −0.5 or 1/9.` };
  }
  const value = bottom === undefined ? Number(top) : Number(top) / Number(bottom);
  if (!Number.isFinite(value) || Math.abs(value) > LARGEST) {
    return {
      error: `“${clean.slice(0, 20)}” is out of range. A cell holds −1,000,000 to 1,000,000.`,
    };
  }
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
