/** Maps made larger or smaller, as PyTorch does it. */
import type { Result, Tensor } from "./tensor.ts";

/** For each new place along an axis: the two old ones that it lies between, and how far it is. */
const between = (from: number, to: number) =>
  Array.from({ length: to }, (_, i) => {
    const place = Math.max(0, ((i + 0.5) * from) / to - 0.5);
    const low = Math.min(from - 1, Math.floor(place));
    return { low, high: Math.min(from - 1, low + 1), part: place - low };
  });

/**
 * A map (h, w) by bilinear interpolation to another size, as F.interpolate with mode="bilinear" and
 * align_corners=False.
 */
export function bilinear({ data, shape: [h, w] }: Tensor, [height, width]: number[]): Result {
  const [rows, columns] = [between(h, height), between(w, width)];
  const y = new Float64Array(height * width);
  rows.forEach((row, i) =>
    columns.forEach((column, j) => {
      const along = (r: number) =>
        data[r * w + column.low] * (1 - column.part) + data[r * w + column.high] * column.part;
      y[i * width + j] = along(row.low) * (1 - row.part) + along(row.high) * row.part;
    }),
  );
  return { data: y, shape: [height, width] };
}
