/**
 * Why a layer does not take what comes: in our words, and in those of the error that PyTorch 2.13
 * raises, on a CPU, when the layer is made and given one example. The checks of a kind stand in
 * PyTorch's order, so that of several faults both name the same.
 */
import { span, tensorflowSame } from "../arithmetic/axis.ts";
import { product } from "../arithmetic/ledger.ts";
import type { Simple } from "./blocks.ts";
import type { Kind, Pair, Refusal, Row } from "./rows.ts";

export type Misfit = Omit<Refusal, "fits"> | null;
type Of<K extends Kind> = Extract<Row, { kind: K }>;
type Check<K extends Kind> = (row: Of<K>, x: number[]) => Misfit;

const because = (says: string, pytorch: string | null): Misfit => ({ says, pytorch });
const times = (numbers: readonly number[]) => numbers.join("×");
/** Does n not divide evenly by groups, as Python counts? 0 groups divide nothing. */
const uneven = (n: number, groups: number) => groups === 0 || n % groups !== 0;
/** A batch of one example as PyTorch writes its shape. */
const batch = (x: readonly number[]) => `[1, ${x.join(", ")}]`;
const AXES = [0, 1] as const;

const notAPicture = (x: number[], pytorch: string | null) =>
  because(
    `It takes channels, height and width, but ${x.join("×")} numbers in a row come.`,
    pytorch,
  );

/** A tensor that cannot be made. */
function negative(sizes: number[]): Misfit {
  const wrong = sizes.find((n) => n < 0);
  if (wrong === undefined) return null;
  const pytorch = `Trying to create tensor with negative dimension ${wrong}: [${sizes.join(", ")}]`;
  return because(`${wrong} is no size: give at least 1.`, pytorch);
}

/* Convolution */

const NOT_2D = "Expected 3D (unbatched) or 4D (batched) input to conv2d, but got input of size: ";

/** What PyTorch refuses to make. */
function unmade(row: Of<"Conv2d">, c: number): Misfit {
  const { channels, kernel, stride, padding, groups } = row;
  if (groups <= 0) {
    return because(
      `${groups} groups are none: give at least 1.`,
      "groups must be a positive integer",
    );
  }
  if (uneven(c, groups)) {
    const pytorch = "in_channels must be divisible by groups";
    return because(`${groups} groups do not share ${c} channels evenly.`, pytorch);
  }
  if (uneven(channels, groups)) {
    const pytorch = "out_channels must be divisible by groups";
    return because(`${groups} groups cannot make ${channels} channels evenly.`, pytorch);
  }
  if (padding === "same" && stride.some((n) => n !== 1)) {
    const pytorch = "padding='same' is not supported for strided convolutions";
    return because("With a stride the size cannot stay the same.", pytorch);
  }
  return negative([channels, c / groups, ...kernel]);
}

function convolution(row: Of<"Conv2d">, x: number[]): Misfit {
  const { channels, kernel, stride, dilation, groups } = row;
  const c = row.expects ?? x[0];
  const never = unmade(row, c);
  if (never) return never;
  if (x.length !== 3) return notAPicture(x, NOT_2D + batch(x));
  const padding: Pair = row.padding === "same" ? [0, 0] : row.padding;
  const inAll = kernel.map((k, d) => span(k, dilation[d]) - 1); // what "same" adds
  const cropped = row.padding === "same" && inAll.some((n) => Math.trunc(n / 2) < 0);
  if (cropped || padding.some((n) => n < 0)) {
    return because("Padding cannot be below 0.", "negative padding is not supported");
  }
  if (stride.some((n) => n <= 0)) {
    const pytorch = "non-positive stride is not supported";
    return because("A window that does not move on never ends: give a stride from 1 up.", pytorch);
  }
  if (dilation.some((n) => n < 0)) {
    return because("Dilation begins at 1.", "dilation should be greater than zero");
  }
  const weight = `[${[channels, c / groups, ...kernel].join(", ")}]`;
  if (channels < groups) {
    const pytorch =
      `Given groups=${groups}, expected weight to be at least ${groups} at dimension 0, but got ` +
      `weight of size ${weight} instead`;
    return because("It makes no channel: give at least 1.", pytorch);
  }
  if (c !== x[0]) {
    const pytorch =
      `Given groups=${groups}, weight of size ${weight}, expected input${batch(x)} to have ${c} ` +
      `channels, but got ${x[0]} channels instead`;
    return because(`It was made for ${c} channels, but ${x[0]} come.`, pytorch);
  }
  const spans = AXES.map((d) => span(kernel[d], dilation[d]));
  const padded = AXES.map((d) => x[1 + d] + 2 * padding[d]);
  if (row.padding !== "same" && AXES.some((d) => spans[d] > padded[d])) {
    const pytorch =
      `Calculated padded input size per channel: (${padded.join(" x ")}). Kernel size: ` +
      `(${spans.join(" x ")}). Kernel size can't be greater than actual input size`;
    return because(`A window over ${times(spans)} does not fit into ${times(padded)}.`, pytorch);
  }
  // PyTorch hands larger work to another library, which has other words, or none of use.
  const handed = groups > 1 || kernel.every((n) => n > 3) || product(x) > 20_480;
  if (kernel.includes(0)) {
    const sizes = dilation.some((n) => n !== 1)
      ? `[${kernel.join(", ")}]`
      : `kernel_height: ${kernel[0]} kernel_width: ${kernel[1]}`;
    const pytorch = `kernel size should be greater than zero, but got ${sizes}`;
    return because("A kernel of no size reads nothing.", handed ? null : pytorch);
  }
  if (dilation.includes(0)) {
    const pytorch = handed
      ? "non-positive dilation is not supported"
      : `dilation should be greater than zero, but got [${dilation.join(", ")}]`;
    return because("Dilation begins at 1.", pytorch);
  }
  return null;
}

