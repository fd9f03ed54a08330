/** The units of a network: what each layer shows, where a unit looks, and the sum that makes it. */
import { exponentials, forward, softmax } from "../network.js";
import { full, short } from "./numbers.js";

/**
 * @typedef {import("../network.js").Layer} Layer
 * @typedef {import("../network.js").Tensor} Tensor
 *
 * @typedef {object} Stage  a layer as the lab shows it
 * @property {string} name       "input", a layer's name in PyTorch, or "softmax"
 * @property {string} title
 * @property {string} kind
 * @property {number[]} shape    (c, h, w) or (n,)
 * @property {Stage | null} from the stage it reads
 * @property {Layer | null} layer
 *
 * @typedef {[string, ...number[]]} Pick  a stage and a place in its shape
 * @typedef {Record<string, Tensor>} Values  the numbers of each stage
 * @typedef {{ top: number, left: number, height: number, width: number }} Box
 * @typedef {{ channel?: number, box?: Box, unit?: number, direct?: boolean }} Seen  what is not given is not limited
 *
 * @typedef {object} Part  a term of a sum
 * @property {string} label
 * @property {number} value
 * @property {number} [x]        a number of the layer before, and
 * @property {number} [w]        its weight
 * @property {Pick} [source]     where that number is
 * @property {number} [channel]  the channel this is the sum over
 * @property {boolean} [wins]    the largest of a window
 *
 * @typedef {object} Account  how a unit came about
 * @property {string} name
 * @property {number} value
 * @property {string} text       the sum, written out
 * @property {Part[]} parts
 */

const LARGEST = 12; // terms of a dense unit that are listed

const TITLES = /** @type {Record<string, string>} */ ({
  conv2d: "Convolution", linear: "Dense layer", max_pool2d: "Max pooling", avg_pool2d: "Average pooling",
  sigmoid: "Bend (sigmoid)", relu: "Bend (ReLU)",
});

/** The stages of a network, in order. @param {(Layer & { shape: number[] })[]} layers @returns {Stage[]} */
export function stagesOf(layers) {
  /** @type {Stage[]} */
  const stages = [{ name: "input", title: "Input", kind: "input", shape: [1, 28, 28], from: null, layer: null }];
  const last = layers.length - 1;
  /** @type {Record<string, number>} */
  const counts = {};
  layers.forEach((layer, i) => {
    if (layer.kind === "flatten") return;
    counts[layer.kind] = (counts[layer.kind] ?? 0) + 1;
    const title = i === last ? "Scores" : `${TITLES[layer.kind]} ${counts[layer.kind]}`;
    stages.push({ name: layer.name, title, kind: layer.kind, shape: layer.shape, from: stages.at(-1) ?? null, layer });
  });
  const scores = /** @type {Stage} */ (stages.at(-1));
  return [...stages, { name: "softmax", title: "Probabilities", kind: "softmax", shape: scores.shape, from: scores, layer: null }];
}

/** The numbers of every stage for one picture. @param {readonly Layer[]} layers @param {ArrayLike<number>} pixels @returns {Values} */
export function valuesOf(layers, pixels) {
  const input = { data: Float64Array.from(pixels), shape: [1, 1, 28, 28] };
  const outputs = forward(layers, input);
  const named = layers.map((layer, i) => [layer.name, outputs[i]]);
  return Object.fromEntries([["input", input], ...named, ["softmax", softmax(/** @type {Tensor} */ (outputs.at(-1)))]]);
}

/** Place of a unit in the flat data of its stage. @param {Stage} stage @param {number[]} at */
export const flat = ({ shape }, at) => shape.reduce((index, size, d) => index * size + at[d], 0);

/** The unit at a place of the flat data. @param {Stage} stage @param {number} index @returns {Pick} */
export function unitAt({ name, shape }, index) {
  const at = [...shape].reverse().map((size) => {
    const place = index % size;
    index = Math.floor(index / size);
    return place;
  }).reverse();
  return [name, ...at];
}

