/** What the settings of the weight-matrix lab come to, and which weights a pick is about. */

import { ownHue, sharedHue } from "../parts/hues.ts";
import type { Pick } from "../parts/picking.tsx";
import type { Ink } from "../parts/tiles.tsx";
import { type Layer, parameterCount, placesOf, weightMatrix } from "./binding.ts";

type At = [number, number];
export type Solution = ReturnType<typeof solve>;

export const STAGES = ["dense", "local", "shared"] as const;

const FAINT = 0.4; // a pixel that is not lit

export function solve(layer: Layer) {
  const { axes, side } = layer;
  const places = placesOf(axes, side);
  const matrix = weightMatrix(layer);
  const offset = (output: number, input: number) =>
    places[input].map((v, d) => v - places[output][d]);
  const hue = (output: number, input: number) =>
    layer.stage === "shared" ? sharedHue(offset(output, input)) : ownHue(output, input);
  return {
    layer,
    places,
    matrix,
    offset,
    counts: STAGES.map((stage) => parameterCount({ ...layer, stage })),
    inks: matrix.flatMap((row, output) =>
      row.map(
        (parameter, input): Ink => ({
          hue: hue(output, input),
          strength: parameter ? 1 : 0,
          text: String(parameter),
        }),
      ),
    ),
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
  const [size, index] = [lab.places.length, indexOf(lab, at)];
  const every = Array.from({ length: size }, (_, i) => i);
  const [outputs, inputs] = [
    grid === "output" ? [index] : every,
    grid === "input" ? [index] : every,
  ];
  const wanted = grid === "matrix" ? lab.matrix[at[0]][at[1]] : null;
  const found: { output: number; input: number }[] = [];
  for (const output of outputs) {
    for (const input of inputs) {
      const parameter = lab.matrix[output][input];
      if (parameter && (wanted === null || parameter === wanted)) found.push({ output, input });
    }
  }
  return found;
}

/**
 * What a pick lights up: its weights in the matrix, and the pixels that they read and make, each
 * in the hue of its weight; the picked pixel itself stays grey.
 */
export function lightsOf(lab: Solution, pick: Pick | null) {
  const weights = pick ? weightsOf(lab, pick) : [];
  const size = lab.places.length;
  const pixels = (grid: "input" | "output"): Ink[] => {
    const reached = pick?.grid === grid ? [] : weights;
    const hues = new Map(reached.map((w) => [w[grid], lab.inks[w.output * size + w.input].hue]));
    return lab.places.map((_, i) => {
      const hue = hues.get(i) ?? null;
      return { hue, strength: hue === null ? FAINT : 1, text: String(i) };
    });
  };
  return {
    matrix: weights.map(({ output, input }): At => [output, input]),
    input: pixels("input"),
    output: pixels("output"),
  };
}
