/** The digits that a page loads on *Start*, unpacked (see digits.py). */
import { CLASSES, type Digits, SIDE } from "../arithmetic/training.ts";
import { unpackGreys } from "../parts/greys.ts";

/** As digits.py packs them; classes come in turn. */
export type Packed = { train: number; test: number; levels: number; pixels: string };

export async function unpack({ train, test, levels, pixels }: Packed) {
  const images = await unpackGreys(pixels, levels);
  const part = (from: number, count: number): Digits => ({
    images: images.subarray(from * SIDE * SIDE, (from + count) * SIDE * SIDE),
    labels: Uint8Array.from({ length: count }, (_, i) => i % CLASSES),
  });
  return { train: part(0, train), test: part(train, test) };
}
