/** What a unit is made of: the products of its sum, the sum over each map, and the bias. */
import { exponentials, type Layer } from "../arithmetic/network.ts";
import { range } from "../parts/grid.tsx";
import { flat, type Stage, type Unit, unitAt, type Values } from "./stages.ts";

/** One number of the layer before and what the unit makes of it. */
export type Product = {
  x: number;
  /** what it is multiplied by, if by anything */
  w?: number;
  value: number;
  /** where x is; padding is nowhere */
  source?: Unit;
};
export type Sum = {
  /** map after map, row after row */
  products: Product[];
  /** rows and columns of the window */
  window: [number, number];
  /** what the products of each map add up to */
  partial: number[];
  bias: number;
  value: number;
};
type Made = { stage: Stage; from: Stage; layer: Required<Layer>; at: number[]; values: Values };

/** The numbers of a window in some maps of the stage before; those of padding are 0. */
function windowOf({ from, layer, at, values }: Made, channels: number[]) {
  const { kernel, stride, padding } = layer;
  const [, height, width] = from.shape;
  const [, i, j] = at;
  const inside = (r: number, c: number) => r >= 0 && c >= 0 && r < height && c < width;
  return channels.flatMap((channel) =>
    range(kernel[0] * kernel[1]).map((place) => {
      const r = i * stride[0] - padding[0] + Math.floor(place / kernel[1]);
      const c = j * stride[1] - padding[1] + (place % kernel[1]);
      if (!inside(r, c)) return { x: 0, source: undefined };
      const x = values[from.name].data[flat(from, [channel, r, c])];
      return { x, source: [from.name, channel, r, c] as Unit };
    }),
  );
}

function convolved(made: Made): Product[] {
  const { from, layer, at } = made;
  const numbers = windowOf(made, range(from.shape[0]));
  const first = at[0] * numbers.length;
  return numbers.map(({ x, source }, i) => {
    const w = layer.weight.data[first + i];
    return { x, w, value: x * w, source };
  });
}

function pooled(made: Made): Product[] {
  const numbers = windowOf(made, [made.at[0]]);
  const w = made.stage.kind === "avg_pool2d" ? 1 / numbers.length : undefined;
  return numbers.map(({ x, source }) => ({ x, w, value: x * (w ?? 1), source }));
}

function mixed({ from, layer, at: [o], values }: Made): Product[] {
  const { data } = values[from.name];
  return Array.from(data, (x, i) => {
    const w = layer.weight.data[o * data.length + i];
    return { x, w, value: x * w, source: unitAt(from, i) };
  });
}

function activated({ stage, from, at, values }: Made): Product[] {
  const [x, value] = [from, stage].map((s) => values[s.name].data[flat(s, at)]);
  return [{ x, value, source: [from.name, ...at] }];
}

function shared({ from, values }: Made): Product[] {
  const scores = values[from.name].data;
  return Array.from(exponentials(scores), (value, i) => {
    return { x: scores[i], value, source: [from.name, i] as Unit };
  });
}

const MAKERS: Partial<Record<Stage["kind"], (made: Made) => Product[]>> = {
  conv2d: convolved,
  linear: mixed,
  max_pool2d: pooled,
  avg_pool2d: pooled,
  sigmoid: activated,
  relu: activated,
  softmax: shared,
};

export const added = (numbers: readonly number[]) => numbers.reduce((sum, v) => sum + v, 0);

export function sumOf(stage: Stage, at: number[], values: Values): Sum {
  const value = values[stage.name].data[flat(stage, at)];
  const { from } = stage;
  const layer = stage.layer as Required<Layer>;
  const maker = MAKERS[stage.kind];
  const products = from && maker ? maker({ stage, from, layer, at, values }) : [];
  const window: Sum["window"] = layer?.kernel ?? [1, products.length];
  const area = window[0] * window[1];
  const partial = range(Math.ceil(products.length / (area || 1))).map((channel) =>
    added(products.slice(channel * area, (channel + 1) * area).map((p) => p.value)),
  );
  return { products, window, partial, bias: layer?.bias?.[at[0]] ?? 0, value };
}

/** The product that counts most. */
export function strongest({ products }: Sum) {
  const sizes = products.map((p) => Math.abs(p.value));
  return Math.max(0, sizes.indexOf(Math.max(...sizes)));
}
