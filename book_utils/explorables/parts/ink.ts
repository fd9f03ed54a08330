/**
 * Ink on a pad that is finer than the picture made of it: strokes, what they cover, and taking them
 * back.
 */
import { drawLine, drawStroke, type Point } from "./brush.ts";
import { normaliseDigit, normaliseStrokes, SIDE } from "./digit.ts";

/** Opacity of each cell of a square pad, row by row, 0 (none) to 1 (full) */
type Ink = Float32Array;
/** Strokes over a 28×28 picture, or over nothing */
type Picture = { base: number[][] | null; strokes: Point[][] };

export const FACTOR = 8; // cells of the pad along a pixel of the picture
export const WIDTH = SIDE * FACTOR;
// Radius in cells: as wide, on a digit that fills the pad, as the strokes of what is made of it.
const BRUSH = 11;

const inkOf = (rows: readonly (readonly number[])[]): Ink =>
  Float32Array.from(
    { length: WIDTH * WIDTH },
    (_, i) => rows[Math.floor(i / WIDTH / FACTOR)][Math.floor((i % WIDTH) / FACTOR)],
  );

/** Where a hand that leaves the pad draws on: at its edge, for what is not seen does not count. */
const onPad = (point: Point): Point => {
  const [x, y] = point.map((v) => Math.min(WIDTH, Math.max(0, v)));
  return [x, y];
};

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
    for (const stroke of strokes) drawStroke(ink, WIDTH, stroke, BRUSH);
    return ink;
  }

  /** Sets the pen down. */
  begin(place: Point) {
    const point = onPad(place);
    const { base, strokes } = this.picture;
    this.pictures.push({ base, strokes: [...strokes, [point]] });
    drawLine(this.ink, WIDTH, point, point, BRUSH);
    this.penDown = true;
  }

  /** Draws on to a point, if the pen is down. */
  extend(place: Point) {
    if (!this.penDown) return;
    const point = onPad(place);
    const stroke = this.picture.strokes.at(-1) as Point[];
    drawLine(this.ink, WIDTH, stroke[stroke.length - 1], point, BRUSH);
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

  /** What a network gets of it: strokes alone are drawn anew, a picture stays what it is. */
  digit() {
    const { base, strokes } = this.picture;
    const hasPicture = base?.some((row) => row.some((v) => v > 0));
    return hasPicture ? normaliseDigit(this.ink, WIDTH) : normaliseStrokes(strokes, 2 * BRUSH);
  }
}
