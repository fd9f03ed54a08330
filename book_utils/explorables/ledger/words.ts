/**
 * The arithmetic of one layer written out, with the numbers filled in, and layers as PyTorch writes
 * them.
 */
import type { Layer, Reach, Row } from "../arithmetic/ledger.ts";
import { handsOn, KINDS, product, windowOf } from "../arithmetic/ledger.ts";

type Step = {
  layer: Layer;
  before: { shape: number[]; reach: Reach };
  row: Row;
  batch: number;
  numberBytes: number;
};

/** 61706 as 61,706. */
export const thousands = (n: number) => n.toLocaleString("en");

export const times = (shape: readonly number[]) => shape.join("×");

/** One number for both axes where they agree. */
export const square = ([h, w]: readonly [number, number]) => (h === w ? String(h) : `${h}×${w}`);

const UNITS = ["bytes", "kB", "MB", "GB", "TB"]; // of 1,000 each

/** 6400 as 6.4 kB, with at most three digits. */
export function memory(n: number) {
  const shown = Number(n.toPrecision(3));
  const power = Math.min(UNITS.length - 1, Math.floor((String(shown).length - 1) / 3));
  return `${shown / 1000 ** power} ${UNITS[power]}`;
}

/** The window of a layer in few words, such as `5×5, padding 2`, as layer_table writes it. */
export function setting({ kind, kernel, stride, padding, dilation }: Layer) {
  if (!kernel) return "";
  const usual = kind === "Conv2d" ? [1, 1] : kernel;
  return [
    times(kernel),
    String(stride) !== String(usual) && `stride ${square(stride ?? [1, 1])}`,
    String(padding) !== "0,0" &&
      `padding ${typeof padding === "string" ? padding : square(padding ?? [0, 0])}`,
    String(dilation) !== "1,1" && `dilation ${square(dilation ?? [1, 1])}`,
  ]
    .filter(Boolean)
    .join(", ");
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
  if (layer.kind === "Flatten")
    return `${before.shape.join("·")} = ${thousands(row.shape[0])} numbers in a row`;
  if (layer.features) return `${layer.features} units, ${layer.features} features`;
  if (layer.size)
    return `height and width ${square(row.shape.slice(1) as [number, number])}, as the layer was told`;
  if (layer.channels)
    return `${layer.channels} kernels, ${layer.channels} channels; ${sizes(step)}`;
  return layer.kernel ? `channels as before; ${sizes(step)}` : `${times(row.shape)}, as before`;
}

/** The weights behind one output, as factors. */
function weights({ layer: { groups = 1, kernel = [1, 1], features }, before: { shape } }: Step) {
  if (features) return String(shape[shape.length - 1]);
  return `${groups === 1 ? shape[0] : `(${shape[0]}/${groups})`}·${kernel.join("·")}`;
}

function parameters(step: Step) {
  const { layer, before, row } = step;
  if (layer.counted === false && KINDS[layer.kind].parameters)
    return "0 here: they are not learned, or counted in an earlier row";
  if (row.parameters === 0) return "0: nothing is learned";
  const equals = `= ${thousands(row.parameters)}`;
  const outputs = layer.features ?? layer.channels;
  if (outputs) return `${outputs}·${weights(step)}${layer.bias ? ` + ${outputs}` : ""} ${equals}`;
  if (layer.kind === "LayerNorm")
    return `${layer.bias ? "2·" : ""}${layer.normalised?.join("·")} ${equals}: γ${layer.bias ? " and β" : ""} for each number`;
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
  const [was, is, { k, stride, dilation }] = [before.reach, row.reach, windowOf(layer, d)];
  const taps = `${dilation === 1 ? "" : `${dilation}·`}(${k} − 1)`;
  return `r = ${was?.field[d]} + ${taps}·${was?.jump[d]} = ${is?.field[d]}, j = ${was?.jump[d]}·${stride} = ${is?.jump[d]}`;
}

