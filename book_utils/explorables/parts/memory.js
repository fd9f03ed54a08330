/** What a grid remembers when sliders change its size: values typed into cells are kept. */

import { useRef } from "preact/hooks";

/** @typedef {number[][]} Rows */

const key = (/** @type {number} */ i, /** @type {number} */ j) => `${i},${j}`;

/** 0, 1, 2 … row by row? Such a grid is numbered anew when it grows. @param {Rows} rows */
function counts(rows) {
  const width = rows[0].length;
  return rows.length * width > 1 && rows.every((row, i) => row.every((v, j) => v === rows[0][0] + i * width + j));
}

export class GridMemory {
  /**
   * @param {Rows} rows  the grid as it was given
   * @param {"edge" | "zero"} beyond  what new cells hold: the nearest given cell (a picture) or 0 (a kernel)
   */
  constructor(rows, beyond) {
    this.base = rows;
    this.beyond = beyond;
    this.counting = counts(rows);
    /** @type {Map<string, number>} */
    this.typed = new Map();
    this.last = rows;
  }

  /** True for the grid this memory made itself, false for one that came from elsewhere. @param {Rows} rows */
  knows(rows) {
    return rows === this.last || JSON.stringify(rows) === JSON.stringify(this.last);
  }

  /** The grid at another size. @param {number} height @param {number} width @returns {Rows} */
  resized(height, width) {
    this.last = Array.from({ length: height }, (_, i) =>
      Array.from({ length: width }, (_, j) => this.typed.get(key(i, j)) ?? this.given(i, j, width)));
    return this.last;
  }

  /** The present grid with one value typed in. @param {[number, number]} at @param {number} value @returns {Rows} */
  withTyped([i, j], value) {
    this.typed.set(key(i, j), value);
    this.last = this.last.map((row, r) => row.map((v, c) => (r === i && c === j ? value : v)));
    return this.last;
  }

  /** @param {number} i @param {number} j @param {number} width */
  given(i, j, width) {
    if (this.counting) return this.base[0][0] + i * width + j;
    const [height, wide] = [this.base.length, this.base[0].length];
    if (this.beyond === "zero" && (i >= height || j >= wide)) return 0;
    return this.base[Math.min(i, height - 1)][Math.min(j, wide - 1)];
  }
}

/** The memory of a grid, begun anew when the grid comes from Python, a preset or a link. @param {Rows} rows @param {"edge" | "zero"} beyond */
export function useMemory(rows, beyond) {
  const memory = useRef(new GridMemory(rows, beyond));
  if (!memory.current.knows(rows)) memory.current = new GridMemory(rows, beyond);
  return memory.current;
}
