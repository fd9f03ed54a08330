/** Numbers as colours on a canvas: greys of a picture, one hue from 0 up, or two around 0. */
import type { Colouring } from "../parts/grid.tsx";
import { HUES } from "../platform/theme.ts";
import type { Cells } from "./layout.ts";
import { most, type Stage, type Values } from "./stages.ts";

/** The numbers of a stage, what its largest is, and the colours that fit them. */
export type Shades = { data: ArrayLike<number>; high: number; scale: Colouring };
/** Of two pictures, A and B. */
export type Show = "B" | "A" | "B − A";

export const scaleOf = ({ kind }: Stage): Colouring => {
  if (kind === "input") return "grey";
  return kind === "conv2d" || kind === "linear" ? "weights" : "activations";
};

/**
 * What each stage shows; colours mean the same for A and for B.
 * @param others  the numbers of A, where there are two pictures
 */
export function shadesOf(stages: Stage[], values: Values, others: Values | null, show: Show) {
  const shadesOfStage = (stage: Stage): Shades => {
    const { data: now } = values[stage.name];
    const { data: old } = (others ?? values)[stage.name];
    if (show === "B − A") {
      const data = Float64Array.from(now, (v, i) => v - old[i]);
      return { data, high: most(data), scale: "weights" };
    }
    const scale = scaleOf(stage);
    const high = scale === "grey" ? 1 : Math.max(most(now), others ? most(old) : 0);
    return { data: show === "A" ? old : now, high, scale };
  };
  return Object.fromEntries(stages.map((stage) => [stage.name, shadesOfStage(stage)]));
}

const { activation: ACTIVATION, plus: PLUS, minus: MINUS } = HUES;

/** Paints the map that begins at `first` of the data. */
export function paint(
  canvas: HTMLCanvasElement,
  { data, high, scale }: Shades,
  { rows, columns }: Cells,
  first = 0,
) {
  const bytes = new Uint8ClampedArray(4 * rows * columns);
  const top = high || 1;
  const n = Math.min(rows * columns, data.length - first);
  for (let i = 0, to = 0; i < n; i++, to += 4) {
    const v = data[first + i] / top;
    const grey = scale === "grey";
    const hue = scale === "activations" ? ACTIVATION : v < 0 ? MINUS : PLUS;
    bytes[to] = grey ? 255 * v : hue[0];
    bytes[to + 1] = grey ? 255 * v : hue[1];
    bytes[to + 2] = grey ? 255 * v : hue[2];
    bytes[to + 3] = grey ? 255 : 255 * Math.abs(v);
  }
  if (canvas.width !== columns || canvas.height !== rows)
    Object.assign(canvas, { width: columns, height: rows });
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context?.putImageData(new ImageData(bytes, columns, rows), 0, 0);
}
