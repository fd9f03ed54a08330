/** Photographs of a page: as numbers, and where some of their pixels lie. */
import { useEffect, useState } from "preact/hooks";
import type { Planes } from "../arithmetic/filter.ts";

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

/** The photograph of the page, decoded; null at first. */
export function useDecoded(jpeg: string) {
  const [picture, set] = useState<Planes | null>(null);
  useEffect(() => {
    let isWanted = true;
    decode(jpeg).then((planes) => isWanted && set(planes));
    return () => {
      isWanted = false;
    };
  }, [jpeg]);
  return picture;
}

/** Where some pixels of a picture lie in it. */
export function placeOf({ height, width }: Planes, [i, j]: number[], [high, wide]: number[]) {
  const percent = (v: number, n: number) => `${(100 * v) / n}%`;
  return {
    top: percent(i, height),
    left: percent(j, width),
    height: percent(high, height),
    width: percent(wide, width),
  };
}

type MarkProps = {
  of: Planes;
  at: number[];
  shape: [number, number];
};

/** The outline of some pixels, at least so large that it is seen. */
export function Mark({ of, at: [i, j], shape: [high, wide] }: MarkProps) {
  return <b class="cnl-mark" style={placeOf(of, [i + high / 2, j + wide / 2], [high, wide])} />;
}
