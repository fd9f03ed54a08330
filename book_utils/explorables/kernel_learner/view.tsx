/** The kernel learner: watch gradient descent find a kernel, or run away (see lab.py). */
import { useMemo, useState } from "preact/hooks";
import { descend } from "../arithmetic/descent.ts";
import { Player, Slider } from "../parts/controls.tsx";
import { weightScale } from "../parts/figure.tsx";
import { shapeOf } from "../parts/layer.ts";
import { withCell } from "../parts/memory.ts";
import { WeightsFigure } from "../parts/weights.tsx";
import * as platform from "../platform/lab.tsx";
import { useTraits } from "../platform/traits.ts";
import type { KernelLearner as Settings } from "../settings.ts";
import { LossCurve, Plane } from "./charts.tsx";
import { asPython, verdict } from "./words.ts";

type Rows = number[][];
type Data = { input: Rows; kernel: Rows };

const PACE = 120; // milliseconds a step
const RATES = [
  0.001, 0.002, 0.005, 0.01, 0.015, 0.02, 0.025, 0.03, 0.032, 0.034, 0.036, 0.04, 0.05, 0.1,
];

/** The slider position nearest to a rate. */
const nearest = (rate: number) =>
  RATES.reduce(
    (best, value, i) => (Math.abs(value - rate) < Math.abs(RATES[best] - rate) ? i : best),
    0,
  );

function demandShape({ start }: Settings, kernel: Rows) {
  const same = String(shapeOf(start)) === String(shapeOf(kernel));
  if (!same) throw new RangeError("its first weights have another shape than the kernel");
}

const random = (rows: Rows) =>
  rows.map((row) => row.map(() => Math.round(400 * Math.random() - 200) / 100));

function KernelLearner(host: platform.Host) {
  const [{ input, kernel }] = useTraits<Data>(host.model, ["input", "kernel"]);
  const lab = platform.useLab<Settings>(host, { fits: (s) => demandShape(s, kernel) });
  const { state, control, range } = lab;
  const { start, rate, steps } = state;
  const [playing, play] = useState(false);
  const length = Math.max(range("steps").max, steps); // longer where it was taken so far by hand
  const run = useMemo(
    () => descend({ input, kernel, start, rate }, length),
    [input, kernel, start, rate, length],
  );
  const last = run.length - 1;
  const at = Math.min(steps, last);
  const ranAway = last < length;
  const learned = run[at].weights;
  const scale = weightScale([...kernel.flat(), ...learned.flat()]);
  const restart = (changes: Partial<Settings>) => {
    play(false);
    lab.change({ steps: 0, ...changes });
  };
  const step = (to: number) => {
    if (to === 0 || to >= last) play(false);
    lab.set({ steps: to });
  };
  const learningRate = control("rate");
  return (
    <platform.Lab label="Kernel learner">
      <div class="cnl-row">
        <WeightsFigure
          name="Learned kernel"
          rows={learned}
          scale={scale}
          onRefuse={lab.complain}
          onEdit={(cell, value) => restart({ start: withCell(learned, cell, value) })}
        />
        <WeightsFigure sign="→" name="Kernel to be found" rows={kernel} scale={scale} plain />
      </div>
      <div class="cnl-row cnl-charts">
        <LossCurve run={run} at={at} />
        {kernel.flat().length === 2 && (
          <Plane input={input} kernel={kernel} run={run.slice(0, at + 1)} />
        )}
      </div>
      <p class="cnl-sum" role="status">
        {playing ? "" : verdict(run, at, ranAway)}
      </p>
      <div class="cnl-bar">
        <Player
          what="step"
          at={at}
          count={run.length}
          playing={playing}
          onPlaying={play}
          onStep={step}
          pace={PACE}
        />
        <button type="button" onClick={() => restart({})}>
          Back to the start
        </button>
        <button type="button" onClick={() => restart({ start: random(start) })}>
          Other first weights
        </button>
        <platform.Sharing lab={lab} python={() => asPython(input, kernel, state)} />
      </div>
      <platform.Message lab={lab} />
      <div class="cnl-panel">
        <Slider
          label="Learning rate"
          value={nearest(rate)}
          initial={nearest(learningRate.initial)}
          min={0}
          max={RATES.length - 1}
          format={(i) => String(i === nearest(rate) ? rate : RATES[i])}
          onChange={(i) => learningRate.onChange(RATES[i])}
          hidden={learningRate.hidden}
        />
        <Slider
          {...control("steps")}
          label="Steps"
          value={at}
          initial={0}
          min={0}
          max={last}
          onChange={step}
        />
      </div>
    </platform.Lab>
  );
}

export default platform.view(KernelLearner);
