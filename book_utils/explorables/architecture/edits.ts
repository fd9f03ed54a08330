/** What a reader does to the rows: change, add, remove, move. Each gives rows of their own. */
import type { Row } from "./rows.ts";

export const changed = (rows: readonly Row[], at: number, row: Row) =>
  rows.map((each, i) => (i === at ? row : each));

/** With a row behind that at `at`; behind none it is the first. */
export const added = (rows: readonly Row[], at: number, row: Row) => [
  ...rows.slice(0, at + 1),
  row,
  ...rows.slice(at + 1),
];

export const removed = (rows: readonly Row[], at: number) => rows.filter((_, i) => i !== at);

/** With a row so many places later, or as far as there are places. */
export function moved(rows: readonly Row[], at: number, by: number) {
  const to = within(at + by, rows.length);
  const others = removed(rows, at);
  return { rows: [...others.slice(0, to), rows[at], ...others.slice(to)], to };
}

/** The place nearest to one that may not be there. */
export const within = (at: number, count: number) => Math.max(0, Math.min(count - 1, at));

/** Are these the same rows, whatever the order in which a row names its fields? */
export const alike = (one: readonly Row[], two: readonly Row[]) =>
  one.length === two.length && one.every((row, i) => sameRow(row, two[i]));

function sameRow(one: Row, two: Row) {
  const [a, b] = [one, two] as unknown as Record<string, unknown>[];
  const names = Object.keys(a);
  return (
    names.length === Object.keys(b).length &&
    names.every((name) => JSON.stringify(a[name]) === JSON.stringify(b[name]))
  );
}

/** With others in the place of one row. */
export const replaced = (rows: readonly Row[], at: number, by: readonly Row[]) =>
  rows.flatMap((row, i) => (i === at ? by : [row]));
