/** What the unit lab says, and its code. */
import { short } from "../parts/numbers.ts";
import type { Told } from "../parts/said.tsx";
import type { ExamplesOf } from "../platform/lab.tsx";
import type { UnitLab as Settings } from "../settings.ts";
import type { Best, Layer } from "./best.ts";

/** The layers by the words beside their units. */
export const LEGENDS: Record<Layer, string> = { conv1: "Conv 1", conv2: "Conv 2", score: "Scores" };

/** A unit by its name: map 3 of convolution 1, the score of 4. */
export const nameOf = (layer: Layer, index: number) =>
  layer === "score" ? `score of ${index}` : `map ${index} of convolution ${layer.slice(-1)}`;

const capital = (text: string) => text[0].toUpperCase() + text.slice(1);

/** The class that most of the nine pictures are of, and how many. */
function commonest(labels: number[]) {
  const counts = labels.map((label) => labels.filter((other) => other === label).length);
  const most = Math.max(...counts);
  const leaders = new Set(labels.filter((_, i) => counts[i] === most));
  return { most, digit: leaders.size === 1 ? [...leaders][0] : null };
}

type Seen = { best: Best; labels: number[]; size: number };

/** What the nine pictures have in common; what the unit sees. */
export function describe({ unit, weights }: Settings, { best, labels, size }: Seen): Told {
  const [layer, index] = unit as [Layer, number];
  const { most, digit } = commonest(labels);
  const line = `${capital(nameOf(layer, index))}: of its nine best`;
  const result = digit === null ? `at most ${most} are alike` : `${most} are ${digit}s`;
  const sees = size === 28 ? "It sees the whole digit" : `It sees ${size}×${size} pixels`;
  const note =
    weights === "random"
      ? "Untrained, and it has nine best digits too."
      : `${sees}: values ${short(best.values[0])} to ${short(best.values[8])}.`;
  return { line, result, joint: ", ", note: ` ${note}`, full: `${line}, ${result}. ${note}` };
}

/** With one decimal, so that a column of numbers is easy to read. */
export const tenths = (value: number) => value.toFixed(1).replace("-", "−");

/** The ten bars for those who do not see them. */
export function answersInWords(answers: number[]) {
  const order = answers.map((_, digit) => digit).sort((a, b) => answers[b] - answers[a]);
  const told = order.slice(0, 3).map((digit) => `${digit}: ${short(answers[digit])}`);
  const weakest = `${order[9]}: ${short(answers[order[9]])}`;
  return `Mean response by digit, strongest ${told.join(", ")}; weakest ${weakest}.`;
}

/** All there is to say of a unit, for the panel. */
export function inFull(seen: Seen) {
  const { best, labels } = seen;
  const ranked = labels.map((label, i) => `${label} (${short(best.values[i])})`).join(", ");
  return `Its nine best, with its value: ${ranked}. ${answersInWords(best.answers)}`;
}

export const HOW =
  "Each of the 1,000 held-out digits counts once, where the unit is strongest. A unit’s " +
  "thumbnail is the mean of what it sees in its nine best. A map’s value is taken after its " +
  "ReLU. The bars show the mean, over the digits of each class, of the unit’s largest value.";

const MODULES: Record<Layer, string> = { conv1: "features[:2]", conv2: "features[:5]", score: "" };

export function asPython({ unit, weights }: Settings) {
  const [layer, index] = unit as [Layer, number];
  const part = MODULES[layer] ? `model.${MODULES[layer]}` : "model";
  const largest = layer === "score" ? "" : ".amax((1, 2))";
  const [from, model] =
    weights === "random"
      ? [
          "from book_utils import data\n" +
            "from book_utils.explorables.parts.shipped import random_network",
          "random_network()",
        ]
      : ["from book_utils import data, weights", 'weights.load("digit_lenet")'];
  return `import torch
${from}

model = ${model}
_, test = data.mnist()
with torch.no_grad():
    maps = ${part}(test.images)
y, pictures = maps[:, ${index}]${largest}.topk(9)
`;
}

export const EXAMPLES: ExamplesOf<Settings> = {
  "": {
    "a map that likes rings": { unit: ["conv2", 1] },
    "the same map, random weights": { unit: ["conv2", 1], weights: "random" },
    "an edge": { unit: ["conv1", 0] },
    "the score of 4": { unit: ["score", 4] },
  },
};
