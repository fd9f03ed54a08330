/** Windows on height and width: how many there are, and what SAME adds before and after. */
import { outputSize, span, tensorflowSame } from "../arithmetic/axis.ts";
import type { Pair } from "./arguments.ts";
import type { Layer } from "./layer.ts";
import { refusal } from "./sentences.ts";
import * as write from "./writing.ts";

export type Windows = {
  size: Pair;
  rows: Pair;
  columns: Pair;
  /** rows and columns that are added in all */
  added: number;
  isEven: boolean;
  words: string;
};

const both = <T>(along: (axis: 0 | 1) => T): [T, T] => [along(0), along(1)];

export function windows(layer: Layer, kernel: Pair, stride: Pair, dilation: Pair = [1, 1]) {
  const { size: n } = layer.maps();
  if (layer.given.padding === "same") {
    const pads = both((d) =>
      tensorflowSame(n[d], kernel[d], { stride: stride[d], dilation: dilation[d] }),
    );
    const size = both((d) => Math.ceil(n[d] / stride[d]));
    return padded(size, pads[0], pads[1]);
  }
  for (const d of [0, 1] as const) {
    const reach = span(kernel[d], dilation[d]);
    const axis = ["rows", "columns"][d];
    if (reach > n[d]) throw refusal("too small", { layer: layer.name, reach, axis, n: n[d] });
  }
  const size = both((d) =>
    outputSize(n[d], kernel[d], { stride: stride[d], dilation: dilation[d] }),
  );
  return padded(size, [0, 0], [0, 0]);
}

function padded(size: Pair, rows: Pair, columns: Pair): Windows {
  const alike = rows[0] === columns[0] && rows[1] === columns[1];
  const added = rows[0] + rows[1] + columns[0] + columns[1];
  const isEven = rows[0] === rows[1] && columns[0] === columns[1];
  const words = alike
    ? `${rows[0]} before, ${rows[1]} after`
    : `rows ${rows.join(" + ")}, columns ${columns.join(" + ")}`;
  return { size, rows, columns, added, isEven, words };
}

/** What goes before a layer, and its padding; says so. */
export function padding(layer: Layer, found: Windows) {
  const { rows, columns, words: sides } = found;
  const before: Pair = [rows[0], columns[0]];
  const none = { layers: [] as string[], padding: null as Pair | null };
  if (layer.given.padding === "valid" || !found.added) {
    const kind = layer.given.padding === "valid" ? "valid" : "nothing";
    layer.note(kind);
    layer.say(kind);
    return none;
  }
  if (found.isEven) {
    layer.note("even", { sides, padding: write.plain(before) });
    layer.say("even", { padding: write.plain(before) });
    return { ...none, padding: before };
  }
  layer.note("odd", { sides, layer: "ZeroPad2d" });
  layer.say("odd", { sides });
  return { ...none, layers: [write.sides("ZeroPad2d", rows, columns)] };
}

/** Stride and dilation, as Keras allows them. */
export function stepping(layer: Layer) {
  const stride = (layer.given.strides ?? [1, 1]) as Pair;
  const dilation = layer.given.dilation_rate as Pair;
  if (Math.max(...stride) > 1 && Math.max(...dilation) > 1)
    throw refusal("both", { layer: layer.name });
  const isDepthwise = ["DepthwiseConv2D", "SeparableConv2D"].includes(layer.name);
  if (isDepthwise && stride[0] !== stride[1])
    throw refusal("unequal", { layer: layer.name, given: write.tuple(stride) });
  return { stride, dilation };
}
