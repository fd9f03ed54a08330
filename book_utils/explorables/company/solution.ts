/** What the network says of the boot: beside others in training mode, and in evaluation mode. */
import { batchForward } from "../arithmetic/batch_network.ts";
import { softmax } from "../arithmetic/network.ts";
import type { Tensor } from "../arithmetic/tensor.ts";
import type { CompanyLab as Settings } from "../settings.ts";
import { type Network, othersOf } from "./network.ts";

export const BOOT = 0; // its place among the pictures

/** Ten probabilities, worked out in small pieces: it may be left at every `yield`. */
export function* answered(
  network: Network,
  settings: Settings,
  training: boolean,
): Generator<undefined, Float64Array> {
  const { layers, first } = network;
  const maps: Tensor[] = [first(BOOT, false)];
  // In evaluation mode the others change nothing, and need not be looked at.
  for (const place of training ? othersOf(network, settings) : []) {
    maps.push(first(place, settings.company === "inverted"));
    yield;
  }
  const [scores] = yield* batchForward(layers.slice(1), maps, training);
  return softmax(scores).data;
}
