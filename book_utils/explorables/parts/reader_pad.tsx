/** A pad for what the reader draws, which gives it as a picture. */
import type { ComponentChildren } from "preact";
import { useMemo, useState } from "preact/hooks";
import { SIDE } from "./digit.ts";
import { Help, Pad } from "./drawing.tsx";
import { useId } from "./ids.ts";
import { type Cursor, keys, useDrawing, usePen } from "./pen.ts";
import { pictureOf, rowsOf } from "./pictures.ts";

const AT_FIRST: Cursor = { at: [SIDE / 2, SIDE / 2], down: false, shown: false };

type ReaderPadProps = {
  digit: string;
  onDraw: (digit: string) => void;
  label?: string;
  kind?: string;
  /** beside *Clear*: a step can be taken back, without the keyboard too */
  withUndo?: boolean;
  /** between the pad and its buttons */
  children?: ComponentChildren;
};

/** A pad to draw on; *Clear* empties it. */
export function ReaderPad(props: ReaderPadProps) {
  const { digit, onDraw, label = "Your digit", kind = "", withUndo, children } = props;
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
    <div class={`cnl-drawn ${kind}`.trim()}>
      <Pad
        aria-label={label}
        aria-describedby={help}
        canvas={canvas}
        cursor={cursor}
        onKeyDown={keys({ ...hand, cursor, setCursor, undo, say })}
        onBlur={lift}
        {...usePen({ ...hand, onPen: lift })}
      />
      {children}
      <div class="cnl-wipe">
        {withUndo ? (
          <button type="button" onClick={undo}>
            Undo
          </button>
        ) : (
          <span>{label}</span>
        )}
        <button type="button" onClick={clear}>
          Clear
        </button>
      </div>
      <Help id={help} kind="cnl-hidden" />
      <div class="cnl-hidden" aria-live="polite">
        {said}
      </div>
    </div>
  );
}
