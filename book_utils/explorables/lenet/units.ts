/** The units of a network: what each layer shows, where a unit looks, and the sum that makes it. */

import type { Layer } from "../arithmetic/network.ts";
import { exponentials, forward, softmax } from "../arithmetic/network.ts";
import type { Tensor } from "../arithmetic/tensor.ts";
import { full, short } from "../parts/numbers.ts";

/** a layer as the lab shows it */
export interface Stage {
  /** "input", a layer's name in PyTorch, or "softmax" */
  name: string;
  title: string;
  kind: string;
  /** (c, h, w) or (n,) */
  shape: number[];
  /** the stage it reads */
  from: Stage | null;
  layer: Layer | null;
}
/** a stage and a place in its shape */
export type Pick = [string, ...number[]];
/** the numbers of each stage */
export type Values = Record<string, Tensor>;
export type Box = { top: number; left: number; height: number; width: number };
/** what is not given is not limited */
export type Seen = { channel?: number; box?: Box; unit?: number; direct?: boolean };
/** a term of a sum */
export interface Part {
  label: string;
  value: number;
  /** a number of the layer before, and */
  x?: number;
  /** its weight */
  w?: number;
  /** where that number is */
  source?: Pick;
  /** the channel this is the sum over */
  channel?: number;
  /** the largest of a window */
  wins?: boolean;
}
/** how a unit came about */
export interface Account {
  name: string;
  value: number;
  /** the sum, written out */
  text: string;
  parts: Part[];
}

const LARGEST = 12; // terms of a dense unit that are listed

const TITLES = {
  conv2d: "Convolution",
  linear: "Dense layer",
  max_pool2d: "Max pooling",
  avg_pool2d: "Average pooling",
  sigmoid: "Bend (sigmoid)",
  relu: "Bend (ReLU)",
} as Record<string, string>;

/** The stages of a network, in order. */
export function stagesOf(layers: (Layer & { shape: number[] })[]): Stage[] {
  const stages: Stage[] = [
    { name: "input", title: "Input", kind: "input", shape: [1, 28, 28], from: null, layer: null },
  ];
  const last = layers.length - 1;
  const counts: Record<string, number> = {};
  layers.forEach((layer, i) => {
    if (layer.kind === "flatten") return;
    counts[layer.kind] = (counts[layer.kind] ?? 0) + 1;
    const title = i === last ? "Scores" : `${TITLES[layer.kind]} ${counts[layer.kind]}`;
    stages.push({
      name: layer.name,
      title,
      kind: layer.kind,
      shape: layer.shape,
      from: stages.at(-1) ?? null,
      layer,
    });
  });
  const scores = stages.at(-1) as Stage;
  return [
    ...stages,
    {
      name: "softmax",
      title: "Probabilities",
      kind: "softmax",
      shape: scores.shape,
      from: scores,
      layer: null,
    },
  ];
}

/** The numbers of every stage for one picture. */
export function valuesOf(layers: readonly Layer[], pixels: ArrayLike<number>): Values {
  const input = { data: Float64Array.from(pixels), shape: [1, 1, 28, 28] };
  const outputs = forward(layers, input);
  const named = layers.map((layer, i) => [layer.name, outputs[i]]);
  return Object.fromEntries([
    ["input", input],
    ...named,
    ["softmax", softmax(outputs.at(-1) as Tensor)],
  ]);
}

/** Place of a unit in the flat data of its stage. */
export const flat = ({ shape }: Stage, at: number[]) =>
  shape.reduce((index, size, d) => index * size + at[d], 0);

/** The unit at a place of the flat data. */
export function unitAt({ name, shape }: Stage, index: number): Pick {
  const at = [...shape]
    .reverse()
    .map((size) => {
      const place = index % size;
      index = Math.floor(index / size);
      return place;
    })
    .reverse();
  return [name, ...at];
}

export const hasMaps = ({ shape }: Stage) => shape.length === 3;

/** A unit by name: "map 3 [1, 2]", "unit 17", or its class. */
export function nameOf({ kind, shape, title }: Stage, at: number[], classes: string[]) {
  if (kind === "input") return `pixel [${at[1]}, ${at[2]}]`;
  if (shape.length === 3) return `map ${at[0]} [${at[1]}, ${at[2]}]`;
  return title === "Scores" || kind === "softmax" ? classes[at[0]] : `unit ${at[0]}`;
}

/**
 * Where a unit looks, stage by stage back to the input: its window first, then the windows of that
 * window, which is the receptive field.
 */
export function seenBy(stage: Stage, at: number[]): Record<string, Seen> {
  const seen: Record<string, Seen> = {};
  let now: Seen = hasMaps(stage)
    ? { channel: at[0], box: { top: at[1], left: at[2], height: 1, width: 1 } }
    : { unit: at[0] };
  for (let here = stage; here.from; here = here.from) {
    now = seenOnce(here, now);
    seen[here.from.name] = { ...now, direct: here === stage };
  }
  return seen;
}

/** What a layer reads to make some of its outputs. */
function seenOnce({ kind, layer }: Stage, outputs: Seen): Seen {
  if (kind === "sigmoid" || kind === "relu") return outputs;
  if (kind === "linear" || kind === "softmax" || !outputs.box) return {}; // everything
  return {
    channel: kind === "conv2d" ? undefined : outputs.channel,
    box: before(layer as Layer, outputs.box),
  };
}

/** The inputs that a box of outputs reads. */
function before(layer: Layer, { top, left, height, width }: Box): Box {
  const {
    kernel: [kh, kw],
    stride: [sh, sw],
    padding: [ph, pw],
  } = layer as Required<Layer>;
  return {
    top: top * sh - ph,
    left: left * sw - pw,
    height: (height - 1) * sh + kh,
    width: (width - 1) * sw + kw,
  };
}

