/** A grid of numbers: pick a cell with pointer, touch or arrow keys; edit it with Enter or a second press. */
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { full, parseNumber, short } from "./numbers.js";

/**
 * @typedef {[number, number]} At  row and column; negative in the padding
 *
 * @typedef {object} Cell  what a view says of one cell
 * @property {number} value
 * @property {number} [shade]    for weights −1…1, for activations 0…1
 * @property {string} [kind]     words for the style sheet: padding, unread, lit
 * @property {string} [text]     what the cell shows, if not its value
 * @property {string} [note]     small print in the corner, such as ×2
 * @property {string} [says]     what a screen reader hears after the value
 * @property {boolean} [locked]  cannot be edited
 *
 * @typedef {object} GridProps
 * @property {string} label
 * @property {At} shape
 * @property {At} [offset]  indices of the first row and column
 * @property {"activations" | "weights"} scale
 * @property {(row: number, column: number) => Cell} cell
 * @property {At | null} picked
 * @property {(at: At) => void} onPick
 * @property {(at: At | null) => void} [onPoint]  the mouse is over a cell, or over none
 * @property {(at: At, value: number) => void} [onEdit]
 * @property {(message: string) => void} [onRefuse]  what was typed is not a number
 * @property {{ at: At, shape: At } | null} [frame]  the window, outlined
 */

const STEPS = /** @type {Record<string, At>} */ ({
  ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1],
  Home: [0, -Infinity], End: [0, Infinity], PageUp: [-Infinity, 0], PageDown: [Infinity, 0],
});

/** 0, 1 … n − 1. */
export const range = (/** @type {number} */ n) => Array.from({ length: n }, (_, i) => i);
const same = (/** @type {At | null} */ a, /** @type {At | null} */ b) => a?.[0] === b?.[0] && a?.[1] === b?.[1];

/** The cell an event happened in. @param {Event} event @returns {At | null} */
function cellOf(event) {
  const td = /** @type {HTMLElement} */ (event.target).closest("td");
  return td ? /** @type {At} */ (td.dataset.at?.split(",").map(Number)) : null;
}

