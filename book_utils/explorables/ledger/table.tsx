/** The ledger itself: one row for each layer, and their sums; it scrolls between head and foot. */
import { useLayoutEffect, useRef } from "preact/hooks";
import { type Layer, type Row, totals } from "../arithmetic/ledger.ts";
import { thousands } from "../parts/numbers.ts";
import { ARROWS } from "../parts/steps.ts";
import { memory, square, times } from "../parts/words.ts";
import { setting, WHATS, type What } from "./words.ts";

type Amounts = ReturnType<typeof totals>;

/** What adds up; a bar shows a number's part of the largest in its column. */
const AMOUNTS = [
  { what: "Parameters", text: (a: Amounts) => thousands(a.parameters), bar: "parameters" },
  { what: "Multiply-adds", text: (a: Amounts) => thousands(a.multiplyAdds), bar: "multiplyAdds" },
  { what: "Memory", text: (a: Amounts, batch: number) => memory(a.bytes * batch) },
] as const;

const HEADS = [
  { head: "Layer" },
  { head: "Output", kind: "wide" },
  ...AMOUNTS.map(({ what }) => ({ head: what, kind: "number" })),
  { head: "Field r", kind: "number wide" },
  { head: "Jump j", kind: "number wide" },
];

const STEPS: typeof ARROWS = {
  ...ARROWS,
  Home: [-Infinity, 0],
  End: [Infinity, 0],
  Enter: [0, 0],
  " ": [0, 0],
};

/** The field of a number of a layer; one of a vector depends on the whole input. */
function fieldOf({ reach, shape }: Row) {
  if (reach) return square(reach.field);
  return shape.length === 1 ? "all" : "–";
}

const within = (value: number, count: number) => Math.min(count - 1, Math.max(0, value));

type TableProps = {
  input: number[];
  layers: Layer[];
  rows: Row[];
  batch: number;
  picked: number;
  /** which number of the picked row is worked out */
  asked: What;
  onPick: (i: number, what: What) => void;
};

/** Arrow keys go from row to row, and from number to number. */
export function Table({ input, layers, rows, batch, picked, asked, onPick }: TableProps) {
  const box = useRef<HTMLDivElement | null>(null);
  useLayoutEffect(() => {
    const table = box.current as HTMLDivElement;
    const keep = () => keepInSight(table, picked);
    keep();
    const watch = new ResizeObserver(keep); // rows are higher where the table is narrow
    watch.observe(table);
    return () => watch.disconnect();
  }, [picked]);
  const onKeyDown = (event: KeyboardEvent) => {
    const step = STEPS[event.key];
    if (step === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const to = within(picked + step[0], rows.length);
    const what = WHATS[within(WHATS.indexOf(asked) + step[1], WHATS.length)];
    (event.currentTarget as HTMLTableSectionElement).rows[to].focus({ preventScroll: true });
    onPick(to, what);
  };
  const onClick = (event: Event) => {
    const cell = (event.target as Element).closest<HTMLElement>("[data-what]");
    const row = cell?.parentElement as HTMLTableRowElement | null | undefined;
    if (cell && row) onPick(row.sectionRowIndex, cell.dataset.what as What);
  };
  /** What a press on a cell asks for, and whether it is asked for now. */
  const of = (what: What, i: number, kind = "") => ({
    "data-what": what,
    class: i === picked && what === asked ? `${kind} cnl-asked` : kind,
  });
  const inputs = batch === 1 ? "one input" : `${batch} inputs`;
  return (
    <div class="cnl-ledger-box" ref={box}>
      <table role="grid" class="cnl-ledger" aria-label={`Layers, for ${inputs} of ${times(input)}`}>
        <thead>
          <tr role="row">
            {HEADS.map(({ head, kind }) => (
              <th key={head} role="columnheader" scope="col" class={kind}>
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody onKeyDown={onKeyDown} onClick={onClick}>
          {rows.map((row, i) => (
            <tr key={i} role="row" aria-selected={i === picked} tabIndex={i === picked ? 0 : -1}>
              <th role="rowheader" scope="row" data-what="Output">
                <LayerName layer={layers[i]} />
                <small aria-hidden="true" class={of("Output", i).class}>
                  → {times(row.shape)}
                </small>
              </th>
              <td role="gridcell" {...of("Output", i, "wide")}>
                {times(row.shape)}
              </td>
              {AMOUNTS.map(({ what, text, ...column }) => (
                <td key={what} role="gridcell" {...of(what, i, "number")}>
                  {text(row, batch)}
                  {"bar" in column && <Bar rows={rows} row={row} of={column.bar} />}
                </td>
              ))}
              <td role="gridcell" {...of("Receptive field", i, "number wide")}>
                {fieldOf(row)}
              </td>
              <td role="gridcell" {...of("Receptive field", i, "number wide")}>
                {row.reach ? square(row.reach.jump) : "–"}
              </td>
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr role="row">
            <th role="rowheader" scope="row">
              Total
            </th>
            <td role="gridcell" class="wide" />
            {AMOUNTS.map(({ what, text }) => (
              <td key={what} role="gridcell" class="number">
                {text(totals(rows), batch)}
              </td>
            ))}
            <td role="gridcell" class="wide" />
            <td role="gridcell" class="wide" />
          </tr>
        </tfoot>
      </table>
    </div>
  );
}

/** Scrolls a row into sight, between head and foot, and the page not at all. */
function keepInSight(box: HTMLDivElement, i: number) {
  const { tHead, tFoot, tBodies } = box.firstElementChild as HTMLTableElement;
  const { offsetTop, offsetHeight } = tBodies[0].rows[i];
  const least = offsetTop + offsetHeight + (tFoot?.offsetHeight ?? 0) - box.clientHeight;
  const most = offsetTop - (tHead?.offsetHeight ?? 0);
  box.scrollTop = Math.min(most, Math.max(least, box.scrollTop));
}

type BarProps = { rows: Row[]; row: Row; of: "parameters" | "multiplyAdds" };

function Bar({ rows, row, of }: BarProps) {
  const most = Math.max(...rows.map((other) => other[of]));
  const width = most && (100 * row[of]) / most;
  return <i class="cnl-amount" aria-hidden="true" style={`width:${width}%`} />;
}

export function LayerName({ layer }: { layer: Layer }) {
  return (
    <>
      <strong>{layer.kind}</strong> {setting(layer)} <code>{layer.name}</code>
    </>
  );
}
