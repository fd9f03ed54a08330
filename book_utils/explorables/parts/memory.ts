/** What a grid remembers when sliders change its size: values typed into cells are kept. */

import { useRef } from "preact/hooks";

type Rows = number[][];

/** A grid with another number in one of its cells. */
export const withCell = (rows: Rows, [i, j]: [number, number], value: number): Rows =>
  rows.map((row, r) => row.map((v, c) => (r === i && c === j ? value : v)));

const key = (i: number, j: number) => `${i},${j}`;

/** 0, 1, 2 … row by row? Such a grid is numbered anew when it grows. */
function counts(rows: Rows) {
  const width = rows[0].length;
  return (
    rows.length * width > 1 &&
    rows.every((row, i) => row.every((v, j) => v === rows[0][0] + i * width + j))
  );
}

export class GridMemory {
  base: Rows;
  beyond: "edge" | "zero";
  counting: boolean;
  typed = new Map<string, number>();
  last: Rows;

  /**
   * @param rows  the grid as it was given
   * @param beyond  what new cells hold: the nearest given cell (a picture) or 0 (a kernel)
   */
  constructor(rows: Rows, beyond: "edge" | "zero") {
    this.base = rows;
    this.beyond = beyond;
    this.counting = counts(rows);
    this.last = rows;
  }

  /** True for the grid this memory made itself, false for one that came from elsewhere. */
  knows(rows: Rows) {
    return rows === this.last || JSON.stringify(rows) === JSON.stringify(this.last);
  }

  /** The grid at another size. */
  resized(height: number, width: number): Rows {
    this.last = Array.from({ length: height }, (_, i) =>
      Array.from({ length: width }, (_, j) => this.typed.get(key(i, j)) ?? this.given(i, j, width)),
    );
    return this.last;
  }

  /** The present grid with one value typed in. */
  withTyped([i, j]: [number, number], value: number): Rows {
    this.typed.set(key(i, j), value);
    this.last = withCell(this.last, [i, j], value);
    return this.last;
  }

  given(i: number, j: number, width: number) {
    if (this.counting) return this.base[0][0] + i * width + j;
    const [height, wide] = [this.base.length, this.base[0].length];
    if (this.beyond === "zero" && (i >= height || j >= wide)) return 0;
    return this.base[Math.min(i, height - 1)][Math.min(j, wide - 1)];
  }
}

/** The memory of a grid, begun anew when the grid comes from Python, a preset or a link. */
export function useMemory(rows: Rows, beyond: "edge" | "zero") {
  const memory = useRef(new GridMemory(rows, beyond));
  if (!memory.current.knows(rows)) memory.current = new GridMemory(rows, beyond);
  return memory.current;
}
