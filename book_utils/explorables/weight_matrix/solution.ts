/** What the settings of the weight-matrix lab come to, and which weights a pick is about. */
import type { Pick } from "../parts/picking.tsx";
import { type Layer, parameterCount, placesOf, weightMatrix } from "./binding.ts";

type At = [number, number];
export type Solution = ReturnType<typeof solve>;

export function solve(layer: Layer) {
  const { axes, side } = layer;
  const places = placesOf(axes, side);
  return {
    layer,
    places,
    matrix: weightMatrix(layer),
    count: parameterCount(layer),
    boxes: {
      output: { shape: [axes === 1 ? 1 : side, side] as At },
      input: { shape: [axes === 1 ? 1 : side, side] as At },
      matrix: { shape: [places.length, places.length] as At },
    },
  };
}

/** The number of a pixel in reading order. */
export const indexOf = ({ layer }: Solution, [i, j]: At) => i * layer.side + j;

/**
 * The weights that belong to a pick: those of an output's row, of an input's column, or one
 * parameter wherever it stands.
 */
export function weightsOf(lab: Solution, { grid, at }: Pick) {
  const weights = lab.matrix.flatMap((row, output) =>
    row.map((parameter, input) => ({ parameter, output, input })),
  );
  const own = ({ parameter, output, input }: (typeof weights)[number]) => {
    if (grid === "matrix") return parameter === lab.matrix[at[0]][at[1]];
    return indexOf(lab, at) === (grid === "output" ? output : input);
  };
  return weights.filter((weight) => weight.parameter && own(weight));
}
