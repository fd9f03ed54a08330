/**
 * Checks of settings that come from a link: data from a stranger. Each throws a RangeError that
 * says what is wrong.
 */
import { LARGEST } from "../parts/numbers.ts";

function demand(ok: boolean, complaint: string) {
  if (!ok) throw new RangeError(complaint);
}

export function checkGrid(value: unknown, name: string, largest: number): number[][] {
  const rows = value as unknown[][];
  const sized = (list: unknown) =>
    Array.isArray(list) && list.length >= 1 && list.length <= largest;
  const isCell = (v: unknown) => typeof v === "number" && Math.abs(v) <= LARGEST;
  demand(
    sized(rows) &&
      rows.every((row) => sized(row) && row.length === rows[0].length && row.every(isCell)),
    `its ${name} is not a grid of 1 to ${largest} by 1 to ${largest} numbers`,
  );
  return rows as number[][];
}

export function checkPair(
  value: unknown,
  name: string,
  [low, high]: readonly [number, number],
): [number, number] {
  const inRange = (v: unknown) => Number.isInteger(v) && Number(v) >= low && Number(v) <= high;
  demand(
    Array.isArray(value) && value.length === 2 && value.every(inRange),
    `its ${name} is not a pair of whole numbers from ${low} to ${high}`,
  );
  return value as [number, number];
}

export function checkInteger(
  value: unknown,
  name: string,
  [low, high]: readonly [number, number],
): number {
  demand(
    Number.isInteger(value) && Number(value) >= low && Number(value) <= high,
    `its ${name} is not a whole number from ${low} to ${high}`,
  );
  return value as number;
}

export function checkOneOf(value: unknown, name: string, allowed: readonly any[]) {
  demand(allowed.includes(value), `its ${name} is not one of ${allowed.join(", ")}`);
  return value;
}

export function checkPicked(
  value: unknown,
  grids: readonly string[],
): [string, number, number] | null {
  const is =
    Array.isArray(value) &&
    value.length === 3 &&
    grids.includes(value[0]) &&
    Number.isInteger(value[1]) &&
    Number.isInteger(value[2]);
  demand(value === null || is, "its picked cell is not a cell");
  return value as [string, number, number] | null;
}

/** Nested lists of numbers, at most `most` of them along each axis. */
export function checkBlock(value: unknown, name: string, most: number[]): any {
  const fits: (v: unknown, sizes: number[]) => boolean = (v, [size, ...rest]): boolean =>
    size === undefined
      ? typeof v === "number" && Math.abs(v) <= LARGEST
      : Array.isArray(v) &&
        v.length >= 1 &&
        v.length <= size &&
        v.every((item) => fits(item, rest));
  demand(
    fits(value, most),
    `its ${name} is not an array of numbers of at most ${most.join(" by ")}`,
  );
  return value;
}
