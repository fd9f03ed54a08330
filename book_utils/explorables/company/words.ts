/** What the company lab says, its code, and the examples to begin from. */
import { percent } from "../parts/numbers.ts";
import type { Told } from "../parts/said.tsx";
import type { ExamplesOf } from "../platform/lab.tsx";
import type { CompanyLab as Settings } from "../settings.ts";
import { BOOT, type Network, othersOf } from "./solution.ts";

type Probabilities = ArrayLike<number>;

export const COMPANIES: Record<Settings["company"], string> = {
  mixed: "of all kinds",
  boots: "boots",
  trousers: "trousers",
  bags: "bags",
  inverted: "inverted",
};
/** Said on the stage until the network is here. */
export const LOADING = "The network is on its way.";
export const MODES = { train: "training", eval: "evaluation" } as const;

/** How many others there are, and of which kind. */
export function othersInWords({ company, size }: Settings) {
  const n = size - 1;
  const one = n === 1;
  return {
    mixed: one ? "one other" : `${n} others of all kinds`,
    boots: one ? "another boot" : `${n} other boots`,
    trousers: one ? "a pair of trousers" : `${n} pairs of trousers`,
    bags: one ? "a bag" : `${n} bags`,
    inverted: one ? "one other, inverted" : `${n} others, inverted`,
  }[company];
}

const best = (p: Probabilities) => Array.from(p).indexOf(Math.max(...Array.from(p)));

/** What the network says of the boot in the mode that is on, and what that rests on. */
export function describe(
  settings: Settings,
  network: Network | null,
  beside: Probabilities | null,
  alone: Probabilities | null,
): Told {
  if (!network || !beside || !alone) return { line: LOADING };
  const { classes, labels } = network;
  const kind = labels[BOOT];
  const name = classes[kind];
  const usual = percent(alone[kind]);
  if (settings.mode === "eval") {
    return {
      line: `${name}, in evaluation mode`,
      joint: ": ",
      result: usual,
      note: "The others change nothing.",
    };
  }
  const top = best(beside);
  const answer = top === kind ? "" : `Its answer: ${classes[top].toLowerCase()}. `;
  const result = percent(beside[kind]);
  const note = `${answer}In evaluation mode ${usual}.`;
  return {
    line: `${name}, in this batch`,
    joint: ": ",
    result,
    note,
    full: `${name}, beside ${othersInWords(settings)}: ${result}. ${note}`,
  };
}

/** The probabilities of both modes, for those who do not see them. */
export function describeBars(classes: string[], p: Probabilities, mode: Settings["mode"]) {
  const order = classes.map((_, k) => k).sort((a, b) => p[b] - p[a]);
  const largest = order.slice(0, 3).map((k) => `${classes[k]} ${percent(p[k])}`);
  return `Probabilities of the boot in ${MODES[mode]} mode: ${largest.join(", ")}`;
}

export const HOW =
  "In training mode each channel of each layer is normalised by its mean and variance over the " +
  "batch. What all images of the batch have in common is in the mean, and is subtracted: among " +
  "boots nothing is left that says boot.";

export function asPython(network: Network | null, settings: Settings) {
  if (!network) return "";
  const indices = [BOOT, ...othersOf(network, settings)].map((place) => network.indices[place]);
  const invert =
    settings.company === "inverted" ? "batch[1:] = 1 - batch[1:]  # the others, inverted\n" : "";
  return `import torch
from book_utils import data, weights

indices = [${indices.join(", ")}]  # the boot first
images = data.fashion_mnist()[1].images
batch = (images[indices] * 15).round() / 15  # 16 levels of grey
${invert}model = weights.load("bn_lenet").${settings.mode}()
with torch.no_grad():
    y = model(batch).softmax(1)[0]  # of the boot
`;
}

export const EXAMPLES: ExamplesOf<Settings> = {
  "Training mode": {
    "among 31 of all kinds": {},
    "among 31 boots": { company: "boots" },
    "among 31 inverted ones": { company: "inverted" },
    "with one other": { size: 2 },
  },
  "Evaluation mode": {
    "among 31 boots, evaluation mode": { company: "boots", mode: "eval" },
  },
};
