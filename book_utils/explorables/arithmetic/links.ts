/** What meets what: the triples of output, tap and input that a view lights up. */
import { type Axis, span, tapAt } from "./axis.ts";
import { type Cell, checkShape, type Tensor } from "./tensor.ts";

/** one meeting on an axis */
interface Link {
  output: number;
  /** index of the weight */
  tap: number;
  /** position on the padded input, 0 at its first cell */
  padded: number;
  /** input position, -1 where a zero stands */
  source: number;
}
type Link2d = { output: Cell; tap: Cell; padded: Cell; source: Cell | null };

/** All meetings of an axis that match the pick. */
export function links(a: Axis, pick: Partial<Link> = {}) {
  const wanted = Object.keys(pick) as (keyof Link)[];
  const found: Link[] = [];
  for (let output = 0; output < a.size; output++) {
    for (let place = 0; place < a.k; place++) {
      const link = {
        output,
        tap: tapAt(place, a),
        padded: output * a.stride + place * a.dilation,
        source: a.source[place * a.size + output],
      };
      if (wanted.every((name) => link[name] === pick[name])) found.push(link);
    }
  }
  return found;
}

/** The cells that one output position reads. */
export const windowOf = (output: number, a: Axis) => links(a, { output });

/** The outputs that one input position reaches. */
export const reach = (source: number, a: Axis) => links(a, { source });

/** The cells that one weight multiplies. */
export const touchedBy = (tap: number, a: Axis) => links(a, { tap });

/** Padded positions that no window reads. */
export function unread(a: Axis): number[] {
  const read = new Set(links(a).map((link) => link.padded));
  const positions = Array.from({ length: a.before + a.n + a.after }, (_, position) => position);
  return positions.filter((position) => !read.has(position));
}

/** Padded positions behind the last window, which the floor drops. */
export function discarded(a: Axis) {
  const end = (a.size - 1) * a.stride + span(a.k, a.dilation);
  return unread(a).filter((position) => position >= end);
}

/**
 * The meetings of a layer in reading order: pick an output cell, a tap, a padded or an input cell.
 */
export function connections(
  rows: Axis,
  columns: Axis,
  pick: { output?: Cell; tap?: Cell; padded?: Cell; source?: Cell },
): Link2d[] {
  const along = (d: 0 | 1): Partial<Link> =>
    Object.fromEntries(Object.entries(pick).map(([name, cell]) => [name, cell[d]]));
  const across = links(columns, along(1));
  return links(rows, along(0)).flatMap((r) =>
    across.map((c) => ({
      output: [r.output, c.output] as Cell,
      tap: [r.tap, c.tap] as Cell,
      padded: [r.padded, c.padded] as Cell,
      source: r.source < 0 || c.source < 0 ? null : ([r.source, c.source] as Cell),
    })),
  );
}

/** The products x × w whose sum is one output cell, for an input and a kernel of two dimensions. */
export function terms(
  x: Tensor,
  w: Tensor,
  output: Cell,
  rows: Axis,
  columns: Axis,
): (Link2d & { x: number; w: number; product: number })[] {
  checkShape("input", x.shape, [rows.n, columns.n]);
  checkShape("kernel", w.shape, [rows.k, columns.k]);
  return connections(rows, columns, { output }).map((link) => {
    const value = link.source ? x.data[link.source[0] * columns.n + link.source[1]] : 0;
    const weight = w.data[link.tap[0] * columns.k + link.tap[1]];
    return { ...link, x: value, w: weight, product: value * weight };
  });
}
