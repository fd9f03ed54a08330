/** Layers as PyTorch writes them, by the signatures of layers.json. */
import layers from "../../layers.json" with { type: "json" };

/** What an argument may be. Numbers are whole unless it is a share (0 to 1) or a number. */
export type Takes =
  | "whole"
  | "pair"
  | "padding" // a pair or "same"
  | "sizes" // a pair, null for "as it comes"
  | "sides" // left, right, top, bottom
  | "maps" // six
  | "shape"
  | "share"
  | "number"
  | "truth";
/**
 * An argument by PyTorch's name, in PyTorch's order: it fills a field of the layer, or is what
 * comes in (`input`), or may be only this (`only`), or changes no count and is left out (`free`).
 */
export type Argument = {
  name: string;
  field?: string;
  takes?: Takes;
  /** what it is where nothing is said; "kernel": as the kernel */
  usual?: unknown;
  input?: boolean;
  only?: unknown;
  free?: boolean;
};

/** The arguments of every kind of layer or block. */
export const SIGNATURES = layers as Record<keyof typeof layers, Argument[]>;

const tuple = (numbers: readonly unknown[]) =>
  `(${numbers.map((n) => n ?? "None").join(", ")}${numbers.length === 1 ? "," : ""})`;

/** A value as Python writes it; one number for all where they agree. */
function written(argument: Argument, value: unknown): string {
  if (argument.takes === "truth") return value ? "True" : "False";
  if (argument.takes === "number")
    return typeof value === "string" ? `float("${value}")` : `${value}`;
  if (!Array.isArray(value)) return typeof value === "string" ? `"${value}"` : String(value);
  const [first] = value;
  const isOne = argument.takes !== "maps" && argument.takes !== "shape" && first !== null;
  return isOne && value.every((n) => n === first) ? String(first) : tuple(value);
}

/**
 * A layer with its arguments, such as `Conv2d(1, 6, 5, padding=2)`; what it was not told, and what
 * PyTorch takes where nothing is said, is left out.
 * @param layer  its kind and its fields @param comes  channels or features that come in
 */
export function layerCall(layer: { kind: string }, comes: number) {
  const values = layer as Record<string, unknown>;
  const given = SIGNATURES[layer.kind as keyof typeof layers].flatMap((argument) => {
    const { name, field, usual, takes } = argument;
    if (argument.input) return [String(comes)];
    if (!field || values[field] === undefined) return [];
    const value = written(argument, values[field]);
    if (!("usual" in argument) || takes === "share") return [value];
    const isUsual = String(values[field]) === String(usual === "kernel" ? values.kernel : usual);
    return isUsual ? [] : [`${name}=${value}`];
  });
  return `${layer.kind}(${given.join(", ")})`;
}
