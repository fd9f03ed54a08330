/** Pictures in a few levels of grey, as greys.py packs them: two pixels a byte, deflated. */
import { bytesOf } from "../arithmetic/network.ts";

/**
 * The pixels of all pictures, 0 to 1, one after the other.
 * @throws {ReferenceError} where the browser cannot unpack
 */
export async function unpackGreys(text: string, levels: number) {
  const stream = new Blob([bytesOf(text)]).stream();
  const inflated = stream.pipeThrough(new DecompressionStream("deflate"));
  const bytes = new Uint8Array(await new Response(inflated).arrayBuffer());
  const pixels = new Float64Array(2 * bytes.length);
  for (let i = 0; i < bytes.length; i++) {
    pixels[2 * i] = (bytes[i] >> 4) / (levels - 1);
    pixels[2 * i + 1] = (bytes[i] & 15) / (levels - 1);
  }
  return pixels;
}
