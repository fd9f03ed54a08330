/** Features of an image that moves, and how far they change: the arithmetic of the shift lab. */
import { conv2d } from "../arithmetic/convolution.ts";
import { avgPool2d, maxPool2d } from "../arithmetic/pooling.ts";
import { nested, type Tensor, tensor } from "../arithmetic/tensor.ts";
import type { ShiftLab as Settings } from "../settings.ts";

type Method = Settings["method"];
export type Changes = Record<Method, Change[]>;

/** What one shift does to the features. */
export type Change = {
  /** the features after, moved back by so many columns */
  map: number[][];
  back: number;
  /** ‖after − before‖ */
  distance: number;
  /** ‖before‖ */
  length: number;
  /** the quotient of both */
  change: number;
};

export const MARGIN = 2; // empty pixels around the image

const ONE = tensor([[[[1]]]]);
const BLUR = tensor([
  [
    [
      [1 / 16, 2 / 16, 1 / 16],
      [2 / 16, 4 / 16, 2 / 16],
      [1 / 16, 2 / 16, 1 / 16],
    ],
  ],
]);

/** What may follow the kernel. */
const REDUCE: Record<Method, (f: Tensor) => Tensor> = {
  "no pooling": (f) => f,
  "stride 2": (f) => conv2d(f, ONE, { stride: 2 }),
  "max 2×2": (f) => maxPool2d(f, { kernel: 2 }).y,
  "average 2×2": (f) => avgPool2d(f, { kernel: 2 }),
  "blur, then stride 2": (f) => conv2d(f, BLUR, { stride: 2, padding: 1 }),
};

/** The image on an empty ground that has room for the largest shift, moved to the right. */
export function moved(image: number[][], shift: number, most: number) {
  const empty = (count: number) => new Array<number>(count).fill(0);
  const [left, right] = [empty(MARGIN + shift), empty(MARGIN + most - shift)];
  const margin = Array.from({ length: MARGIN }, () => empty(image[0].length + 2 * MARGIN + most));
  return [...margin, ...image.map((row) => [...left, ...row, ...right]), ...margin];
}

/** The length of a list of numbers as a vector. */
const norm = (v: number[]) => Math.sqrt(v.reduce((sum, x) => sum + x * x, 0));

/** A map moved to the left; what leaves it there comes back on the right. */
const movedBack = (map: number[][], by: number) =>
  map.map((row) => row.map((_, j) => row[(j + by) % row.length]));

/**
 * For each method and each shift from 0 to the most: the features and how far they changed, where
 * they are and after the best realignment, for which they move back by 0 to `most` columns.
 */
export function shiftTable(image: number[][], kernel: number[][], most: number) {
  const w = tensor([[kernel]]);
  const edges = Array.from({ length: most + 1 }, (_, shift) => {
    const { data, shape } = conv2d(tensor([[moved(image, shift, most)]]), w, {});
    return { data: data.map((v) => Math.max(0, v)), shape };
  });
  const inPlace: Partial<Changes> = {};
  const realigned: Partial<Changes> = {};
  for (const [name, reduce] of Object.entries(REDUCE)) {
    const method = name as Method;
    const maps = edges.map((f) => nested<number[][][][]>(reduce(f))[0][0]);
    const before = maps[0].flat();
    const length = norm(before);
    const compare = (after: number[][], back: number): Change => {
      const map = movedBack(after, back);
      const distance = norm(map.flat().map((v, i) => v - before[i]));
      return { map, back, distance, length, change: distance / (length || 1) };
    };
    inPlace[method] = maps.map((map) => compare(map, 0));
    realigned[method] = maps.map((map) =>
      maps
        .map((_, back) => compare(map, back))
        .reduce((best, next) => (next.distance < best.distance ? next : best)),
    );
  }
  return { inPlace: inPlace as Changes, realigned: realigned as Changes };
}
