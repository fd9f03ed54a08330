/** Where the two axes of a layer (see arithmetic/) lie on the grids of a lab. */
import type { Axis } from "../arithmetic/axis.ts";
import { span } from "../arithmetic/axis.ts";
import { unread } from "../arithmetic/links.ts";

type At = [number, number];
type Axes = { rows: Axis; columns: Axis };

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

/** Says of a cell of the padded input whether no window reads it. */
export function unreadCells({ rows, columns }: Axes) {
  const [down, across] = [new Set(unread(rows)), new Set(unread(columns))];
  return {
    rows: down.size,
    columns: across.size,
    has: (i: number, j: number) => down.has(i + rows.before) || across.has(j + columns.before),
  };
}

/** Cells as a set for quick look-up by `${row},${column}`. */
export const cellSet = (cells: At[]) => new Set(cells.map(String));

export const shapeOf = (grid: number[][]): At => [grid.length, grid[0].length];
