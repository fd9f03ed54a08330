/**
 * The network as a row of slabs, as papers draw it: as high as its maps, as thick as they are many;
 * and below each slab a bar for what the row costs. One composite for the keyboard.
 */
import { useId } from "../parts/ids.ts";
import { within } from "./edits.ts";
import { type Hand, rowKeys } from "./hand.ts";
import type { Entry, Row } from "./rows.ts";
import { AMOUNTS, type Amount, spokenRow } from "./words.ts";

type ProfileProps = {
  input: number[];
  rows: readonly Row[];
  entries: readonly Entry[];
  picked: number;
  shows: Amount;
  hand: Hand;
};

export function Profile({ input, rows, entries, picked, shows, hand }: ProfileProps) {
  const id = useId();
  const cost = (entry: Entry) => (entry.state === "counted" ? AMOUNTS[shows].of(entry) : 0);
  const dearest = Math.max(1, ...entries.map(cost));
  const sides = entries.map(sideOf);
  const highest = Math.max(input[1] ?? 1, ...sides);
  const thickest = Math.max(1, ...entries.map(mapsOf));
  const pickUnder = (event: PointerEvent) => {
    if (!event.buttons) return;
    const { left, width } = (event.currentTarget as HTMLElement).getBoundingClientRect();
    const at = Math.floor(((event.clientX - left) / width) * rows.length);
    if (within(at, rows.length) !== picked) hand.pick(within(at, rows.length));
  };
  return (
    <div
      class="cnl-profile"
      role="listbox"
      tabIndex={0}
      aria-label={`Layers as slabs, with bars for ${AMOUNTS[shows].label}`}
      aria-activedescendant={`${id}-${picked}`}
      onKeyDown={rowKeys(picked, rows.length, hand)}
      onPointerDown={pickUnder}
      onPointerMove={pickUnder}
    >
      {entries.map((entry, i) => (
        <div
          key={i}
          id={`${id}-${i}`}
          role="option"
          class={`cnl-column cnl-${entry.state}${learns(entry) ? " cnl-learns" : ""}`}
          aria-selected={i === picked}
          aria-label={spokenRow(rows[i], entry, i)}
        >
          <div class="cnl-tower">
            {isLabelled(sides, i) && <small>{sides[i]}</small>}
            <i class="cnl-slab" style={sized(entry, highest, thickest)} />
          </div>
          <div class="cnl-cost">
            <i style={`height:${(100 * cost(entry)) / dearest}%`} />
          </div>
        </div>
      ))}
      <small class="cnl-dearest" aria-hidden="true">
        {AMOUNTS[shows].label}, up to {AMOUNTS[shows].text(dearest)}
      </small>
    </div>
  );
}

/** Pixels of the side of a row's maps; a row of features has 1. */
const sideOf = (entry: Entry) =>
  entry.state === "counted" && entry.shape.length === 3 ? entry.shape[1] : 1;

const mapsOf = (entry: Entry) =>
  entry.state === "counted" && entry.shape.length === 3 ? entry.shape[0] : 1;

/** A slab of features is as thick as there is room; that of no known shape as the style has it. */
function sized(entry: Entry, highest: number, thickest: number) {
  if (entry.state !== "counted") return "";
  const width = entry.shape.length < 3 ? 100 : part(mapsOf(entry), thickest);
  return `height:${part(sideOf(entry), highest)}%;width:${width}%`;
}

const learns = (entry: Entry) => entry.state === "counted" && entry.parameters > 0;

/** By the root, so that a side of 7 is still seen beside one of 224. */
const part = (n: number, most: number) => Math.round(1000 * Math.sqrt(n / most)) / 10;

const NARROWEST = 1 / 14; // of the profile, for the figures of a side

/** The first of several slabs of a height says it, where they leave the room. */
function isLabelled(sides: readonly number[], i: number) {
  if (sides[i] === 1 || sides[i] === sides[i - 1]) return false;
  const next = sides.findIndex((side, k) => k > i && side !== sides[i]);
  return ((next < 0 ? sides.length : next) - i) / sides.length >= NARROWEST;
}
