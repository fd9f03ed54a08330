/** The learning lab: a network that learns to read digits in front of the reader (see lab.py). */
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { randomFrom } from "../arithmetic/random.ts";
import { initialWeights, KERNEL, MAPS, noGradients, type Weights } from "../arithmetic/training.ts";
import { PlayIcon, Slider } from "../parts/controls.tsx";
import { range } from "../parts/grid.tsx";
import { mean, percent, short } from "../parts/numbers.ts";
import { Pixels } from "../parts/pixels.tsx";
import { ReaderPad } from "../parts/reader_pad.tsx";
import { StopsSlider } from "../parts/stops.tsx";
import { TenBars } from "../parts/ten.tsx";
import { inTheKernel, inThePage, type Trainer } from "../parts/trainer.ts";
import { spoken } from "../parts/words.ts";
import { Frame } from "../platform/frame.tsx";
import * as platform from "../platform/lab.tsx";
import { useTraits } from "../platform/traits.ts";
import { Curve } from "./charts.tsx";
import { LENGTH, type Order, type Progress, type Settings } from "./orders.ts";
import { useReading } from "./reader.tsx";
import { fromKernel, LEARNING } from "./training.ts";
import { asPython, describe, inFull, reading, verdict } from "./words.ts";

const RATES = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10] as const;
const BATCHES = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1500] as const;
const LOSS_TOP = 3;
const LOSSES = [
  { at: 0, says: "0" },
  { at: 1, says: "1" },
  { at: Math.log(10), says: "2.3", kind: "guess" },
];
const SHARES = [
  { at: 0.1, says: "10 %", kind: "guess" },
  { at: 0.5, says: "50 %" },
  { at: 0.9, says: "90 %" },
];
const NO_GRADIENTS = noGradients();
const STEPS = range(LENGTH);

/** Who trains, and what has come of it; `before` is the run before the last reset. */
function useTraining({ model, later }: platform.Host, lab: platform.LabOf<Settings>) {
  const [progress, setProgress] = useState<Progress | null>(null);
  const [before, setBefore] = useState<Progress | null>(null);
  const [running, setRunning] = useState(false);
  const shown = useRef<Progress | null>(null);
  const trainer = useRef<Trainer<Order, Settings> | null>(null);
  const tell = (found: Progress | null, isRunning: boolean) => {
    const now = found?.step ? found : null;
    if (!now && shown.current) setBefore(shown.current);
    shown.current = now;
    setProgress(now);
    setRunning(isRunning);
  };
  useEffect(() => {
    const { say, complain } = lab;
    const made: Trainer<Order, Settings> = later
      ? inThePage(later, LEARNING, { tell, say, complain })
      : inTheKernel(model, fromKernel, { tell });
    trainer.current = made;
    return made.end;
  }, [model]);

  const give = (order: Order, settings = lab.state) => {
    if (order === "run" || order === "step") setRunning(true);
    if (order === "reset") tell(null, false);
    trainer.current?.give(order, settings);
  };
  const { rate, batch, seeds } = lab.state;
  useEffect(() => give("set"), [rate, batch, seeds]);
  return { progress, before, running, give };
}

