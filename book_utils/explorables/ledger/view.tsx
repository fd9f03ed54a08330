/** The layer ledger: what each layer makes, costs and sees; press a number to see it worked out. */
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { ledger } from "../arithmetic/ledger.ts";
import { Slider } from "../parts/controls.tsx";
import { send } from "../parts/signals.ts";
import { plural, times } from "../parts/words.ts";
import { Frame } from "../platform/frame.tsx";
import * as platform from "../platform/lab.tsx";
import { useTraits } from "../platform/traits.ts";
import type { LayerLedger as Settings } from "../settings.ts";
import { LayerName, Table } from "./table.tsx";
import {
  asPython,
  explain,
  type Network,
  type Step,
  said,
  stepOf,
  told,
  type What,
} from "./words.ts";

type Lab = platform.LabOf<Settings>;
type Data = Network & { target: string | null };

function LayerLedger(host: platform.Host) {
  const lab = platform.useLab<Settings>(host);
  const [data] = useTraits<Data>(host.model, ["input", "layers", "number_bytes", "target"]);
  const [asked, ask] = useState<What>("Parameters");
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
  const pick = (i: number, what: What) => {
    ask(what);
    if (i !== picked) lab.change({ picked: i });
    else if (what === asked) show();
  };
  /** Brings the target into view; in the built book it may be mounted only then. */
  const goTo = () => {
    document.getElementById(`lab-${target}`)?.scrollIntoView();
    show(true);
  };
  const step = stepOf(data, rows, batch, picked);
  return (
    <Frame
      lab={lab}
      label="Layer ledger"
      aside={`${plural(batch, "example")} of ${times(input)}`}
      said={<Said step={step} asked={asked} />}
      play={
        target && (
          <button type="button" class="cnl-play" onClick={goTo}>
            See it in the lab
          </button>
        )
      }
      controls={{ batch: <BatchSlider lab={lab} /> }}
      begin={
        <button type="button" onClick={() => lab.change(lab.initial)}>
          Reset
        </button>
      }
      rest={<Worked step={step} />}
      python={() => asPython(input, layers, rows)}
    >
      <Table {...data} {...{ rows, batch, picked, asked }} onPick={pick} />
    </Frame>
  );
}

/** Powers of two; a size between them stays as it is until the slider is moved. */
function BatchSlider({ lab }: { lab: Lab }) {
  const { value, initial, onChange } = lab.control("batch");
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
    />
  );
}

type SaidProps = { step: Step; asked: What };

/** How the number that is asked for is worked out. */
function Said({ step, asked }: SaidProps) {
  const { line, sign, result } = told(step, asked);
  return (
    <div class="cnl-said">
      <p class="cnl-sum">
        <span>{line}</span> {sign} <b key={line}>{result}</b>
      </p>
      <div class="cnl-hidden" aria-live="polite">
        {said(step, asked)}
      </div>
    </div>
  );
}

/** The arithmetic of the whole row. */
function Worked({ step }: { step: Step }) {
  const { layer, before, row } = step;
  return (
    <div class="cnl-worked cnl-in-full">
      <p>
        <LayerName layer={layer} />: {times(before.shape)} → {times(row.shape)}
      </p>
      <dl>
        {explain(step).map(({ what, sum }) => (
          <div key={what}>
            <dt>{what}</dt>
            <dd>{sum}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}

export default platform.view(LayerLedger);
