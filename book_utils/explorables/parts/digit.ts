/**
 * How ink becomes a picture such as the digits of MNIST are: 28×28 pixels, scaled and centred
 * alike.
 */

export const SIDE = 28;
const BOX = 20; // the larger side of the ink, after scaling
// The centre of what is symmetric lies between two pixels: rounding must not choose.
const ON_THE_EDGE = 1e-6;

type Box = { top: number; left: number; height: number; width: number };

/** The least rectangle that holds all ink; null where there is none. */
function inkBox(ink: ArrayLike<number>, width: number): Box | null {
  let [top, bottom, left, right] = [Infinity, -1, Infinity, -1];
  for (let i = 0; i < ink.length; i++) {
    if (!(ink[i] > 0)) continue;
    const [y, x] = [Math.floor(i / width), i % width];
    [top, bottom] = [Math.min(top, y), y];
    [left, right] = [Math.min(left, x), Math.max(right, x)];
  }
  return bottom < 0 ? null : { top, left, height: bottom - top + 1, width: right - left + 1 };
}

/**
 * How much of each old cell lies in each new one, along an axis of `from` cells resized to `to`:
 * [new, old, share], the shares of a new cell adding up to 1.
 */
function overlaps(from: number, to: number): [number, number, number][] {
  const shares: [number, number, number][] = [];
  for (let i = 0; i < to; i++) {
    const [start, end] = [(i * from) / to, ((i + 1) * from) / to];
    for (let j = Math.floor(start); j < Math.min(from, end); j++) {
      const share = Math.min(end, j + 1) - Math.max(start, j);
      if (share > 0) shares.push([i, j, (share * to) / from]);
    }
  }
  return shares;
}

/** A box of the ink, resized by averaging areas, which smooths the edges. */
function resized(ink: ArrayLike<number>, width: number, box: Box) {
  const larger = Math.max(box.height, box.width);
  const [h, w] = [box.height, box.width].map((side) =>
    Math.max(1, Math.round((BOX * side) / larger)),
  );
  const narrow = new Float64Array(box.height * w);
  for (const [j, x, share] of overlaps(box.width, w)) {
    for (let y = 0; y < box.height; y++)
      narrow[y * w + j] += share * ink[(box.top + y) * width + box.left + x];
  }
  const rows = Array.from({ length: h }, () => new Array(w).fill(0));
  for (const [i, y, share] of overlaps(box.height, h)) {
    for (let j = 0; j < w; j++) rows[i][j] += share * narrow[y * w + j];
  }
  return rows;
}

/**
 * Row and column of the field where a box begins: the pixel that holds its centre of mass comes to
 * lie on pixel 14, as in every digit of MNIST, but no ink leaves the field.
 */
function placeOf(rows: number[][]) {
  let [mass, down, across] = [0, 0, 0];
  rows.forEach((row, i) =>
    row.forEach((v, j) => {
      mass += v;
      down += v * (i + 0.5);
      across += v * (j + 0.5);
    }),
  );
  return [
    [down, rows.length],
    [across, rows[0].length],
  ].map(([moment, size]) =>
    Math.min(SIDE - size, Math.max(0, SIDE / 2 - Math.floor(moment / mass + ON_THE_EDGE))),
  );
}

/**
 * Ink as a digit of MNIST (LeCun et al., 1998, section III-A): scaled so that the larger side of
 * its box has 20 pixels, smoothed by the scaling, its centre of mass moved to the middle of 28×28
 * pixels; 256 levels of grey. No ink gives zeros.
 * @param ink  cells row by row, 0 to 1
 * @param width  cells in a row
 */
export function normaliseDigit(ink: ArrayLike<number>, width: number): number[][] {
  const field = blank();
  const box = inkBox(ink, width);
  if (!box) return field;
  const rows = resized(ink, width, box);
  const [top, left] = placeOf(rows);
  rows.forEach((row, i) =>
    row.forEach((v, j) => {
      field[top + i][left + j] = Math.round(255 * v) / 255;
    }),
  );
  return field;
}

/** An empty picture. */
export const blank = (): number[][] => Array.from({ length: SIDE }, () => new Array(SIDE).fill(0));
