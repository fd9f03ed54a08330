/** The hands that draw on the pad: a pointer and the keyboard; and the drawing behind it. */
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { SIDE } from "./digit.ts";
import { Drawing, FACTOR, type Point, WIDTH } from "./ink.ts";

/** `at` is x and y in pixels of the digit. */
export type Cursor = { at: Point; down: boolean; shown: boolean };
type Rows = number[][];

const STEPS: Record<string, Point> = {
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
};
export const FAR = 4; // pixels that an arrow with Shift goes

const same = (a: Rows | null, b: Rows | null) => a === b || String(a) === String(b);

/** The middle of a pixel, in cells of the pad. */
export const middle = ([x, y]: Point): Point => [(x + 0.5) * FACTOR, (y + 0.5) * FACTOR];

/**
 * The drawing behind the pad, and its picture as the digit `value`: what is drawn goes to
 * `onChange` at most once a frame, and a value from elsewhere is drawn on the pad.
 */
export function useDrawing(value: Rows | null, onChange: (rows: Rows) => void) {
  const canvas = useRef<HTMLCanvasElement | null>(null);
  const [drawing] = useState(() => new Drawing(value));
  const given = useRef(value);
  const tell = useRef(onChange);
  tell.current = onChange;
  const frame = useRef(0);

  const paint = () => {
    const image = new ImageData(WIDTH, WIDTH);
    // Alpha, blue, green, red: one number a pixel.
    const pixels = new Uint32Array(image.data.buffer);
    drawing.ink.forEach((v, i) => {
      pixels[i] = 0xff000000 + 0x010101 * Math.round(255 * v);
    });
    canvas.current?.getContext("2d")?.putImageData(image, 0, 0);
  };
  useLayoutEffect(() => {
    if (!same(value, given.current)) drawing.replace(value);
    given.current = value;
    paint();
  }, [value]);
  useEffect(() => () => cancelAnimationFrame(frame.current), []);

  /** Shows what was drawn, in the next frame. */
  const changed = () => {
    frame.current ||= requestAnimationFrame(() => {
      frame.current = 0;
      paint();
      given.current = drawing.digit();
      tell.current(given.current);
    });
  };
  return { canvas, drawing, changed };
}

type Hand = { drawing: Drawing; changed: () => void };
type PenProps = Hand & { onPen: () => void };

/** Handlers of one pointer at a time; every place it went through counts, not only one a frame. */
export function usePen({ drawing, changed, onPen }: PenProps) {
  const pen = useRef<number | null>(null);
  const pointOf = (event: PointerEvent, place: PointerEvent = event): Point => {
    const box = (event.currentTarget as HTMLElement).getBoundingClientRect();
    return [
      ((place.clientX - box.left) / box.width) * WIDTH,
      ((place.clientY - box.top) / box.height) * WIDTH,
    ];
  };
  const end = (event: PointerEvent) => {
    if (event.pointerId !== pen.current) return;
    pen.current = null;
    drawing.lift();
  };
  return {
    onPointerDown(event: PointerEvent) {
      if (pen.current !== null || event.button !== 0) return;
      pen.current = event.pointerId;
      (event.currentTarget as HTMLElement).setPointerCapture(event.pointerId);
      onPen();
      drawing.begin(pointOf(event));
      changed();
    },
    onPointerMove(event: PointerEvent) {
      if (event.pointerId !== pen.current) return;
      const places = event.getCoalescedEvents?.() ?? [];
      for (const place of places.length ? places : [event]) drawing.extend(pointOf(event, place));
      changed();
    },
    onPointerUp: end,
    onPointerCancel: end,
    onLostPointerCapture: end,
  };
}

type KeysProps = Hand & {
  cursor: Cursor;
  setCursor: (cursor: Cursor) => void;
  undo: () => void;
  say: (words: string) => void;
};

/** The keyboard's way to draw. */
export function keys({ drawing, changed, cursor, setCursor, undo, say }: KeysProps) {
  const { at, down } = cursor;
  const move = (next: Partial<Cursor>) => {
    const now = { at, down, ...next, shown: true };
    if (!now.down) drawing.lift();
    else if (down) drawing.extend(middle(now.at));
    else drawing.begin(middle(at));
    if (now.down) changed();
    setCursor(now);
    say(`Pen ${now.down ? "down" : "up"}, row ${now.at[1]}, column ${now.at[0]}`);
  };
  const steps = (by: Point, far: number) => {
    const to = (d: 0 | 1) => Math.min(SIDE - 1, Math.max(0, at[d] + far * by[d]));
    move({ at: [to(0), to(1)] });
  };
  return (event: KeyboardEvent) => {
    const { key } = event;
    const chord = event.ctrlKey || event.metaKey;
    if (key === "Backspace" || (chord && key === "z")) undo();
    else if (chord || event.altKey) return;
    else if (STEPS[key]) steps(STEPS[key], event.shiftKey ? FAR : 1);
    else if (key === " ") move({ down: !down });
    else if (key === "Escape" && down) move({ down: false });
    else return;
    event.preventDefault();
  };
}
