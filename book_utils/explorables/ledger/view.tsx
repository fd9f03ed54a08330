/**
 * The layer ledger: what each layer makes, costs and sees; pick one to see the arithmetic (see lab.py).
 */

import { useEffect, useLayoutEffect, useMemo, useRef } from "preact/hooks";
import type { Layer, Row } from "../arithmetic/ledger.ts";
import { ledger, START, totals } from "../arithmetic/ledger.ts";
import { Slider } from "../parts/controls.tsx";
import { send } from "../parts/signals.ts";
import { spoken } from "../parts/words.ts";
import { checkInteger } from "../platform/check.ts";
import type { Host } from "../platform/lab.tsx";
import { Lab, Message, Sharing, useLab, view } from "../platform/lab.tsx";
import { asPython, explain, memory, setting, square, thousands, times } from "./words.ts";

const KEYS = ["input", "layers", "number_bytes", "target", "name", "picked", "batch"];
const MOST_EXAMPLES = 1024; // a power of two, as the slider's steps are

/** Settings from a link; the layers are the page's own. */
const accept = (s: Record<string, any>, layers: Layer[]) => ({
  picked: checkInteger(s.picked, "picked row", [0, layers.length - 1]),
  batch: checkInteger(s.batch, "batch size", [1, MOST_EXAMPLES]),
});

/** Brings a lab into view; in the built book it may be mounted only then. */
function goTo(target: string, show: (go: boolean) => void) {
  document.getElementById(`lab-${target}`)?.scrollIntoView();
  show(true);
}

/** What a row was made of. */
const stepOf = (
  { input, layers, batch, number_bytes: numberBytes }: Record<string, any>,
  rows: Row[],
  i: number,
) => ({
  layer: layers[i],
  row: rows[i],
  batch,
  numberBytes,
  before: rows[i - 1] ?? { shape: input, reach: START },
});

function LayerLedger(host: Host) {
  const lab = useLab(host, KEYS, (s) => accept(s, host.model.get("layers")));
  const { state, initial, change } = lab;
  const { input, layers, target, picked, batch } = state;
  const rows = useMemo(() => ledger(input, layers, state.number_bytes), [input, layers]);
  const show = (go = false) => {
    if (target)
      send("show-layer", {
        lab: target,
        row: picked,
        name: layers[picked].name,
        label: layers[picked].kind,
        go,
      });
  };
  const begun = useRef(false);
  useEffect(() => {
    if (begun.current) show();
    begun.current = true;
  }, [picked]);
  return (
    <Lab label="Layer ledger">
      <Table
        input={input}
        layers={layers}
        rows={rows}
        batch={batch}
        picked={picked}
        onPick={(i) => (i === picked ? show() : change({ picked: i }))}
      />
      <Worked step={stepOf(state, rows, picked)}>
        {target && (
          <button type="button" onClick={() => goTo(target, show)}>
            See it in the lab
          </button>
        )}
      </Worked>
      <div class="cnl-bar">
        <button
          type="button"
          onClick={() => change({ picked: initial.picked, batch: initial.batch })}
        >
          Reset
        </button>
        <Sharing
          lab={{ ...lab, state: { picked, batch } }}
          python={() => asPython(input, layers, rows)}
        />
      </div>
      <Message lab={lab} />
      <div class="cnl-panel">
        <BatchSlider batch={batch} initial={initial.batch} onChange={(n) => change({ batch: n })} />
      </div>
    </Lab>
  );
}

/** Powers of two; a size between them stays as it is until the slider is moved. */
function BatchSlider({
  batch,
  initial,
  onChange,
}: {
  batch: number;
  initial: number;
  onChange: (n: number) => void;
}) {
  const nearest = (n: number) => Math.round(Math.log2(n));
  const at = nearest(batch);
  const sizeAt = (i: number) => (i === nearest(initial) ? initial : 2 ** i);
  return (
    <Slider
      label="Batch size"
      unit="examples"
      value={at}
      min={0}
      max={Math.log2(MOST_EXAMPLES)}
      initial={nearest(initial)}
      format={(i) => String(i === at ? batch : 2 ** i)}
      onChange={(i) => onChange(sizeAt(i))}
    />
  );
}

