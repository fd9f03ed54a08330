/** How the learning lab trains: what a page and PyTorch in a notebook have in common. */
import { type Weights, weightsOf } from "../arithmetic/training.ts";
import type { Kind } from "../parts/trainer.ts";
import type { Order, Progress, Settings } from "./orders.ts";
import { begin } from "./session.ts";
import code from "./worker.ts?worker";

export const LEARNING: Kind<Order, Settings, Progress> = {
  begin,
  code,
  needing: ["run", "step"],
  ending: "reset",
};

/** Progress as Python tells it: the parameters as float32, one after the other. */
type FromKernel = Omit<Progress, "weights" | "gradients"> &
  Record<"weights" | "gradients", DataView>;

const floats = ({ buffer, byteOffset, byteLength }: DataView): Weights =>
  weightsOf(new Float32Array(buffer.slice(byteOffset, byteOffset + byteLength)));

export const fromKernel = (found: FromKernel): Progress => ({
  ...found,
  weights: floats(found.weights),
  gradients: floats(found.gradients),
});
