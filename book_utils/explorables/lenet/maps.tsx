/** All maps of a layer on one canvas, beside each other; one of their units can be picked. */
import { useLayoutEffect, useRef } from "preact/hooks";
import { HUES } from "../platform/theme.ts";

type At = [number, number];
/** How many maps, of how many units, and how many of them stand beside each other. */
export type Layout = { maps: number; rows: number; columns: number; across: number };
/** A part of a map. */
export type Frame = {
  map: number;
  top: number;
  left: number;
  height: number;
  width: number;
  kind?: "" | "far";
};
type Scale = "grey" | "activations" | "weights";

const { activation: ACTIVATION, plus: PLUS, minus: MINUS } = HUES;
const STEPS: Record<string, At> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
};
const FAR = 5; // units that an arrow with Shift goes
const GAP = 1; // between maps, in units

/**
 * Colours of numbers, map beside map: one hue for activations, two for signed numbers, grey for a
 * picture.
 */
function paint(data: ArrayLike<number>, layout: Layout, high: number, scale: Scale) {
  const { maps, rows, columns, across } = layout;
  const [height, width] = sizeOf(layout);
  const bytes = new Uint8ClampedArray(4 * height * width);
  const top = high || 1;
  for (let m = 0, i = 0; m < maps; m++) {
    const corner = Math.floor(m / across) * (rows + GAP) * width + (m % across) * (columns + GAP);
    for (let r = 0; r < rows; r++) {
      for (let c = 0, to = 4 * (corner + r * width); c < columns; c++, to += 4, i++) {
        const v = data[i] / top;
        const hue = scale === "weights" ? (v < 0 ? MINUS : PLUS) : ACTIVATION;
        const grey = scale === "grey";
        bytes[to] = grey ? 255 * v : hue[0];
        bytes[to + 1] = grey ? 255 * v : hue[1];
        bytes[to + 2] = grey ? 255 * v : hue[2];
        bytes[to + 3] = grey ? 255 : 255 * Math.abs(v);
      }
    }
  }
  return new ImageData(bytes, width, height);
}

/** Height and width of the canvas. */
const sizeOf = ({ maps, rows, columns, across }: Layout) => [
  Math.ceil(maps / across) * (rows + GAP) - GAP,
  Math.min(maps, across) * (columns + GAP) - GAP,
];

type MapsProps = {
  label: string;
  data: ArrayLike<number>;
  layout: Layout;
  high: number;
  scale: Scale;
  /** counts through `data`, as what `onPick` is given does */
  picked: number | null;
  onPick: (index: number) => void;
  frames: Frame[];
  /** everything is framed */
  whole: boolean;
};

export function Maps({ label, data, layout, high, scale, picked, onPick, ...seen }: MapsProps) {
  const canvas = useRef<HTMLCanvasElement | null>(null);
  const { maps, rows, columns, across } = layout;
  const [height, width] = sizeOf(layout);
  useLayoutEffect(() => {
    canvas.current?.getContext("2d")?.putImageData(paint(data, layout, high, scale), 0, 0);
  }, [data, high, scale]);

  const clamp = (v: number, n: number) => Math.min(n - 1, Math.max(0, Math.floor(v)));
  const index = (map: number, r: number, c: number) => (map * rows + r) * columns + c;
  const placeOf = (i: number) => ({
    map: Math.floor(i / (rows * columns)),
    top: Math.floor(i / columns) % rows,
    left: i % columns,
  });
  const onPointer = (event: PointerEvent | MouseEvent) => {
    if (event.type === "pointermove" && !event.buttons) return;
    const isFinger = event instanceof PointerEvent && event.pointerType !== "mouse";
    if (isFinger && event.type !== "click") return;
    const box = (event.currentTarget as HTMLElement).getBoundingClientRect();
    const y = ((event.clientY - box.top) / box.height) * height;
    const x = ((event.clientX - box.left) / box.width) * width;
    const down = clamp(y / (rows + GAP), Math.ceil(maps / across));
    const right = clamp(x / (columns + GAP), Math.min(maps, across));
    const row = clamp(y - down * (rows + GAP), rows);
    const column = clamp(x - right * (columns + GAP), columns);
    onPick(index(Math.min(maps - 1, down * across + right), row, column));
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const step = STEPS[event.key];
    const turn = { PageUp: -1, PageDown: 1 }[event.key] ?? 0;
    if ((!step && !turn) || event.altKey || event.metaKey || event.ctrlKey) return;
    event.preventDefault();
    if (picked === null && !turn) return onPick(0);
    const { map, top, left } = placeOf(picked ?? 0);
    const by = event.shiftKey ? FAR : 1;
    const [down, right] = step ?? [0, 0];
    const [row, column] = [clamp(top + by * down, rows), clamp(left + by * right, columns)];
    onPick(index(clamp(map + turn, maps), row, column));
  };
  const place = ({ map, top, left, height: h, width: w }: Frame) => ({
    top: `${(100 * (Math.floor(map / across) * (rows + GAP) + top)) / height}%`,
    height: `${(100 * h) / height}%`,
    left: `${(100 * ((map % across) * (columns + GAP) + left)) / width}%`,
    width: `${(100 * w) / width}%`,
  });
  const gaps = {
    "--column": `${(100 * columns) / width}%`,
    "--columns": `${(100 * (columns + GAP)) / width}%`,
    "--row": `${(100 * rows) / height}%`,
    "--rows": `${(100 * (rows + GAP)) / height}%`,
  };
  const unit = picked === null ? null : { ...placeOf(picked), height: 1, width: 1 };
  return (
    <div
      class={`cnl-maps${seen.whole ? " whole" : ""}`}
      role="application"
      tabIndex={0}
      aria-label={label}
      style={{ aspectRatio: `${width} / ${height}` }}
      onPointerDown={onPointer}
      onPointerMove={onPointer}
      onClick={onPointer}
      onKeyDown={onKeyDown}
    >
      <canvas ref={canvas} width={width} height={height} aria-hidden="true" />
      {maps > 1 && <div class="cnl-gaps" style={gaps} />}
      {seen.frames.map((frame) => (
        <b key={frame.map} class={`cnl-seen-by ${frame.kind ?? ""}`} style={place(frame)} />
      ))}
      {unit && <b class="cnl-unit" style={place(unit)} />}
    </div>
  );
}