const signed = (v: number) => (v < 0 ? `− ${short(-v)}` : `+ ${short(v)}`);

/** Terms joined by their signs: 0.31 − 0.2 + 1. */
export const joined = (terms: number[]) =>
  terms.map((v, i) => (i ? signed(v) : short(v))).join(" ");

/** How a unit came about. */
export function accountOf(stage: Stage, at: number[], values: Values, classes: string[]): Account {
  const value = values[stage.name].data[flat(stage, at)];
  const name = `${stage.title}, ${nameOf(stage, at, classes)}`;
  if (!stage.from) return { name, value, parts: [], text: `${name} = ${full(value)}` };
  const make =
    stage.kind === "conv2d"
      ? convolved
      : stage.kind === "linear"
        ? mixed
        : stage.kind === "softmax"
          ? shared
          : stage.kind.endsWith("pool2d")
            ? pooled
            : bent;
  const { parts, text } = make(stage, stage.from as Stage, at, values, classes);
  return { name, value, parts, text: `${name} = ${text} = ${full(value)}` };
}

type Make = (
  stage: Stage,
  from: Stage,
  at: number[],
  values: Values,
  classes: string[],
) => { parts: Part[]; text: string };

/** The products of one window and its kernel. */
export function productsOf(
  { layer, from }: Stage,
  [o, i, j]: number[],
  channel: number,
  values: Values,
) {
  const {
    weight,
    kernel: [kh, kw],
    stride: [sh, sw],
    padding: [ph, pw],
  } = layer as Required<Layer>;
  const {
    data,
    shape: [, channels, height, width],
  } = values[(from as Stage).name];
  return Array.from({ length: kh }, (_, a) =>
    Array.from({ length: kw }, (_, b) => {
      const [r, c] = [i * sh - ph + a, j * sw - pw + b];
      const inside = r >= 0 && c >= 0 && r < height && c < width;
      const x = inside ? data[(channel * height + r) * width + c] : 0;
      const w = weight.data[((o * channels + channel) * kh + a) * kw + b];
      return { x, w, product: x * w, inside };
    }),
  );
}

const convolved: Make = (stage, from, at, values) => {
  const { bias } = stage.layer as Required<Layer>;
  const parts = Array.from({ length: from.shape[0] }, (_, channel) => ({
    label: from.kind === "input" ? "the picture" : `map ${channel}`,
    channel,
    value: productsOf(stage, at, channel, values)
      .flat()
      .reduce((sum, { product }) => sum + product, 0),
  }));
  const text = `${joined([...parts.map((part) => part.value), bias[at[0]]])} (bias)`;
  return { parts: [...parts, { label: "bias", value: bias[at[0]] }], text };
};

const mixed: Make = (stage, from, [o], values, classes) => {
  const { weight, bias } = stage.layer as Required<Layer>;
  const x = values[from.name].data;
  const all = Array.from(x, (v, i) => {
    const [, ...place] = unitAt(from, i);
    const w = weight.data[o * x.length + i];
    return { label: nameOf(from, place, classes), value: v * w, x: v, w, source: unitAt(from, i) };
  }).sort((a, b) => Math.abs(b.value) - Math.abs(a.value));
  const [first, rest] = [all.slice(0, LARGEST), all.slice(LARGEST)];
  const others = {
    label: `${rest.length} others`,
    value: rest.reduce((sum, part) => sum + part.value, 0),
  };
  const text =
    `${joined(first.map((part) => part.value))} (the ${first.length} largest of ${all.length}) ` +
    `${signed(others.value)} (${rest.length} others) ${signed(bias[o])} (bias)`;
  return { parts: [...first, others, { label: "bias", value: bias[o] }], text };
};

const pooled: Make = (stage, from, [channel, i, j], values) => {
  const {
    kernel: [kh, kw],
    stride: [sh, sw],
  } = stage.layer as Required<Layer>;
  const y = values[stage.name].data[flat(stage, [channel, i, j])];
  const isMax = stage.kind === "max_pool2d";
  let won = !isMax;
  const parts = Array.from({ length: kh * kw }, (_, place) => {
    const at = [channel, i * sh + Math.floor(place / kw), j * sw + (place % kw)];
    const value = values[from.name].data[flat(from, at)];
    const wins = !won && value === y; // the first of several alike
    won ||= wins;
    return { label: `[${at[1]}, ${at[2]}]`, value, wins, source: [from.name, ...at] as Pick };
  });
  const numbers = parts.map((part) => part.value);
  return {
    parts,
    text: isMax
      ? `max(${numbers.map(short).join(", ")})`
      : `(${joined(numbers)}) / ${numbers.length}`,
  };
};

const bent: Make = (stage, from, at, values) => {
  const z = values[from.name].data[flat(from, at)];
  const source = [from.name, ...at] as Pick;
  const text =
    stage.kind === "relu"
      ? `max(0, ${short(z)})`
      : `1 / (1 + e^${z < 0 ? short(-z) : `(−${short(z)})`})`;
  return { parts: [{ label: "before the bend", value: z, source }], text };
};

const shared: Make = (_stage, from, [o], values, classes) => {
  const scores = values[from.name].data;
  const powers = exponentials(scores);
  const most = Math.max(...scores);
  const sum = powers.reduce((total, part) => total + part, 0);
  const parts = Array.from(powers, (value, i) => ({
    label: classes[i],
    value,
    x: scores[i],
    wins: i === o,
    source: [from.name, i] as Pick,
  }));
  return {
    parts,
    text: `e^(${short(scores[o])} − ${short(most)}) / ${short(sum)} = ${short(powers[o])} / ${short(sum)}`.replace(
      "− −",
      "+ ",
    ),
  };
};
