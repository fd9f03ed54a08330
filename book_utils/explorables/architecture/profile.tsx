/**
 * The network as a row of slabs, as papers draw it: as high as its maps, as thick as they are many;
 * and below each slab a bar for what the row costs. One composite for the keyboard.
 */
import { useId } from "../parts/ids.ts";
import type { Entry, Row } from "./rows.ts";
import { type Hand, useRowKeys } from "./hand.ts";
import { AMOUNTS, type Amount, named, side, spokenRow } from "./words.ts";

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
  const keys = useRowKeys(picked, rows.length, hand);
  const most = Math.max(1, ...entries.map((entry) => amount(entry, shows)));
  const sides = entries.map((entry) => side(entry.shape));
  const [highest, thickest] = [
    Math.max(side(input), ...sides),
    Math.max(1, ...entries.map(({ shape }) => (shape?.length === 3 ? shape[0] : 1))),
  ];
  const pickUnder = (event: PointerEvent) => {
    if (!event.buttons || !rows.length) return;
    const { left, width } = (event.currentTarget as HTMLElement).getBoundingClientRect();
    const at = Math.floor(((event.clientX - left) / width) * rows.length);
    const to = Math.max(0, Math.min(rows.length - 1, at));
    if (to !== picked) hand.pick(to);
  };
  return (
    <div
      class="cnl-profile"
      role="listbox"
      tabIndex={0}
      aria-label={`Layers as slabs, with bars for ${AMOUNTS[shows].label}`}
      aria-activedescendant={rows.length ? `${id}-${picked}` : undefined}
      onKeyDown={keys}
      onPointerDown={pickUnder}
      onPointerMove={pickUnder}
    >
      {entries.map((entry, i) => (
        <div
          key={i}
          id={`${id}-${i}`}
          role="option"
          class={`cnl-column ${standing(entry)}${entry.parameters ? " learns" : ""}`}
          aria-selected={i === picked}
          aria-label={spokenRow(rows[i], entry, i)}
        >
          <div class="cnl-tower">
            {isLabelled(sides, i) && <small>{sides[i]}</small>}
            <i
              class="cnl-slab"
              style={{
                height: `${percent(sides[i], highest)}%`,
                width: `${20 + 0.76 * percent(thickness(entry), thickest)}%`,
              }}
            />
          </div>
          <div class="cnl-cost">
            <i style={{ height: `${(100 * amount(entry, shows)) / most}%` }} />
          </div>
        </div>
      ))}
      {!rows.length && (
        <p role="option" aria-selected={false}>
          {named(null)}
        </p>
      )}
    </div>
  );
}

const amount = (entry: Entry, shows: Amount) => AMOUNTS[shows].of(entry);

const thickness = ({ shape }: Entry) => (shape?.length === 3 ? shape[0] : Infinity);

/** By the root, so that a side of 7 is still seen beside one of 224. */
const percent = (n: number, most: number) => 100 * Math.sqrt(Math.min(1, n / most));

const standing = ({ refusal, waits }: Entry) =>
  refusal ? "cnl-misfit" : waits ? "cnl-waits" : "";

const NARROWEST = 1 / 14; // of the profile, for the figures of a side

/** The first of several slabs of a height says it, if they leave the room. */
function isLabelled(sides: readonly number[], i: number) {
  if (!sides[i] || sides[i] === sides[i - 1]) return false;
  const next = sides.findIndex((side, k) => k > i && side !== sides[i]);
  return ((next < 0 ? sides.length : next) - i) / sides.length >= NARROWEST;
}
