/** What the settings of the weight-matrix lab come to, and which weights a pick is about. */

import { ownHue, sharedHue } from "../parts/hues.ts";
import type { Pick } from "../parts/picking.tsx";
import type { Ink } from "../parts/tiles.tsx";
import {
  bindingOf,
  inputOf,
  type Layer,
  layerOutput,
  movedAlong,
  parameterCount,
  placesOf,
  weightMatrix,
} from "./binding.ts";

type At = [number, number];
export type Solution = ReturnType<typeof solve>;

export const STAGES = ["dense", "local", "shared"] as const;

export function solve(layer: Layer) {
  const { axes, side } = layer;
  const places = placesOf(axes, side);
  const [binding, weights] = [bindingOf(layer), weightMatrix(layer)];
  const offset = (output: number, input: number) =>
    places[input].map((v, d) => v - places[output][d]);
  const hue = (output: number, input: number) =>
    layer.stage === "shared" ? sharedHue(offset(output, input)) : ownHue(output, input);
  const shape: At = [axes === 1 ? 1 : side, side];
  return {
    layer,
    places,
    binding,
    weights,
    offset,
    x: inputOf(layer),
    y: layerOutput(layer),
    moved: movedAlong(layer),
    counts: STAGES.map((stage) => parameterCount({ ...layer, stage })),
    inks: weights.flatMap((row, output) =>
      row.map(
        (weight, input): Ink => ({
          hue: hue(output, input),
          strength: weight ? 1 : 0,
          text: String(weight),
        }),
      ),
    ),
    boxes: {
      output: { shape },
      input: { shape },
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
  const wanted = grid === "matrix" ? lab.binding[at[0]][at[1]] : null;
  const found: { output: number; input: number }[] = [];
  for (const output of outputs) {
    for (const input of inputs) {
      const parameter = lab.binding[output][input];
      if (parameter && (wanted === null || parameter === wanted)) found.push({ output, input });
    }
  }
  return found;
}

/** What a pick lights up: its weights in the matrix, and the pixels that they read and make. */
export function lightsOf(lab: Solution, pick: Pick | null) {
  const weights = pick ? weightsOf(lab, pick) : [];
  const pixels = (grid: "input" | "output") =>
    new Set(pick?.grid === grid ? [] : weights.map((w) => w[grid]));
  return {
    matrix: weights.map(({ output, input }): At => [output, input]),
    input: pixels("input"),
    output: pixels("output"),
  };
}
