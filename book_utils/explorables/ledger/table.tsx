/** The ledger itself: one row for each layer, and their sums. */
import { type Layer, type Row, totals } from "../arithmetic/ledger.ts";
import { thousands } from "../parts/numbers.ts";
import { memory, setting, square, times } from "./words.ts";

type Amounts = ReturnType<typeof totals>;

/** What adds up; a bar shows a number's part of the largest in its column. */
const AMOUNTS = [
  { head: "Parameters", text: (a: Amounts) => thousands(a.parameters), bar: "parameters" },
  { head: "Multiply-adds", text: (a: Amounts) => thousands(a.multiplyAdds), bar: "multiplyAdds" },
  { head: "Memory", text: (a: Amounts, batch: number) => memory(a.bytes * batch) },
] as const;

const HEADS = [
  { head: "Layer" },
  { head: "Output", kind: "wide" },
  ...AMOUNTS.map(({ head }) => ({ head, kind: "number" })),
  { head: "Field r", kind: "number wide" },
  { head: "Jump j", kind: "number wide" },
];

const STEPS: Record<string, number> = {
  ArrowUp: -1,
  ArrowDown: 1,
  Home: -Infinity,
  End: Infinity,
  Enter: 0,
  " ": 0,
};

type TableProps = {
  input: number[];
  layers: Layer[];
  rows: Row[];
  batch: number;
  picked: number;
  onPick: (i: number) => void;
};

/** Arrow keys go from row to row. */
export function Table({ input, layers, rows, batch, picked, onPick }: TableProps) {
  const onKeyDown = (event: KeyboardEvent) => {
    const step = STEPS[event.key];
    if (step === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const to = Math.min(rows.length - 1, Math.max(0, picked + step));
    (event.currentTarget as HTMLTableSectionElement).rows[to].focus();
    onPick(to);
  };
  const inputs = batch === 1 ? "one input" : `${batch} inputs`;
  return (
    <div class="cnl-ledger-box">
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
        <tbody onKeyDown={onKeyDown}>
          {rows.map((row, i) => (
            <tr
              key={i}
              role="row"
              aria-selected={i === picked}
              tabIndex={i === picked ? 0 : -1}
              onClick={() => onPick(i)}
            >
              <th role="rowheader" scope="row">
                <LayerName layer={layers[i]} />
                <small aria-hidden="true">→ {times(row.shape)}</small>
              </th>
              <td role="gridcell" class="wide">
                {times(row.shape)}
              </td>
              {AMOUNTS.map(({ head, text, ...column }) => (
                <td key={head} role="gridcell" class="number">
                  {text(row, batch)}
                  {"bar" in column && <Bar rows={rows} row={row} of={column.bar} />}
                </td>
              ))}
              <td role="gridcell" class="number wide">
                {row.reach ? square(row.reach.field) : "–"}
              </td>
              <td role="gridcell" class="number wide">
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
            {AMOUNTS.map(({ head, text }) => (
              <td key={head} role="gridcell" class="number">
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
