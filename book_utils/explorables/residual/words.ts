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
  default: "PyTorch’s initial weights",
  he: "He’s initial weights",
  trained: "after training",
};

/** What each chart shows, and how it is measured. */
export const CHARTS = {
  forward: ["Signal", "standard deviation"],
  gradient: ["Gradient", "norm"],
} as const;

export const UNKNOWN = "No networks of this kind were recorded.";

export const otherDepth = (depth: number, next: number) =>
  `There are no curves of this kind for ${depth} layers: these are of ${next}.`;

const waiting = (depth: number) => `PyTorch measures networks of ${depth} layers …`;

const source = (isRecorded: boolean, runs: number) =>
  isRecorded
    ? `Recorded: the geometric mean of ${plural(runs, "network")} of each kind.`
    : "Measured by PyTorch: one network of each kind.";

/** Powers of ten for the ear. */
export const aloud = (text: string) =>
  spoken(text.replaceAll(/e(−?)(\d+)/g, " times 10 to the $1$2").replaceAll("/", " / "));

export const withIt = (on: boolean) => (on ? "with shortcuts" : "without shortcuts");

const capital = (text: string) => text[0].toUpperCase() + text.slice(1);

/** How many times as large, in words: as a fraction from a tenth on, while it can be imagined. */
function comparedTo(value: number, last: number) {
  const ratio = value / last;
  const round = (v: number) => {
    const two = Number(v.toPrecision(2));
    return v < 9999.5 && v > 1e-4 ? String(two) : short(two);
  };
  return ratio > 0.1 || ratio < 1e-4
    ? { figure: round(ratio), of: "times" }
    : { figure: `1/${round(1 / ratio)}`, of: "of" };
}

/** How much of the last layer’s gradient gets to a layer, as a figure between words. */
export function describe({ layer, depth, shortcut, curves, other }: Shown) {
  if (!curves || !other) return { before: waiting(depth), figure: "", after: "" };
  const share = ({ gradient }: Curves) => comparedTo(gradient[layer - 1], gradient[depth - 1]);
  const [own, others] = [share(curves), share(other)];
  const before = `${capital(withIt(shortcut))}, the gradient at layer ${layer} of ${depth}`;
  if (layer === depth) {
    const figure = short(curves.gradient[depth - 1]);
    return { before: `${before} is`, figure, after: ". Here it sets out on its way back." };
  }
  const theirs = `${withIt(!shortcut)} ${others.figure}${others.of === "times" ? " times" : ""}`;
  return {
    before: `${before} is`,
    figure: own.figure,
    after: ` ${own.of} the last layer’s; ${theirs}.`,
  };
}

/** All that the charts show at one layer, in sentences. */
export function describeInFull(shown: Shown, isRecorded: boolean) {
  const { layer, depth, shortcut, curves, other } = shown;
  const { before, figure, after } = describe(shown);
  if (!curves || !other) return [before];
  const numbers = ({ forward, gradient }: Curves) =>
    `signal ${short(forward[layer - 1])}, gradient ${short(gradient[layer - 1])}`;
  return [
    `${before} ${figure}${after}`,
    `${capital(withIt(shortcut))}: ${numbers(curves)}.`,
    `${capital(withIt(!shortcut))}: ${numbers(other)}.`,
    placeOf(layer, depth).text,
    source(isRecorded, curves.runs),
  ];
}

/** What is to be seen on a chart. */
export function describeChart(what: keyof typeof CHARTS, shown: Shown) {
  const { depth, shortcut, curves, other } = shown;
  const title = `${CHARTS[what].join(": ")} by layer`;
  if (!curves || !other) return `${title}: ${waiting(depth)}`;
  const ends = ({ [what]: values }: Curves) => [short(values[0]), short(values[depth - 2])];
  const [own, others] = [ends(curves), ends(other)];
  const kind = `${title}, logarithmic scale, ${withIt(shortcut)}`;
  return (
    `${kind}: ${own[0]} at layer 1, ${own[1]} at layer ${depth - 1}. ` +
    `${capital(withIt(!shortcut))}: ${others.join(" and ")}.`
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

/** How many paths lead through the blocks, and through how many most of them go. */
export function describeWays(blocks: number, shortcut: boolean) {
  if (!shortcut) return `One path, through all ${blocks} blocks.`;
  const count = 2 ** blocks;
  const total = blocks < 34 ? `= ${thousands(count)}` : `≈ ${short(count)}`;
  const most = blocks % 2 ? `${(blocks - 1) / 2} or ${(blocks + 1) / 2}` : `${blocks / 2}`;
  return `2^${blocks} ${total} paths through ${blocks} blocks; most go through ${most}.`;
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
