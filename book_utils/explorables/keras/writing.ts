/** PyTorch as text: layers, their arguments, shapes. */
import type { Pair } from "./arguments.ts";

/** A number as Python writes it, a whole one without a point. */
export function number(value: number) {
  if (Number.isInteger(value) || value >= 1e-4) return String(value);
  return value.toExponential().replace(/e-(\d)$/, "e-0$1");
}

/** A value as an argument; a pair of equal numbers as one. */
export function plain(value: unknown): string {
  if (Array.isArray(value))
    return value.length === 2 && value[0] === value[1] ? plain(value[0]) : tuple(value);
  if (typeof value === "boolean") return value ? "True" : "False";
  return typeof value === "number" ? number(value) : String(value);
}

export const tuple = (values: readonly number[]) =>
  `(${values.join(", ")}${values.length === 1 ? "," : ""})`;

/** A layer; an argument that is null is left out. */
export function layer(name: string, places: unknown[], named: Record<string, unknown> = {}) {
  const words = Object.entries(named).flatMap(([key, value]) =>
    value === null ? [] : [`${key}=${plain(value)}`],
  );
  return `nn.${name}(${[...places.map(plain), ...words].join(", ")})`;
}

/** A layer that pads: PyTorch begins with the last axis. */
export const sides = (name: string, rows: Pair, columns: Pair, ...value: string[]) =>
  `nn.${name}(${[tuple([...columns, ...rows]), ...value].join(", ")})`;

/** Several layers as one. */
export const sequence = (layers: string[]) =>
  layers.length === 1
    ? layers[0]
    : `nn.Sequential(\n${layers.map((each) => `    ${each},\n`).join("")})`;

/** (channels, height, width) for (height, width, channels); (features,) as it is. */
export const channelsFirst = (shape: number[]) =>
  shape.length === 3 ? [shape[2], shape[0], shape[1]] : shape;

/** A shape in words, with its batch: (n, 28, 28, 1). */
export const batch = (shape: number[]) => `(${["n", ...shape].join(", ")})`;

/** A value that has to be written, or null. */
export const otherThan = (value: unknown, usual: unknown) =>
  String(value) === String(usual) ? null : value;
