/** How the weights of a layer are bound: which parameter stands where in its weight matrix. */
import type { Schema } from "../platform/schema.ts";
import type { WeightMatrixLab as Settings } from "../settings.ts";

export type Layer = Omit<Settings, "picked">;

/** As far as the side goes with these axes, so that the matrix can be read. */
export const largestSide = (axes: number, { side }: Schema) => side.highs?.[axes] ?? Infinity;

/** @throws {RangeError} where the side or the reach is too large */
export function checkLayer({ axes, side, reach }: Layer, schema: Schema) {
  const most = largestSide(axes, schema);
  if (side > most) throw new RangeError(`its side is not a whole number from 1 to ${most}`);
  if (reach >= side) throw new RangeError(`its reach is not a whole number from 0 to ${side - 1}`);
}

/** All places of a row (one axis) or a picture (two). */
export function placesOf(axes: number, side: number): number[][] {
  const along = Array.from({ length: side }, (_, i) => i);
  return axes === 1 ? along.map((i) => [i]) : along.flatMap((i) => along.map((j) => [i, j]));
}

/**
 * The weight matrix as numbers of parameters: a row for each output, a column for each input;
 * 0 where an output does not read an input.
 */
export function weightMatrix({ axes, side, reach, stage }: Layer): number[][] {
  const places = placesOf(axes, side);
  let count = 0;
  return places.map((output) =>
    places.map((input) => {
      const offset = input.map((v, d) => v - output[d]);
      const near = offset.every((v) => Math.abs(v) <= reach);
      if (stage === "shared")
        return near ? 1 + offset.reduce((tap, v) => tap * (2 * reach + 1) + v + reach, 0) : 0;
      return near || stage === "dense" ? ++count : 0;
    }),
  );
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
