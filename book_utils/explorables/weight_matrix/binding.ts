/** The layer: how its weights are bound, what they are, what the input is and what comes out. */
import type { Schema } from "../platform/schema.ts";
import type { WeightMatrixLab as Settings } from "../settings.ts";

export type Layer = Omit<Settings, "picked">;

/** What the input holds besides zeros, by axes, as place and value; a shift moves it on. */
const PATTERN: Record<number, [number[], number][]> = {
  1: [
    [[1], 1],
    [[2], 3],
    [[3], 2],
  ],
  2: [
    [[1, 0], 1],
    [[1, 1], 2],
    [[2, 0], 3],
  ],
};

/** As far as the side goes with these axes, so that the matrix can be read. */
export const largestSide = (axes: number, { side }: Schema) => side.highs?.[axes] ?? Infinity;

/** By how many pixels the pattern may move before it leaves the input. */
export const farthestShift = (axes: number, side: number) =>
  Math.max(0, side - 1 - Math.max(...PATTERN[axes].map(([place]) => place[axes - 1])));

/** @throws {RangeError} where the side, the reach or the shift is too large */
export function checkLayer({ axes, side, reach, shift }: Layer, schema: Schema) {
  const most = largestSide(axes, schema);
  if (side > most) throw new RangeError(`its side is not a whole number from 1 to ${most}`);
  if (reach >= side) throw new RangeError(`its reach is not a whole number from 0 to ${side - 1}`);
  const farthest = farthestShift(axes, side);
  if (shift > farthest)
    throw new RangeError(`its shift is not a whole number from 0 to ${farthest}`);
}

/** All places of a row (one axis) or an image (two). */
export function placesOf(axes: number, side: number): number[][] {
  const along = Array.from({ length: side }, (_, i) => i);
  return axes === 1 ? along.map((i) => [i]) : along.flatMap((i) => along.map((j) => [i, j]));
}

const offsetOf = (output: number[], input: number[]) => input.map((v, d) => v - output[d]);
const isNear = (offset: number[], reach: number) => offset.every((v) => Math.abs(v) <= reach);

/**
 * Which parameter stands where, from 1 up: a row for each output, a column for each input; 0 where
 * an output does not read an input.
 */
export function bindingOf({ axes, side, reach, stage }: Layer): number[][] {
  const places = placesOf(axes, side);
  let count = 0;
  return places.map((output) =>
    places.map((input) => {
      const offset = offsetOf(output, input);
      const near = isNear(offset, reach);
      if (stage === "shared")
        return near ? 1 + offset.reduce((tap, v) => tap * (2 * reach + 1) + v + reach, 0) : 0;
      return near || stage === "dense" ? ++count : 0;
    }),
  );
}

/** The value of a weight of its own: from 1 to 5, and without a pattern that one could see. */
const ownWeight = (o: number, i: number) =>
  1 + (((17 * o * o + 31 * o * i + 11 * i * i + 7 * o + 3 * i + 5) % 101) % 5);

/** The value of the weight that all outputs share for an offset. */
const sharedWeight = (offset: number[]) => {
  const mixed = offset.reduce((sum, v) => 3 * (sum + v), 1) % 5;
  return 1 + ((mixed + 5) % 5);
};

/** The weight matrix: 0 where an output does not read an input. */
export function weightMatrix({ axes, side, reach, stage }: Layer): number[][] {
  const places = placesOf(axes, side);
  return places.map((output, o) =>
    places.map((input, i) => {
      const offset = offsetOf(output, input);
      if (stage !== "dense" && !isNear(offset, reach)) return 0;
      return stage === "shared" ? sharedWeight(offset) : ownWeight(o, i);
    }),
  );
}

/** The weights that sharing leaves, row by row. */
export function kernelOf({ axes, reach }: Layer): number[] {
  const taps = placesOf(axes, 2 * reach + 1);
  return taps.map((tap) => sharedWeight(tap.map((v) => v - reach)));
}

/** The input, in reading order. */
export function inputOf({ axes, side, shift }: Layer): number[] {
  const moved = PATTERN[axes].map(([place, value]): [number[], number] => [
    place.with(-1, place[axes - 1] + shift),
    value,
  ]);
  const found = new Map(moved.map(([place, value]) => [String(place), value]));
  return placesOf(axes, side).map((place) => found.get(String(place)) ?? 0);
}

/** The matrix times the input, in reading order. */
export function layerOutput(layer: Layer): number[] {
  const x = inputOf(layer);
  return weightMatrix(layer).map((row) => row.reduce((sum, w, i) => sum + w * x[i], 0));
}

/**
 * How many outputs differ from those of the unmoved input, moved along with it; and how many there
 * are to compare.
 */
export function movedAlong(layer: Layer) {
  const [now, before] = [layer, { ...layer, shift: 0 }].map(layerOutput);
  const { side, shift } = layer;
  const compared = now.map((_, k) => k).filter((k) => k % side >= shift);
  return {
    compared: compared.length,
    differ: compared.filter((k) => now[k] !== before[k - shift]).length,
  };
}

/**
 * Free parameters of a layer from `side` (or side×side) inputs to as many outputs, counted by
 * formula, so that the side may be a million.
 */
export function parameterCount({ axes, side, reach, stage }: Layer) {
  if (stage === "dense") return side ** (2 * axes);
  if (stage === "shared") return (2 * reach + 1) ** axes;
  // At both ends a triangle is cut off.
  return (side * (2 * reach + 1) - reach * (reach + 1)) ** axes;
}
