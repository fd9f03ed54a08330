/** The layer ledger: what each layer makes, costs and sees; pick one to see the arithmetic. */
import type { ComponentChildren } from "preact";
import { useEffect, useMemo, useRef } from "preact/hooks";
import { ledger } from "../arithmetic/ledger.ts";
import { Slider } from "../parts/controls.tsx";
import { send } from "../parts/signals.ts";
import * as platform from "../platform/lab.tsx";
import { useTraits } from "../platform/traits.ts";
import type { LayerLedger as Settings } from "../settings.ts";
import { LayerName, Table } from "./table.tsx";
import { asPython, explain, type Network, type Step, said, stepOf, times } from "./words.ts";

type Lab = platform.LabOf<Settings>;
type Data = Network & { target: string | null };

function LayerLedger(host: platform.Host) {
  const lab = platform.useLab<Settings>(host);
  const [data] = useTraits<Data>(host.model, ["input", "layers", "number_bytes", "target"]);
  const { input, layers, number_bytes, target } = data;
  const { picked, batch } = lab.state;
  const rows = useMemo(() => ledger(input, layers, number_bytes), [input, layers]);
  const show = (go = false) => {
    const { name, kind } = layers[picked];
    if (target) send("show-layer", { lab: target, row: picked, name, label: kind, go });
  };
  const begun = useRef(false);
  useEffect(() => {
    if (begun.current) show();
    begun.current = true;
  }, [picked]);
  const pick = (i: number) => (i === picked ? show() : lab.change({ picked: i }));
  /** Brings the target into view; in the built book it may be mounted only then. */
  const goTo = () => {
    document.getElementById(`lab-${target}`)?.scrollIntoView();
    show(true);
  };
  return (
    <platform.Lab label="Layer ledger">
      <Table {...data} {...{ rows, batch, picked }} onPick={pick} />
      <Worked step={stepOf(data, rows, batch, picked)}>
        {target && (
          <button type="button" onClick={goTo}>
            See it in the lab
          </button>
        )}
      </Worked>
      <div class="cnl-bar">
        <button type="button" onClick={() => lab.change(lab.initial)}>
          Reset
        </button>
        <platform.Sharing lab={lab} python={() => asPython(input, layers, rows)} />
      </div>
      <platform.Message lab={lab} />
      <div class="cnl-panel">
        <BatchSlider lab={lab} />
      </div>
    </platform.Lab>
  );
}

/** Powers of two; a size between them stays as it is until the slider is moved. */
function BatchSlider({ lab }: { lab: Lab }) {
  const { value, initial, onChange, hidden } = lab.control("batch");
  const power = (n: number) => Math.round(Math.log2(n));
  const { min, max } = lab.range("batch");
  return (
    <Slider
      label="Batch size"
      unit="examples"
      value={power(value)}
      min={power(min)}
      max={power(max)}
      initial={power(initial)}
      format={(i) => String(i === power(value) ? value : 2 ** i)}
      onChange={(i) => onChange(i === power(initial) ? initial : 2 ** i)}
      hidden={hidden}
    />
  );
}

type WorkedProps = { step: Step; children: ComponentChildren };

/** The arithmetic of the picked row. */
function Worked({ step, children }: WorkedProps) {
  const { layer, before, row } = step;
  return (
    <div class="cnl-worked">
      <div class="cnl-bar">
        <p>
          <LayerName layer={layer} />: {times(before.shape)} → {times(row.shape)}
        </p>
        {children}
      </div>
      <dl>
        {explain(step).map(({ what, sum }) => (
          <div key={what}>
            <dt>{what}</dt>
            <dd>{sum}</dd>
          </div>
        ))}
      </dl>
      <div class="cnl-hidden" aria-live="polite">
        {said(step)}
      </div>
    </div>
  );
}

export default platform.view(LayerLedger);
