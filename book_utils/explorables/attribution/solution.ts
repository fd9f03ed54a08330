/** The maps that the attribution lab shows, and the square that covers a part of the picture. */
import { covered, gradCam, saliency, scoresOf } from "../arithmetic/attribution.ts";
import type { Layer } from "../arithmetic/network.ts";
import type { Tensor } from "../arithmetic/tensor.ts";
import { SIDE } from "../parts/digit.ts";
import type { AttributionLab as Settings } from "../settings.ts";

export type Square = Pick<Settings, "size" | "fill">;
/** A square map, row by row; NaN where it is not known yet. */
export type Map2D = { data: Float64Array; side: number };

const CLASSES = 10;

/** 784 numbers as a picture that a network takes. */
export const pictureOf = (pixels: Float64Array): Tensor => ({
  data: pixels,
  shape: [1, 1, SIDE, SIDE],
});

/** Where a lab looks, if it says nothing: the first pixel. */
const place = (at: Settings["at"]) => at ?? [0, 0];

/** The upper left corner of a square that is centred on a pixel, as far as the edge allows. */
export const cornerOf = ({ at, size }: Pick<Settings, "at" | "size">) =>
  place(at).map((v) => Math.min(Math.max(0, v - Math.floor(size / 2)), SIDE - size));

/** How many places there are for a square along an axis. */
export const placesOf = ({ size }: Pick<Square, "size">) => SIDE - size + 1;

/** The scores of all places of a square, ten for each place; a row of places at a time. */
export class Occlusion {
  readonly scores: Float64Array;
  readonly side: number;
  private readonly layers: readonly Layer[];
  private readonly x: Tensor;
  private readonly square: Square;
  private next = 0;

  constructor(layers: readonly Layer[], x: Tensor, square: Square) {
    this.layers = layers;
    this.x = x;
    this.square = square;
    this.side = placesOf(square);
    this.scores = new Float64Array(this.side * this.side * CLASSES).fill(Number.NaN);
  }

  get isDone() {
    return this.next === this.side * this.side;
  }

  /** Covers one more place, until none is left. */
  step() {
    if (this.isDone) return;
    const at = [Math.floor(this.next / this.side), this.next % this.side];
    const { size, fill } = this.square;
    this.scores.set(
      scoresOf(this.layers, covered(this.x, at, size, fill)).data,
      this.next * CLASSES,
    );
    this.next++;
  }

  /** By how much the score of a class falls at each place, from what it is with nothing covered. */
  falls(target: number, whole: number): Map2D {
    const { side, scores } = this;
    const data = Float64Array.from(
      { length: side * side },
      (_, i) => whole - scores[i * CLASSES + target],
    );
    return { data, side };
  }
}

/** What the two methods of gradients show at once. */
export function mapOf(
  method: "saliency" | "Grad-CAM",
  layers: readonly Layer[],
  x: Tensor,
  target: number,
): Map2D {
  const { data } = method === "saliency" ? saliency(layers, x, target) : gradCam(layers, x, target);
  return { data, side: SIDE };
}

/** The number of a map at the pixel that is looked at: for a square, at its place. */
export function valueAt({ data, side }: Map2D, settings: Pick<Settings, "at" | "size">) {
  const [row, column] = side === SIDE ? place(settings.at) : cornerOf(settings);
  return data[row * side + column];
}