/** @param {Stage} stage */
export const hasMaps = ({ shape }) => shape.length === 3;

/** A unit by name: "map 3 [1, 2]", "unit 17", or its class. @param {Stage} stage @param {number[]} at @param {string[]} classes */
export function nameOf({ kind, shape, title }, at, classes) {
  if (kind === "input") return `pixel [${at[1]}, ${at[2]}]`;
  if (shape.length === 3) return `map ${at[0]} [${at[1]}, ${at[2]}]`;
  return title === "Scores" || kind === "softmax" ? classes[at[0]] : `unit ${at[0]}`;
}

/**
 * Where a unit looks, stage by stage back to the input: its window first, then the windows of that
 * window, which is the receptive field.
 * @param {Stage} stage @param {number[]} at @returns {Record<string, Seen>}
 */
export function seenBy(stage, at) {
  /** @type {Record<string, Seen>} */
  const seen = {};
  /** @type {Seen} */
  let now = hasMaps(stage) ? { channel: at[0], box: { top: at[1], left: at[2], height: 1, width: 1 } } : { unit: at[0] };
  for (let here = stage; here.from; here = here.from) {
    now = seenOnce(here, now);
    seen[here.from.name] = { ...now, direct: here === stage };
  }
  return seen;
}

/** What a layer reads to make some of its outputs. @param {Stage} stage @param {Seen} outputs @returns {Seen} */
function seenOnce({ kind, layer }, outputs) {
  if (kind === "sigmoid" || kind === "relu") return outputs;
  if (kind === "linear" || kind === "softmax" || !outputs.box) return {}; // everything
  return { channel: kind === "conv2d" ? undefined : outputs.channel, box: before(/** @type {Layer} */ (layer), outputs.box) };
}

/** The inputs that a box of outputs reads. @param {Layer} layer @param {Box} box @returns {Box} */
function before(layer, { top, left, height, width }) {
  const { kernel: [kh, kw], stride: [sh, sw], padding: [ph, pw] } = /** @type {Required<Layer>} */ (layer);
  return { top: top * sh - ph, left: left * sw - pw, height: (height - 1) * sh + kh, width: (width - 1) * sw + kw };
}

const signed = (/** @type {number} */ v) => (v < 0 ? `− ${short(-v)}` : `+ ${short(v)}`);

/** Terms joined by their signs: 0.31 − 0.2 + 1. @param {number[]} terms */
export const joined = (terms) => terms.map((v, i) => (i ? signed(v) : short(v))).join(" ");

/**
 * How a unit came about.
 * @param {Stage} stage @param {number[]} at @param {Values} values @param {string[]} classes @returns {Account}
 */
export function accountOf(stage, at, values, classes) {
  const value = values[stage.name].data[flat(stage, at)];
  const name = `${stage.title}, ${nameOf(stage, at, classes)}`;
  if (!stage.from) return { name, value, parts: [], text: `${name} = ${full(value)}` };
  const make = stage.kind === "conv2d" ? convolved : stage.kind === "linear" ? mixed
    : stage.kind === "softmax" ? shared : stage.kind.endsWith("pool2d") ? pooled : bent;
  const { parts, text } = make(stage, /** @type {Stage} */ (stage.from), at, values, classes);
  return { name, value, parts, text: `${name} = ${text} = ${full(value)}` };
}

/** @typedef {(stage: Stage, from: Stage, at: number[], values: Values, classes: string[]) => { parts: Part[], text: string }} Make */

/** The products of one window and its kernel. @param {Stage} stage @param {number[]} at @param {number} channel @param {Values} values */
export function productsOf({ layer, from }, [o, i, j], channel, values) {
  const { weight, kernel: [kh, kw], stride: [sh, sw], padding: [ph, pw] } = /** @type {Required<Layer>} */ (layer);
  const { data, shape: [, channels, height, width] } = values[/** @type {Stage} */ (from).name];
  return Array.from({ length: kh }, (_, a) => Array.from({ length: kw }, (_, b) => {
    const [r, c] = [i * sh - ph + a, j * sw - pw + b];
    const inside = r >= 0 && c >= 0 && r < height && c < width;
    const x = inside ? data[(channel * height + r) * width + c] : 0;
    const w = weight.data[((o * channels + channel) * kh + a) * kw + b];
    return { x, w, product: x * w, inside };
  }));
}

