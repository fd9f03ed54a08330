/**
 * What flows through layers in a row: shapes, parameters, multiply-adds, memory and reach, counted
 * as `layer_table` of book_utils/shapes.py counts them. A layer is what it was told (kernel, stride
 * …); all that follows from its input is worked out here, so that a layer may be changed.
 */
import { outputSize, poolOutputSize, span } from "./axis.ts";

/** height, width */
type Pair = [number, number];
/**
 * Receptive field, input pixels between neighbours, and the first pixel that the first output sees,
 * below 0 in the padding (Araujo, Norris and Sim, 2019).
 */
export type Reach = { field: Pair; jump: Pair; start: Pair } | null;
/** What a layer was told. */
export type Settings = {
  kind: string;
  channels?: number;
  features?: number;
  kernel?: Pair;
  stride?: Pair;
  padding?: Pair | "same";
  dilation?: Pair;
  groups?: number;
  bias?: boolean;
  affine?: boolean;
  ceil?: boolean;
  size?: [number | null, number | null];
  normalised?: number[];
  inplace?: boolean;
  counted?: boolean;
  p?: number;
  /** left, right, top, bottom */
  sides?: [number, number, number, number];
};
/** as ledger/lab.py describes it */
export type Layer = Settings & { name: string };
export type Row = {
  shape: number[];
  parameters: number;
  multiplyAdds: number;
  bytes: number;
  reach: Reach;
};
/**
 * What a layer keeps for the backward pass while it trains: its input, its output, and bytes of its
 * own for each example, where numbers are float32.
 */
export type Kept = { input?: boolean; output?: boolean; own?: number };
/**
 * `products`: multiply-adds for one number of the output;
 * `keeps`: x and y are the shapes of input and output
 */
type Kind = {
  shape(layer: Settings, x: number[]): number[];
  parameters?(layer: Settings, x: number[]): number;
  products?(layer: Settings, x: number[]): number;
  reach?(layer: Settings, before: Reach): Reach;
  keeps?(layer: Settings, x: number[], y: number[]): Kept;
};

export const product = (sizes: readonly number[]) => sizes.reduce((all, n) => all * n, 1);

const AXES = [0, 1] as const;

/** Channels, height and width. */
function picture(x: number[]): [number, number, number] {
  if (x.length !== 3) {
    throw new RangeError(
      `takes channels, height and width, but gets ${x.join("×")}: put it before what flattens.`,
    );
  }
  return x as [number, number, number];
}

/**
 * The settings of a window along one axis, with padding in all of both sides for padding='same'.
 */
export function windowOf({ kernel, stride, padding, dilation }: Settings, d: 0 | 1) {
  const [k, step, rate] = [kernel?.[d] ?? 1, stride?.[d] ?? 1, dilation?.[d] ?? 1];
  const inAll = span(k, rate) - 1;
  const sides =
    padding === "same" ? ([inAll >> 1, inAll - (inAll >> 1)] as Pair) : (padding?.[d] ?? 0);
  return { k, stride: step, dilation: rate, padding: sides };
}

/** Weights behind one number of a convolution's output. */
function taps({ channels = 1, groups = 1, kernel = [1, 1] }: Settings, [c]: number[]) {
  if (c % groups || channels % groups) {
    throw new RangeError(
      `${groups} groups do not divide ${c} channels in and ${channels} out: ` +
        "choose a number that divides both.",
    );
  }
  return (c / groups) * product(kernel);
}

/** The same along both axes. */
const both = (along: (d: 0 | 1) => number): Pair => [along(0), along(1)];

function throughWindow(layer: Settings, before: Reach): Reach {
  if (!before) return null;
  const windows = AXES.map((d) => windowOf(layer, d));
  const { field, jump, start } = before;
  return {
    field: both((d) => field[d] + (span(windows[d].k, windows[d].dilation) - 1) * jump[d]),
    jump: both((d) => jump[d] * windows[d].stride),
    start: both((d) => start[d] - [windows[d].padding].flat()[0] * jump[d]),
  };
}

const FLOAT = 4; // bytes
const INDEX = 8; // bytes of the place of a maximum
const keepsInput = (): Kept => ({ input: true });
const keepsOutput = (): Kept => ({ output: true });

