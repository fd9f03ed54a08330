/** The reader's own digit, and what the network takes it for at this moment. */
import { useMemo, useState } from "preact/hooks";
import { CLASSES, Pass, type Weights } from "../arithmetic/training.ts";
import { SIDE } from "../parts/digit.ts";
import { Pad } from "../parts/drawing.tsx";
import { range } from "../parts/grid.tsx";
import { useId } from "../parts/ids.ts";
import { type Cursor, FAR, keys, useDrawing, usePen } from "../parts/pen.ts";
import { pictureOf, pixelsOf, rowsOf } from "../parts/pictures.ts";
import { percent, reading } from "./words.ts";

/** The ten probabilities of a picture: anew with each step, and with each stroke. */
export function useReading(digit: string, weights: Weights) {
  const [pass] = useState(() => new Pass());
  return useMemo(() => {
    pass.forward(weights, pixelsOf(digit));
    return [...pass.probabilities];
  }, [digit, weights]);
}

const AT_FIRST: Cursor = { at: [SIDE / 2, SIDE / 2], down: false, shown: false };

type ReaderPadProps = { digit: string; onDraw: (digit: string) => void };

/** A pad to draw on; *Clear* empties it. */
export function ReaderPad({ digit, onDraw }: ReaderPadProps) {
  const rows = useMemo(() => rowsOf(digit), [digit]);
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
    <div class="cnl-drawn">
      <Pad
        aria-label="Your digit"
        aria-describedby={help}
        canvas={canvas}
        cursor={cursor}
        onKeyDown={keys({ ...hand, cursor, setCursor, undo, say })}
        onBlur={lift}
        {...usePen({ ...hand, onPen: lift })}
      />
      <div class="cnl-wipe">
        <span>Your digit</span>
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

/** Ten bars; the longest says how long it is. */
export function Bars({ probabilities }: { probabilities: number[] }) {
  const best = probabilities.indexOf(Math.max(...probabilities));
  return (
    <div class="cnl-ten" role="img" aria-label={reading(probabilities)}>
      {range(CLASSES).map((k) => (
        <div key={k} class={k === best ? "best" : ""}>
          <b>{k}</b>
          <span>
            <i style={`width:${100 * (probabilities[k] || 0)}%`} />
          </span>
          <em>{k === best && percent(probabilities[k])}</em>
        </div>
      ))}
    </div>
  );
}