function LearningLab(host: platform.Host) {
  const lab = platform.useLab<Settings>(host);
  const [{ digit }, setDigit] = useTraits<{ digit: string }>(host.model, ["digit"]);
  const { progress, before, running, give } = useTraining(host, lab);
  const start = useMemo(() => initialWeights(randomFrom(0)), []);
  const weights = progress?.weights ?? start;
  const probabilities = useReading(digit, weights);
  const { state, control } = lab;
  const isOver = !!progress && (progress.step === LENGTH || progress.troubles.every(Boolean));
  const said = verdict(progress, running);
  const words = said.trouble || reading(probabilities);
  const play = () => {
    if (isOver) give("reset");
    give(running ? "pause" : "run");
  };
  const tryThird = () => {
    const rate = Number((state.rate / 3).toPrecision(3));
    lab.change({ rate });
    give("reset", { ...state, rate });
    give("run", { ...state, rate });
  };
  const controls = {
    rate: <StopsSlider {...control("rate")} label="Learning rate" stops={RATES} />,
    batch: <StopsSlider {...control("batch")} label="Batch" unit="digits" stops={BATCHES} />,
    seeds: <Slider {...control("seeds")} {...lab.range("seeds")} label="Networks" unit="seeds" />,
  };
  return (
    <Frame
      lab={lab}
      label="Learning lab"
      said={
        <div class="cnl-said">
          <p class="cnl-sum">
            {said.line} <b>{said.result}</b>
            <br />
            {words}
          </p>
          <div class="cnl-hidden" aria-live={running ? "off" : "polite"}>
            {spoken(`${said.line} ${said.result ?? ""} ${words}`)}
          </div>
        </div>
      }
      controls={controls}
      play={
        <div class="cnl-steps">
          <button type="button" class="cnl-play" onClick={play}>
            <PlayIcon playing={running} />
            {running ? "Pause" : "Start"}
          </button>
          <button type="button" disabled={running || isOver} onClick={() => give("step")}>
            Step
          </button>
          <button type="button" onClick={() => give("reset")}>
            Reset
          </button>
        </div>
      }
      rest={
        <div class="cnl-in-full">
          <p>{inFull(progress, state, before !== null)}</p>
        </div>
      }
      python={() => asPython(state, progress?.step || LENGTH / 2)}
    >
      <div class="cnl-learning">
        <Kernels weights={weights} gradients={progress?.gradients ?? NO_GRADIENTS} />
        <Curves progress={progress} before={before} />
        <section class="cnl-reader">
          <ReaderPad digit={digit} onDraw={(drawn) => setDigit({ digit: drawn })} />
          <TenBars probabilities={probabilities} label={reading(probabilities)} />
        </section>
        {said.trouble && (
          <p class="cnl-rescue">
            <button type="button" onClick={tryThird}>
              Try a third: {short(state.rate / 3)}
            </button>
          </p>
        )}
      </div>
    </Frame>
  );
}

/** The four kernels over their gradients, each row with a scale of its own. */
function Kernels({ weights, gradients }: { weights: Weights; gradients: Weights }) {
  return (
    <div class="cnl-kernels">
      <FourMaps title="Kernels" values={weights["conv.weight"]} name="Kernel" />
      <FourMaps title="Gradients" values={gradients["conv.weight"]} name="Gradient of kernel" />
    </div>
  );
}

type FourMapsProps = { title: string; name: string; values: Float64Array };

function FourMaps({ title, name, values }: FourMapsProps) {
  const high = Number(Math.max(...values.map(Math.abs)).toPrecision(2));
  const rows = (map: number) =>
    range(KERNEL).map((row) => {
      const from = (map * KERNEL + row) * KERNEL;
      return [...values.subarray(from, from + KERNEL)];
    });
  const maps = useMemo(() => range(MAPS).map(rows), [values]);
  return (
    <figure class="cnl-figure cnl-four">
      <figcaption>
        {title} <small>{high > 0 ? `to ±${short(high)}` : "all 0"}</small>
      </figcaption>
      <div>
        {maps.map((grid, map) => (
          <Pixels key={map} rows={grid} high={high} scale="weights" label={`${name} ${map}`} />
        ))}
      </div>
    </figure>
  );
}

type CurvesProps = { progress: Progress | null; before: Progress | null };

function Curves({ progress, before }: CurvesProps) {
  const { step, losses, tested, accuracies } = progress ?? NOTHING;
  const old = (lists: number[][], steps: number[]) => ({
    values: steps.map((_, i) => mean(lists.map((list) => list[i]))),
    steps,
  });
  return (
    <div class="cnl-curves">
      <Curve
        title="Loss of each batch"
        says={describe("Loss by step", losses, step)}
        ticks={LOSSES}
        top={LOSS_TOP}
        lists={losses}
        steps={STEPS.slice(0, step)}
        before={before ? old(before.losses, STEPS.slice(0, before.step)) : undefined}
      />
      <Curve
        title="Held-out accuracy"
        says={describe("Accuracy on held-out digits by step", accuracies, step, percent)}
        ticks={SHARES}
        top={1}
        lists={accuracies}
        steps={tested}
        before={before ? old(before.accuracies, before.tested) : undefined}
      />
    </div>
  );
}

const NOTHING: Pick<Progress, "step" | "losses" | "tested" | "accuracies"> = {
  step: 0,
  losses: [[]],
  tested: [],
  accuracies: [[]],
};

export default platform.view(LearningLab);
