/**
 * What flows through layers in a row: shapes, parameters, multiply-adds, memory and reach, counted
 * as `layer_table` of book_utils/shapes.py counts them. A layer is what it was told (kernel, stride
 * …); all that follows from its input is worked out here, so that a layer may be changed.
 */
import { outputSize, poolOutputSize, span } from "./axis.ts";

/** height, width */
type Pair = [number, number];
/** receptive field, and input pixels between neighbours */
export type Reach = { field: Pair; jump: Pair } | null;
/** as ledger/lab.py describes it */
export type Layer = {
  name: string;
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
};
export type Row = {
  shape: number[];
  parameters: number;
  multiplyAdds: number;
  bytes: number;
  reach: Reach;
};
/** `products`: multiply-adds for one number of the output */
type Kind = {
  shape(layer: Layer, x: number[]): number[];
  parameters?(layer: Layer, x: number[]): number;
  products?(layer: Layer, x: number[]): number;
  reach?(layer: Layer, before: Reach): Reach;
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
export function windowOf({ kernel, stride, padding, dilation }: Layer, d: 0 | 1) {
  const [k, step, rate] = [kernel?.[d] ?? 1, stride?.[d] ?? 1, dilation?.[d] ?? 1];
  const inAll = span(k, rate) - 1;
  const sides =
    padding === "same" ? ([inAll >> 1, inAll - (inAll >> 1)] as Pair) : (padding?.[d] ?? 0);
  return { k, stride: step, dilation: rate, padding: sides };
}

/** Weights behind one number of a convolution's output. */
function taps({ channels = 1, groups = 1, kernel = [1, 1] }: Layer, [c]: number[]) {
  if (c % groups || channels % groups) {
    throw new RangeError(
      `${groups} groups do not divide ${c} channels in and ${channels} out: ` +
        "choose a number that divides both.",
    );
  }
  return (c / groups) * product(kernel);
}

function throughWindow(layer: Layer, before: Reach): Reach {
  if (!before) return null;
  const [down, across] = AXES.map((d) => windowOf(layer, d));
  const { field, jump } = before;
  return {
    field: [
      field[0] + (span(down.k, down.dilation) - 1) * jump[0],
      field[1] + (span(across.k, across.dilation) - 1) * jump[1],
    ],
    jump: [jump[0] * down.stride, jump[1] * across.stride],
  };
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
};

const ADAPTIVE: Kind = {
  shape(layer, x) {
    const [c, ...sizes] = picture(x);
    return [c, ...AXES.map((d) => layer.size?.[d] ?? sizes[d])];
  },
};

const DENSE: Kind = {
  shape: ({ features = 1 }, x) => [...x.slice(0, -1), features],
  parameters: ({ features = 1, bias }, x) => features * (x[x.length - 1] + (bias ? 1 : 0)),
  products: (_, x) => x[x.length - 1],
};

const unchanged: (layer: Layer, x: number[]) => number[] = (_, x): number[] => x;

/** Acts on each number by itself. */
const POINTWISE: Kind = { shape: unchanged, reach: (_, before) => before };

/** A factor and a shift for each channel. */
const twoForEachChannel: (layer: Layer, x: number[]) => number = ({ affine }, [c]): number =>
  affine ? 2 * c : 0;

/** Looks at a whole map, or at several. */
const OVER_MAPS: Kind = { shape: unchanged, parameters: twoForEachChannel };

/** The layers known, by PyTorch's names. */
export const KINDS: Record<string, Kind> = {
  Conv2d: CONVOLUTION,
  MaxPool2d: POOLING,
  AvgPool2d: POOLING,
  AdaptiveAvgPool2d: ADAPTIVE,
  AdaptiveMaxPool2d: ADAPTIVE,
  Linear: DENSE,
  Flatten: { shape: (_, x) => [product(x)], reach: (_, before) => before },
  BatchNorm2d: { ...POINTWISE, parameters: twoForEachChannel }, // in evaluation mode
  BatchNorm1d: { shape: unchanged, parameters: twoForEachChannel },
  GroupNorm: OVER_MAPS,
  InstanceNorm2d: OVER_MAPS,
  LayerNorm: {
    shape: unchanged,
    parameters: ({ affine, bias, normalised = [] }) =>
      affine ? product(normalised) * (bias ? 2 : 1) : 0,
  },
  ...Object.fromEntries(
    [
      "Sigmoid",
      "Tanh",
      "ReLU",
      "ReLU6",
      "LeakyReLU",
      "ELU",
      "GELU",
      "SiLU",
      "Softplus",
      "Hardswish",
      "Hardsigmoid",
      "Identity",
      "Dropout",
      "Dropout2d",
    ].map((name) => [name, POINTWISE]),
  ),
};

/** Layers that hand on the memory they are given; dropout does so in evaluation mode. */
const HANDS_ON = ["Flatten", "Identity", "Dropout", "Dropout2d"];

/** Does a layer's output need no memory of its own? */
export const handsOn = ({ kind, inplace }: Layer) => HANDS_ON.includes(kind) || inplace === true;

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
export const START: NonNullable<Reach> = { field: [1, 1], jump: [1, 1] };

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
