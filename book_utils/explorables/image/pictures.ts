/** Pictures from the page or from the reader's machine, as numbers. Nothing is sent anywhere. */

import type { Planes } from "../arithmetic/filter.ts";
import { thousands } from "../parts/numbers.ts";

/** `original` is the width and height of the file's picture, `name` what the file is called */
export type Opened = Planes & { name: string; original: [number, number] };

export const LONGEST_SIDE = 256; // pixels
const LARGEST_FILE = 100e6; // bytes
const ALLOWED = "allowed: a picture that your browser can show, such as JPEG, PNG, WebP or GIF";

/** Red, green and blue in 0…1; transparent parts stand on white. */
export function readPlanes(source: CanvasImageSource, width: number, height: number): Planes {
  const canvas = Object.assign(document.createElement("canvas"), { width, height });
  const context = canvas.getContext("2d", { willReadFrequently: true }) as CanvasRenderingContext2D;
  context.imageSmoothingQuality = "high";
  context.fillStyle = "white";
  context.fillRect(0, 0, width, height);
  context.drawImage(source, 0, 0, width, height);
  const bytes = context.getImageData(0, 0, width, height).data;
  const area = width * height;
  const data = new Float32Array(3 * area);
  for (let i = 0; i < area; i++) {
    for (let c = 0; c < 3; c++) data[c * area + i] = bytes[4 * i + c] / 255;
  }
  return { data, channels: 3, height, width };
}

/** A picture that stands in the page as a data URI. */
export async function decode(uri: string): Promise<Planes> {
  const image = new Image();
  image.src = uri;
  await image.decode();
  return readPlanes(image, image.naturalWidth, image.naturalHeight);
}

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
