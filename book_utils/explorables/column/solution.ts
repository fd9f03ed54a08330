/** What the settings of the column lab come to: the matrix, the row of weights, their product. */
import { axis } from "../arithmetic/axis.ts";
import { unfolded } from "../arithmetic/unfold.ts";
import type { ColumnLab as Settings } from "../settings.ts";

type At = [number, number];
export type Solution = ReturnType<typeof solve>;

/** As in lab.py; of a smaller kernel the part at the top left. */
const WEIGHTS = [
  [1, 0, 2, -1],
  [0, 1, -1, 2],
  [2, -1, 1, 0],
  [-1, 2, 0, 1],
];

/** @throws {RangeError} where the kernel does not fit the padded image */
export function solve({ size, kernel: k, stride, padding }: Omit<Settings, "step">) {
  const along = axis({ n: size, k, stride, padding });
  const positions = along.size ** 2;
  const taps = k * k;
  const weights = WEIGHTS.slice(0, k).flatMap((row) => row.slice(0, k));
  // Pixels count from 1, and a zero of the padding is pixel −1.
  const columns = [...unfolded(along, along)].map((pixel) => pixel + 1);
  const columnOf = (position: number) =>
    weights.map((_, tap) => columns[tap * positions + position]);
  const dot = (column: number[]) => column.reduce((sum, v, tap) => sum + weights[tap] * v, 0);
  return {
    size,
    k,
    stride,
    padding,
    taps,
    positions,
    /** positions of the window along an axis */
    side: along.size,
    pixels: size * size,
    weights,
    /** row by row: a row for each weight, a column for each position */
    columns,
    columnOf,
    output: Array.from({ length: positions }, (_, position) => dot(columnOf(position))),
    /** row and column of a position among the others */
    placeOf: (position: number): At => [Math.floor(position / along.size), position % along.size],
    /** how many numbers the matrix holds for each pixel */
    price: (taps * positions) / (size * size),
  };
}
