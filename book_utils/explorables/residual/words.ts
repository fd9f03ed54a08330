/** What the residual lab says, and its code. */
import { short, thousands } from "../parts/numbers.ts";
import { plural, python, spoken } from "../parts/words.ts";
import type { ResidualLab as Settings } from "../settings.ts";
import type { Curves } from "./solution.ts";

/** What is shown: a network and, for comparison, the other kind. */
export type Shown = {
  depth: number;
  layer: number;
  shortcut: boolean;
  curves?: Curves;
  other?: Curves;
};

export const STATES: Record<Settings["weights"], string> = {
  default: "PyTorch’s first weights",
  he: "He’s first weights",
  trained: "after training",
};

export const CHARTS = { forward: "Signal: standard deviation", gradient: "Gradient: norm" };

export const UNKNOWN = "No trained network of this kind was recorded.";

export const otherDepth = (depth: number, next: number) =>
  `There are no curves of this kind for ${depth} layers: these are of ${next}.`;

const waiting = (depth: number) => `PyTorch measures networks of ${depth} layers …`;

export const source = (isRecorded: boolean, { runs }: Curves) =>
  isRecorded
    ? `Recorded: the geometric mean of ${plural(runs, "network")} of each kind.`
    : "Measured by PyTorch, just now: one network of each kind.";

/** Powers of ten for the ear. */
export const aloud = (text: string) =>
  spoken(text.replaceAll(/e(−?)(\d+)/g, " times 10 to the $1$2"));

export const withIt = (on: boolean) => (on ? "with shortcuts" : "without shortcuts");

/** The other kind of network, at the beginning of a sentence. */
const otherKind = (shortcut: boolean) => (shortcut ? "Without shortcuts" : "With shortcuts");

/** How many times as large, in words: as a fraction from a tenth on, while it can be imagined. */
function comparedTo(value: number, last: number) {
  const ratio = value / last;
  const round = (v: number) => {
    const two = Number(v.toPrecision(2));
    return v < 9999.5 && v > 1e-4 ? String(two) : short(two);
  };
  return ratio > 0.1 || ratio < 1e-4
    ? `${round(ratio)} times the last layer’s`
    : `1/${round(1 / ratio)} of the last layer’s`;
}

/** What the charts show at one layer, in sentences. */
export function describe({ layer, depth, shortcut, curves, other }: Shown) {
  if (!curves || !other) return [waiting(depth)];
  const numbers = ({ forward, gradient }: Curves) =>
    `signal ${short(forward[layer - 1])}, gradient ${short(gradient[layer - 1])}`;
  const { gradient } = curves;
  const isLast = layer === depth;
  const ratio = isLast ? "the last layer" : comparedTo(gradient[layer - 1], gradient[depth - 1]);
  return [
    `Layer ${layer} of ${depth}, ${withIt(shortcut)}: ${numbers(curves)}, ${ratio}.`,
    `${otherKind(shortcut)}: ${numbers(other)}.`,
  ];
}

/** What is to be seen on a chart. */
export function describeChart(what: keyof typeof CHARTS, shown: Shown) {
  const { depth, shortcut, curves, other } = shown;
  const title = `${CHARTS[what]} by layer`;
  if (!curves || !other) return `${title}: ${waiting(depth)}`;
  const ends = ({ [what]: values }: Curves) => [short(values[0]), short(values[depth - 2])];
  const [own, others] = [ends(curves), ends(other)];
  const kind = `${title}, logarithmic scale, ${withIt(shortcut)}`;
  return (
    `${kind}: ${own[0]} at layer 1, ${own[1]} at layer ${depth - 1}. ` +
    `${otherKind(shortcut)}: ${others.join(" and ")}.`
  );
}

/** Where a layer stands: which of the block’s two convolutions, or at the ends. */
export function placeOf(layer: number, depth: number) {
  if (layer === 1) return { which: 0, text: "Layer 1 comes before the blocks." };
  if (layer === depth) return { which: 0, text: `Layer ${depth}, dense, comes after the blocks.` };
  const [block, which] = [Math.floor(layer / 2), 1 + (layer % 2)];
  const convolution = `${which === 1 ? "first" : "second"} convolution`;
  const blocks = (depth - 2) / 2;
  return { which, text: `Layer ${layer}: ${convolution} of block ${block} of ${blocks}.` };
}

/** How many ways lead through the blocks, and through how many most of them go. */
export function describeWays(blocks: number, shortcut: boolean) {
  if (!shortcut) return { text: `One way, through all ${blocks} blocks`, most: "" };
  const count = 2 ** blocks;
  const total = blocks < 34 ? `= ${thousands(count)}` : `≈ ${short(count)}`;
  return {
    text: `2^${blocks} ${total} ways through ${blocks} blocks`,
    most: blocks % 2 ? `${(blocks - 1) / 2} or ${(blocks + 1) / 2}` : `${blocks / 2}`,
  };
}

const MEASURE =
  "seen = signals.measure(net, *signals.batch())  # forward and gradient, a number for each layer";
const TRAIN = "# train it here, as the record “signals” says\n";

export function asPython({ depth, shortcut, norm, weights }: Settings) {
  const isTrained = weights === "trained";
  const settings = {
    shortcut: python.bool(shortcut),
    norm: python.bool(norm),
    weights: `"${isTrained ? "he" : weights}"`,
    seed: 0,
  };
  const given = Object.entries(settings).map(([name, value]) => `${name}=${value}`);
  return `from book_utils import signals

net = signals.network(${[depth, ...given].join(", ")})
${isTrained ? TRAIN : ""}${MEASURE}
`;
}