/** @param {GridProps} props */
export function Grid(props) {
  const { label, shape, offset = [0, 0], scale, cell, picked, onPick, onPoint, onEdit, onRefuse, frame } = props;
  const [editing, setEditing] = useState(/** @type {{ at: At, text: string, fresh: boolean } | null} */ (null));
  const table = useRef(/** @type {HTMLTableElement | null} */ (null));
  const refocus = useRef(false);

  const clamp = (/** @type {At} */ at) => /** @type {At} */ (
    at.map((v, axis) => Math.min(offset[axis] + shape[axis] - 1, Math.max(offset[axis], v))));
  const focusable = clamp(picked ?? [0, 0]);

  useLayoutEffect(() => {
    if (!refocus.current) return;
    refocus.current = false;
    /** @type {HTMLElement | null | undefined} */ (table.current?.querySelector(`[data-at="${focusable}"]`))?.focus();
  });

  /** Starts to edit, or does nothing where a cell cannot be edited. @param {At} at @param {string} [key] typed to begin a new number */
  const edit = (at, key) => {
    if (!onEdit || cell(...at).locked) return;
    onPick(at);
    setEditing({ at, text: key ?? full(cell(...at).value), fresh: key !== undefined });
  };

  /** @param {string | null} text  null keeps the old value @param {boolean} byKey */
  const finish = (text, byKey) => {
    if (!editing) return;
    setEditing(null);
    refocus.current = byKey;
    if (text === null || (text === editing.text && !editing.fresh)) return;
    const parsed = parseNumber(text);
    if ("value" in parsed) onEdit?.(editing.at, parsed.value);
    else onRefuse?.(`${parsed.error} The cell keeps ${full(cell(...editing.at).value)}.`);
  };

  const onKeyDown = (/** @type {KeyboardEvent} */ event) => {
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

  const onClick = (/** @type {Event} */ event) => {
    const at = cellOf(event);
    if (!at || editing) return;
    if (same(at, picked)) edit(at);
    else onPick(at);
  };

  return (
    <div class="cnl-scroll">
      <div class="cnl-sheet">
        <table ref={table} role="grid" aria-label={label} class={`cnl-grid cnl-${scale}`}
          onClick={onClick} onKeyDown={onKeyDown}
          onPointerOver={(event) => event.pointerType === "mouse" && onPoint?.(cellOf(event))}
          onPointerLeave={() => onPoint?.(null)}>
          <tbody>
            {range(shape[0]).map((i) => (
              <tr key={i + offset[0]} role="row">
                {range(shape[1]).map((j) => {
                  const at = /** @type {At} */ ([i + offset[0], j + offset[1]]);
                  const { value, text = short(value), shade = 0, kind = "", note, says, locked } = cell(...at);
                  const isPicked = picked !== null && same(at, picked);
                  return (
                    <td key={at[1]} role="gridcell" data-at={String(at)}
                      class={`cnl-cell ${kind}${isPicked ? " picked" : ""}${shade < 0 ? " minus" : ""}${note ? " noted" : ""} s${Math.round(20 * Math.abs(shade))} ${lengthOf(text)}`}
                      aria-selected={isPicked} aria-readonly={!onEdit || !!locked}
                      aria-label={`row ${at[0]}, column ${at[1]}: ${text || full(value)}${note ?? ""}${says ? `, ${says}` : ""}`}
                      title={full(value) === text ? undefined : full(value)}
                      tabIndex={same(at, focusable) ? 0 : -1}>
                      {editing && same(at, editing.at)
                        ? <Editor label={`${label}, row ${at[0]}, column ${at[1]}`} {...editing} onDone={finish} />
                        : <>{text}{note ? <small aria-hidden="true" class={lengthOf(note)}>{note}</small> : null}</>}
                    </td>
                  );
                })}
              </tr>
            ))}
          </tbody>
        </table>
        {frame && <div class="cnl-frame" style={frameStyle(frame, offset)} />}
      </div>
    </div>
  );
}

/** Tells the style sheet of a number too long for the usual type. @param {string} text */
const lengthOf = (text) => (text.length > 3 ? `l${text.length}` : "");

/** The window as a box that glides over the table. @param {{ at: At, shape: At }} frame @param {At} offset */
function frameStyle({ at, shape }, offset) {
  const cells = (/** @type {number} */ n) => `calc(${n} * var(--cnl-cell))`;
  return `transform:translate(${cells(at[1] - offset[1])},${cells(at[0] - offset[0])});` +
    `width:${cells(shape[1])};height:${cells(shape[0])}`;
}

/** @param {{ label: string, text: string, fresh: boolean, onDone: (text: string | null, byKey: boolean) => void }} props */
function Editor({ label, text, fresh, onDone }) {
  const input = useRef(/** @type {HTMLInputElement | null} */ (null));
  const over = useRef(false);
  useLayoutEffect(() => {
    input.current?.focus();
    // What is typed next follows the key that began a fresh number, and replaces an old one.
    input.current?.setSelectionRange(fresh ? text.length : 0, text.length);
  }, []);
  const done = (/** @type {string | null} */ text, /** @type {boolean} */ byKey) => {
    if (over.current) return; // a field that is taken away loses the focus too, and tells us again
    over.current = true;
    onDone(text, byKey);
  };
  return (
    <input ref={input} class="cnl-editor" type="text" inputMode="decimal" autocomplete="off" aria-label={label}
      defaultValue={text}
      onBlur={(event) => done(event.currentTarget.value, false)}
      onKeyDown={(event) => {
        event.stopPropagation();
        if (event.key === "Enter") done(event.currentTarget.value, true);
        else if (event.key === "Escape") done(null, true);
      }} />
  );
}

/**
 * What the colours of one grid mean.
 * @param {{ scale: "activations" | "weights" | "grey", low: number, high: number }} props
 */
export function Legend({ scale, low, high }) {
  return (
    <span class={`cnl-legend cnl-${scale}`} aria-hidden="true">
      {short(low)}<i />{short(high)}
    </span>
  );
}
