/**
 * Features of a picture that moves, and how far they change: the arithmetic of the shift lab (see lab.py).
 */

import { conv2d } from "../arithmetic/convolution.ts";
import { avgPool2d, maxPool2d } from "../arithmetic/pooling.ts";
import type { Tensor } from "../arithmetic/tensor.ts";
import { tensor } from "../arithmetic/tensor.ts";

export const MARGIN = 2; // empty pixels around the picture
export const MOST = 4; // pixels, the largest shift

const BLUR = tensor([
  [
    [
      [1, 2, 1],
      [2, 4, 2],
      [1, 2, 1],
    ].map((row) => row.map((v) => v / 16)),
  ],
]);
const ONE = tensor([[[[1]]]]);

/** What may follow the kernel. */
const REDUCE: Record<string, (f: Tensor) => Tensor> = {
  "no pooling": (f) => f,
  "stride 2": (f) => conv2d(f, ONE, { stride: 2 }),
  "max 2×2": (f) => maxPool2d(f, { kernel: 2 }).y,
  "average 2×2": (f) => avgPool2d(f, { kernel: 2 }),
  "blur, then stride 2": (f) => conv2d(f, BLUR, { stride: 2, padding: 1 }),
};
export const METHODS = Object.keys(REDUCE);

/** The picture on an empty ground, moved to the right. @param shift pixels */
export function moved(image: number[][], shift: number) {
  const width = image[0].length + 2 * MARGIN + MOST;
  const empty = () => Array.from({ length: width }, () => 0);
  const rows = image.map((row) => [
    ...empty().slice(0, MARGIN + shift),
    ...row,
    ...empty().slice(0, MARGIN + MOST - shift),
  ]);
  return [
    ...Array.from({ length: MARGIN }, empty),
    ...rows,
    ...Array.from({ length: MARGIN }, empty),
  ];
}

/** The length of a list of numbers as a vector. */
export const norm = (v: ArrayLike<number>) =>
  Math.sqrt(Array.from(v).reduce((sum, x) => sum + x * x, 0));

/**
 * For each method and each shift from 0 to MOST: the feature map, and its relative change
 * ‖after − before‖ / ‖before‖ with both lengths.
 */
export function shiftTable(
  image: number[][],
  kernel: number[][],
): Record<string, { map: Tensor; moved: number; length: number; change: number }[]> {
  const w = tensor([[kernel]]);
  const edges = Array.from({ length: MOST + 1 }, (_, shift) => {
    const { data, shape } = conv2d(tensor([[moved(image, shift)]]), w, {});
    return { data: data.map((v) => Math.max(0, v)), shape };
  });
  return Object.fromEntries(
    METHODS.map((method) => {
      const maps = edges.map(REDUCE[method]);
      const length = norm(maps[0].data);
      return [
        method,
        maps.map((map) => {
          const distance = norm(Array.from(map.data, (v, i) => v - maps[0].data[i]));
          return { map, moved: distance, length, change: distance / (length || 1) };
        }),
      ];
    }),
  );
}
