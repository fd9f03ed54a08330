/** A canvas that shows bytes: red, green, blue and opacity, pixel by pixel. */
import type { JSX } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";

export type BitmapProps = JSX.IntrinsicElements["canvas"] & {
  bytes: Uint8ClampedArray<ArrayBuffer>;
  width: number;
  height: number;
};

export function Bitmap({ bytes, width, height, ...rest }: BitmapProps) {
  const canvas = useRef<HTMLCanvasElement | null>(null);
  useLayoutEffect(() => {
    const context = canvas.current?.getContext("2d", { willReadFrequently: true });
    context?.putImageData(new ImageData(bytes, width, height), 0, 0);
  }, [bytes]);
  return <canvas ref={canvas} width={width} height={height} {...rest} />;
}
