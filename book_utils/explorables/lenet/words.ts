/** What the LeNet lab says: its titles, how a unit came about, and its code. */
import { exponentials, type Layer } from "../arithmetic/network.ts";
import { range } from "../parts/grid.tsx";
import { full, short } from "../parts/numbers.ts";
import { plural, spoken } from "../parts/words.ts";
import type { Network } from "./network.ts";
import type { Values } from "./stages.ts";
import { best, flat, hasMaps, type Kind, type Stage, type Unit, unitAt } from "./stages.ts";
import { productsOf } from "./windows.ts";

/** A term of a sum. */
export type Term = {
  label: string;
  value: number;
  /** a number of the layer before, and */
  x?: number;
  /** its weight */
  w?: number;
  /** where that number is */
  source?: Unit;
  /** the channel this is the sum over */
  channel?: number;
  /** the largest of a window */
  wins?: boolean;
};
type Sum = { terms: Term[]; text: string };
/** How a unit came about. */
export type Account = Sum & { name: string; value: number };

const LARGEST = 12; // terms of a dense unit that are listed

const TITLES: Partial<Record<Kind, string>> = {
  conv2d: "Convolution",
  linear: "Dense layer",
  max_pool2d: "Max pooling",
  avg_pool2d: "Average pooling",
  sigmoid: "Bend (sigmoid)",
  relu: "Bend (ReLU)",
};

export const percent = (p: number) => `${(100 * p).toFixed(1)} %`;

export function titleOf({ kind, nth, isLast }: Stage) {
  if (kind === "input") return "Input";
  if (kind === "softmax") return "Probabilities";
  return isLast ? "Scores" : `${TITLES[kind]} ${nth}`;
}

/** The maps of a stage for a screen reader. @param which  "A", "B" or "B − A" of two pictures */
export function mapsLabel(stage: Stage, which: string) {
  const [n, ...size] = stage.shape;
  const shape = hasMaps(stage) ? `${plural(n, "map")} of ${size.join(" by ")}` : `${n} units`;
  const keys = `arrow keys pick a unit${hasMaps(stage) && n > 1 ? ", page keys a map" : ""}`;
  return `${which && `${which}, `}${titleOf(stage)}, ${shape}: ${keys}`;
}

/** A unit by name: "map 3 [1, 2]", "unit 17", or its class. */
function nameOf(stage: Stage, [first, row, column]: number[], classes: string[]) {
  if (stage.kind === "input") return `pixel [${row}, ${column}]`;
  if (hasMaps(stage)) return `map ${first} [${row}, ${column}]`;
  return stage.isLast || stage.kind === "softmax" ? classes[first] : `unit ${first}`;
}

/** What a network takes a picture for: the first class apart, for it stands out. */
export function verdict({ classes, labels, images }: Network, values: Values, picture: string) {
  const parts = values.softmax.data;
  const order = range(parts.length).sort((a, b) => parts[b] - parts[a]);
  const [first, second, third] = order.map((i) => `${classes[i]}: ${percent(parts[i])}`);
  const label = labels[images.indexOf(picture)];
  const wrong = label === order[0] ? "It is right." : `It is wrong: this is ${classes[label]}.`;
  return { first, rest: `; then ${second}, ${third}.${label === undefined ? "" : ` ${wrong}`}` };
}

/** What a screen reader hears of a picture. */
export function heardOf({ classes }: Network, { softmax: { data } }: Values) {
  const top = best(data);
  return `The network says ${classes[top]}, ${percent(data[top])}.`;
}

/** What a screen reader hears of a unit. @param before  its value for A */
export const heardUnit = ({ name, text }: Account, before: number | null) =>
  spoken(
    `${name} ${text}`.replaceAll("e^", "e to the power ") +
      (before === null ? "" : `; A has ${full(before)}`),
  );

const signed = (v: number) => (v < 0 ? `− ${short(-v)}` : `+ ${short(v)}`);

/** Terms joined by their signs: 0.31 − 0.2 + 1. */
const joined = (terms: number[]) => terms.map((v, i) => (i ? signed(v) : short(v))).join(" ");

const added = (terms: readonly { value: number }[]) =>
  terms.reduce((sum, { value }) => sum + value, 0);

/** A unit and all that its sum is made of. */
type Made = {
  stage: Stage;
  from: Stage;
  /** of convolutions, dense layers and pooling */
  layer: Required<Layer>;
  at: number[];
  values: Values;
  classes: string[];
};

