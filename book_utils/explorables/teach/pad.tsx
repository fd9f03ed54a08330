/** The pad, and what can be done with the sign on it. */
import type { ComponentChildren } from "preact";
import { useMemo, useState } from "preact/hooks";
import { SIDE } from "../parts/digit.ts";
import { Pad } from "../parts/drawing.tsx";
import { useId } from "../parts/ids.ts";
import { type Cursor, FAR, keys, useDrawing, usePen } from "../parts/pen.ts";
import { pictureOf, rowsOf } from "../parts/pictures.ts";

const AT_FIRST: Cursor = { at: [SIDE / 2, SIDE / 2], down: false, shown: false };

type SignPadProps = {
  picture: string;
  onDraw: (picture: string) => void;
  /** below the pad: what the sign is */
  children: ComponentChildren;
};

export function SignPad({ picture, onDraw, children }: SignPadProps) {
  const rows = useMemo(() => rowsOf(picture), [picture]);
  const { canvas, drawing, changed } = useDrawing(rows, (drawn) => onDraw(pictureOf(drawn)));
  const [cursor, setCursor] = useState(AT_FIRST);
  const [said, say] = useState("");
  const help = useId();
  const lift = () => {
    drawing.lift();
    setCursor((old) => ({ ...old, down: false, shown: false }));
  };
  const undo = () => {
    lift();
    say(drawing.undo() ? "The last step is taken back." : "There is nothing to take back.");
    changed();
  };
  const clear = () => {
    lift();
    drawing.replace(null);
    say("The pad is empty.");
    changed();
  };
  const hand = { drawing, changed };
  return (
    <div class="cnl-drawn cnl-signpad">
      <Pad
        aria-label="A sign"
        aria-describedby={help}
        canvas={canvas}
        cursor={cursor}
        onKeyDown={keys({ ...hand, cursor, setCursor, undo, say })}
        onBlur={lift}
        {...usePen({ ...hand, onPen: lift })}
      />
      {children}
      <div class="cnl-wipe">
        <button type="button" onClick={undo}>
          Undo
        </button>
        <button type="button" onClick={clear}>
          Clear
        </button>
      </div>
      <p id={help} class="cnl-hidden">
        Draw with mouse, pen or finger. By keyboard: arrows move the cursor (with Shift by {FAR}),
        the space bar puts the pen down and lifts it, Backspace takes back the last stroke.
      </p>
      <div class="cnl-hidden" aria-live="polite">
        {said}
      </div>
    </div>
  );
}
