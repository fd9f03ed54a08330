/** What a unit looks at: its window, and the windows of that window. */
import type { Layer } from "../arithmetic/network.ts";
import { hasMaps, type Stage } from "./stages.ts";

export type Box = { top: number; left: number; height: number; width: number };
/** A part of a stage; what is not given is not limited. */
type Part = { channel?: number; box?: Box; unit?: number };
/** `direct`: read by the unit itself */
export type Seen = Part & { direct: boolean };

/**
 * Where a unit looks, stage by stage back to the input: its window first, then the windows of that
 * window, which is the receptive field.
 */
export function seenBy(stage: Stage, at: number[]): Record<string, Seen> {
  const [first, top, left] = at;
  const seen: Record<string, Seen> = {};
  let now: Part = hasMaps(stage)
    ? { channel: first, box: { top, left, height: 1, width: 1 } }
    : { unit: first };
  for (let here = stage; here.from; here = here.from) {
    now = seenOnce(here, now);
    seen[here.from.name] = { ...now, direct: here === stage };
  }
  return seen;
}

/** What a layer reads to make some of its outputs. */
function seenOnce({ kind, layer }: Stage, outputs: Part): Part {
  if (kind === "sigmoid" || kind === "relu") return outputs;
  if (kind === "linear" || kind === "softmax" || !outputs.box) return {}; // everything
  const box = before(layer as Required<Layer>, outputs.box);
  return kind === "conv2d" ? { box } : { channel: outputs.channel, box };
}

/** The inputs that a box of outputs reads. */
function before({ kernel, stride, padding }: Required<Layer>, box: Box): Box {
  return {
    top: box.top * stride[0] - padding[0],
    left: box.left * stride[1] - padding[1],
    height: (box.height - 1) * stride[0] + kernel[0],
    width: (box.width - 1) * stride[1] + kernel[1],
  };
}
