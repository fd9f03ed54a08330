/** What the page is given beside the settings: the network, and the pictures to choose from. */
import { useMemo } from "preact/hooks";
import { bytesOf, type Layer, unpackLayer } from "../arithmetic/network.ts";
import { SIDE } from "../parts/digit.ts";
import { range } from "../parts/grid.tsx";
import { lengthen, shorten, textOf } from "../parts/pictures.ts";
import { type Model, useTraits } from "../platform/traits.ts";
import type { LeNetLab as Settings } from "../settings.ts";
import { stagesOf } from "./stages.ts";

type Data = {
  /** of the lab on its page */
  name: string;
  /** as `book_utils.weights` names it */
  network: string;
  layers: (Layer & { shape: number[] })[];
  classes: string[];
  about: string;
  /** all in one text */
  images: string;
  /** none, or one for each picture */
  labels: number[];
};
export type Network = ReturnType<typeof useNetwork>;

const DATA = ["name", "network", "layers", "classes", "about", "images", "labels"] as const;
const AREA = SIDE * SIDE;

export function useNetwork(model: Model) {
  const [data] = useTraits<Data>(model, DATA);
  return useMemo(() => {
    const layers = data.layers.map((layer) => ({ ...layer, ...unpackLayer(layer) }));
    const bytes = bytesOf(data.images);
    const images = range(bytes.length / AREA).map((i) =>
      textOf(bytes.subarray(AREA * i, AREA * (i + 1))),
    );
    return { ...data, layers, images, stages: stagesOf(layers) };
  }, [data.images, data.labels]);
}

/** Links: a picture is its number, or a drawing in runs. */
export function linking({ images }: Network) {
  const toLink = (picture: string) => {
    const index = images.indexOf(picture);
    return index < 0 ? shorten(bytesOf(picture)) : index;
  };
  const fromLink = (value: unknown) =>
    typeof value === "number" && images[value] ? images[value] : textOf(lengthen(value, AREA));
  return {
    pack: ({ input, kept, ...others }: Settings) => ({
      ...others,
      input: toLink(input),
      kept: kept && toLink(kept),
    }),
    unpack: ({ input, kept, ...others }: Record<string, unknown>) => ({
      ...others,
      input: fromLink(input),
      kept: kept === null ? null : fromLink(kept),
    }),
  };
}
