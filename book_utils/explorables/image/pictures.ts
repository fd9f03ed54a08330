/** Pictures from the reader's machine, as numbers. Nothing is sent anywhere. */

import type { Planes } from "../arithmetic/filter.ts";
import { thousands } from "../parts/numbers.ts";
import { readPlanes } from "../parts/photograph.tsx";

/** `original` is the width and height of the file's picture, `name` what the file is called */
export type Opened = Planes & { name: string; original: [number, number] };

export const LONGEST_SIDE = 256; // pixels
const LARGEST_FILE = 100e6; // bytes
const ALLOWED = "allowed: a picture that your browser can show, such as JPEG, PNG, WebP or GIF";

/** The name of a file in a sentence: the beginning of a long one. */
export const shortName = (name: string) => (name.length > 60 ? `${name.slice(0, 57)}…` : name);

/**
 * A file of the reader's, turned upright and made no larger than LONGEST_SIDE.
 * @throws {RangeError} that names the file, what it is and what is allowed
 */
export async function openPicture(file: File): Promise<Opened> {
  const kind = file.type || "of an unknown type";
  const refuse = (why: string): never => {
    throw new RangeError(`“${shortName(file.name)}” ${why}.`);
  };
  if (file.size > LARGEST_FILE) {
    refuse(`has ${Math.round(file.size / 1e6)} MB; allowed: up to ${LARGEST_FILE / 1e6} MB`);
  }
  if (file.type && !file.type.startsWith("image/")) refuse(`is ${kind}; ${ALLOWED}`);
  const size = `${thousands(file.size)} bytes`;
  const bitmap = await createImageBitmap(file, { imageOrientation: "from-image" }).catch(() =>
    refuse(`(${kind}, ${size}) cannot be read as a picture; ${ALLOWED}`),
  );
  const { width, height } = bitmap;
  const scale = Math.min(1, LONGEST_SIDE / Math.max(width, height));
  const shrunk = (side: number) => Math.max(1, Math.round(side * scale));
  const planes = readPlanes(bitmap, shrunk(width), shrunk(height));
  bitmap.close();
  return { ...planes, name: file.name, original: [width, height] };
}
