/** Where the two axes of a layer (see arithmetic/) lie on the grids of a lab. */
import { type Axis, span } from "../arithmetic/axis.ts";
import { connections, unread } from "../arithmetic/links.ts";
import type { Pick } from "./picking.tsx";

type At = [number, number];
export type Axes = { rows: Axis; columns: Axis };

/** The cell of the padded input where a link reads; negative indices lie in the padding. */
export const cellOf = ({ rows, columns }: Axes, { padded }: { padded: At }): At => [
  padded[0] - rows.before,
  padded[1] - columns.before,
];

/** The window of an output cell, to be outlined. */
export const frameOf = ({ rows, columns }: Axes, at: At): { at: At; shape: At } => ({
  at: [at[0] * rows.stride - rows.before, at[1] * columns.stride - columns.before],
  shape: [span(rows.k, rows.dilation), span(columns.k, columns.dilation)],
});

/** The cells of the padded input; in ceil mode of a pooling the last window may stick out. */
export function boxOfInput({ rows, columns }: Axes): { offset: At; shape: At } {
  const shown = (a: Axis) =>
    Math.max(a.before + a.n + a.after, (a.size - 1) * a.stride + span(a.k, a.dilation));
  return { offset: [-rows.before, -columns.before], shape: [shown(rows), shown(columns)] };
}

/** Says of a cell of the padded input whether no window reads it. */
export function unreadCells({ rows, columns }: Axes) {
  const [down, across] = [new Set(unread(rows)), new Set(unread(columns))];
  return {
    rows: down.size,
    columns: across.size,
    has: (i: number, j: number) => down.has(i + rows.before) || across.has(j + columns.before),
  };
}

export const sameCell = (a: At, b: At) => a[0] === b[0] && a[1] === b[1];

/** Cells as a set for quick look-up by `${row},${column}`. */
export const cellSet = (cells: At[]) => new Set(cells.map(String));

export const shapeOf = (grid: number[][]): At => [grid.length, grid[0].length];

/** The meetings of input, weight and output that a pick is about. */
export function meetings({ rows, columns }: Axes, pick: Pick | null) {
  if (!pick) return [];
  const [i, j] = pick.at;
  if (pick.grid === "output") return connections(rows, columns, { output: pick.at });
  if (pick.grid === "kernel") return connections(rows, columns, { tap: pick.at });
  return connections(rows, columns, { padded: [i + rows.before, j + columns.before] });
}
