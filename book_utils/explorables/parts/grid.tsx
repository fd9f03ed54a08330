/**
 * A grid of numbers: pick a cell with pointer, touch or arrow keys; edit it with Enter or a second
 * press.
 */
import type { JSX } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { full, parseNumber, short } from "./numbers.ts";
import { STEPS } from "./steps.ts";

/** row and column; negative in the padding */
type At = [number, number];
/** what a view says of one cell */
export interface Cell {
  value: number;
  /** for weights −1…1, for activations 0…1 */
  shade?: number;
  /** words for the style sheet: padding, unread, lit */
  kind?: string;
  /** what the cell shows, if not its value */
  text?: string;
  /** small print in the corner, such as ×2 */
  note?: string;
  /** what a screen reader hears after the value */
  says?: string;
  /** cannot be edited */
  locked?: boolean;
}
/** what picks the cells of a grid */
export interface GridPick {
  picked: At | null;
  onPick: (at: At) => void;
  /** the mouse is over a cell, or over none */
  onPoint?: (at: At | null) => void;
  /** what was typed is not a number */
  onRefuse?: (message: string) => void;
}
/** What colours mean: a picture's greys, one hue from 0 up, or two hues on both sides of 0. */
export type Colouring = "grey" | "activations" | "weights";
interface GridProps extends GridPick {
  label: string;
  shape: At;
  /** indices of the first row and column */
  offset?: At;
  scale: Colouring;
  cell: (row: number, column: number) => Cell;
  onEdit?: (at: At, value: number) => void;
  /** the window, outlined */
  frame?: { at: At; shape: At } | null;
  /** the cell that is shown, where the mouse shows another than is picked; null for none here */
  shown?: At | null;
}

/** 0, 1 … n − 1. */
export const range = (n: number) => Array.from({ length: n }, (_, i) => i);
const same = (a: At | null, b: At | null) => a?.[0] === b?.[0] && a?.[1] === b?.[1];

/** The cell an event happened in. */
function cellOf(event: Event): At | null {
  const cell = (event.target as HTMLElement).closest<HTMLElement>("[data-at]");
  return cell ? (cell.dataset.at?.split(",").map(Number) as At) : null;
}

