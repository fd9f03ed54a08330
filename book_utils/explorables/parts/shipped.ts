/**
 * The digit network that several labs of a page share, trained and with random weights, and some
 * held-out digits (see shipped.py). A page loads them once for all its labs, when one comes near.
 */
import { useEffect, useMemo, useState } from "preact/hooks";
import { untrained } from "../arithmetic/initial.ts";
import { bytesOf, type Layer, unpackLayer } from "../arithmetic/network.ts";
import type { Host } from "../platform/lab.tsx";
import { SIDE } from "./digit.ts";
import { range } from "./grid.tsx";
import { textOf } from "./pictures.ts";

/** A layer, and the shape of what it puts out for one picture: (c, h, w) or (n,). */
export type ShippedLayer = Layer & { shape: number[] };
/** As shipped.py packs it. */
type Packed = {
  layers: ShippedLayer[];
  /** all in one text */
  pictures: string;
  labels: number[];
};

export type Shipped = {
  trained: ShippedLayer[];
  /** the same layers with random weights */
  random: ShippedLayer[];
  /** each 28×28 bytes in base64: see pictures.ts */
  pictures: string[];
  /** what each picture shows */
  labels: number[];
};

/** Said on a stage until the network is here. */
export const LOADING = "The network is on its way.";
const LOST =
  "The network could not be loaded. Online: check the connection and load the page again. From " +
  "a disk: the page needs the other files of the book around it.";
const AREA = SIDE * SIDE;

/**
 * The network and its pictures, or null until they are here.
 * @param complain  is told why they do not come
 * @param seed  of the random weights
 */
export function useShipped(
  { model, later }: Host,
  complain: (text: string) => void,
  seed = 0,
): Shipped | null {
  const [packed, setPacked] = useState<Packed | null>(later ? null : model.get("_network"));
  useEffect(() => {
    later?.()
      .then((text) => setPacked(JSON.parse(text)))
      .catch(() => complain(LOST));
  }, [later]);
  const unpacked = useMemo(() => packed && unpack(packed), [packed]);
  const random = useMemo(() => unpacked && untrained(unpacked.trained, seed), [unpacked, seed]);
  return useMemo(
    () => unpacked && { ...unpacked, random: random as ShippedLayer[] },
    [unpacked, random],
  );
}

function unpack({ layers, pictures, labels }: Packed) {
  const bytes = bytesOf(pictures);
  return {
    trained: layers.map((layer) => ({ ...layer, ...unpackLayer(layer) })),
    pictures: range(labels.length).map((i) => textOf(bytes.subarray(AREA * i, AREA * (i + 1)))),
    labels,
  };
}
