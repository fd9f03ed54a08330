/**
 * Bytes of a picture as text: all of them, or with the runs of zeros counted, which is shorter in a
 * link.
 */
import { bytesOf } from "../arithmetic/network.ts";

export const textOf = (bytes: ArrayLike<number>) =>
  btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));

/** A run of zeros becomes 0 and its length. */
export function shorten(bytes: Uint8Array) {
  const short: number[] = [];
  for (let i = 0; i < bytes.length; i++) {
    short.push(bytes[i]);
    if (bytes[i]) continue;
    let run = 1;
    while (bytes[i + 1] === 0 && run < 255) {
      run++;
      i++;
    }
    short.push(run);
  }
  return textOf(short);
}

/** What `shorten` made; a RangeError where it is not `size` bytes. */
export function lengthen(text: unknown, size: number) {
  const wrong = new RangeError(`its drawing is not ${size} bytes in runs`);
  const bytes = new Uint8Array(size);
  let short: Uint8Array;
  try {
    short = bytesOf(String(text).slice(0, 4 * size));
  } catch {
    throw wrong;
  }
  let at = 0;
  for (let i = 0; i < short.length && at <= size; i++) {
    if (short[i]) bytes[at++] = short[i];
    else at += short[++i] || size + 1; // a run without a length is an error
  }
  if (at !== size) throw wrong;
  return bytes;
}