/** A window that padding="same" cannot centre reads a copy with a row or column more. */
function keptByConvolution(layer: Settings, [c, ...sizes]: number[]): Kept {
  const more = AXES.map((d) => {
    const [before, after] = [windowOf(layer, d).padding].flat();
    return after === undefined ? 0 : after - before;
  });
  if (more.every((n) => n === 0)) return { input: true };
  return { own: c * product(AXES.map((d) => sizes[d] + more[d])) * FLOAT };
}

const CONVOLUTION: Kind = {
  shape(layer, x) {
    const [, ...sizes] = picture(x);
    return [
      layer.channels ?? 1,
      ...AXES.map((d) => outputSize(sizes[d], windowOf(layer, d).k, windowOf(layer, d))),
    ];
  },
  parameters: (layer, x) => (layer.channels ?? 1) * (taps(layer, x) + (layer.bias ? 1 : 0)),
  products: taps,
  reach: throughWindow,
  keeps: keptByConvolution,
};

const POOLING: Kind = {
  shape(layer, x) {
    const [c, ...sizes] = picture(x);
    return [
      c,
      ...AXES.map((d) => {
        const { k, padding, ...rest } = windowOf(layer, d);
        return poolOutputSize(sizes[d], k, {
          ...rest,
          padding: Number(padding),
          ceilMode: layer.ceil,
        });
      }),
    ];
  },
  reach: throughWindow,
  keeps: keepsInput,
};

const ADAPTIVE: Kind = {
  shape(layer, x) {
    const [c, ...sizes] = picture(x);
    return [c, ...AXES.map((d) => layer.size?.[d] ?? sizes[d])];
  },
  // The mean of a whole map needs none of its numbers for the backward pass.
  keeps: ({ size = [1, 1] }) => ({ input: size.some((n) => n !== 1) }),
};

/** Keeps where each maximum stood. */
const keepsPlaces = (_: Settings, __: number[], y: number[]): Kept => ({
  input: true,
  own: product(y) * INDEX,
});

/** Zeros or another number around each map. */
const PADDING: Kind = {
  shape({ sides: [left, right, top, bottom] = [0, 0, 0, 0] }, x) {
    const [c, h, w] = picture(x);
    return [c, h + top + bottom, w + left + right];
  },
  reach({ sides: [left, , top] = [0, 0, 0, 0] }, before) {
    if (!before) return null;
    const { jump, start } = before;
    return { ...before, start: [start[0] - top * jump[0], start[1] - left * jump[1]] };
  },
};

const DENSE: Kind = {
  shape: ({ features = 1 }, x) => [...x.slice(0, -1), features],
  parameters: ({ features = 1, bias }, x) => features * (x[x.length - 1] + (bias ? 1 : 0)),
  products: (_, x) => x[x.length - 1],
  keeps: keepsInput,
};

const unchanged: (layer: Settings, x: number[]) => number[] = (_, x): number[] => x;

/** Acts on each number by itself. */
const POINTWISE: Kind = { shape: unchanged, reach: (_, before) => before };
/** Bends that find their slope from what came out; others need what came in. */
const BY_OUTPUT: Kind = { ...POINTWISE, keeps: keepsOutput };
const BY_INPUT: Kind = { ...POINTWISE, keeps: keepsInput };
/** In place these find it from what came out. */
const BY_EITHER: Kind = {
  ...POINTWISE,
  keeps: ({ inplace }) => (inplace ? { output: true } : { input: true }),
};
/** In place these keep a copy of what came in. */
const BY_COPY: Kind = {
  ...POINTWISE,
  keeps: ({ inplace }, x) => (inplace ? { own: product(x) * FLOAT } : { input: true }),
};

/** Keeps a factor for each number, or for each map; none where it lets all or nothing through. */
const dropout = (factors: (x: number[]) => number): Kind => ({
  ...POINTWISE,
  keeps: ({ p = 0.5 }, x) => ({ own: p > 0 && p < 1 ? factors(x) * FLOAT : 0 }),
});

/** A factor and a shift for each channel. */
const twoForEachChannel: (layer: Settings, x: number[]) => number = ({ affine }, [c]): number =>
  affine ? 2 * c : 0;

/** Looks at a whole map, or at several; keeps mean and deviation of each set. */
const OVER_MAPS: Kind = {
  shape: unchanged,
  parameters: twoForEachChannel,
  keeps: ({ groups = 1 }) => ({ input: true, own: 2 * groups * FLOAT }),
};

