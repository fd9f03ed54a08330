/** The digits that a page loads on *Start*, unpacked (see digits.py). */
import { bytesOf } from "../arithmetic/network.ts";
import { CLASSES, type Digits, SIDE } from "../arithmetic/training.ts";

/** As digits.py packs them: two pixels a byte, deflated, in base64; classes come in turn. */
export type Packed = { train: number; test: number; levels: number; pixels: string };

export async function unpack({ train, test, levels, pixels }: Packed) {
  const packed = new Blob([bytesOf(pixels)]).stream();
  const stream = packed.pipeThrough(new DecompressionStream("deflate"));
  const bytes = new Uint8Array(await new Response(stream).arrayBuffer());
  const images = new Float64Array(2 * bytes.length);
  for (let i = 0; i < bytes.length; i++) {
    images[2 * i] = (bytes[i] >> 4) / (levels - 1);
    images[2 * i + 1] = (bytes[i] & 15) / (levels - 1);
  }
  const part = (from: number, count: number): Digits => ({
    images: images.subarray(from * SIDE * SIDE, (from + count) * SIDE * SIDE),
    labels: Uint8Array.from({ length: count }, (_, i) => i % CLASSES),
  });
  return { train: part(0, train), test: part(train, test) };
}
