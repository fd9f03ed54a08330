/** The network and the pictures of the company lab, as album.py packs them. */
import { useEffect, useState } from "preact/hooks";
import { apply, type Layer, unpackLayer } from "../arithmetic/network.ts";
import { randomFrom, shuffled } from "../arithmetic/random.ts";
import type { Tensor } from "../arithmetic/tensor.ts";
import { SIDE } from "../parts/digit.ts";
import { unpackGreys } from "../parts/greys.ts";
import { range } from "../parts/grid.tsx";
import type { Host } from "../platform/lab.tsx";
import type { CompanyLab as Settings } from "../settings.ts";

const LEVELS = 16; // of grey, as in greys.py
const AREA = SIDE * SIDE;

export type Packed = {
  layers: Layer[];
  classes: string[];
  /** places in the list of pictures, by company */
  pools: Record<string, number[]>;
  /** of the pictures in the held-out sample; the boot is the first */
  indices: number[];
  labels: number[];
  pictures: string;
};
export type Network = Omit<Packed, "pictures"> & {
  /** rows of greys from 0 to 1, in one list each */
  pictures: Float64Array[];
  /** what the first layer makes of a picture, computed once */
  first: (place: number, inverted: boolean) => Tensor;
};

export const LOADING = "The network is on its way.";
const LOST =
  "The network could not be loaded. Online: check the connection and load the page again. From " +
  "a disk: the page needs the other files of the book around it.";
const OLD = "This browser cannot unpack the pictures: try one from 2023 or later.";

/** The network and its pictures, or null until they are here; `complain` is told why they do not come. */
export function useNetwork({ model, later }: Host, complain: (text: string) => void) {
  const [network, setNetwork] = useState<Network | null>(null);
  useEffect(() => {
    const packed: Promise<Packed> = later
      ? later().then((text) => JSON.parse(text))
      : Promise.resolve(model.get<Packed>("_travelling"));
    packed
      .then(unpack)
      .then(setNetwork)
      .catch((error) => complain(error instanceof ReferenceError ? OLD : LOST));
  }, [later]);
  return network;
}

export async function unpack(packed: Packed): Promise<Network> {
  const pixels = await unpackGreys(packed.pictures, LEVELS);
  const pictures = packed.labels.map((_, i) => pixels.subarray(AREA * i, AREA * (i + 1)));
  const layers = packed.layers.map((layer) => ({ ...layer, ...unpackLayer(layer) }));
  const known = new Map<string, Tensor>();
  const first = (place: number, inverted: boolean) => {
    const name = `${place} ${inverted}`;
    const data = inverted ? pictures[place].map((v) => 1 - v) : pictures[place];
    const found = known.get(name) ?? apply(layers[0], { data, shape: [1, 1, SIDE, SIDE] });
    known.set(name, found);
    return found;
  };
  return { ...packed, layers, pictures, first };
}

/** The places of the pictures beside the boot, the same as album.py draws. */
export function othersOf({ pools }: Pick<Packed, "pools">, { company, draw, size }: Settings) {
  const pool = pools[company === "inverted" ? "mixed" : company];
  const order = shuffled(pool.length, randomFrom(draw));
  return range(Math.min(size - 1, pool.length)).map((i) => pool[order[i]]);
}