/** @type {Make} */
function convolved(stage, from, at, values) {
  const { bias } = /** @type {Required<Layer>} */ (stage.layer);
  const parts = Array.from({ length: from.shape[0] }, (_, channel) => ({
    label: from.kind === "input" ? "the picture" : `map ${channel}`, channel,
    value: productsOf(stage, at, channel, values).flat().reduce((sum, { product }) => sum + product, 0),
  }));
  const text = `${joined([...parts.map((part) => part.value), bias[at[0]]])} (bias)`;
  return { parts: [...parts, { label: "bias", value: bias[at[0]] }], text };
}

/** @type {Make} */
function mixed(stage, from, [o], values, classes) {
  const { weight, bias } = /** @type {Required<Layer>} */ (stage.layer);
  const x = values[from.name].data;
  const all = Array.from(x, (v, i) => {
    const [, ...place] = unitAt(from, i);
    const w = weight.data[o * x.length + i];
    return { label: nameOf(from, place, classes), value: v * w, x: v, w, source: unitAt(from, i) };
  }).sort((a, b) => Math.abs(b.value) - Math.abs(a.value));
  const [first, rest] = [all.slice(0, LARGEST), all.slice(LARGEST)];
  const others = { label: `${rest.length} others`, value: rest.reduce((sum, part) => sum + part.value, 0) };
  const text = `${joined(first.map((part) => part.value))} (the ${first.length} largest of ${all.length}) ` +
    `${signed(others.value)} (${rest.length} others) ${signed(bias[o])} (bias)`;
  return { parts: [...first, others, { label: "bias", value: bias[o] }], text };
}

/** @type {Make} */
function pooled(stage, from, [channel, i, j], values) {
  const { kernel: [kh, kw], stride: [sh, sw] } = /** @type {Required<Layer>} */ (stage.layer);
  const y = values[stage.name].data[flat(stage, [channel, i, j])];
  const isMax = stage.kind === "max_pool2d";
  let won = !isMax;
  const parts = Array.from({ length: kh * kw }, (_, place) => {
    const at = [channel, i * sh + Math.floor(place / kw), j * sw + (place % kw)];
    const value = values[from.name].data[flat(from, at)];
    const wins = !won && value === y; // the first of several alike
    won ||= wins;
    return { label: `[${at[1]}, ${at[2]}]`, value, wins, source: /** @type {Pick} */ ([from.name, ...at]) };
  });
  const numbers = parts.map((part) => part.value);
  return { parts, text: isMax ? `max(${numbers.map(short).join(", ")})` : `(${joined(numbers)}) / ${numbers.length}` };
}

/** @type {Make} */
function bent(stage, from, at, values) {
  const z = values[from.name].data[flat(from, at)];
  const source = /** @type {Pick} */ ([from.name, ...at]);
  const text = stage.kind === "relu" ? `max(0, ${short(z)})` : `1 / (1 + e^${z < 0 ? short(-z) : `(−${short(z)})`})`;
  return { parts: [{ label: "before the bend", value: z, source }], text };
}

/** @type {Make} */
function shared(stage, from, [o], values, classes) {
  const scores = values[from.name].data;
  const powers = exponentials(scores);
  const most = Math.max(...scores);
  const sum = powers.reduce((total, part) => total + part, 0);
  const parts = Array.from(powers, (value, i) => ({ label: classes[i], value, x: scores[i], wins: i === o, source: /** @type {Pick} */ ([from.name, i]) }));
  return { parts, text: `e^(${short(scores[o])} − ${short(most)}) / ${short(sum)} = ${short(powers[o])} / ${short(sum)}`.replace("− −", "+ ") };
}
