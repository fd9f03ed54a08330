/**
 * The arithmetic of one layer written out, with the numbers filled in, and the code of them all.
 */

import type { Layer, Reach, Row } from "../arithmetic/ledger.ts";
import { handsOn, KINDS, product, START, windowOf } from "../arithmetic/ledger.ts";
import { thousands } from "../parts/numbers.ts";
import { layerCall } from "../parts/pytorch.ts";
import { listed, memory, spoken, square, times } from "../parts/words.ts";

/** Layers in a row, the shape of one example and the bytes of one number. */
export type Network = { input: number[]; layers: Layer[]; number_bytes: number };
/** A layer, what comes in and what goes out. */
export type Step = {
  layer: Layer;
  before: { shape: number[]; reach: Reach };
  row: Row;
  batch: number;
  numberBytes: number;
};

export const stepOf = (
  { input, layers, number_bytes: numberBytes }: Network,
  rows: Row[],
  batch: number,
  i: number,
): Step => ({
  layer: layers[i],
  row: rows[i],
  batch,
  numberBytes,
  before: rows[i - 1] ?? { shape: input, reach: START },
});

const usualStride = ({ kind, kernel }: Layer) => (kind === "Conv2d" ? [1, 1] : kernel);
const differ = (a: unknown, b: unknown) => String(a) !== String(b);

/** The window of a layer in few words, such as `5×5, padding 2`, as layer_table writes it. */
export function setting(layer: Layer) {
  const { kernel, stride = [1, 1], padding = [0, 0], dilation = [1, 1] } = layer;
  if (!kernel) return "";
  return listed([
    times(kernel),
    differ(stride, usualStride(layer)) && `stride ${square(stride)}`,
    differ(padding, [0, 0]) && `padding ${padding === "same" ? padding : square(padding)}`,
    differ(dilation, [1, 1]) && `dilation ${square(dilation)}`,
  ]);
}

/** How far a window reaches, as a term. */
const reachTerm = ({ k, dilation }: ReturnType<typeof windowOf>) =>
  dilation === 1 ? String(k) : `(${dilation}·(${k} − 1) + 1)`;

/** The size along one axis. */
function size({ layer, before, row }: Step, d: 0 | 1) {
  const [n, window] = [before.shape[1 + d], windowOf(layer, d)];
  if (layer.padding === "same") return `${n}, kept by padding='same'`;
  const [open, close] = layer.ceil ? "⌈⌉" : "⌊⌋";
  const padded = window.padding ? `${n} + 2·${window.padding}` : String(n);
  const formula = `${open}(${padded} − ${reachTerm(window)}) / ${window.stride}${close} + 1`;
  const steps = Math.ceil(
    (n + 2 * Number(window.padding) - window.dilation * (window.k - 1) - 1) / window.stride,
  );
  // A window that would start in the padding behind.
  const dropped = layer.ceil && row.shape[1 + d] <= steps ? " − 1" : "";
  return `${formula}${dropped} = ${row.shape[1 + d]}`;
}

/** Height and width, in one term where they agree. */
function sizes(step: Step) {
  const [down, across] = [size(step, 0), size(step, 1)];
  return down === across ? `height and width ${down}` : `height ${down}; width ${across}`;
}

function outputShape(step: Step) {
  const { layer, before, row } = step;
  const { kind, features, channels, kernel } = layer;
  if (kind === "Flatten") {
    return `${before.shape.join("·")} = ${thousands(row.shape[0])} numbers in a row`;
  }
  if (features) return `${features} units, ${features} features`;
  if (layer.size) {
    const [, h, w] = row.shape;
    return `height and width ${square([h, w])}, as the layer was told`;
  }
  if (channels) return `${channels} kernels, ${channels} channels; ${sizes(step)}`;
  return kernel ? `channels as before; ${sizes(step)}` : `${times(row.shape)}, as before`;
}

/** The weights behind one output, as factors. */
function weights({ layer: { groups = 1, kernel = [1, 1], features }, before: { shape } }: Step) {
  if (features) return String(shape[shape.length - 1]);
  return `${groups === 1 ? shape[0] : `(${shape[0]}/${groups})`}·${kernel.join("·")}`;
}

function parameters(step: Step) {
  const { layer, before, row } = step;
  const { bias, normalised = [] } = layer;
  if (layer.counted === false && KINDS[layer.kind].parameters) {
    return "0 here: they are not learned, or counted in an earlier row";
  }
  if (row.parameters === 0) return "0: nothing is learned";
  const equals = `= ${thousands(row.parameters)}`;
  const outputs = layer.features ?? layer.channels;
  if (outputs) return `${outputs}·${weights(step)}${bias ? ` + ${outputs}` : ""} ${equals}`;
  if (layer.kind === "LayerNorm") {
    const numbers = normalised.join("·");
    return `${bias ? "2·" : ""}${numbers} ${equals}: γ${bias ? " and β" : ""} for each number`;
  }
  return `2·${before.shape[0]} ${equals}: γ and β for each channel`;
}

