/**
 * The walk that all layers share.
 *
 * Two axes make a layer, and `eachTap` walks its (output, tap, input) triples. Forward, backward
 * and transposed passes differ only in what they add up on that walk. Layers take four dimensions
 * (N, C, H, W).
 */
import { type Axis, tapAt } from "./axis.ts";
import { checkWhole, type Result, refuse, type Tensor, zeros } from "./tensor.ts";

export interface Layer {
  batch: number;
  groups: number;
  /** input channels of a group */
  inputs: number;
  /** output channels of a group */
  outputs: number;
  rows: Axis;
  columns: Axis;
}

/** Called with flat indices into the output, the weight and the input. */
type Visit = (output: number, weight: number, input: number) => void;

/**
 * The same for a row of outputs under one weight: where the row begins in the output, the weight,
 * where its row of inputs begins, and which of these it meets, from `first` of the columns' source.
 */
type VisitRow = (output: number, weight: number, input: number, first: number) => void;

export function eachTap(layer: Layer, visit: Visit) {
  const { size, source } = layer.columns;
  eachRow(layer, (o, t, i, first) => {
    for (let column = 0; column < size; column++) {
      const j = source[first + column];
      if (j >= 0) visit(o + column, t, i + j);
    }
  });
}

/** Rows of outputs, for walks that have no time for a call for each triple. */
export function eachRow(layer: Layer, visit: VisitRow) {
  const { batch, groups, inputs, outputs, rows, columns } = layer;
  const outputArea = rows.size * columns.size;
  const kernelArea = rows.k * columns.k;
  const inputArea = rows.n * columns.n;
  for (let image = 0; image < batch * groups; image++) {
    const group = image % groups;
    for (let output = 0; output < outputs; output++) {
      for (let input = 0; input < inputs; input++) {
        const o = (image * outputs + output) * outputArea;
        const t = ((group * outputs + output) * inputs + input) * kernelArea;
        const i = (image * inputs + input) * inputArea;
        eachRowOfPlane(rows, columns, o, t, i, visit);
      }
    }
  }
}

/**
 * One kernel on one plane; the three offsets say where output, kernel and input begin.
 * Each output cell meets its places in reading order, on which the ties of max pooling depend.
 */
function eachRowOfPlane(
  rows: Axis,
  columns: Axis,
  o0: number,
  t0: number,
  i0: number,
  visit: VisitRow,
) {
  const width = columns.size;
  for (let row = 0; row < rows.size; row++) {
    for (let r = 0; r < rows.k; r++) {
      const i = rows.source[r * rows.size + row];
      if (i < 0) continue;
      for (let c = 0; c < columns.k; c++) {
        const tap = tapAt(r, rows) * columns.k + tapAt(c, columns);
        visit(o0 + row * width, t0 + tap, i0 + i * columns.n, c * width);
      }
    }
  }
}

/** @param channels the number that the groups share out */
export function checkGroups(groups: number, channels: number) {
  checkWhole("groups", groups, 1);
  if (channels % groups !== 0) {
    refuse(
      `groups is ${groups}, which does not divide ${channels} channels: ` +
        `use a divisor of ${channels}.`,
    );
  }
}

/** @param layer shape of what a convolution puts out */
export const outputShape = ({ batch, groups, outputs, rows, columns }: Layer): number[] => [
  batch,
  groups * outputs,
  rows.size,
  columns.size,
];

/** @param layer shape of what a convolution takes in */
export const inputShape = ({ batch, groups, inputs, rows, columns }: Layer): number[] => [
  batch,
  groups * inputs,
  rows.n,
  columns.n,
];

export function filled(shape: number[], bias?: ArrayLike<number>): Result {
  const y = zeros(shape);
  if (bias === undefined) return y;
  const [, channels, height, width] = shape;
  if (bias.length !== channels) {
    refuse(
      `bias has length ${bias.length}, but the number of output channels is ${channels}: ` +
        "give one number for each.",
    );
  }
  return { ...y, data: y.data.map((_, o) => bias[Math.floor(o / (height * width)) % channels]) };
}

/** Gradient of a bias: the sum of dy over all but the channels. */
export function channelSums({ data, shape: [, channels, height, width] }: Tensor) {
  const sums = new Float64Array(channels);
  data.forEach((value, o) => {
    sums[Math.floor(o / (height * width)) % channels] += value;
  });
  return sums;
}
