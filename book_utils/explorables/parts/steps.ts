/** Where a key leads from a cell: so many rows down and columns across. */

type Step = [rows: number, columns: number];

export const ARROWS: Record<string, Step> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
};

/** With Home and End to the ends of a row, with PageUp and PageDown to those of a column. */
export const STEPS: Record<string, Step> = {
  ...ARROWS,
  Home: [0, -Infinity],
  End: [0, Infinity],
  PageUp: [-Infinity, 0],
  PageDown: [Infinity, 0],
};
