/**
 * A pad to write a digit on, by mouse, pen, finger or keyboard; it gives the digit as MNIST's are.
 */
import type { HTMLAttributes, RefObject } from "preact";
import { useState } from "preact/hooks";
import { Choice } from "./controls.tsx";
import { blank, SIDE } from "./digit.ts";
import { useId } from "./ids.ts";
import { WIDTH } from "./ink.ts";
import { type Cursor, FAR, keys, middle, useDrawing, usePen } from "./pen.ts";
import { Pixels } from "./pixels.tsx";

type Example = { label: string; rows: number[][] };

const AT_FIRST: Cursor = { at: [SIDE / 2, SIDE / 2], down: false, shown: false };
const SEEN = `What the network gets: ${SIDE}×${SIDE} pixels, scaled and centred`;

type DrawingPadProps = {
  /** 28×28 numbers from 0 (black) to 1 (white), or null for none */
  value: number[][] | null;
  onChange: (rows: number[][]) => void;
  label: string;
  /** can be loaded and changed */
  examples?: readonly Example[];
};

export function DrawingPad({ value, onChange, label, examples = [] }: DrawingPadProps) {
  const { canvas, drawing, changed } = useDrawing(value, onChange);
  const [cursor, setCursor] = useState(AT_FIRST);
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
        aria-label={label}
        aria-describedby={help}
        canvas={canvas}
        cursor={cursor}
        onKeyDown={keys({ drawing, cursor, setCursor, undo, say, changed })}
        onBlur={lift}
        {...usePen({ drawing, changed, onPen: lift })}
      />
      <div class="cnl-drawn">
        <figure class="cnl-seen">
          <Pixels rows={value ?? blank()} high={1} scale="grey" label={SEEN} />
          <figcaption>{SEEN}</figcaption>
        </figure>
        <div class="cnl-bar">
          <button type="button" onClick={undo}>
            Undo
          </button>
          <button type="button" onClick={() => replace(null, "The pad is empty.")}>
            Clear
          </button>
          {examples.length > 0 && <Examples examples={examples} onChoose={replace} />}
        </div>
      </div>
      <Help id={help} kind="cnl-help" />
      <div class="cnl-hidden" aria-live="polite">
        {said}
      </div>
    </div>
  );
}

type ExamplesProps = {
  examples: readonly Example[];
  onChoose: (rows: number[][], words: string) => void;
};

function Examples({ examples, onChoose }: ExamplesProps) {
  const options = examples.map(({ label }, i) => ({ value: String(i), label }));
  const choose = (i: string) => {
    const { label, rows } = examples[Number(i)];
    onChoose(rows, `${label} is on the pad: draw on it.`);
  };
  return (
    <Choice
      label="Change an example"
      value=""
      onChange={choose}
      options={[{ value: "", label: "choose" }, ...options]}
    />
  );
}

/** How to draw, in words. */
export const Help = ({ id, kind }: { id: string; kind: string }) => (
  <p id={id} class={kind}>
    Draw with mouse, pen or finger. By keyboard: arrows move the cursor (with Shift by {FAR}), the
    space bar puts the pen down and lifts it, Backspace takes back the last stroke.
  </p>
);

type PadProps = HTMLAttributes<HTMLDivElement> & {
  canvas: RefObject<HTMLCanvasElement | null>;
  cursor: Cursor;
};

/** The pad itself. */
export function Pad({ canvas, cursor: { at, down, shown }, ...props }: PadProps) {
  const [x, y] = middle(at).map((v) => (100 * v) / WIDTH);
  return (
    <div
      class="cnl-pad"
      role="application"
      tabIndex={0}
      aria-roledescription="drawing pad"
      {...props}
    >
      <canvas ref={canvas} width={WIDTH} height={WIDTH} aria-hidden="true" />
      {shown && <i class={`cnl-cursor${down ? " down" : ""}`} style={`left:${x}%;top:${y}%`} />}
    </div>
  );
}
