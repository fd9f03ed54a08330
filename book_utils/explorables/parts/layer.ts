/** Where the two axes of a layer (see arithmetic/) lie on the grids of a lab. */
import { type Axis, type Mode, padIndex, span } from "../arithmetic/axis.ts";
import { connections, discarded, unread } from "../arithmetic/links.ts";
import type { Pick } from "./picking.tsx";

type At = [number, number];
export type Axes = { rows: Axis; columns: Axis };
export type Layer = Axes & { mode: Mode };
type Meeting = ReturnType<typeof connections>[number];

/** The settings of a layer along height (0) or width (1), out of pairs; null is left undefined. */
export const along = <P extends Record<string, At | null>>(d: 0 | 1, pairs: P) =>
  Object.fromEntries(Object.entries(pairs).map(([name, pair]) => [name, pair?.[d]])) as {
    [K in keyof P]: null extends P[K] ? number | undefined : number;
  };

/** A layer: its axes, what pads it, the cells of its grids, and those that no window reads. */
export function layerOf(rows: Axis, columns: Axis, mode: Mode = "zeros") {
  const axes = { rows, columns };
  const boxes = {
    input: boxOfInput(axes),
    kernel: { shape: [rows.k, columns.k] as At },
    output: { shape: [rows.size, columns.size] as At },
  };
  return { ...axes, mode, boxes, unread: unreadCells(axes) };
}

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
function boxOfInput({ rows, columns }: Axes) {
  const shown = (a: Axis) =>
    Math.max(a.before + a.n + a.after, (a.size - 1) * a.stride + span(a.k, a.dilation));
  return {
    shape: [shown(rows), shown(columns)] as At,
    offset: [-rows.before, -columns.before] as At,
    size: [rows.n, columns.n] as At,
  };
}

export type Unread = ReturnType<typeof unreadCells>;

/** Says of a cell of the padded input whether no window reads it: in a gap, or in the remainder. */
function unreadCells({ rows, columns }: Axes) {
  const cells = (positions: (a: Axis) => number[]) => {
    const [down, across] = [new Set(positions(rows)), new Set(positions(columns))];
    const has = (i: number, j: number) =>
      down.has(i + rows.before) || across.has(j + columns.before);
    return { rows: down.size, columns: across.size, has };
  };
  return { ...cells(unread), gaps: cells(inGaps), remainder: cells(discarded) };
}

/** Padded positions that no window reads, although the next ones do. */
function inGaps(a: Axis) {
  const last = discarded(a);
  return unread(a).filter((position) => !last.includes(position));
}

export const sameCell = (a: At, b: At) => a[0] === b[0] && a[1] === b[1];

export const shapeOf = (grid: number[][]): At => [grid.length, grid[0].length];

/** A number of a grid, or the zero around it. */
export const valueAt = (grid: number[][], [i, j]: At) => grid[i]?.[j] ?? 0;

/** The input cell that a cell of the padded input shows, if it is no zero. */
export function sourceOf({ rows, columns, mode }: Layer, [i, j]: At): At | undefined {
  const source: At = [padIndex(i, rows.n, mode), padIndex(j, columns.n, mode)];
  return source.includes(-1) ? undefined : source;
}

/**
 * The meetings of input, weight and output that a pick is about. A grid is an input, a kernel or
 * an output, such as "input 1" of channel 1; whatever else it is has the cells of the output.
 */
export function meetings(layer: Layer, pick: Pick | null): Meeting[] {
  if (!pick) return [];
  const { rows, columns } = layer;
  const { grid, at } = pick;
  if (grid.startsWith("kernel")) return connections(rows, columns, { tap: at });
  if (!grid.startsWith("input")) return connections(rows, columns, { output: at });
  const source = sourceOf(layer, at);
  if (source) return connections(rows, columns, { source });
  return connections(rows, columns, { padded: [at[0] + rows.before, at[1] + columns.before] });
}

/** The cells of each grid that meet, for quick look-up by `${row},${column}`. */
export function lights(axes: Axes, links: Meeting[]) {
  const cells = (of: (link: Meeting) => At) => new Set(links.map((link) => String(of(link))));
  return {
    input: cells((link) => cellOf(axes, link)),
    kernel: cells((link) => link.tap),
    output: cells((link) => link.output),
  };
}
