/** The network and the pictures of the company lab, once they are here. */
import { useEffect, useState } from "preact/hooks";
import { unpackGreys } from "../parts/greys.ts";
import type { Host } from "../platform/lab.tsx";
import { assembled, type Network, type Packed } from "./solution.ts";

const LEVELS = 16; // of grey, as in greys.py

const LOST =
  "The network could not be loaded. Online: check the connection and load the page again. From " +
  "a disk: the page needs the other files of the book around it.";
const OLD = "This browser cannot unpack the images: try one from 2023 or later.";

/** The network and its pictures, or null until they are here; else `complain` is told why not. */
export function useNetwork({ model, later }: Host, complain: (text: string) => void) {
  const [network, setNetwork] = useState<Network | null>(null);
  useEffect(() => {
    const unpack = async () => {
      const packed: Packed = later ? JSON.parse(await later()) : model.get("_travelling");
      setNetwork(assembled(packed, await unpackGreys(packed.pictures, LEVELS)));
    };
    unpack().catch((error) => complain(error instanceof ReferenceError ? OLD : LOST));
  }, [later]);
  return network;
}
