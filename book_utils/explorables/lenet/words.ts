/** What the LeNet lab says: its titles, how a unit came about, and its code. */
import { range } from "../parts/grid.tsx";
import { factor, full, percent, short } from "../parts/numbers.ts";
import { inALine, plural, spoken } from "../parts/words.ts";
import type { Level } from "./layout.ts";
import type { Network } from "./network.ts";
import {
  best,
  hasMaps,
  type Kind,
  type Stage,
  stageNamed,
  type Unit,
  type Values,
} from "./stages.ts";
import { added, type Product, type Sum } from "./sum.ts";

const TITLES: Partial<Record<Kind, [full: string, short: string]>> = {
  input: ["Input", "Input"],
  conv2d: ["Convolution", "Conv"],
  linear: ["Dense layer", "Dense"],
  max_pool2d: ["Max pooling", "Pool"],
  avg_pool2d: ["Average pooling", "Pool"],
  sigmoid: ["Sigmoid", "Sigmoid"],
  relu: ["ReLU", "ReLU"],
  softmax: ["Probabilities", "Probabilities"],
};

/** The name of a stage, in full or as short as a column of maps is wide. */
export function titleOf({ kind, nth, isLast, from }: Stage, isShort = false) {
  if (isLast) return "Scores";
  const [long, short] = TITLES[kind] as [string, string];
  if (!from || kind === "softmax") return long;
  if (isShort && (kind === "relu" || kind === "sigmoid")) return short;
  return `${isShort ? short : long} ${nth}`;
}

/** A map by name, where its stage has several: "Convolution 2, map 5". */
export const mapName = (stage: Stage, map: number, isShort = false) =>
  hasMaps(stage) && stage.from ? `${titleOf(stage, isShort)}, map ${map}` : titleOf(stage, isShort);

/** A unit within its map or layer: "[1, 2]", "unit 17", or its class. */
export function placeName(stage: Stage, [first, row, column]: number[], classes: string[]) {
  if (hasMaps(stage)) return `[${row}, ${column}]`;
  return stage.isLast || stage.kind === "softmax" ? classes[first] : `unit ${first}`;
}

/** A unit by name: "Convolution 2, map 5 [4, 6]", "Dense layer 1, unit 17". */
export function unitName(stage: Stage, at: number[], classes: string[], isShort = false) {
  const place = placeName(stage, at, classes);
  return `${mapName(stage, at[0], isShort)}${hasMaps(stage) ? " " : ", "}${place}`;
}

/** A picture to choose, by its number and what it shows, where that is known. */
export const pictureName = ({ labels, classes }: Network, i: number) =>
  `Picture ${i}${labels[i] === undefined ? "" : `: ${classes[labels[i]]}`}`;

/** What the stage is to a screen reader, and its keys. */
export function stageLabel(level: Level, stage: Stage) {
  if (level === "network")
    return "The network: arrow keys go from layer to layer and from map to map, Enter goes in";
  if (level === "unit")
    return "A sum: arrow keys pick a product, page keys a map, Escape goes back";
  const [n, ...size] = stage.shape;
  const shape = hasMaps(stage) ? `${plural(n, "map")} of ${size.join(" by ")}` : `${n} units`;
  const keys = `arrow keys pick a unit${hasMaps(stage) && n > 1 ? ", page keys a map" : ""}`;
  return `${titleOf(stage)}, ${shape}: ${keys}, Enter shows its sum, Escape goes back`;
}

/** What a network takes a picture for: the first class apart, for it stands out. */
export function verdict({ classes, labels, images }: Network, values: Values, picture: string) {
  const parts = values.softmax.data;
  const order = range(parts.length).sort((a, b) => parts[b] - parts[a]);
  const [first, second] = order.map((i) => `${classes[i]}: ${percent(parts[i])}`);
  const label = labels[images.indexOf(picture)];
  const wrong = label === order[0] ? "It is right." : `It is wrong: this is ${classes[label]}.`;
  return { first, rest: `, then ${second}.${label === undefined ? "" : ` ${wrong}`}` };
}

/** What a screen reader hears of a picture. */
export function heardOf({ classes }: Network, { softmax: { data } }: Values) {
  const top = best(data);
  return `The network says ${classes[top]}, ${percent(data[top])}.`;
}

/** What a screen reader hears of an account. */
export const heard = (text: string) => spoken(text.replaceAll("e^", "e to the power "));

/** An account of a unit in a line, and what it comes to. */
export type Told = { line: string; result: string };

/** What one product of a unit is. */
export function toldOf(stage: Stage, { products }: Sum, index: number, classes: string[]): Told {
  const { x, w, value } = products[index];
  const result = full(value);
  switch (stage.kind) {
    case "max_pool2d": {
      const numbers = products.map((p) => p.value);
      const wins = best(numbers) === index; // the first of several alike
      return {
        line: `max(${numbers.map(short).join(", ")})`,
        result: full(Math.max(...numbers)) + (wins ? "" : `; ${short(x)} is smaller`),
      };
    }
    case "avg_pool2d":
      return { line: `${factor(x)} / ${products.length}`, result };
    case "relu":
      return { line: `max(0, ${full(x)})`, result };
    case "sigmoid":
      return { line: `1 / (1 + e^${x < 0 ? short(-x) : `(−${short(x)})`})`, result };
    case "softmax": {
      const scores = products.map((p) => p.x);
      const top = Math.max(...scores);
      const less = top < 0 ? `+ ${short(-top)}` : `− ${short(top)}`;
      const sum = added(products.map((p) => p.value));
      const line = `${classes[index]}: e^(${short(x)} ${less}) / ${short(sum)}`;
      return { line, result: full(value / sum) };
    }
    default:
      return { line: `${factor(x)} × ${factor(w ?? 1)}`, result };
  }
}

const signed = (v: number) => (v < 0 ? `− ${short(-v)}` : `+ ${short(v)}`);

/** Terms joined by their signs: 0.31 − 0.2 + 1. */
const joined = (terms: number[]) => terms.map((v, i) => (i ? signed(v) : short(v))).join(" ");

const LARGEST = 12; // terms of a dense unit that are written out

/** The whole sum of a unit, written out. */
export function sumInFull(stage: Stage, sum: Sum, at: number[], classes: string[]) {
  const { products, partial, bias, value } = sum;
  const numbers = products.map((p) => p.value);
  const is = `= ${full(value)}`;
  switch (stage.kind) {
    case "input":
      return is;
    case "conv2d":
      return `= ${joined([...partial, bias])} (bias) ${is}`;
    case "linear": {
      const order = [...numbers].sort((a, b) => Math.abs(b) - Math.abs(a));
      const [first, rest] = [order.slice(0, LARGEST), order.slice(LARGEST)];
      const largest = `${joined(first)} (the ${LARGEST} largest of ${order.length})`;
      const others = `${signed(added(rest))} (${rest.length} others)`;
      return `= ${largest} ${others} ${signed(bias)} (bias) ${is}`;
    }
    case "avg_pool2d":
      return `= (${joined(products.map((p) => p.x))}) / ${products.length} ${is}`;
    case "max_pool2d":
      return `= max(${inALine(numbers.map(short), ", ")}) ${is}`;
    default: {
      const { line } = toldOf(stage, sum, stage.kind === "softmax" ? at[0] : 0, classes);
      return `= ${line.replace(/^.*: /, "")} ${is}`;
    }
  }
}

/** Where a number came from, as a button says it. */
export function sourceName(stages: Stage[], { source }: Product, classes: string[]) {
  if (!source) return "";
  const [name, ...at] = source as Unit;
  return unitName(stageNamed(stages, name), at, classes, true);
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
