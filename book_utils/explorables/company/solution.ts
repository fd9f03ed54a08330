/**
 * The network and its pictures as album.py packs them, which of them are beside the boot, and what
 * the network says of the boot: beside others in training mode, and in evaluation mode.
 */
import { batchForward } from "../arithmetic/batch_network.ts";
import { apply, type Layer, softmax, unpackLayer } from "../arithmetic/network.ts";
import { randomFrom, shuffled } from "../arithmetic/random.ts";
import type { Tensor } from "../arithmetic/tensor.ts";
import { SIDE } from "../parts/digit.ts";
import type { CompanyLab as Settings } from "../settings.ts";

export type Packed = {
  layers: Layer[];
  classes: string[];
  /** places in the list of pictures, by company */
  pools: Record<string, number[]>;
  /** of the pictures in the held-out sample */
  indices: number[];
  labels: number[];
  /** all in one text */
  pictures: string;
};
export type Network = Omit<Packed, "pictures"> & {
  /** rows of greys from 0 to 1, in one list each */
  pictures: Float64Array[];
  /** what the first layer makes of a picture, which is the same in every batch: computed once */
  first: (place: number, inverted: boolean) => Tensor;
};

export const BOOT = 0; // its place among the pictures
const AREA = SIDE * SIDE;

export const invert = (picture: Float64Array) => picture.map((v) => 1 - v);

/** @param pixels  of all pictures, one after the other */
export function assembled(packed: Packed, pixels: Float64Array): Network {
  const pictures = packed.labels.map((_, i) => pixels.subarray(AREA * i, AREA * (i + 1)));
  const layers = packed.layers.map((layer) => ({ ...layer, ...unpackLayer(layer) }));
  const known = new Map<string, Tensor>();
  const first = (place: number, inverted: boolean) => {
    const name = `${place} ${inverted}`;
    let found = known.get(name);
    if (!found) {
      const data = inverted ? invert(pictures[place]) : pictures[place];
      found = apply(layers[0], { data, shape: [1, 1, SIDE, SIDE] });
      known.set(name, found);
    }
    return found;
  };
  return { ...packed, layers, pictures, first };
}

/** The places of the pictures beside the boot, the same as album.py draws. */
export function othersOf({ pools }: Pick<Packed, "pools">, { company, draw, size }: Settings) {
  const pool = pools[company === "inverted" ? "mixed" : company];
  const order = shuffled(pool.length, randomFrom(draw));
  return Array.from(order.subarray(0, size - 1), (place) => pool[place]);
}

/** Ten probabilities, worked out in small pieces: it may be left at every `yield`. */
export function* answered(
  network: Network,
  settings: Settings,
  training: boolean,
): Generator<undefined, Float64Array> {
  const { layers, first } = network;
  const maps = [first(BOOT, false)];
  // In evaluation mode the others change nothing, and need not be looked at.
  for (const place of training ? othersOf(network, settings) : []) {
    yield;
    maps.push(first(place, settings.company === "inverted"));
  }
  const [scores] = yield* batchForward(layers.slice(1), maps, training);
  return softmax(scores).data;
}