function multiplyAdds(step: Step) {
  const { row } = step;
  if (row.multiplyAdds === 0) return "0: only convolutions and dense layers are counted";
  const [outputs, each] = [product(row.shape), row.multiplyAdds / product(row.shape)];
  const filled = `${row.shape.join("·")} outputs × ${weights(step)} each`;
  const counted = row.shape.length > 1 ? ` = ${thousands(outputs)} × ${thousands(each)}` : "";
  return `${filled}${counted} = ${thousands(row.multiplyAdds)}`;
}

function bytes({ layer, row, batch, numberBytes }: Step) {
  if (handsOn(layer)) return "0 bytes: the numbers stay where they are in memory";
  const all = row.bytes * batch;
  const examples = batch === 1 ? "" : `${batch} examples × `;
  const exact = Number(all.toPrecision(3)) === all;
  const short = all < 1000 ? "" : ` ${exact ? "=" : "≈"} ${memory(all)}`;
  return `${examples}${row.shape.join("·")}·${numberBytes} bytes = ${thousands(all)} bytes${short}`;
}

/** The reach along one axis. */
function reachAlong({ layer, before, row }: Step, d: 0 | 1) {
  const { k, stride, dilation } = windowOf(layer, d);
  const [field, jump] = [before.reach?.field[d], before.reach?.jump[d]];
  const taps = `${dilation === 1 ? "" : `${dilation}·`}(${k} − 1)`;
  const sums = [
    `r = ${field} + ${taps}·${jump} = ${row.reach?.field[d]}`,
    `j = ${jump}·${stride} = ${row.reach?.jump[d]}`,
  ];
  return listed(sums);
}

function reach(step: Step) {
  const { layer, before, row } = step;
  if (!row.reach) {
    if (row.shape.length === 1) return "the whole input: each number depends on all of it";
    return before.reach
      ? "none: each number depends on whole maps"
      : "none, since a layer before this one looks at whole maps";
  }
  if (!layer.kernel) {
    return `r = ${square(row.reach.field)}, j = ${square(row.reach.jump)}, as before`;
  }
  const [down, across] = [reachAlong(step, 0), reachAlong(step, 1)];
  return down === across ? down : `height: ${down}; width: ${across}`;
}

/** What can be asked for, in the order of the table. */
export const WHATS = [
  "Output",
  "Parameters",
  "Multiply-adds",
  "Memory",
  "Receptive field",
] as const;
export type What = (typeof WHATS)[number];

const SUMS: Record<What, (step: Step) => string> = {
  Output: outputShape,
  Parameters: parameters,
  "Multiply-adds": multiplyAdds,
  Memory: bytes,
  "Receptive field": reach,
};

/** All of it, with names. */
export const explain = (step: Step): { what: What; sum: string }[] =>
  WHATS.map((what) => ({ what, sum: SUMS[what](step) }));

/** What each sum comes to, as the table shows it. */
const RESULTS: Record<What, (step: Step) => string> = {
  Output: ({ row }) => times(row.shape),
  Parameters: ({ row }) => thousands(row.parameters),
  "Multiply-adds": ({ row }) => thousands(row.multiplyAdds),
  Memory: ({ row, batch }) => memory(row.bytes * batch),
  "Receptive field": ({ row: { reach } }) => (reach ? times(reach.field) : ""),
};

/** A sum in which the result stands apart; `sign` leads to it. */
export function told(step: Step, what: What) {
  const [sum, result] = [SUMS[what](step), RESULTS[what](step)];
  const each = what === "Multiply-adds" && step.batch > 1 ? " for each example" : "";
  const { name } = step.layer;
  const head = `${what}${each} of ${/^\d+$/.test(name) ? `layer ${name}` : name}`;
  const reason = /^0[^:]*: (.*)$/.exec(sum); // why there is nothing
  if (reason) return { line: `${head}: ${reason[1]}`, sign: "→", result };
  const ends = result !== "" && / [=≈] $/.exec(sum.slice(0, -result.length));
  if (ends && sum.endsWith(result)) {
    return { line: `${head}: ${sum.slice(0, ends.index)}`, sign: ends[0].trim(), result };
  }
  return { line: `${head}: ${sum}`, sign: result && "→", result };
}

/** The same for the ear. */
export const said = (step: Step, what: What) =>
  spoken(`${step.layer.kind} ${step.layer.name}, ${what}: ${SUMS[what](step)}.`)
    .replaceAll("·", " times ")
    .replaceAll("⌊", "the whole part of ")
    .replaceAll("⌈", "rounded up, ")
    .replaceAll(/[⌋⌉]/g, "");

/** Code that builds the layers and counts the same. */
export function asPython(input: number[], layers: readonly Layer[], rows: readonly Row[]) {
  const lines = layers.map((layer, i) => {
    const before = i ? rows[i - 1].shape : input;
    const comes = layer.kind === "Linear" ? before[before.length - 1] : before[0];
    return `    nn.${layerCall(layer, comes)},  # ${times(rows[i].shape)}`;
  });
  return `from torch import nn
from book_utils.shapes import layer_table

model = nn.Sequential(
${lines.join("\n")}
)
table = layer_table(model, (${input.join(", ")}${input.length === 1 ? "," : ""}))
`;
}
