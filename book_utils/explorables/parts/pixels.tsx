/** A small picture or feature map as pixels; its colours stand on a light and on a dark page. */
import { useLayoutEffect, useRef } from "preact/hooks";
import { HUES } from "../platform/theme.ts";

type Scale = "grey" | "activations" | "weights";

const { activation: ACTIVATION, plus: PLUS, minus: MINUS } = HUES;

/** Red, green, blue and opacity of a number between −1 and 1. */
function colour(v: number, scale: Scale) {
  if (scale === "grey") return [255 * v, 255 * v, 255 * v, 255];
  const hue = scale === "activations" ? ACTIVATION : v < 0 ? MINUS : PLUS;
  return [...hue, 255 * Math.min(1, Math.abs(v))];
}

/** @param props  numbers from 0 (or −high) to `high`; `marked` is a row to point out */
export function Pixels({
  rows,
  high,
  scale,
  label,
  marked = null,
}: {
  rows: number[][];
  high: number;
  scale: Scale;
  label: string;
  marked?: number | null;
}) {
  const canvas = useRef<HTMLCanvasElement | null>(null);
  const [height, width] = [rows.length, rows[0].length];
  useLayoutEffect(() => {
    const bytes = new Uint8ClampedArray(rows.flat().flatMap((v) => colour(v / (high || 1), scale)));
    canvas.current?.getContext("2d")?.putImageData(new ImageData(bytes, width, height), 0, 0);
  }, [rows, high, scale]);
  return (
    <div class="cnl-map">
      <canvas ref={canvas} width={width} height={height} role="img" aria-label={label} />
      {marked !== null && (
        <div class="cnl-marked" style={`top:${(100 * marked) / height}%;height:${100 / height}%`} />
      )}
    </div>
  );
}
