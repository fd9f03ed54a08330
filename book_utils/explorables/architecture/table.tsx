/** The rows in full: a table that scrolls under its head, the picked row kept in sight. */
import { useLayoutEffect, useRef } from "preact/hooks";
import { thousands } from "../parts/numbers.ts";
import { square, times } from "../parts/words.ts";
import { type Hand, rowKeys } from "./hand.ts";
import type { Entry, Row } from "./rows.ts";
import { memoryKept, setting, spokenTotal, totalsOf } from "./words.ts";

const HEADS = ["Layer", "Output", "Parameters", "Multiply-adds", "Kept", "Field"];

type TableProps = {
  rows: readonly Row[];
  entries: readonly Entry[];
  picked: number;
  hand: Hand;
};

export function Table({ rows, entries, picked, hand }: TableProps) {
  const box = useRef<HTMLDivElement | null>(null);
  const refocus = useRef(false);
  useLayoutEffect(() => {
    const { current } = box;
    if (current) keepInSight(current, picked);
    const row = current?.querySelectorAll<HTMLElement>("tbody tr")[picked];
    if (refocus.current) row?.focus({ preventScroll: true });
    refocus.current = false;
  }, [picked, rows.length]);
  const keys = rowKeys(picked, rows.length, hand);
  const onKeyDown = (event: KeyboardEvent) => {
    keys(event);
    refocus.current = event.defaultPrevented;
  };
  const onClick = (event: Event) => {
    const row = (event.target as Element).closest("tr");
    if (row) hand.pick(row.sectionRowIndex);
  };
  return (
    <div class="cnl-rows-box" ref={box}>
      <table role="grid" class="cnl-rows" aria-label={`Layers: ${spokenTotal(totalsOf(entries))}`}>
        <thead>
          <tr role="row">
            {HEADS.map((head, j) => (
              <th key={head} role="columnheader" scope="col" class={j > 1 ? "number" : ""}>
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody onKeyDown={onKeyDown} onClick={onClick}>
          {entries.map((entry, i) => (
            <tr
              key={i}
              role="row"
              class={`cnl-${entry.state}`}
              aria-selected={i === picked}
              tabIndex={i === picked ? 0 : -1}
            >
              <th role="rowheader" scope="row">
                <strong>{rows[i].kind}</strong> {setting(rows[i])}
              </th>
              <Numbers entry={entry} />
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** The same cells whatever the row's state: little is drawn anew where rows come to wait. */
const Numbers = ({ entry }: { entry: Entry }) => (
  <>
    {textsOf(entry).map((text, j) => (
      <td key={j} role="gridcell" class={j ? "number" : ""}>
        {text}
      </td>
    ))}
  </>
);

function textsOf(entry: Entry) {
  if (entry.state !== "counted")
    return [entry.state === "refused" ? "✗ does not fit" : "waits", "", "", "", ""];
  const { shape, parameters, multiplyAdds, kept, reach } = entry;
  return [
    times(shape),
    thousands(parameters),
    thousands(multiplyAdds),
    memoryKept(kept),
    reach ? square(reach.field) : "–",
  ];
}

/** Scrolls a row into sight below the head, and the page not at all. */
function keepInSight(box: HTMLDivElement, i: number) {
  const { tHead, tBodies } = box.firstElementChild as HTMLTableElement;
  const row = tBodies[0].rows[i];
  if (!row) return;
  const least = row.offsetTop + row.offsetHeight - box.clientHeight;
  const most = row.offsetTop - (tHead?.offsetHeight ?? 0);
  box.scrollTop = Math.min(most, Math.max(least, box.scrollTop));
}
