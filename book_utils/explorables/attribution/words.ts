/** What the attribution lab says, its code, and the pictures to begin from. */

import { SIDE } from "../parts/digit.ts";
import { range } from "../parts/grid.tsx";
import { percent, short, significant } from "../parts/numbers.ts";
import type { ExamplesOf } from "../platform/lab.tsx";
import type { AttributionLab as Settings } from "../settings.ts";
import { cornerOf } from "./solution.ts";

const [MUCH, SOME] = [0.5, 0.2]; // rank correlations from which two maps are called alike

/** A number of a map or a score: two decimals, which a hand can follow. */
const decimal = (value: number) =>
  Math.abs(value) < 0.005 ? "0" : short(Number(value.toFixed(2)));

/** How alike the two maps are, as a figure and in words; null while one is being made. */
export function likeness(alike: number | null) {
  if (alike === null) return { result: "…", note: "in the making" };
  if (Number.isNaN(alike)) return { result: "none", note: "one map is 0 everywhere" };
  const result = significant(Number(alike.toFixed(2)), 2);
  if (alike >= MUCH) return { result, note: "much alike", more: ", and one has learned nothing" };
  return { result, note: alike >= SOME ? "somewhat alike" : "hardly alike" };
}

export const EMPTY = "Nothing is drawn yet: write a digit on the pad, or choose an image.";

type Seen = {
  settings: Settings;
  /** the pad stands in the place of the picture */
  drawing: boolean;
  target: number;
  /** scores of that class: of the picture, and with the square on it */
  whole: number;
  now: number;
  /** the numbers of both maps where the lab looks; NaN while they are not known */
  trained: number;
  random: number;
};

/** What is seen at the place that is looked at, in a line. */
export function describe({ settings, drawing, target, whole, now, trained }: Seen) {
  const { method } = settings;
  if (drawing) return `Score of ${target}: ${decimal(whole)}`;
  const at = `[${(settings.at ?? [0, 0]).join(", ")}]`;
  if (method === "occlusion") {
    const fall = whole - now;
    const way = fall < 0 ? "rises" : "falls";
    return `Covered: score of ${target} ${way} from ${decimal(whole)} to ${decimal(now)}`;
  }
  if (method === "saliency")
    return `Pixel ${at}: slope of the score of ${target} ${short(trained)}`;
  return `Pixel ${at}: ${short(trained)} for the score of ${target}`;
}

/** A number of a map that may still be in the making. */
const known = (value: number) => (Number.isNaN(value) ? "not known yet" : short(value));

/** The same in full, and how both maps came about. */
export function inFull(seen: Seen, alike: number | null) {
  const { settings, target, whole, now, trained, random } = seen;
  const { method, size, fill, seed } = settings;
  const [row, column] = cornerOf(settings);
  const [last, end] = [row + size - 1, column + size - 1];
  const { result, note } = likeness(alike);
  const there =
    method === "occlusion"
      ? `A square of ${size}×${size} pixels of ${short(fill)} covers rows ${row} to ${last} and ` +
        `columns ${column} to ${end}: the score of ${target} goes from ${short(whole)} to ` +
        `${short(now)}, a fall of ${short(whole - now)}; with random weights the fall is ` +
        `${known(random)}.`
      : `${method} at [${(settings.at ?? [0, 0]).join(", ")}]: ${short(trained)}; with random ` +
        `weights ${short(random)}.`;
  return [
    there,
    `Rank correlation of the two maps: ${result} (${note}). The random weights are those of seed ` +
      `${seed}. Each map has a scale of its own.`,
  ];
}

/** What a screen reader hears. */
export const heard = (seen: Seen, alike: number | null) =>
  [
    `${describe(seen)}.`,
    ...(alike === null ? [] : [`Rank correlation of the maps: ${likeness(alike).result}.`]),
  ].join(" ");

/** The ten bars, for those who cannot see them. */
export function bars(probabilities: ArrayLike<number>) {
  const parts = Array.from(probabilities);
  const best = parts.indexOf(Math.max(...parts));
  return `Probabilities: ${best} first, ${percent(parts[best])}. Arrow keys ask for another digit`;
}

type Named = { label?: number; answer: number; before: ArrayLike<number> };

/** What the picture shows, and what the network takes it for. */
export function named({ label, answer, before }: Named) {
  const says = `network: ${answer}, ${percent(before[answer])}`;
  return label === undefined ? `your drawing, ${says}` : `shows ${label}, ${says}`;
}

/** What a picture of the gallery shows. */
export const pictureName = (labels: number[], i: number) => `Image ${i}: ${labels[i]}`;

export const targets = (answer?: number) => [
  { value: "answer" as const, label: `its answer${answer === undefined ? "" : ` (${answer})`}` },
  ...range(10).map((k) => ({ value: String(k) as Settings["target"], label: String(k) })),
];

/** What the method does, below its maps. */
export const CAPTIONS: Record<Settings["method"], string> = {
  occlusion: "fall of the score",
  saliency: "slope of the score",
  "Grad-CAM": "weighted maps",
};

export function asPython(settings: Settings, drawn: string | null) {
  const { method, picture, target, size, fill, seed } = settings;
  const x = drawn
    ? `pixels = base64.b64decode("${drawn}")
grey = np.frombuffer(pixels, np.uint8) / np.float32(255)
x = torch.from_numpy(grey.reshape(1, 1, ${SIDE}, ${SIDE}))`
    : `x = gallery()[0][${picture}].reshape(1, 1, ${SIDE}, ${SIDE})`;
  const name = { occlusion: "occlusion", saliency: "saliency", "Grad-CAM": "grad_cam" }[method];
  const call = {
    occlusion: `occlusion(model, x, target, size=${size}, fill=${fill})`,
    saliency: "saliency(model, x, target)",
    "Grad-CAM": "grad_cam(model, model.features[4], x, target)",
  }[method];
  const asked = target === "answer" ? "int(network(x).argmax())" : target;
  const imports = drawn ? "import base64\n\nimport numpy as np\nimport torch\n" : "";
  return `${imports}from book_utils import weights
from book_utils.attribution import ${name}, rank_correlation
from book_utils.explorables.parts.shipped import ${drawn ? "" : "gallery, "}random_network

${x}
network = weights.load("digit_lenet")
target = ${asked}
trained, random = (
    ${call}
    for model in (network, random_network(${seed}))
)
alike = rank_correlation(trained, random)
`;
}

export const EXAMPLES: ExamplesOf<Settings> = {
  "": {
    "a 9, by a square dragged over it": {},
    "the same, by saliency": { method: "saliency" },
    "the same, by Grad-CAM": { method: "Grad-CAM" },
    "a 9 that the network takes for another digit": { picture: 20 },
  },
};
