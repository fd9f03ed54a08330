/** The kernel learner: watch gradient descent find a kernel, or run away (see lab.py). */
import { useMemo, useState } from "preact/hooks";
import { conv2d } from "../arithmetic/convolution.ts";
import { descend } from "../arithmetic/descent.ts";
import { nested, tensor } from "../arithmetic/tensor.ts";
import { PlayPause, Slider, useTurns } from "../parts/controls.tsx";
import { Figure, weightScale } from "../parts/figure.tsx";
import { shapeOf } from "../parts/layer.ts";
import { withCell } from "../parts/memory.ts";
import { LARGEST } from "../parts/numbers.ts";
import { Pixels } from "../parts/pixels.tsx";
import { StopsSlider } from "../parts/stops.tsx";
import { Weights } from "../parts/weights.tsx";
import { spoken } from "../parts/words.ts";
import { Frame } from "../platform/frame.tsx";
import * as platform from "../platform/lab.tsx";
import { useTraits } from "../platform/traits.ts";
import type { KernelLearner as Settings } from "../settings.ts";
import { LossCurve, Plane } from "./charts.tsx";
import { asPython, TOO_FAR, verdict } from "./words.ts";

type Rows = number[][];
type Data = { input: Rows; kernel: Rows };

const PACE = 120; // milliseconds a step
const RATES = [
  0.001, 0.002, 0.005, 0.01, 0.015, 0.02, 0.025, 0.03, 0.032, 0.034, 0.036, 0.04, 0.05, 0.1,
] as const;

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
  const said = verdict(run, at, last < length);
  const restart = (changes: Partial<Settings>) => {
    play(false);
    lab.change({ steps: 0, ...changes });
  };
  /** Begins anew with the weights on show and the one that was typed. */
  const typed = (cell: [number, number], value: number) => {
    const from = withCell(run[at].weights, cell, value);
    const isTooFar = from.flat().some((v) => Math.abs(v) > LARGEST);
    if (isTooFar) lab.complain(TOO_FAR);
    else restart({ start: from });
  };
  const go = (to: number) => {
    if (to >= last) play(false);
    lab.set({ steps: Math.min(last, Math.max(0, to)) });
  };
  useTurns(playing, () => go(at + 1), PACE);
  /** From the end it begins anew. */
  const onPlaying = (on: boolean) => {
    if (on && at === last) lab.set({ steps: 0 });
    play(on);
  };
  const stepBy = (by: number) => {
    play(false);
    go(at + by);
  };
  const controls = {
    rate: <StopsSlider {...control("rate")} label="Learning rate" stops={RATES} />,
    steps: (
      <Slider
        {...control("steps")}
        label="Steps"
        value={at}
        initial={0}
        min={0}
        max={last}
        onChange={(to) => stepBy(to - at)}
      />
    ),
  };
  return (
    <Frame
      lab={lab}
      label="Kernel learner"
      said={
        <div class="cnl-said">
          <p class="cnl-sum">
            {said.line} <b>{said.result}</b>
            <br />
            {said.brief}
          </p>
          <div class="cnl-hidden" aria-live={playing ? "off" : "polite"}>
            {spoken(said.full)}
          </div>
        </div>
      }
      controls={controls}
      play={
        <div class="cnl-steps">
          <PlayPause playing={playing} onPlaying={onPlaying} />
          <button type="button" disabled={at === last} onClick={() => stepBy(1)}>
            Step
          </button>
          <button type="button" onClick={() => restart({})}>
            Reset
          </button>
        </div>
      }
      begin={
        <>
          <button type="button" onClick={() => restart({ start: random(start) })}>
            Other first weights
          </button>
          <button type="button" disabled={at === 0} onClick={() => stepBy(-1)}>
            Previous step
          </button>
        </>
      }
      rest={
        <div class="cnl-in-full">
          <p>{said.full}</p>
          <p>Type other first weights into the learned kernel, and the run begins with them.</p>
        </div>
      }
      python={() => asPython(input, kernel, at, state)}
    >
      <div class="cnl-learner" style={`--high:${kernel.length};--wide:${kernel[0].length}`}>
        <Equations
          {...{ input, kernel, start }}
          learned={run[at].weights}
          onRefuse={lab.complain}
          onEdit={typed}
        />
        <LossCurve run={run} at={at} length={length} />
        {kernel.flat().length === 2 && (
          <Plane input={input} kernel={kernel} run={run.slice(0, at + 1)} />
        )}
      </div>
    </Frame>
  );
}

type EquationsProps = {
  input: Rows;
  kernel: Rows;
  start: Rows;
  learned: Rows;
  onEdit: (at: [number, number], value: number) => void;
  onRefuse: (text: string) => void;
};

const mapOf = (input: Rows, kernel: Rows) =>
  nested<Rows[][]>(conv2d(tensor([[input]]), tensor([[kernel]])))[0][0];

/** Input ⋆ kernel = map: the kernel that is learned, and the one to be found. */
function Equations({ input, kernel, start, learned, onEdit, onRefuse }: EquationsProps) {
  const target = useMemo(() => mapOf(input, kernel), [input, kernel]);
  const prediction = useMemo(() => mapOf(input, learned), [input, learned]);
  const high = Math.max(...target.flat().map(Math.abs));
  const scale = useMemo(() => {
    const both = weightScale([...kernel.flat(), ...start.flat()]); // the same at every step
    return { ...both, of: (v: number) => Math.min(1, Math.max(-1, both.of(v))) };
  }, [kernel, start]);
  const shape = shapeOf(kernel);
  const size = shape.join(" by ");
  const isSigned = input.flat().some((v) => v < 0);
  return (
    <div class="cnl-equations">
      <div class="cnl-input">
        <PixelMap name="Input" rows={input} scale={isSigned ? "weights" : "grey"} />
      </div>
      <Figure sign="⋆" name="Learned" shape={shape}>
        <Weights
          label={`Learned kernel, ${size}`}
          rows={learned}
          {...{ scale, onEdit, onRefuse }}
        />
      </Figure>
      <PixelMap sign="=" name="Prediction" rows={prediction} high={high} scale="weights" />
      <Figure sign="⋆" name="To be found" shape={shape}>
        <Weights label={`Kernel to be found, ${size}`} rows={kernel} scale={scale} />
      </Figure>
      <PixelMap sign="=" name="Target" rows={target} high={high} scale="weights" />
    </div>
  );
}

type MapProps = {
  sign?: string;
  name: string;
  rows: Rows;
  scale: "grey" | "weights";
  high?: number;
};

/** A picture or a feature map as pixels. */
function PixelMap({
  sign,
  name,
  rows,
  scale,
  high = Math.max(...rows.flat().map(Math.abs)),
}: MapProps) {
  const shape = shapeOf(rows);
  return (
    <Figure sign={sign} name={name} shape={shape}>
      <div style={`--ratio:${shape[1] / shape[0]}`}>
        <Pixels rows={rows} high={high} scale={scale} label={`${name}, ${shape.join(" by ")}`} />
      </div>
    </Figure>
  );
}

export default platform.view(KernelLearner);
