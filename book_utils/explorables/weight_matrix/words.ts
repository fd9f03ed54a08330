/** What the weight-matrix lab says, and its code. */
import { thousands } from "../parts/numbers.ts";
import type { Pick } from "../parts/picking.tsx";
import type { Told } from "../parts/said.tsx";
import { plural, TORCH } from "../parts/words.ts";
import { kernelOf, type Layer, parameterCount } from "./binding.ts";
import { indexOf, type Solution, STAGES, weightsOf } from "./solution.ts";

export const MEGAPIXEL = 1000; // pixels, the side of an image of a million

const SAYS = {
  dense: "every output reads every input, each with a weight of its own",
  local: "an output reads only the inputs at most Δ away, each with a weight of its own",
  shared: "the same weights for every output, which makes it a convolution layer",
};

const IN_SHORT = {
  dense: "every output reads every input",
  local: "an output reads only what is near",
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
  if (lab.layer.stage !== "shared") return `W[${output}, ${input}]`;
  return `v[${subscript(lab.offset(output, input))}]`;
}

const weightAt = ({ weights }: Solution, [output, input]: [number, number]) =>
  weights[output][input];

/** A cell of the matrix, for those who cannot see it. */
export const readWeight = (lab: Solution, at: [number, number]) =>
  weightAt(lab, at)
    ? `${nameOf(lab, at)} = ${weightAt(lab, at)}, ${reading(lab, at)}`
    : `no weight: ${nothing(lab, at)}`;

export const readPixel = ({ places }: Solution, grid: "input" | "output", index: number) =>
  `${grid} ${named(places[index])}`;

const nothing = ({ places }: Solution, [output, input]: [number, number]) =>
  `output ${named(places[output])} does not read input ${named(places[input])}`;

/** A number that stays beside its noun. */
const unbroken = (text: string) => text.replaceAll(" ", "\u00a0");

const capital = (text: string) => text[0].toUpperCase() + text.slice(1);

/** The picked cell, in words and numbers. */
export function describe(lab: Solution, pick: Pick | null): Told {
  if (!pick) return { line: "" };
  const { grid, at } = pick;
  const weights = weightsOf(lab, pick);
  if (grid === "output") {
    const name = capital(readPixel(lab, grid, indexOf(lab, at)));
    const met = weights.filter(({ input }) => lab.x[input]);
    const terms = met.map(
      ({ output, input }) => `${weightAt(lab, [output, input])}·${lab.x[input]}`,
    );
    const reads = `${name} reads ${plural(weights.length, "input")}`;
    return {
      line: terms.length ? `${reads}: ${terms.join(" + ")}` : `${reads}, here all 0: its sum`,
      result: String(lab.y[indexOf(lab, at)]),
    };
  }
  const count = weights.length;
  if (grid === "input") {
    const name = capital(readPixel(lab, grid, indexOf(lab, at)));
    return { line: `${name} reaches`, joint: " ", result: unbroken(plural(count, "output")) };
  }
  if (!count) return { line: `${capital(nothing(lab, at))}.` };
  return {
    line: `${nameOf(lab, at)} = ${weightAt(lab, at)}: ${reading(lab, at)}. This weight is in`,
    joint: " ",
    result: unbroken(plural(count, "cell")),
  };
}

/** How the weights are bound; on an image also what that would save on a large one. */
export function describeStage({ layer, counts }: Solution) {
  const count = counts[STAGES.indexOf(layer.stage)];
  const there = `${thousands(MEGAPIXEL)}×${thousands(MEGAPIXEL)}`;
  const large = ` On an image of ${there} pixels the same layer would have ${onMegapixel(layer)}.`;
  const free = `${thousands(count)} free ${count === 1 ? "weight" : "weights"}`;
  return `${free}: ${SAYS[layer.stage]}.${layer.axes === 2 ? large : ""}`;
}

/** What the stage does; once the input has moved, what the output did. */
export function describeShortly({ layer, moved }: Solution) {
  if (!layer.shift) return IN_SHORT[layer.stage];
  if (!moved.differ) return `moved by ${layer.shift}, and so did the output`;
  const each = plural(moved.compared, "output");
  return `moved by ${layer.shift}: ${moved.differ} of ${each} did not move along`;
}

/** The free weights of such a layer on an image of a million pixels. */
export const onMegapixel = (layer: Layer) =>
  thousands(parameterCount({ ...layer, side: MEGAPIXEL }));

/** Rows of as many numbers, as a tensor of floats. */
function tensor(rows: number[][]) {
  const lines = rows.map((row) => `    [${row.join(", ")}],`);
  return `torch.tensor([\n${lines.join("\n")}\n], dtype=torch.float32)`;
}

const inRows = (values: number[], length: number) =>
  Array.from({ length: values.length / length }, (_, i) =>
    values.slice(i * length, (i + 1) * length),
  );

export function asPython({ layer, x, weights }: Solution) {
  const { axes, side, reach, stage } = layer;
  const row = axes === 1 ? "[0]" : "";
  const input = `x = ${tensor(inRows(x, side))}${row}\n`;
  if (stage !== "shared")
    return `import torch

${input}W = ${tensor(weights)}
y = (W @ x.flatten()).reshape(x.shape)
`;
  const taps = `k = ${tensor(inRows(kernelOf(layer), 2 * reach + 1))}${row}\n`;
  return `${TORCH}
${input}${taps}y = F.conv${axes}d(x[None, None], k[None, None], padding=${reach})[0, 0]
`;
}