function reach(step: Step) {
  const { layer, before, row } = step;
  if (!row.reach) {
    if (row.shape.length === 1) return "none: each number depends on the whole input";
    return before.reach
      ? "none: each number depends on whole maps"
      : "none, since a layer before this one looks at whole maps";
  }
  if (!layer.kernel)
    return `r = ${square(row.reach.field)}, j = ${square(row.reach.jump)}, as before`;
  const [down, across] = [reachAlong(step, 0), reachAlong(step, 1)];
  return down === across ? down : `height: ${down}; width: ${across}`;
}

/** All of it, with names. */
export const explain = (step: Step): { what: string; sum: string }[] => [
  { what: "Output", sum: outputShape(step) },
  { what: "Parameters", sum: parameters(step) },
  { what: "Multiply-adds", sum: multiplyAdds(step) },
  { what: "Memory", sum: bytes(step) },
  { what: "Receptive field", sum: reach(step) },
];

/** A pair or a whole number as Python writes it. */
const tuple = ([a, b]: readonly (number | null)[]) =>
  a === b ? String(a ?? "None") : `(${a ?? "None"}, ${b ?? "None"})`;

/** The settings of a window that are not PyTorch's own. */
function windowSettings({
  kind,
  kernel = [1, 1],
  stride = [1, 1],
  padding = [0, 0],
  dilation = [1, 1],
  ceil,
}: Layer) {
  const usual = kind === "Conv2d" ? [1, 1] : kernel;
  return [
    String(stride) !== String(usual) && `stride=${tuple(stride)}`,
    padding === "same"
      ? 'padding="same"'
      : String(padding) !== "0,0" && `padding=${tuple(padding)}`,
    String(dilation) !== "1,1" && `dilation=${tuple(dilation)}`,
    ceil && "ceil_mode=True",
  ];
}

/** A layer as PyTorch writes it. @param x  shape of its input */
function asPyTorch(layer: Layer, x: number[]) {
  const {
    kind,
    channels,
    features,
    kernel = [1, 1],
    groups = 1,
    bias,
    affine,
    size,
    normalised,
    inplace,
  } = layer;
  const noBias = bias === false && "bias=False";
  const [inputs, last] = [x[0], x[x.length - 1]];
  const given = (
    {
      Conv2d: [
        inputs,
        channels,
        tuple(kernel),
        ...windowSettings(layer),
        groups > 1 && `groups=${groups}`,
        noBias,
      ],
      MaxPool2d: [tuple(kernel), ...windowSettings(layer)],
      AvgPool2d: [tuple(kernel), ...windowSettings(layer)],
      AdaptiveAvgPool2d: [size && tuple(size)],
      AdaptiveMaxPool2d: [size && tuple(size)],
      Linear: [last, features, noBias],
      BatchNorm2d: [inputs, !affine && "affine=False"],
      BatchNorm1d: [inputs, !affine && "affine=False"],
      InstanceNorm2d: [inputs, affine && "affine=True"],
      GroupNorm: [groups, inputs, !affine && "affine=False"],
      LayerNorm: [
        `(${normalised?.join(", ")},)`,
        !affine && "elementwise_affine=False",
        affine && noBias,
      ],
    } as Record<string, (string | number | false | undefined)[]>
  )[kind] ?? [inplace && "inplace=True"];
  return `nn.${kind}(${given.filter((v) => v !== false && v !== undefined).join(", ")})`;
}

/** Code that builds the layers and counts the same. */
export const asPython = (input: number[], layers: readonly Layer[], rows: readonly Row[]) =>
  [
    "from torch import nn",
    "from book_utils.shapes import layer_table",
    "",
    "model = nn.Sequential(",
    ...layers.map(
      (layer, i) =>
        `    ${asPyTorch(layer, i ? rows[i - 1].shape : input)},  # ${times(rows[i].shape)}`,
    ),
    ")",
    `table = layer_table(model, (${input.join(", ")}${input.length === 1 ? "," : ""}))`,
    "",
  ].join("\n");
