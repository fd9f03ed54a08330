/** A round brush on a sheet of cells. */

/** X and y, in cells of the sheet */
export type Point = readonly [number, number];

/** The cells from one place to another and `margin` around them, of `size` on an axis. */
const around = (a: number, b: number, margin: number, size: number) => [
  Math.max(0, Math.floor(Math.min(a, b) - margin)),
  Math.min(size, Math.ceil(Math.max(a, b) + margin)),
];

/**
 * Draws a line with a round brush whose edge is one cell soft; ink never gets fainter.
 * @param ink  opacity of each cell, row by row, 0 (none) to 1 (full)
 * @param width  cells in a row
 * @param radius  of the brush, in cells
 */
export function drawLine(ink: Float32Array, width: number, from: Point, to: Point, radius: number) {
  const [dx, dy] = [to[0] - from[0], to[1] - from[1]];
  const squared = dx * dx + dy * dy;
  const [left, right] = around(from[0], to[0], radius + 1, width);
  const [top, bottom] = around(from[1], to[1], radius + 1, ink.length / width);
  for (let y = top; y < bottom; y++) {
    for (let x = left; x < right; x++) {
      const [px, py] = [x + 0.5 - from[0], y + 0.5 - from[1]];
      const along = squared ? Math.min(1, Math.max(0, (px * dx + py * dy) / squared)) : 0;
      const distance = Math.hypot(px - along * dx, py - along * dy);
      const i = y * width + x;
      ink[i] = Math.max(ink[i], Math.min(1, radius + 0.5 - distance));
    }
  }
}

/** Draws a stroke through all its points; one point is a dot. */
export function drawStroke(
  ink: Float32Array,
  width: number,
  points: readonly Point[],
  radius: number,
) {
  points.forEach((point, i) => {
    drawLine(ink, width, points[Math.max(0, i - 1)], point, radius);
  });
}
