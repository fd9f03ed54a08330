/**
 * A picture of 28×28 bytes as text, as rows of 0 to 1, and with its runs of zeros counted, which is
 * shorter in a link.
 */
import { bytesOf } from "../arithmetic/network.ts";
import { SIDE } from "./digit.ts";

export const textOf = (bytes: ArrayLike<number>) =>
  btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));

/** Of 0 to 1, row by row. */
export const pixelsOf = (picture: string) =>
  Float64Array.from(bytesOf(picture), (byte) => byte / 255);

export function rowsOf(picture: string) {
  const pixels = pixelsOf(picture);
  const row = (i: number) => Array.from(pixels.subarray(SIDE * i, SIDE * (i + 1)));
  return Array.from({ length: SIDE }, (_, i) => row(i));
}

export const pictureOf = (rows: number[][]) => textOf(rows.flat().map((v) => Math.round(255 * v)));

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
