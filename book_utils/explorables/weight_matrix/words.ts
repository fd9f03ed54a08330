/** What the weight-matrix lab says, and its code. */
import { thousands } from "../parts/numbers.ts";
import type { Pick } from "../parts/picking.tsx";
import type { Told } from "../parts/said.tsx";
import { plural } from "../parts/words.ts";
import { type Layer, parameterCount } from "./binding.ts";
import { indexOf, type Solution, STAGES, weightsOf } from "./solution.ts";

export const MEGAPIXEL = 1000; // pixels, the side of a picture of a million

const SAYS = {
  dense: "every output reads every input, each with a weight of its own",
  local: "an output reads only the inputs at most Δ away, each with a weight of its own",
  shared: "the same weights for every output, which makes it a convolution layer",
};

const IN_SHORT = {
  dense: "every output reads every input",
  local: "every output reads near inputs alone",
  shared: "all outputs share their weights",
};

const subscript = (place: number[]) => place.map((v) => String(v).replace("-", "−")).join(", ");
const named = (place: number[]) =>
  place.length === 1 ? subscript(place) : `(${subscript(place)})`;

/** The cell of the matrix, by what it joins. */
const reading = ({ places }: Solution, [output, input]: [number, number]) =>
  `output ${named(places[output])} reads input ${named(places[input])}`;

/** A weight by its name: where all outputs share it, by how far away it reads. */
function nameOf(lab: Solution, [output, input]: [number, number]) {
  if (lab.layer.stage !== "shared") return `weight ${lab.matrix[output][input]}`;
  return `v[${subscript(lab.offset(output, input))}]`;
}

/** A cell of the matrix, for those who cannot see it. */
export const readWeight = (lab: Solution, at: [number, number]) =>
  lab.matrix[at[0]][at[1]]
    ? `${nameOf(lab, at)}, ${reading(lab, at)}`
    : `no weight: ${nothing(lab, at)}`;

export const readPixel = (lab: Solution, grid: "input" | "output", at: [number, number]) =>
  `${grid} ${named(lab.places[indexOf(lab, at)])}`;

const nothing = ({ places }: Solution, [output, input]: [number, number]) =>
  `output ${named(places[output])} does not read input ${named(places[input])}`;

/** A number that stays beside its noun. */
const unbroken = (text: string) => text.replaceAll(" ", "\u00a0");

const capital = (text: string) => text[0].toUpperCase() + text.slice(1);

/** The picked cell, in words. */
export function describe(lab: Solution, pick: Pick | null): Told {
  if (!pick) return { line: "" };
  const { grid, at } = pick;
  const count = weightsOf(lab, pick).length;
  if (grid !== "matrix") {
    const [verb, noun] = grid === "output" ? ["reads", "input"] : ["reaches", "output"];
    const name = capital(readPixel(lab, grid === "output" ? grid : "input", at));
    return { line: `${name} ${verb}`, joint: " ", result: unbroken(plural(count, noun)) };
  }
  if (!count) return { line: `${capital(nothing(lab, at))}.` };
  const name = lab.layer.stage === "shared" ? nameOf(lab, at) : capital(nameOf(lab, at));
  return {
    line: `${name}: ${reading(lab, at)}. This weight stands in`,
    joint: " ",
    result: unbroken(plural(count, "cell")),
  };
}

/** How the weights are bound; on a picture also what that would save on a large one. */
export function describeStage({ layer, counts }: Solution) {
  const count = counts[STAGES.indexOf(layer.stage)];
  const there = `${thousands(MEGAPIXEL)}×${thousands(MEGAPIXEL)}`;
  const large = ` On a picture of ${there} pixels the same layer would have ${onMegapixel(layer)}.`;
  const free = `${thousands(count)} free ${count === 1 ? "weight" : "weights"}`;
  return `${free}: ${SAYS[layer.stage]}.${layer.axes === 2 ? large : ""}`;
}

export const describeShortly = ({ layer }: Solution) => IN_SHORT[layer.stage];

/** The free weights of such a layer on a picture of a million pixels. */
export const onMegapixel = (layer: Layer) =>
  thousands(parameterCount({ ...layer, side: MEGAPIXEL }));

export const asPython = ({ axes, side, reach, stage }: Layer) =>
  `from book_utils.explorables import WeightMatrixLab

lab = WeightMatrixLab(side=${side}, reach=${reach}, axes=${axes}, stage="${stage}")
lab.output, lab.parameters
`;