export function Grid(props: GridProps) {
  const { label, shape, offset = [0, 0], scale, cell, frame, onEdit } = props;
  const { picked, onPick, onPoint, onRefuse, shown = picked } = props;
  const [editing, setEditing] = useState<{ at: At; text: string; fresh: boolean } | null>(null);
  const table = useRef<HTMLDivElement | null>(null);
  const refocus = useRef(false);
  const drawn = useRef(new Map<string, Drawn>());

  const clamp = (at: At) =>
    at.map((v, axis) => Math.min(offset[axis] + shape[axis] - 1, Math.max(offset[axis], v))) as At;
  const focusable = clamp(picked ?? [0, 0]);

  useLayoutEffect(() => {
    if (!refocus.current) return;
    refocus.current = false;
    (
      table.current?.querySelector(`[data-at="${focusable}"]`) as HTMLElement | null | undefined
    )?.focus();
  });

  /**
   * Starts to edit, or does nothing where a cell cannot be edited.
   * @param key typed to begin a new number
   */
  const edit = (at: At, key?: string) => {
    if (!onEdit || cell(...at).locked) return;
    onPick(at);
    setEditing({ at, text: key ?? full(cell(...at).value), fresh: key !== undefined });
  };

  /** @param text  null keeps the old value */
  const finish = (text: string | null, byKey: boolean) => {
    if (!editing) return;
    setEditing(null);
    refocus.current = byKey;
    if (text === null || (text === editing.text && !editing.fresh)) return;
    const parsed = parseNumber(text);
    if ("value" in parsed) onEdit?.(editing.at, parsed.value);
    else onRefuse?.(`${parsed.error} The cell keeps ${full(cell(...editing.at).value)}.`);
  };

  const onKeyDown = (event: KeyboardEvent) => {
    const at = cellOf(event);
    if (editing || !at || event.altKey || event.metaKey || event.ctrlKey) return;
    const step = STEPS[event.key];
    if (step) {
      refocus.current = true;
      onPick(clamp([at[0] + step[0], at[1] + step[1]]));
    } else if (event.key === "Enter" || event.key === "F2") edit(at);
    else if (/^[-\d.]$/.test(event.key)) edit(at, event.key);
    else if (event.key === " ") onPick(at);
    else return;
    event.preventDefault();
  };

  const onClick = (event: Event) => {
    const at = cellOf(event);
    if (!at || editing) return;
    if (same(at, picked)) edit(at);
    else onPick(at);
  };

  /** A cell as it was drawn last, if nothing of it has changed: most of a grid stays as it is. */
  const draw = (at: At, { value, text = short(value), shade = 0, kind = "", ...more }: Cell) => {
    const { note = "", says, locked } = more;
    const isEdited = editing !== null && same(at, editing.at);
    const marks = marked({ picked: same(at, shown), minus: shade < 0, noted: !!note });
    const strength = `s${Math.round(20 * Math.abs(shade))}`;
    const place = `row ${at[0]}, column ${at[1]}`;
    const heard = `${text || full(value)}${note}${says ? `, ${says}` : ""}`;
    const looks = `cnl-cell ${kind} ${marks} ${strength}`;
    const isPicked = same(at, picked);
    const isLocked = !onEdit || !!locked;
    const tab = same(at, focusable) ? 0 : -1;
    const sign = `${value} ${text} ${looks} ${note} ${heard} ${isPicked} ${isLocked} ${tab}`;
    const before = drawn.current.get(String(at));
    if (before?.sign === sign && !isEdited) return before.node;
    const node = (
      <div
        key={at[1]}
        role="gridcell"
        data-at={String(at)}
        class={looks}
        aria-selected={isPicked}
        aria-readonly={isLocked}
        aria-label={`${place}: ${heard}`}
        title={full(value) === text ? undefined : full(value)}
        tabIndex={tab}
      >
        {isEdited ? <Editor label={`${label}, ${place}`} {...editing} onDone={finish} /> : text}
        {note && !isEdited && <small aria-hidden="true">{note}</small>}
      </div>
    );
    drawn.current.set(String(at), { sign: isEdited ? "" : sign, node });
    return node;
  };
  const cells = range(shape[0]).map((i) =>
    range(shape[1]).map((j) => cell(i + offset[0], j + offset[1])),
  );
  const all = cells.flat();
  const longest = Math.max(...all.map(({ value, text = short(value) }) => text.length));
  const longestNote = Math.max(...all.map(({ note = "" }) => note.length));

  return (
    <div class="cnl-scroll">
      <div class="cnl-sheet">
        <div
          ref={table}
          role="grid"
          aria-label={label}
          class={`cnl-grid cnl-${scale}`}
          style={`--longest:${longest};--longest-note:${longestNote};--across:${shape[1]}`}
          onClick={onClick}
          onKeyDown={onKeyDown}
          onPointerOver={(event) => event.pointerType === "mouse" && onPoint?.(cellOf(event))}
          onPointerLeave={() => onPoint?.(null)}
        >
          {cells.map((row, i) => (
            <div key={i + offset[0]} role="row" class="cnl-grid-row">
              {row.map((each, j) => draw([i + offset[0], j + offset[1]], each))}
            </div>
          ))}
        </div>
        {frame && <div class="cnl-frame" style={frameStyle(frame, offset)} />}
      </div>
    </div>
  );
}

type Drawn = { sign: string; node: JSX.Element };

/** The window as a box that glides over the table. */
function frameStyle({ at, shape }: { at: At; shape: At }, offset: At) {
  const cells = (n: number) => `calc(${n} * var(--cnl-cell))`;
  return (
    `transform:translate(${cells(at[1] - offset[1])},${cells(at[0] - offset[0])});` +
    `width:${cells(shape[1])};height:${cells(shape[0])}`
  );
}

function Editor({
  label,
  text,
  fresh,
  onDone,
}: {
  label: string;
  text: string;
  fresh: boolean;
  onDone: (text: string | null, byKey: boolean) => void;
}) {
  const input = useRef<HTMLInputElement | null>(null);
  const over = useRef(false);
  useLayoutEffect(() => {
    input.current?.focus();
    // What is typed next follows the key that began a fresh number, and replaces an old one.
    input.current?.setSelectionRange(fresh ? text.length : 0, text.length);
  }, []);
  const done = (text: string | null, byKey: boolean) => {
    if (over.current) return; // a field that is taken away loses the focus too, and tells us again
    over.current = true;
    onDone(text, byKey);
  };
  return (
    <input
      ref={input}
      class="cnl-editor"
      type="text"
      inputMode="decimal"
      autocomplete="off"
      aria-label={label}
      defaultValue={text}
      onBlur={(event) => done(event.currentTarget.value, false)}
      onKeyDown={(event) => {
        event.stopPropagation();
        if (event.key === "Enter") done(event.currentTarget.value, true);
        else if (event.key === "Escape") done(null, true);
      }}
    />
  );
}

/** Those marks of a cell that are true, as words for the style sheet. */
export const marked = (marks: Record<string, boolean>) =>
  Object.keys(marks)
    .filter((mark) => marks[mark])
    .join(" ");

/** What the colours of one grid mean. */
export function Legend({ scale, low, high }: { scale: Colouring; low: number; high: number }) {
  return (
    <span class={`cnl-legend cnl-${scale}`} aria-hidden="true">
      {short(low)}
      <i />
      {short(high)}
    </span>
  );
}
