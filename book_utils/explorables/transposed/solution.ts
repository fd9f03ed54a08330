/** What the settings of the transposed lab come to, and which cells a pick is about. */
import { span, transposedAxis } from "../arithmetic/axis.ts";
import { transposedSizeWithin } from "../arithmetic/limits.ts";
import { connections } from "../arithmetic/links.ts";
import { nested, tensor } from "../arithmetic/tensor.ts";
import {
  convTranspose2d,
  overlapPattern,
  overlaps,
  transposedMatrix,
} from "../arithmetic/transposed.ts";
import { along, cellOf, layerOf, shapeOf, valueAt } from "../parts/layer.ts";
import type { Box, Pick } from "../parts/picking.tsx";
import type { TransposedLab as Settings } from "../settings.ts";

type At = [number, number];
export type Solution = ReturnType<typeof solve>;
type Meeting = { input: At; tap: At; output: At };

export const LARGEST_OUTPUT = 16; // cells a side, as in lab.py

/** The settings of one axis, as transposedAxis() takes them. */
export function axisOf(settings: Settings, d: 0 | 1) {
  const { input, kernel, stride, padding, dilation, output_padding: outputPadding } = settings;
  const sizes = { n: shapeOf(input), k: shapeOf(kernel) };
  return along(d, { ...sizes, stride, padding, dilation, outputPadding });
}

/** @throws {RangeError} where the settings do not go together */
export function solve(settings: Settings) {
  const {
    show,
    input,
    kernel,
    stride,
    padding,
    dilation,
    output_padding: outputPadding,
  } = settings;
  for (const d of [0, 1] as const) transposedSizeWithin(axisOf(settings, d), LARGEST_OUTPUT);
  const [x, w] = [tensor([[input]]), tensor([[kernel]])];
  const grid = (options: object) =>
    nested<number[][][][]>(convTranspose2d(x, w, { stride, dilation, ...options }))[0][0];
  const output = grid({ padding, outputPadding });
  // The convolution that is turned round: its input is our output, its output our input.
  const turned = layerOf(transposedAxis(axisOf(settings, 0)), transposedAxis(axisOf(settings, 1)));
  const { rows, columns } = turned;
  const [n, k, size] = [shapeOf(input), shapeOf(kernel), shapeOf(output)];
  const [down, across] = [overlaps(rows), overlaps(columns)];
  const boxes: Record<string, Box> & { output: Box } = {
    input: { shape: n },
    ...(show !== "overlaps" && { kernel: { shape: k } }),
    ...(show === "gather" && { spread: spreadBox(size, k, settings) }),
    ...(show === "matrix" && { matrix: { shape: [size[0] * size[1], n[0] * n[1]] as At } }),
    output: show === "scatter" ? { ...turned.boxes.input, size } : { shape: size },
  };
  return {
    ...turned,
    settings,
    boxes,
    output,
    /** All that is stamped, before the padding crops it. */
    uncropped: grid({}),
    sizes: { input: n, output: size },
    counts: down.map((count) => across.map((other) => count * other)),
    patterns: [overlapPattern(rows), overlapPattern(columns)],
    matrix: show === "matrix" ? transposedMatrix(rows, columns) : [],
  };
}

/** The input with zeros inserted, and with as much around it as the flipped kernel needs. */
function spreadBox(size: At, k: At, { padding, dilation }: Settings): Box {
  const beyond = k.map((taps, d) => span(taps, dilation[d]) - 1);
  return {
    shape: size.map((cells, d) => cells + beyond[d]) as At,
    offset: padding.map((p, d) => p - beyond[d]) as At,
  };
}

/** What a cell of the spread input holds: an input, a zero between two, or one around them. */
export function held({ rows, columns, sizes }: Solution, at: At) {
  const strides = [rows.stride, columns.stride];
  const isInside = at.every((v, d) => v >= 0 && v <= (sizes.input[d] - 1) * strides[d]);
  if (!isInside) return "padding";
  return at.every((v, d) => v % strides[d] === 0) ? "input" : "inserted";
}

export const toSpread = ({ rows, columns }: Solution, [i, j]: At): At => [
  i * rows.stride,
  j * columns.stride,
];

/** The input that a cell of the spread input holds. */
export const fromSpread = ({ rows, columns }: Solution, [i, j]: At): At => [
  i / rows.stride,
  j / columns.stride,
];

export const isCropped = ({ output }: Solution, [i, j]: At) => output[i]?.[j] === undefined;

/** What is stamped at a cell, one that is cropped too. */
export const stampedAt = ({ uncropped, rows, columns }: Solution, [i, j]: At) =>
  valueAt(uncropped, [i + rows.before, j + columns.before]);

/** Where row and column of the matrix lie on output and input. */
export const joinedBy = ({ sizes }: Solution, [row, column]: At) => ({
  output: [Math.floor(row / sizes.output[1]), row % sizes.output[1]] as At,
  input: [Math.floor(column / sizes.input[1]), column % sizes.input[1]] as At,
});

export const indexIn = ([, width]: At, [i, j]: At) => i * width + j;

/** The meetings of input, weight and output that a pick is about, those at cropped cells too. */
export function meetings(lab: Solution, pick: Pick | null): Meeting[] {
  if (!pick || pick.grid === "spread") return [];
  const { rows, columns } = lab;
  const { grid, at } = pick;
  const padded = ([i, j]: At): At => [i + rows.before, j + columns.before];
  const joined = joinedBy(lab, at);
  const by = {
    input: { output: at },
    kernel: { tap: at },
    output: { padded: padded(at) },
    matrix: { output: joined.input, padded: padded(joined.output) },
  }[grid as "input"];
  return connections(rows, columns, by).map((link) => ({
    input: link.output,
    tap: link.tap,
    output: cellOf(lab, link),
  }));
}