/** The layers known, by PyTorch's names. */
export const KINDS: Record<string, Kind> = {
  Conv2d: CONVOLUTION,
  MaxPool2d: { ...POOLING, keeps: keepsPlaces },
  AvgPool2d: POOLING,
  AdaptiveAvgPool2d: ADAPTIVE,
  AdaptiveMaxPool2d: { ...ADAPTIVE, keeps: keepsPlaces },
  ZeroPad2d: PADDING,
  ConstantPad2d: PADDING,
  Linear: DENSE,
  Flatten: { shape: (_, x) => [product(x)], reach: (_, before) => before },
  // in evaluation mode it acts on each number; what it keeps is of training
  BatchNorm2d: { ...BY_INPUT, parameters: twoForEachChannel },
  BatchNorm1d: { ...BY_INPUT, parameters: twoForEachChannel },
  GroupNorm: OVER_MAPS,
  InstanceNorm2d: {
    ...OVER_MAPS,
    // beside mean and deviation a copy of the factor, for each map of each example
    keeps: ({ affine }, [c]) => ({ input: true, own: (affine ? 3 : 2) * c * FLOAT }),
  },
  LayerNorm: {
    shape: unchanged,
    parameters: ({ affine, bias, normalised = [] }) =>
      affine ? product(normalised) * (bias ? 2 : 1) : 0,
    keeps: ({ normalised = [] }, x) => ({
      input: true,
      own: 2 * product(x.slice(0, x.length - normalised.length)) * FLOAT,
    }),
  },
  ...Object.fromEntries(["Sigmoid", "Tanh", "ReLU"].map((name) => [name, BY_OUTPUT])),
  ...Object.fromEntries(["GELU", "Softplus"].map((name) => [name, BY_INPUT])),
  ...Object.fromEntries(["LeakyReLU", "ELU"].map((name) => [name, BY_EITHER])),
  ...Object.fromEntries(
    ["ReLU6", "SiLU", "Hardswish", "Hardsigmoid"].map((name) => [name, BY_COPY]),
  ),
  Identity: POINTWISE,
  Dropout: dropout(product),
  Dropout2d: dropout(([c]) => c),
};

/** Layers that hand on the memory they are given; dropout does so in evaluation mode. */
const HANDS_ON = ["Flatten", "Identity", "Dropout", "Dropout2d"];

/** Does a layer's output need no memory of its own? */
export const handsOn = ({ kind, inplace }: Settings) => HANDS_ON.includes(kind) || inplace === true;

/** What `work` gives; says which layer it was if that is refused. */
function named<T>({ name, kind }: Layer, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof RangeError) throw new RangeError(`${name} (${kind}): ${error.message}`);
    throw error;
  }
}

/** The reach of an input pixel. */
export const START: NonNullable<Reach> = { field: [1, 1], jump: [1, 1], start: [0, 0] };

/**
 * One row for each layer.
 * @param input  shape of one example @param numberBytes  of one number
 * @throws {RangeError} that names the layer that does not fit
 */
export function ledger(input: number[], layers: readonly Layer[], numberBytes: number = 4): Row[] {
  let x = input;
  let reach = START as Reach;
  return layers.map((layer) => {
    const kind = KINDS[layer.kind];
    if (!kind)
      throw new RangeError(
        `${layer.name} is a ${layer.kind}, which is not known: ` +
          `give one of ${Object.keys(KINDS).join(", ")}.`,
      );
    const before = x;
    x = named(layer, () => kind.shape(layer, before));
    reach = kind.reach?.(layer, reach) ?? null;
    return {
      shape: x,
      reach,
      parameters:
        layer.counted === false ? 0 : (named(layer, () => kind.parameters?.(layer, before)) ?? 0),
      multiplyAdds: product(x) * (kind.products?.(layer, before) ?? 0),
      bytes: handsOn(layer) ? 0 : product(x) * numberBytes,
    };
  });
}

/** Sums over all rows. */
export function totals(rows: readonly Row[]) {
  const sum = (key: "parameters" | "multiplyAdds" | "bytes") =>
    rows.reduce((all, row) => all + row[key], 0);
  return { parameters: sum("parameters"), multiplyAdds: sum("multiplyAdds"), bytes: sum("bytes") };
}
