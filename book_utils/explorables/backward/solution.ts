/** What the settings of the backward lab come to: δ as it is used, and the gradients it gives. */
import { axis } from "../arithmetic/axis.ts";
import { conv2dBackward } from "../arithmetic/convolution.ts";
import { nested, tensor } from "../arithmetic/tensor.ts";
import { along, cellOf, layerOf, meetings, shapeOf, valueAt } from "../parts/layer.ts";
import type { Pick } from "../parts/picking.tsx";
import type { BackwardLab as Settings } from "../settings.ts";

type At = [number, number];
type Rows = number[][];
export type Solution = ReturnType<typeof solve>;
/** one product of a gradient: δ times a pixel, or δ times a weight */
export type Term = { output: At; tap: At; read: At; delta: number; factor: number };

/** The settings of one axis, as axis() takes them. */
export function axisOf(settings: Settings, d: 0 | 1) {
  const { input, kernel, stride, padding, dilation } = settings;
  return along(d, { n: shapeOf(input), k: shapeOf(kernel), stride, padding, dilation });
}

/** A grid made cell by cell. */
const gridOf = ([rows, columns]: At, value: (i: number, j: number) => number): Rows =>
  Array.from({ length: rows }, (_, i) => Array.from({ length: columns }, (_, j) => value(i, j)));

/** δ with one of its numbers typed in; what lies beyond the output is kept. */
export function withDelta(delta: Rows, output: At, [i, j]: At, value: number): Rows {
  const shape = shapeOf(delta).map((n, d) => Math.max(n, output[d])) as At;
  return gridOf(shape, (r, c) => (r === i && c === j ? value : (delta[r]?.[c] ?? 1)));
}

/** @throws {RangeError} where the settings do not go together */
export function solve(settings: Settings) {
  const { input, kernel, stride, padding, dilation } = settings;
  const layer = layerOf(axis(axisOf(settings, 0)), axis(axisOf(settings, 1)));
  const { rows, columns, boxes } = layer;
  const delta = gridOf([rows.size, columns.size], (i, j) => settings.delta[i]?.[j] ?? 1);
  // The padding's zeros have a gradient, too: it is worked out with the rest, then cropped.
  const [top, left] = padding;
  const framed = gridOf(boxes.input.shape, (i, j) => valueAt(input, [i - top, j - left]));
  const operands = [tensor([[framed]]), tensor([[kernel]]), tensor([[delta]])] as const;
  const { dx, dw, db } = conv2dBackward(...operands, { stride, dilation });
  const wide = nested<Rows[][]>(dx)[0][0];
  const spread: At = [(rows.size - 1) * stride[0] + 1, (columns.size - 1) * stride[1] + 1];
  return {
    ...layer,
    input,
    kernel,
    delta,
    dw: nested<Rows[][]>(dw)[0][0],
    dx: input.map((row, i) => row.map((_, j) => wide[i + top][j + left])),
    db: db[0],
    /** The gradient of a pixel, or of a zero of the padding. */
    dxAt: ([i, j]: At) => wide[i + top][j + left],
    boxes: { ...boxes, output: { shape: spread, size: boxes.output.shape }, ...gradients(boxes) },
  };
}

/** The grids of gradients have the cells of what they are the gradients of. */
const gradients = <B extends { input: unknown; kernel: unknown }>({ input, kernel }: B) => ({
  dw: kernel as B["kernel"],
  dx: input as B["input"],
});

/** The output whose δ stands in a cell of the spread δ; none where the stride has put a zero. */
export function outputAt({ rows, columns }: Solution, [i, j]: At): At | null {
  const output: At = [i / rows.stride, j / columns.stride];
  return output.every(Number.isInteger) ? output : null;
}

/** What a pick is about: a weight, a pixel, or an output; a zero between the δ is none of them. */
export function subject(lab: Solution, pick: Pick | null): Pick | null {
  if (!pick) return null;
  if (pick.grid === "output") {
    const at = outputAt(lab, pick.at);
    return at && { grid: "output", at };
  }
  return { grid: ["dw", "kernel"].includes(pick.grid) ? "kernel" : "input", at: pick.at };
}

/** The products that a pick is about, in the order of the outputs. */
export function termsOf(lab: Solution, pick: Pick | null): Term[] {
  const about = subject(lab, pick);
  const ofWeight = about?.grid === "kernel";
  return meetings(lab, about).map((link) => {
    const read = cellOf(lab, link);
    const factor = ofWeight ? valueAt(lab.input, read) : valueAt(lab.kernel, link.tap);
    return { ...link, read, delta: valueAt(lab.delta, link.output), factor };
  });
}
