/** The best pictures of each unit, as best.py packs them. */
import { useEffect, useState } from "preact/hooks";
import { SIDE } from "../parts/digit.ts";
import { unpackGreys } from "../parts/greys.ts";
import { range } from "../parts/grid.tsx";
import { type Model, useTraits } from "../platform/traits.ts";
import type { UnitLab as Settings } from "../settings.ts";

const LEVELS = 16; // of grey, as in greys.py
const AREA = SIDE * SIDE;

export type Layer = "conv1" | "conv2" | "score";
export type Best = {
  /** the numbers of the nine pictures, the strongest first */
  pictures: number[];
  /** the first row and column of what the unit sees in each */
  at: [number, number][];
  values: number[];
  /** how strongly it answers the ten digits */
  answers: number[];
};
export type Browsed = {
  fields: Record<Layer, { size: number }>;
  units: Record<Settings["weights"], Record<Layer, Best[]>>;
  labels: number[];
  /** all in one text */
  pictures: string;
};
/** Rows of greys from 0 to 1, in one list. */
export type Picture = Float64Array;

/** What travels with the lab, and the pictures once they are unpacked. */
export function useBrowsed(model: Model, complain: (text: string) => void) {
  const [{ browsed }] = useTraits<{ browsed: Browsed }>(model, ["browsed"]);
  const [pictures, setPictures] = useState<Picture[] | null>(null);
  useEffect(() => {
    const cut = (pixels: Float64Array) =>
      range(browsed.labels.length).map((i) => pixels.subarray(AREA * i, AREA * (i + 1)));
    unpackGreys(browsed.pictures, LEVELS)
      .then((pixels) => setPictures(cut(pixels)))
      .catch(() => complain(OLD));
  }, [browsed]);
  return { ...browsed, pictures };
}

const OLD = "This browser cannot unpack the digits: try one from 2023 or later.";

/** What a unit sees of a picture. */
export function patchOf(picture: Picture, [top, left]: [number, number], size: number): Picture {
  return Float64Array.from(
    { length: size * size },
    (_, i) => picture[(top + Math.floor(i / size)) * SIDE + left + (i % size)],
  );
}

/** The mean of patches of one size. */
export const meanOf = (patches: Picture[]): Picture =>
  patches[0].map((_, i) => patches.reduce((sum, patch) => sum + patch[i], 0) / patches.length);

/** A picture as a canvas takes it. */
export function bytesOf(picture: Picture) {
  const bytes = new Uint8ClampedArray(4 * picture.length);
  picture.forEach((v, i) => {
    bytes.fill(255 * v, 4 * i, 4 * i + 3);
    bytes[4 * i + 3] = 255;
  });
  return bytes;
}
