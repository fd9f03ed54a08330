/** Checks of settings that come from a link: data from a stranger. Each throws a RangeError that says what is wrong. */
import { LARGEST } from "./numbers.js";

/** @param {boolean} ok @param {string} complaint */
function demand(ok, complaint) {
  if (!ok) throw new RangeError(complaint);
}

/** @param {unknown} value @param {string} name @param {number} largest @returns {number[][]} */
export function checkGrid(value, name, largest) {
  const rows = /** @type {unknown[][]} */ (value);
  const sized = (/** @type {unknown} */ list) => Array.isArray(list) && list.length >= 1 && list.length <= largest;
  const isCell = (/** @type {unknown} */ v) => typeof v === "number" && Math.abs(v) <= LARGEST;
  demand(
    sized(rows) && rows.every((row) => sized(row) && row.length === rows[0].length && row.every(isCell)),
    `its ${name} is not a grid of 1 to ${largest} by 1 to ${largest} numbers`,
  );
  return /** @type {number[][]} */ (rows);
}

/** @param {unknown} value @param {string} name @param {readonly [number, number]} range @returns {[number, number]} */
export function checkPair(value, name, [low, high]) {
  const inRange = (/** @type {unknown} */ v) => Number.isInteger(v) && Number(v) >= low && Number(v) <= high;
  demand(
    Array.isArray(value) && value.length === 2 && value.every(inRange),
    `its ${name} is not a pair of whole numbers from ${low} to ${high}`,
  );
  return /** @type {[number, number]} */ (value);
}

/** @param {unknown} value @param {string} name @param {readonly [number, number]} range @returns {number} */
export function checkInteger(value, name, [low, high]) {
  demand(
    Number.isInteger(value) && Number(value) >= low && Number(value) <= high,
    `its ${name} is not a whole number from ${low} to ${high}`,
  );
  return /** @type {number} */ (value);
}

/** @param {unknown} value @param {string} name @param {readonly any[]} allowed */
export function checkOneOf(value, name, allowed) {
  demand(allowed.includes(value), `its ${name} is not one of ${allowed.join(", ")}`);
  return value;
}

/** @param {unknown} value @param {readonly string[]} grids @returns {[string, number, number] | null} */
export function checkPicked(value, grids) {
  const is = Array.isArray(value) && value.length === 3 && grids.includes(value[0]) &&
    Number.isInteger(value[1]) && Number.isInteger(value[2]);
  demand(value === null || is, "its picked cell is not a cell");
  return /** @type {[string, number, number] | null} */ (value);
}

/** Nested lists of numbers, at most `most` of them along each axis. @param {unknown} value @param {string} name @param {number[]} most @returns {any} */
export function checkBlock(value, name, most) {
  /** @type {(v: unknown, sizes: number[]) => boolean} */
  const fits = (v, [size, ...rest]) => (size === undefined
    ? typeof v === "number" && Math.abs(v) <= LARGEST
    : Array.isArray(v) && v.length >= 1 && v.length <= size && v.every((item) => fits(item, rest)));
  demand(fits(value, most), `its ${name} is not an array of numbers of at most ${most.join(" by ")}`);
  return value;
}
