/** What the ascent lab says, and its code. */
import type { Climb } from "../arithmetic/ascent.ts";
import { short, wholePercent } from "../parts/numbers.ts";
import type { Told } from "../parts/said.tsx";
import { LOADING } from "../parts/shipped.ts";
import { listed, plural } from "../parts/words.ts";
import type { ExamplesOf } from "../platform/lab.tsx";
import type { AscentLab as Settings } from "../settings.ts";
import { BLUR, DECAY, JITTER, type Pair } from "./session.ts";

/** How many units each layer has, the scores first: as in parts/unit.py. */
const UNITS = { score: 10, conv2: 16, conv1: 6 };
const GROUPS = { score: "scores", conv2: "convolution 2", conv1: "convolution 1" };
type Layer = keyof typeof UNITS;

export const nameOf = (layer: string, index: number) =>
  layer === "score" ? `score of ${index}` : `map ${index} of ${GROUPS[layer as Layer]}`;

/** The units to choose from. */
export const OPTIONS = (Object.keys(UNITS) as Layer[]).flatMap((layer) =>
  Array.from({ length: UNITS[layer] }, (_, index) => ({
    value: `${layer},${index}`,
    label: nameOf(layer, index).replace("convolution", "conv"), // which has more room
    group: GROUPS[layer],
  })),
);

export const STARTS: Record<Settings["start"], string> = {
  noise: "noise",
  grey: "plain grey",
  drawing: "a drawing",
};

const capital = (text: string) => text[0].toUpperCase() + text.slice(1);

/** The digit that the network takes a picture for. */
export function reading(probabilities: number[]) {
  const best = probabilities.indexOf(Math.max(...probabilities));
  return { best, share: probabilities[best] };
}

/** Where a climb is after so many steps, or where it ended. */
export const at = (climb: Climb, steps: number) => climb.found[Math.min(steps, climb.steps)];

const isOff = ({ blur, jitter, decay }: Settings) => !(blur || jitter || decay);

/** Both values, and what the network takes the pictures for; or what went wrong. */
export function describe(state: Settings, pair: Pair | null): Told {
  if (!pair) return { line: LOADING, full: LOADING };
  const { steps, unit } = state;
  const { without, kept } = pair;
  const done = Math.min(steps, Math.max(without.steps, kept.steps));
  const [plain, held] = [at(without, done), at(kept, done)];
  const name = capital(nameOf(...(unit as [string, number])));
  const line = `${name} after ${plural(done, "step")}: ${short(plain.value)} plain, regularised`;
  const result = short(held.value);
  const note = trouble(pair, done) || readings(state, plain.probabilities, held.probabilities);
  return { line, result, joint: " ", note: ` ${note}`, full: `${line} ${result}. ${note}` };
}

/** What stops an ascent, if anything. */
function trouble({ without, kept }: Pair, done: number) {
  const lost = [without, kept].find(({ diverged, steps }) => diverged && steps <= done);
  if (lost) {
    const last = lost.pictures[lost.steps];
    const farthest = Math.max(...last.map(Math.abs));
    const how = Number.isFinite(farthest) ? `at ${short(farthest)}` : "no number";
    return `Diverged at step ${lost.steps}: a pixel is ${how}.`;
  }
  if (without.isFlat && kept.isFlat) return "The gradient is 0: no pixel moves it.";
  if (without.isFlat) return "The plain gradient is 0: no pixel moves it.";
  return "";
}

function readings(state: Settings, plain: number[], held: number[]) {
  const [one, two] = [reading(plain), reading(held)];
  if (isOff(state)) return "No regulariser is on: both are the same.";
  if (one.best === two.best) {
    const shares = `${wholePercent(one.share)}, ${wholePercent(two.share)}`;
    return `The network reads both as ${one.best}: ${shares}.`;
  }
  const [first, second] = [one, two].map(({ best, share }) => `${best} (${wholePercent(share)})`);
  return `The network reads ${first} and ${second}.`;
}

/** The curves for those who do not see them. */
export const curveInWords = (pair: Pair, steps: number) =>
  "Value by step: " +
  `plain ${short(pair.without.found[0].value)} to ` +
  `${short(at(pair.without, steps).value)}, regularised to ${short(at(pair.kept, steps).value)}.`;

export const barsInWords = (probabilities: number[]) => {
  const { best, share } = reading(probabilities);
  return `The regularised picture is read as ${best}, ${wholePercent(share)}.`;
};

export const HOW =
  "A step goes along the gradient of the unit’s value with respect to the pixels, scaled to " +
  "length 1, times the rate. A map’s value is its mean after the ReLU. The thin line and the " +
  "marks across the bars belong to the plain picture. Blur comes after every " +
  `${BLUR}th step; jitter moves the picture by up to ${JITTER} pixel while its gradient is ` +
  `taken; decay takes ${100 * DECAY} % of each pixel at every step.`;

const MODULES: Record<string, string> = {
  conv1: "features.1",
  conv2: "features.4",
  score: "dense.5",
};

export function asPython(
  { unit, start, steps, rate, seed, clip, ...on }: Settings,
  drawn: number[][],
) {
  const [layer, index] = unit;
  const starts: Record<Settings["start"], string> = {
    noise: `noise(${seed})`,
    grey: `0.5 + 0.02 * (noise(${seed}) - 0.5)`,
    drawing: `torch.tensor(${JSON.stringify(drawn)}, dtype=torch.float64)`,
  };
  const helpers = listed([start !== "drawing" && "noise", on.jitter && "shifts"]);
  const regularisers = listed([
    on.blur && `blur=${BLUR}`,
    on.jitter && `shifts=shifts(${seed})`,
    on.decay && `decay=${DECAY}`,
  ]);
  const imports = helpers ? `from book_utils.explorables.ascent.lab import ${helpers}\n` : "";
  const call = `ascend(model, ("${MODULES[layer]}", ${index}), start[None], ${steps}, ${rate}`;
  const clipped = clip ? "" : ", clip=False";
  const more = regularisers ? `, ${regularisers}` : "";
  return `import torch
from book_utils import weights
from book_utils.ascent import ascend
${imports}
model = weights.load("digit_lenet").double()
start = ${starts[start]}
without = ${call}${clipped}).picture[0]
y = ${call}${clipped}${more}).picture[0]
`;
}

const NONE = { blur: false, jitter: false, decay: false };
export const EXAMPLES: ExamplesOf<Settings> = {
  "": {
    "the score of 8, all three": {},
    "blur alone": { ...NONE, blur: true },
    "a map of strokes": { unit: ["conv2", 1] },
    "a rate that is too large": { ...NONE, rate: 20 },
    "no clipping: it diverges": { ...NONE, rate: 5, clip: false },
    "grey, and no gradient": { unit: ["conv2", 3], start: "grey" },
  },
};
