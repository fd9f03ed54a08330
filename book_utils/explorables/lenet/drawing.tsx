/**
 * A pad to write a digit on, by mouse, pen, finger or keyboard; it gives the digit as MNIST's are.
 */

import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { Choice } from "../parts/controls.tsx";
import { useId } from "../parts/ids.ts";
import { Pixels } from "../parts/pixels.tsx";
import { blank, SIDE } from "./digit.ts";
import type { Point } from "./ink.ts";
import { Drawing, FACTOR, WIDTH } from "./ink.ts";

type Example = { label: string; rows: number[][] };
/** `at` is x and y in pixels of the digit */
type Cursor = { at: Point; down: boolean; shown: boolean };

const STEPS = {
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
} as Record<string, Point>;
const FAR = 4; // pixels that an arrow with Shift goes

const same = (a: number[][] | null, b: number[][] | null) => a === b || String(a) === String(b);

/** The middle of a pixel, in cells of the pad. */
const middle = ([x, y]: Point): Point => [(x + 0.5) * FACTOR, (y + 0.5) * FACTOR];

/**
 * The drawing behind the pad, and its picture as the digit `value`: what is drawn goes to
 * `onChange`
 * at most once a frame, and a value from elsewhere is drawn on the pad.
 */
function useDrawing(value: number[][] | null, onChange: (rows: number[][]) => void) {
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

/**
 * @param props  28×28 numbers from 0 (black) to 1 (white), or null for none; `examples` can be
 * loaded and changed
 */
export function DrawingPad({
  value,
  onChange,
  label,
  examples = [],
}: {
  value: number[][] | null;
  onChange: (rows: number[][]) => void;
  label: string;
  examples?: readonly Example[];
}) {
  const { canvas, drawing, changed } = useDrawing(value, onChange);
  const [cursor, setCursor] = useState<Cursor>({
    at: [SIDE / 2, SIDE / 2],
    down: false,
    shown: false,
  });
  const [said, say] = useState("");
  const help = useId();
  const lift = () => {
    drawing.lift();
    setCursor((old) => ({ ...old, down: false, shown: false }));
  };

  const replace = (rows: number[][] | null, words: string) => {
    lift();
    drawing.replace(rows);
    say(words);
    changed();
  };
  const undo = () => {
    setCursor((old) => ({ ...old, down: false }));
    say(drawing.undo() ? "The last step is taken back." : "There is nothing to take back.");
    changed();
  };
  return (
    <div class="cnl-drawing" role="group" aria-label={label}>
      <Pad
        label={label}
        help={help}
        canvas={canvas}
        cursor={cursor}
        onKeyDown={keys({ drawing, cursor, setCursor, undo, say, changed })}
        onBlur={lift}
        {...usePen({ drawing, changed, onPen: lift })}
      />
      <div class="cnl-drawn">
        <figure class="cnl-seen">
          <Pixels
            rows={value ?? blank()}
            high={1}
            scale="grey"
            label={`What the network gets: ${SIDE}×${SIDE} pixels, scaled and centred`}
          />
          <figcaption>
            What the network gets: {SIDE}×{SIDE} pixels, scaled and centred
          </figcaption>
        </figure>
        <div class="cnl-bar">
          <button type="button" onClick={undo}>
            Undo
          </button>
          <button type="button" onClick={() => replace(null, "The pad is empty.")}>
            Clear
          </button>
          {examples.length > 0 && (
            <Choice
              label="Change an example"
              value=""
              onChange={(i) =>
                replace(
                  examples[Number(i)].rows,
                  `${examples[Number(i)].label} is on the pad: draw on it.`,
                )
              }
              options={[
                { value: "", label: "choose" },
                ...examples.map((example, i) => ({ value: String(i), label: example.label })),
              ]}
            />
          )}
        </div>
      </div>
      <p id={help} class="cnl-help">
        Draw with mouse, pen or finger. By keyboard: arrows move the cursor (with Shift by {FAR}),
        the space bar puts the pen down and lifts it, Backspace takes back the last stroke.
      </p>
      <div class="cnl-hidden" aria-live="polite">
        {said}
      </div>
    </div>
  );
}

/** The pad itself. */
function Pad({ label, help, canvas, cursor: { at, down, shown }, ...handlers }: any) {
  const [x, y] = middle(at).map((v) => (100 * v) / WIDTH);
  return (
    <div
      class="cnl-pad"
      role="application"
      tabIndex={0}
      aria-label={label}
      aria-roledescription="drawing pad"
      aria-describedby={help}
      {...handlers}
    >
      <canvas ref={canvas} width={WIDTH} height={WIDTH} aria-hidden="true" />
      {shown && <i class={`cnl-cursor${down ? " down" : ""}`} style={`left:${x}%;top:${y}%`} />}
    </div>
  );
}

/** Handlers of one pointer at a time; every place it went through counts, not only one a frame. */
function usePen({
  drawing,
  changed,
  onPen,
}: {
  drawing: Drawing;
  changed: () => void;
  onPen: () => void;
}) {
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

/** The keyboard's way to draw. */
const keys =
  ({
    drawing,
    cursor,
    setCursor,
    undo,
    say,
    changed,
  }: {
    drawing: Drawing;
    cursor: Cursor;
    setCursor: (cursor: Cursor) => void;
    undo: () => void;
    say: (words: string) => void;
    changed: () => void;
  }): ((event: KeyboardEvent) => void) =>
  (event) => {
    const { at, down } = cursor;
    const chord = event.ctrlKey || event.metaKey;
    const move = (next: Partial<Cursor>) => {
      const now = { at, down, ...next, shown: true };
      if (now.down) down ? drawing.extend(middle(now.at)) : drawing.begin(middle(at));
      else drawing.lift();
      if (now.down) changed();
      setCursor(now);
      say(`Pen ${now.down ? "down" : "up"}, row ${now.at[1]}, column ${now.at[0]}`);
    };
    if (event.key === "Backspace" || (chord && event.key === "z")) undo();
    else if (chord || event.altKey) return;
    else if (STEPS[event.key]) {
      const far = event.shiftKey ? FAR : 1;
      const to = (d: 0 | 1) => Math.min(SIDE - 1, Math.max(0, at[d] + far * STEPS[event.key][d]));
      move({ at: [to(0), to(1)] });
    } else if (event.key === " ") move({ down: !down });
    else if (event.key === "Escape" && down) move({ down: false });
    else return;
    event.preventDefault();
  };