/* Pooling */

type Pooling = Of<"MaxPool2d" | "AvgPool2d">;

/** The rules of a window along one axis. */
function window(row: Pooling, dilation: Pair, d: 0 | 1): Misfit {
  const [k, pad] = [row.kernel[d], row.padding[d]];
  if (row.stride[d] === 0) {
    const says = "A window that does not move on never ends: give a stride from 1 up.";
    return because(says, "stride should not be zero");
  }
  if (pad < 0) {
    return because("Padding cannot be below 0.", `pad must be non-negative, but got pad: ${pad}`);
  }
  if (pad > Math.trunc(span(k, dilation[d]) / 2)) return tooMuchPadding(k, pad, dilation[d]);
  return null;
}

const tooMuchPadding = (k: number, pad: number, dilation: number) =>
  because(
    `Padding ${pad} is more than half of the window of ${k}: some windows would hold none of ` +
      "the map.",
    `pad should be at most half of effective kernel size, but got pad=${pad}, kernel_size=${k} ` +
      `and dilation=${dilation}`,
  );

/** Places of a window along an axis, as PyTorch reckons them: perhaps none, or fewer. */
function places({ kernel, stride, padding, ceil }: Pooling, dilation: Pair, n: number, d: 0 | 1) {
  const steps = (n + 2 * padding[d] - span(kernel[d], dilation[d])) / stride[d];
  const count = (ceil ? Math.ceil(steps) : Math.floor(steps)) + 1;
  return ceil && (count - 1) * stride[d] >= n + padding[d] ? count - 1 : count;
}

function pooling(row: Pooling, x: number[]): Misfit {
  const dilation: Pair = row.kind === "MaxPool2d" ? row.dilation : [1, 1];
  if (x.length !== 3) {
    const pytorch = {
      MaxPool2d: "non-empty 3D or 4D (batch mode) tensor expected for input",
      AvgPool2d: "Dimension out of range (expected to be in range of [-2, 1], but got -3)",
    }[row.kind];
    return notAPicture(x, pytorch);
  }
  const { kernel, stride, padding } = row;
  const rule = window(row, dilation, 0) ?? window(row, dilation, 1);
  if (rule) return rule;
  const least = (numbers: Pair, says: string, pytorch: string) =>
    numbers.some((n) => n <= 0) ? because(says, pytorch) : null;
  const [[kh, kw], [dh, dw], [rh, rw]] = [kernel, stride, dilation];
  const tooSmall =
    least(
      kernel,
      "A window of no size reads nothing.",
      `kernel size should be greater than zero, but got kH: ${kh} kW: ${kw}`,
    ) ??
    least(
      stride,
      "A stride begins at 1.",
      `stride should be greater than zero, but got dH: ${dh} dW: ${dw}`,
    ) ??
    least(
      dilation,
      "Dilation begins at 1.",
      `dilation should be greater than zero, but got dilationH: ${rh} dilationW: ${rw}`,
    );
  if (tooSmall) return tooSmall;
  const [ph, pw] = padding;
  if (ph > kh >> 1 || pw > kw >> 1) {
    return because(
      `Padding ${times(padding)} is more than half of the window of ${times(kernel)}.`,
      `pad should be smaller than or equal to half of kernel size, but got padW = ${pw}, padH ` +
        `= ${ph}, kW = ${kw}, kH = ${kh}`,
    );
  }
  const [c, ...sides] = x;
  const out = AXES.map((d) => places(row, dilation, sides[d], d));
  if (out.some((n) => n < 1)) {
    const sizes = (of: number[]) => `(${[c, ...of].join("x")})`;
    return because(
      `A window over ${times(AXES.map((d) => span(kernel[d], dilation[d])))} does not fit into ` +
        `${times(AXES.map((d) => sides[d] + 2 * padding[d]))}.`,
      `Given input size: ${sizes(sides)}. Calculated output size: ${sizes(out)}. Output size ` +
        "is too small",
    );
  }
  return null;
}

