/**
 * Ink on a pad that is finer than the picture made of it: strokes, what they cover, and taking them
 * back.
 */
import { normaliseDigit, SIDE } from "./digit.ts";

/** Opacity of each cell of a square pad, row by row, 0 (none) to 1 (full) */
type Ink = Float32Array;
/** X and y, in cells of the pad */
export type Point = readonly [number, number];
/** Strokes over a 28×28 picture, or over nothing */
type Picture = { base: number[][] | null; strokes: Point[][] };

export const FACTOR = 8; // cells of the pad along a pixel of the picture
export const WIDTH = SIDE * FACTOR;
// Radius in cells: a digit that fills the pad has strokes as wide as MNIST's.
export const BRUSH = 11;

const inkOf = (rows: readonly (readonly number[])[]): Ink =>
  Float32Array.from(
    { length: WIDTH * WIDTH },
    (_, i) => rows[Math.floor(i / WIDTH / FACTOR)][Math.floor((i % WIDTH) / FACTOR)],
  );

/** The cells from one place to another and `margin` around them, on an axis. */
const around = (a: number, b: number, margin: number) => [
  Math.max(0, Math.floor(Math.min(a, b) - margin)),
  Math.min(WIDTH, Math.ceil(Math.max(a, b) + margin)),
];

/**
 * Draws a line with a round brush whose edge is one cell soft; ink never gets fainter.
 * @param radius  in cells
 */
export function drawLine(ink: Ink, from: Point, to: Point, radius: number = BRUSH) {
  const [dx, dy] = [to[0] - from[0], to[1] - from[1]];
  const squared = dx * dx + dy * dy;
  const [left, right] = around(from[0], to[0], radius + 1);
  const [top, bottom] = around(from[1], to[1], radius + 1);
  for (let y = top; y < bottom; y++) {
    for (let x = left; x < right; x++) {
      const [px, py] = [x + 0.5 - from[0], y + 0.5 - from[1]];
      const along = squared ? Math.min(1, Math.max(0, (px * dx + py * dy) / squared)) : 0;
      const distance = Math.hypot(px - along * dx, py - along * dy);
      const i = y * WIDTH + x;
      ink[i] = Math.max(ink[i], Math.min(1, radius + 0.5 - distance));
    }
  }
}

/** A drawing in the making: every stroke, clearing and loaded picture can be taken back. */
export class Drawing {
  pictures: Picture[];
  penDown: boolean;
  ink: Ink;

  /** @param base  a picture to begin with */
  constructor(base: number[][] | null) {
    this.pictures = [{ base, strokes: [] }];
    this.penDown = false;
    this.ink = this.rendered();
  }

  get picture() {
    return this.pictures[this.pictures.length - 1];
  }

  /** The present picture drawn anew. */
  rendered(): Ink {
    const { base, strokes } = this.picture;
    const ink = base ? inkOf(base) : new Float32Array(WIDTH * WIDTH);
    for (const stroke of strokes)
      stroke.forEach((point, i) => drawLine(ink, stroke[Math.max(0, i - 1)], point));
    return ink;
  }

  /** Sets the pen down. */
  begin(point: Point) {
    const { base, strokes } = this.picture;
    this.pictures.push({ base, strokes: [...strokes, [point]] });
    drawLine(this.ink, point, point);
    this.penDown = true;
  }

  /** Draws on to a point, if the pen is down. */
  extend(point: Point) {
    if (!this.penDown) return;
    const stroke = this.picture.strokes.at(-1) as Point[];
    drawLine(this.ink, stroke[stroke.length - 1], point);
    stroke.push(point);
  }

  lift() {
    this.penDown = false;
  }

  /** Puts a picture, or nothing, in the place of what is there. */
  replace(base: number[][] | null) {
    this.lift();
    this.pictures.push({ base, strokes: [] });
    this.ink = this.rendered();
  }

  /** Takes back what was done last; false where nothing was. */
  undo() {
    this.lift();
    if (this.pictures.length === 1) return false;
    this.pictures.pop();
    this.ink = this.rendered();
    return true;
  }

  /** What a network gets of it. */
  digit() {
    return normaliseDigit(this.ink, WIDTH);
  }
}
