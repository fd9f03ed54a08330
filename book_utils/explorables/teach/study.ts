/**
 * What is learned from the examples, three times over: from the features of the trained network,
 * from those of the same network with random weights, and from the pixels. And how good it is: on
 * each example when it is left out, and on signs that were not learned from. In lab.py PyTorch
 * computes the same.
 */
import { forward, type Layer } from "../arithmetic/network.ts";
import { fitted, overlap, overlaps, probability, unit } from "../arithmetic/softmax_regression.ts";
import { blank, SIDE } from "../parts/digit.ts";
import { lengthen, pictureOf, pixelsOf, textOf } from "../parts/pictures.ts";
import type { TeachLab } from "../settings.ts";

export type Settings = Pick<TeachLab, "signs" | "ready" | "layer">;
export type Sign = 0 | 1;
/** a sign and its picture, as it travels */
export type Example = [Sign, string];
/** as signs.py packs them: pictures in runs */
export type Pairs = Record<string, { names: string[]; pictures: string[][] }>;
export type Networks = { trained: Layer[]; random: Layer[] };

export const KINDS = ["trained", "random", "pixels"] as const;
export type Kind = (typeof KINDS)[number];
export const OWN = "own";
export const MOST = 20; // examples of each sign
const TAUGHT = 10; // of the ready ones, at most
export const EMPTY = pictureOf(blank());
const LAST = { dense: "dense.4", conv: "dense.0" }; // the layers whose outputs are the features

/** All ready signs of a pair, as pictures; none of the reader's own. */
export function unpacked(pairs: Pairs, signs: string): string[][] {
  const runs = pairs[signs]?.pictures ?? [[], []];
  return runs.map((each) => each.map((text) => textOf(lengthen(text, SIDE * SIDE))));
}

/** The sign that is on the pad at first: one that is never learned unasked. */
export const firstOf = (all: string[][]) => all[0][TAUGHT] ?? EMPTY;

/** How many of each sign there are. */
export const countsOf = (examples: readonly Example[]) =>
  [0, 1].map((sign) => examples.filter(([of]) => of === sign).length);

/** The ready signs that are examples, those that are not, and all examples, drawn ones last. */
export function dealt(all: string[][], { ready }: Settings, drawn: readonly Example[]) {
  const counts = countsOf(drawn);
  const known = new Set(drawn.map(([, picture]) => picture)); // a ready one may have been taught
  const taken = counts.map((count) => Math.min(ready, MOST - count));
  const of = (pick: (pictures: string[], sign: number) => string[]): Example[] =>
    all.flatMap((pictures, sign) =>
      pick(pictures, sign).map((each): Example => [sign as Sign, each]),
    );
  return {
    examples: [...of((pictures, sign) => pictures.slice(0, taken[sign])), ...drawn],
    others: of((pictures) => pictures.slice(ready)).filter(([, each]) => !known.has(each)),
  };
}

/** Features by what they are of; each is computed once. */
export class Features {
  networks: Networks;
  known = new Map<string, Float64Array>();

  constructor(networks: Networks) {
    this.networks = networks;
  }

  /** The features of a picture, as a vector of length 1. */
  of(kind: Kind, layer: Settings["layer"], picture: string): Float64Array {
    const name = `${kind} ${kind === "pixels" ? "" : layer} ${picture}`;
    const known = this.known.get(name);
    if (known) return known;
    const found = unit(this.made(kind, layer, picture));
    this.known.set(name, found);
    return found;
  }

  made(kind: Kind, layer: Settings["layer"], picture: string): ArrayLike<number> {
    const pixels = pixelsOf(picture);
    if (kind === "pixels") return pixels;
    const layers = this.networks[kind];
    const last = layers.findIndex(({ name }) => name === LAST[layer]);
    const outputs = forward(layers.slice(0, last + 1), { data: pixels, shape: [1, 1, SIDE, SIDE] });
    return outputs[last].data;
  }
}

/** One of the three; `a` is null until both signs have an example. */
export type Learned = {
  examples: Float64Array[];
  a: Float64Array | null;
  /** the probability of its own sign, for each example by what learned the others, or null */
  leftOut: (number | null)[];
  /** the same for signs that were not learned from, the ready ones first */
  further: (number | null)[];
};
export type Study = {
  examples: Example[];
  layer: Settings["layer"];
  of: Record<Kind, Learned>;
};

type Task = { all: string[][]; settings: Settings; drawn: readonly Example[]; features: Features };

/**
 * Computes all there is to know, in small pieces: it may be left at every `yield`. It yields what
 * was learned as soon as that is there, and returns it once it is tested too.
 */
export function* studied(task: Task): Generator<Study | undefined, Study> {
  const { all, settings, drawn, features } = task;
  const { layer } = settings;
  const { examples, others } = dealt(all, settings, drawn);
  const labels = examples.map(([sign]) => sign);
  const indices = labels.map((_, j) => j);
  const of = {} as Study["of"];
  const commons = {} as Record<Kind, Float64Array[]>;
  const learn = (kind: Kind, from: number[], start?: ArrayLike<number> | null) =>
    new Set(from.map((j) => labels[j])).size === 2
      ? fitted({ common: commons[kind], labels, from, start: start ?? undefined })
      : null;
  for (const kind of KINDS) {
    const made: Float64Array[] = [];
    for (const [, picture] of examples) {
      made.push(features.of(kind, layer, picture));
      yield;
    }
    commons[kind] = overlaps(made);
    of[kind] = { examples: made, a: learn(kind, indices), leftOut: [], further: [] };
    yield;
  }
  const study = (parts: Study["of"]): Study => ({ examples, layer, of: parts });
  yield study({ ...of });
  for (const kind of KINDS) {
    const { examples: made, a } = of[kind];
    const [leftOut, further]: Learned["leftOut"][] = [[], []];
    for (const i of indices) {
      const rest = indices.filter((j) => j !== i);
      leftOut.push(ofSign(labels[i], learn(kind, rest, a), commons[kind][i]));
      yield;
    }
    for (const [sign, picture] of others) {
      const x = features.of(kind, layer, picture);
      const shared = made.map((y) => overlap(x, y));
      further.push(ofSign(sign, a, shared));
      yield;
    }
    let before: Float64Array | null = null;
    for (const i of indices.slice(examples.length - drawn.length)) {
      before = learn(kind, indices.slice(0, i), before);
      further.push(ofSign(labels[i], before, commons[kind][i]));
      yield;
    }
    of[kind] = { ...of[kind], leftOut, further };
  }
  return study(of);
}

/** The probability of a sign, where something was learned. */
function ofSign(sign: Sign, a: Float64Array | null, common: ArrayLike<number>) {
  if (!a) return null;
  const second = probability(a, common);
  return sign ? second : 1 - second;
}

/** How many of those that could be tested were named right. */
export function score(probabilities: readonly (number | null)[]) {
  const tested = probabilities.filter((p) => p !== null);
  return { right: tested.filter((p) => p > 0.5).length, of: tested.length };
}

/**
 * The probability of the second sign for a picture, or null before both have examples; an example
 * is judged by what learned the others.
 */
export function judged(study: Study, kind: Kind, features: Features, picture: string) {
  const { examples, a, leftOut } = study.of[kind];
  const known = study.examples.findIndex(([, each]) => each === picture);
  if (known >= 0) {
    const own = leftOut[known] ?? null;
    return own === null || study.examples[known][0] ? own : 1 - own;
  }
  if (!a) return null;
  const x = features.of(kind, study.layer, picture);
  return probability(
    a,
    examples.map((y) => overlap(x, y)),
  );
}