function adaptive({ kind, size }: Of<"AdaptiveAvgPool2d" | "AdaptiveMaxPool2d">, x: number[]) {
  const average = kind === "AdaptiveAvgPool2d";
  if (x.length !== 3) {
    const oneNumber = size[0] !== null && size[0] === size[1];
    const named = average ? "adaptive_avg_pool2d()" : "adaptive_max_pool2d()";
    const taken = average && size[0] === 1; // PyTorch takes the batch for an axis of the picture
    const words = `${named}: Expected 3D or 4D tensor, but got${average ? "" : ":"} ${batch(x)}`;
    if (!oneNumber) return notAPicture(x, "Input dimension should be at least 3");
    return notAPicture(x, taken ? null : words);
  }
  const sides = AXES.map((d) => size[d] ?? x[1 + d]);
  if (sides.some((n) => n < 0)) {
    const pytorch = average
      ? "adaptive_avg_pool2d: elements of output_size must be greater than or equal to 0 but " +
        `received {${sides.join(", ")}}`
      : negative([1, x[0], ...sides])?.pytorch;
    return because("A map has at least one pixel.", pytorch ?? null);
  }
  return sides.includes(0) ? because("A map has at least one pixel.", null) : null;
}

/* Dense layers, norms and the rest */

function dense({ features, expects }: Of<"Linear">, x: number[]): Misfit {
  const inputs = expects ?? product(x);
  const unmakeable = negative([features, inputs]);
  if (unmakeable) return unmakeable;
  const width = x[x.length - 1];
  if (inputs !== width) {
    const pytorch =
      `mat1 and mat2 shapes cannot be multiplied (${product(x) / width}x${width} and ` +
      `${inputs}x${features})`;
    return x.length === 1
      ? because(`It was made for ${inputs} features, but ${width} come.`, pytorch)
      : because(`It reads numbers in a row, but maps of ${times(x)} come.`, pytorch);
  }
  return features === 0
    ? because("A layer of no units makes nothing: give at least 1.", null)
    : null;
}

function batchNorm2d({ expects }: Of<"BatchNorm2d">, x: number[]): Misfit {
  if (x.length !== 3) return notAPicture(x, "expected 4D input (got 2D input)");
  return otherChannels(expects, x);
}

function batchNorm1d({ expects }: Of<"BatchNorm1d">, x: number[]): Misfit {
  if (x.length === 3) {
    return because(
      `It takes numbers in a row, but maps of ${times(x)} come.`,
      "expected 2D or 3D input (got 4D input)",
    );
  }
  return otherChannels(expects, x);
}

const otherChannels = (expects: number | undefined, [c]: number[]) =>
  expects === undefined || expects === c
    ? null
    : because(
        `It was made for ${expects} channels, but ${c} come.`,
        `running_mean should contain ${c} elements not ${expects}`,
      );

function instanceNorm({ expects, affine }: Of<"InstanceNorm2d">, x: number[]): Misfit {
  if (x.length !== 3) return notAPicture(x, "expected 3D or 4D input (got 2D input)");
  if (affine && expects !== undefined && expects !== x[0]) {
    const pytorch =
      `expected input's size at dim=1 to match num_features (${expects}), ` + `but got: ${x[0]}.`;
    return because(`It was made for ${expects} channels, but ${x[0]} come.`, pytorch);
  }
  if (x[1] * x[2] === 1) {
    const pytorch =
      "Expected more than 1 spatial element when training, " +
      `got input size torch.Size(${batch(x)})`;
    return because("A map of one pixel is its own mean: nothing would be left.", pytorch);
  }
  return null;
}