const HEADS = [
  { text: "Layer" },
  { text: "Output", kind: "wide" },
  { text: "Parameters", kind: "number" },
  { text: "Multiply-adds", kind: "number" },
  { text: "Memory", kind: "number" },
  { text: "Field r", kind: "number wide" },
  { text: "Jump j", kind: "number wide" },
];

/** One row for each layer; arrow keys go from row to row. */
function Table({
  input,
  layers,
  rows,
  batch,
  picked,
  onPick,
}: {
  input: number[];
  layers: Layer[];
  rows: Row[];
  batch: number;
  picked: number;
  onPick: (i: number) => void;
}) {
  const body = useRef<HTMLTableSectionElement | null>(null);
  const refocus = useRef(false);
  useLayoutEffect(() => {
    if (refocus.current) body.current?.rows[picked].focus();
    refocus.current = false;
  }, [picked]);
  const all = totals(rows);
  const most = {
    parameters: Math.max(...rows.map((row) => row.parameters)),
    multiplyAdds: Math.max(...rows.map((row) => row.multiplyAdds)),
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const steps = {
      ArrowUp: -1,
      ArrowDown: 1,
      Home: -Infinity,
      End: Infinity,
      Enter: 0,
      " ": 0,
    } as Record<string, number>;
    if (!(event.key in steps) || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    refocus.current = true;
    onPick(Math.min(rows.length - 1, Math.max(0, picked + steps[event.key])));
  };
  return (
    <div class="cnl-ledger-box">
      <table
        role="grid"
        class="cnl-ledger"
        aria-label={`Layers, for ${batch === 1 ? "one input" : `${batch} inputs`} of ${times(input)}`}
      >
        <thead>
          <tr role="row">
            {HEADS.map(({ text, kind }) => (
              <th key={text} role="columnheader" scope="col" class={kind}>
                {text}
              </th>
            ))}
          </tr>
        </thead>
        <tbody ref={body} onKeyDown={onKeyDown}>
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
              <Amount value={row.parameters} most={most.parameters} />
              <Amount value={row.multiplyAdds} most={most.multiplyAdds} />
              <td role="gridcell" class="number">
                {memory(row.bytes * batch)}
              </td>
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
            <td role="gridcell" class="number">
              {thousands(all.parameters)}
            </td>
            <td role="gridcell" class="number">
              {thousands(all.multiplyAdds)}
            </td>
            <td role="gridcell" class="number">
              {memory(all.bytes * batch)}
            </td>
            <td role="gridcell" class="wide" />
            <td role="gridcell" class="wide" />
          </tr>
        </tfoot>
      </table>
    </div>
  );
}

function LayerName({ layer }: { layer: Layer }) {
  return (
    <>
      <strong>{layer.kind}</strong> {setting(layer)} <code>{layer.name}</code>
    </>
  );
}

/** A number, and a bar as long as its part of the largest in the column. */
function Amount({ value, most }: { value: number; most: number }) {
  return (
    <td role="gridcell" class="number">
      {thousands(value)}
      <i
        class="cnl-amount"
        aria-hidden="true"
        style={`width:${most ? (100 * value) / most : 0}%`}
      />
    </td>
  );
}

/** The arithmetic of the picked row. */
function Worked({ step, children }: { step: ReturnType<typeof stepOf>; children: any }) {
  const { layer, before, row } = step;
  const sums = explain(step);
  const said = `${layer.kind} ${layer.name}: ${sums.map(({ what, sum }) => `${what}: ${sum}`).join(". ")}.`;
  return (
    <div class="cnl-worked">
      <div class="cnl-bar">
        <p>
          <LayerName layer={layer} />: {times(before.shape)} → {times(row.shape)}
        </p>
        {children}
      </div>
      <dl>
        {sums.map(({ what, sum }) => (
          <div key={what}>
            <dt>{what}</dt>
            <dd>{sum}</dd>
          </div>
        ))}
      </dl>
      <div class="cnl-hidden" aria-live="polite">
        {spoken(said)
          .replaceAll("·", " times ")
          .replaceAll("⌊", "the whole part of ")
          .replaceAll("⌈", "rounded up, ")
          .replaceAll(/[⌋⌉]/g, "")}
      </div>
    </div>
  );
}

export default view(LayerLedger);