function convolved({ stage, from, layer, at, values }: Made): Sum {
  const terms: Term[] = range(from.shape[0]).map((channel) => {
    const products = productsOf(stage, at, channel, values).flat();
    const value = products.reduce((sum, { product }) => sum + product, 0);
    return { label: from.kind === "input" ? "the picture" : `map ${channel}`, channel, value };
  });
  terms.push({ label: "bias", value: layer.bias[at[0]] });
  return { terms, text: `${joined(terms.map(({ value }) => value))} (bias)` };
}

function mixed({ from, layer, at: [o], values, classes }: Made): Sum {
  const x = values[from.name].data;
  const all = Array.from(x, (v, i) => {
    const source = unitAt(from, i);
    const [, ...at] = source;
    const w = layer.weight.data[o * x.length + i];
    return { label: nameOf(from, at, classes), value: v * w, x: v, w, source };
  }).sort((a, b) => Math.abs(b.value) - Math.abs(a.value));
  const [first, rest] = [all.slice(0, LARGEST), all.slice(LARGEST)];
  const others = { label: `${rest.length} others`, value: added(rest) };
  const bias = { label: "bias", value: layer.bias[o] };
  const text = [
    joined(first.map(({ value }) => value)),
    `(the ${first.length} largest of ${all.length})`,
    `${signed(others.value)} (${others.label})`,
    `${signed(bias.value)} (bias)`,
  ];
  return { terms: [...first, others, bias], text: text.join(" ") };
}

function pooled({ stage, from, layer, at, values }: Made): Sum {
  const { kernel, stride } = layer;
  const [channel, i, j] = at;
  const terms: Term[] = range(kernel[0] * kernel[1]).map((place) => {
    const row = i * stride[0] + Math.floor(place / kernel[1]);
    const column = j * stride[1] + (place % kernel[1]);
    const value = values[from.name].data[flat(from, [channel, row, column])];
    return { label: `[${row}, ${column}]`, value, source: [from.name, channel, row, column] };
  });
  const numbers = terms.map(({ value }) => value);
  if (stage.kind === "avg_pool2d") return { terms, text: `(${joined(numbers)}) / ${terms.length}` };
  terms[best(numbers)].wins = true; // the first of several alike
  return { terms, text: `max(${numbers.map(short).join(", ")})` };
}

function bent({ stage, from, at, values }: Made): Sum {
  const z = values[from.name].data[flat(from, at)];
  const power = z < 0 ? short(-z) : `(−${short(z)})`;
  const text = stage.kind === "relu" ? `max(0, ${short(z)})` : `1 / (1 + e^${power})`;
  return { terms: [{ label: "before the bend", value: z, source: [from.name, ...at] }], text };
}

function shared({ from, at: [o], values, classes }: Made): Sum {
  const scores = Array.from(values[from.name].data);
  const terms = Array.from(exponentials(scores), (value, i): Term => {
    return { label: classes[i], value, x: scores[i], wins: i === o, source: [from.name, i] };
  });
  const [score, most] = [scores[o], Math.max(...scores)];
  const less = most < 0 ? `+ ${short(-most)}` : `− ${short(most)}`;
  const sum = short(added(terms));
  return {
    terms,
    text: `e^(${short(score)} ${less}) / ${sum} = ${short(terms[o].value)} / ${sum}`,
  };
}

const SUMS: Partial<Record<Kind, (made: Made) => Sum>> = {
  conv2d: convolved,
  linear: mixed,
  max_pool2d: pooled,
  avg_pool2d: pooled,
  sigmoid: bent,
  relu: bent,
  softmax: shared,
};

/** How a unit came about. */
export function accountOf(stage: Stage, at: number[], values: Values, classes: string[]): Account {
  const value = values[stage.name].data[flat(stage, at)];
  const name = `${titleOf(stage)}, ${nameOf(stage, at, classes)}`;
  const { from, kind } = stage;
  const sum = SUMS[kind];
  if (!from || !sum) return { name, value, terms: [], text: `= ${full(value)}` };
  const layer = stage.layer as Required<Layer>;
  const { terms, text } = sum({ stage, from, layer, at, values, classes });
  return { name, value, terms, text: `= ${text} = ${full(value)}` };
}

export const asPython = (network: string, picture: string) => `import base64

import numpy as np
import torch
from book_utils import weights

model = weights.load("${network}")
pixels = base64.b64decode("${picture}")
x = torch.from_numpy(np.frombuffer(pixels, np.uint8).reshape(1, 1, 28, 28) / np.float32(255))
scores = model(x)  # (1, 10)
probabilities = scores.softmax(1)
`;
