/** What the weight-matrix lab says, and its code. */
import { thousands } from "../parts/numbers.ts";
import type { Pick } from "../parts/picking.tsx";
import { plural } from "../parts/words.ts";
import { type Layer, parameterCount } from "./binding.ts";
import { indexOf, type Solution, weightsOf } from "./solution.ts";

const MEGAPIXEL = 1000; // pixels, the side of a picture of a million

const SAYS = {
  dense: "every output reads every input, each with a weight of its own",
  local: "an output reads only the inputs at most Δ away, each with a weight of its own",
  shared: "the same weights for every output, which makes it a convolution layer",
};

const subscript = (place: number[]) => place.map((v) => String(v).replace("-", "−")).join(", ");
const named = (place: number[]) =>
  place.length === 1 ? subscript(place) : `(${subscript(place)})`;

/** The cell of the matrix, by what it joins. */
export const reading = ({ places }: Solution, [output, input]: [number, number]) =>
  `output ${named(places[output])} reads input ${named(places[input])}`;

/** The picked cell, in words. */
export function describe(lab: Solution, pick: Pick | null) {
  if (!pick) return "";
  const { places, matrix, layer } = lab;
  const count = weightsOf(lab, pick).length;
  if (pick.grid !== "matrix") {
    const place = named(places[indexOf(lab, pick.at)]);
    return pick.grid === "output"
      ? `Output ${place} reads ${plural(count, "input")}.`
      : `Input ${place} reaches ${plural(count, "output")}.`;
  }
  const [output, input] = pick.at;
  const parameter = matrix[output][input];
  if (!parameter)
    return `Output ${named(places[output])} does not read input ${named(places[input])}.`;
  const reads = reading(lab, pick.at);
  if (layer.stage !== "shared") return `Parameter ${parameter}: ${reads}. It stands nowhere else.`;
  const offset = places[input].map((v, d) => v - places[output][d]);
  const where = offset.every((v) => v === 0) ? "its own place" : `${named(offset)} away`;
  const stands = `The same number stands in ${plural(count, "cell")}.`;
  return `v[${subscript(offset)}]: ${reads}, ${where}. ${stands}`;
}

export const describeCount = ({ count }: Solution) =>
  `${thousands(count)} free ${count === 1 ? "parameter" : "parameters"}`;

/** How the weights are bound; on a picture also what that would save on a large one. */
export function describeStage({ layer }: Solution) {
  const side = thousands(MEGAPIXEL);
  const there = thousands(parameterCount({ ...layer, side: MEGAPIXEL }));
  const large = ` On a picture of ${side}×${side} pixels the same layer would have ${there}.`;
  return `${SAYS[layer.stage]}.${layer.axes === 2 ? large : ""}`;
}

export const asPython = ({ axes, side, reach, stage }: Layer) =>
  `from book_utils.explorables import WeightMatrixLab

lab = WeightMatrixLab(side=${side}, reach=${reach}, axes=${axes}, stage="${stage}")
lab.output, lab.parameters
`;