function groupNorm({ groups, expects, affine }: Of<"GroupNorm">, x: number[]): Misfit {
  const c = expects ?? x[0];
  if (groups === 0) return because("It needs at least 1 group.", "integer modulo by zero");
  if (uneven(c, groups)) {
    const pytorch = `num_channels (${c}) must be divisible by num_groups (${groups})`;
    return because(`${groups} groups do not share ${c} channels evenly.`, pytorch);
  }
  const values = [Math.floor(x[0] / groups), groups, ...x.slice(1)];
  if (values[0] * product(x.slice(1)) === 1) {
    const pytorch =
      "Expected more than 1 value per channel when training, got input size " +
      `[${values.join(", ")}]`;
    return because("A group of one number is its own mean: nothing would be left.", pytorch);
  }
  if (groups < 0) {
    const pytorch = `Expected num groups to be greater than 0, got ${groups}`;
    return because("It needs at least 1 group.", pytorch);
  }
  if (uneven(x[0], groups)) {
    const pytorch =
      "Expected number of channels in input to be divisible by num_groups, but got input of " +
      `shape ${batch(x)} and num_groups=${groups}`;
    return because(`${groups} groups do not share ${x[0]} channels evenly.`, pytorch);
  }
  if (affine && c !== x[0]) {
    const pytorch =
      "Expected weight to be a vector of size equal to the number of channels in input, but got " +
      `weight of shape [${c}] and input of shape ${batch(x)}`;
    return because(`It was made for ${c} channels, but ${x[0]} come.`, pytorch);
  }
  return null;
}

function layerNorm({ normalised, affine }: Of<"LayerNorm">, x: number[]): Misfit {
  const unmakeable = affine ? negative(normalised) : null;
  if (unmakeable) return unmakeable;
  const last = x.slice(-normalised.length);
  if (normalised.length <= x.length && String(last) === String(normalised)) return null;
  const shape = normalised.join(", ");
  const pytorch =
    `Given normalized_shape=[${shape}], expected input with shape [*, ${shape}], but got input ` +
    `of size${batch(x)}`;
  return because(`It was made for ${times(normalised)}, but ${times(x)} come.`, pytorch);
}

function dropout({ p }: Of<"Dropout" | "Dropout2d">): Misfit {
  if (p >= 0 && p <= 1) return null;
  const pytorch = `dropout probability has to be between 0 and 1, but got ${p}`;
  return because(`${p} is no share: give a number from 0 to 1.`, pytorch);
}

function padding({ sides }: Of<"ZeroPad2d" | "ConstantPad2d">, x: number[]): Misfit {
  if (x.length !== 3) return notAPicture(x, null);
  if (sides.every((n) => n >= 0)) return null;
  return because("A side below 0 would cut pixels off: give at least 0.", null);
}

/* Blocks: what their layers cannot say */

const MOST_LAYERS = 500;

function denseBlock({ layers }: Of<"DenseBlock">): Misfit {
  if (layers >= 1 && layers <= MOST_LAYERS) return null;
  return because(`${layers} layers: give from 1 to ${MOST_LAYERS}.`, null);
}

/** Pads its input itself, before any layer sees it. */
function basicBlock({ stride }: Of<"BasicBlock">, x: number[]): Misfit {
  if (stride < 1) return because("A stride begins at 1.", null);
  if (x.length === 3) return null;
  const padded = [1, ...x].map((n) => {
    const [before, after] = tensorflowSame(n, 3, { stride });
    return before + n + after;
  });
  return notAPicture(x, `${NOT_2D}[${padded.join(", ")}]`);
}

const CHECKS: { [K in Kind]?: Check<K> } = {
  Conv2d: convolution,
  MaxPool2d: pooling,
  AvgPool2d: pooling,
  AdaptiveAvgPool2d: adaptive,
  AdaptiveMaxPool2d: adaptive,
  Linear: dense,
  BatchNorm2d: batchNorm2d,
  BatchNorm1d: batchNorm1d,
  InstanceNorm2d: instanceNorm,
  GroupNorm: groupNorm,
  LayerNorm: layerNorm,
  Dropout: dropout,
  Dropout2d: dropout,
  ZeroPad2d: padding,
  ConstantPad2d: padding,
  BasicBlock: basicBlock,
  DenseBlock: denseBlock,
};

/** Why a row cannot take an input of shape x; null where it can, as far as the row itself says. */
export function misfit(row: Simple, x: number[]): Misfit {
  if (row.kind === "PaddedShortcut") return null;
  return (CHECKS[row.kind] as Check<Kind> | undefined)?.(row, x) ?? null;
}
