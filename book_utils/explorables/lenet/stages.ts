/** The layers of a network as the lab shows them, their numbers, and their units by place. */
import { forward, type Layer, softmax } from "../arithmetic/network.ts";
import type { Tensor } from "../arithmetic/tensor.ts";
import { SIDE } from "../parts/digit.ts";
import type { LeNetLab as Settings } from "../settings.ts";

export type Kind = Layer["kind"] | "input" | "softmax";
/** A layer as the lab shows it. */
export type Stage = {
  /** "input", a layer's name in PyTorch, or "softmax" */
  name: string;
  kind: Kind;
  /** how many layers of this kind there are up to this one */
  nth: number;
  /** gives the scores of the classes */
  isLast: boolean;
  /** (c, h, w) or (n,) */
  shape: number[];
  /** the stage it reads */
  from?: Stage;
  layer?: Layer;
};
/** A stage and a place in its shape. */
export type Unit = Settings["picked"];
/** The numbers of each stage. */
export type Values = Record<string, Tensor>;

/** The stages of a network, in order: flattening shows nothing new. */
export function stagesOf(layers: (Layer & { shape: number[] })[]): Stage[] {
  const shown = layers.filter(({ kind }) => kind !== "flatten");
  const stages: Stage[] = [
    { name: "input", kind: "input", nth: 1, isLast: false, shape: [1, SIDE, SIDE] },
  ];
  for (const layer of shown) {
    const { name, kind, shape } = layer;
    const nth = 1 + stages.filter((stage) => stage.kind === kind).length;
    const isLast = layer === shown.at(-1);
    stages.push({ name, kind, nth, isLast, shape, from: stages.at(-1), layer });
  }
  const from = stages[stages.length - 1];
  const { shape } = from;
  return [...stages, { name: "softmax", kind: "softmax", nth: 1, isLast: false, shape, from }];
}

export const stageNamed = (stages: Stage[], name: string) =>
  stages.find((stage) => stage.name === name) as Stage;

/** The numbers of every stage for one picture. */
export function valuesOf(layers: readonly Layer[], pixels: Float64Array): Values {
  const input = { data: pixels, shape: [1, 1, SIDE, SIDE] };
  const outputs = forward(layers, input);
  const named = Object.fromEntries(layers.map(({ name }, i) => [name, outputs[i]]));
  return { input, ...named, softmax: softmax(outputs[outputs.length - 1]) };
}

/** Place of a unit in the flat data of its stage. */
export const flat = ({ shape }: Stage, at: number[]) =>
  shape.reduce((index, size, d) => index * size + at[d], 0);

/** The unit at a place of the flat data. */
export function unitAt({ name, shape }: Stage, index: number): Unit {
  const at: number[] = [];
  let rest = index;
  for (const size of [...shape].reverse()) {
    at.unshift(rest % size);
    rest = Math.floor(rest / size);
  }
  return [name, ...at];
}

export const hasMaps = ({ shape }: Stage) => shape.length === 3;

/** Where the largest number is. */
export const best = (data: ArrayLike<number>) => {
  const all = Array.from(data);
  return all.indexOf(Math.max(...all));
};

/** The largest size of the numbers. */
export function most(data: ArrayLike<number>) {
  let high = 0;
  for (let i = 0; i < data.length; i++) high = Math.max(high, Math.abs(data[i]));
  return high;
}
