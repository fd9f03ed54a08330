/** Where the two axes of a layer (see arithmetic.js) lie on the grids of a lab. */
import { span, unread } from "../arithmetic.js";

/**
 * @typedef {[number, number]} At
 * @typedef {import("../arithmetic.js").Axis} Axis
 * @typedef {{ rows: Axis, columns: Axis }} Axes
 */

/** The cell of the padded input where a link reads; negative indices lie in the padding. @param {Axes} axes @param {{ padded: At }} link @returns {At} */
export const cellOf = ({ rows, columns }, { padded }) => [padded[0] - rows.before, padded[1] - columns.before];

/** The window of an output cell, to be outlined. @param {Axes} axes @param {At} at @returns {{ at: At, shape: At }} */
export const frameOf = ({ rows, columns }, at) => ({
  at: [at[0] * rows.stride - rows.before, at[1] * columns.stride - columns.before],
  shape: [span(rows.k, rows.dilation), span(columns.k, columns.dilation)],
});

/** Says of a cell of the padded input whether no window reads it. @param {Axes} axes */
export function unreadCells({ rows, columns }) {
  const [down, across] = [new Set(unread(rows)), new Set(unread(columns))];
  return {
    rows: down.size, columns: across.size,
    has: (/** @type {number} */ i, /** @type {number} */ j) => down.has(i + rows.before) || across.has(j + columns.before),
  };
}

/** Cells as a set for quick look-up by `${row},${column}`. @param {At[]} cells */
export const cellSet = (cells) => new Set(cells.map(String));

/** @param {number[][]} grid @returns {At} */
export const shapeOf = (grid) => [grid.length, grid[0].length];
