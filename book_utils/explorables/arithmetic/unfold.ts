/** im2col: the windows of an image, each as a column (torch.nn.functional.unfold). */
import type { Axis } from "./axis.ts";

/**
 * Which pixel stands in each cell of the matrix, row by row; -1 is a zero of the padding. It has a
 * row for each weight and a column for each position, both in reading order.
 */
export function unfolded(rows: Axis, columns: Axis) {
  const found = new Int32Array(rows.k * columns.k * rows.size * columns.size);
  let cell = 0;
  for (let a = 0; a < rows.k; a++) {
    for (let b = 0; b < columns.k; b++) {
      for (let row = 0; row < rows.size; row++) {
        for (let column = 0; column < columns.size; column++) {
          const i = rows.source[a * rows.size + row];
          const j = columns.source[b * columns.size + column];
          found[cell++] = i < 0 || j < 0 ? -1 : i * columns.n + j;
        }
      }
    }
  }
  return found;
}
