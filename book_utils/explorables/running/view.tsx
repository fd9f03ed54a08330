/** The running averages lab: batch after batch, what a layer keeps for later (see lab.py). */
import { useState } from "preact/hooks";
import { type PlacePick, sizesOf, useBlockMemory, usePlace } from "../parts/block.ts";
import { Player, PlayPause, Slider } from "../parts/controls.tsx";
import { Examples } from "../parts/examples.tsx";
import { activationScale, weightScale } from "../parts/figure.tsx";
import { Grid } from "../parts/grid.tsx";
import { plainly, short } from "../parts/numbers.ts";
import { Radios } from "../parts/radios.tsx";
import { Said, SaidInFull } from "../parts/said.tsx";
import { StopsSlider } from "../parts/stops.tsx";
import { Frame } from "../platform/frame.tsx";
import * as platform from "../platform/lab.tsx";
import type { RunningLab as Settings } from "../settings.ts";
import { Course } from "./course.tsx";
import { demandFit, type Solution, useSolution } from "./solution.ts";
import * as words from "./words.ts";

type At = [number, number];
type Lab = platform.LabOf<Settings>;

const PACE = 300; // milliseconds between two batches

/** Where the sliders stop, along numbers that are no steps of one size. */
const STOPS = {
  momentum: [0, 0.01, 0.03, 0.1, 0.2, 0.3, 0.5, 0.9, 1, null],
  eps: [1e-8, 1e-5, 1e-3, 0.01, 0.1, 1, 10],
};

function RunningLab(host: platform.Host) {
  const running = platform.useLab<Settings>(host, { fits: demandFit });
  const [playing, play] = useState(false);
  const lab = stopping(running, () => play(false));
  const { state, schema, change, control } = lab;
  const solution = useSolution(state, lab.range("seen").max);
  const { shape } = solution;
  const pick = usePlace(running, shape, playing);
  const memory = useBlockMemory(state.input);
  const [n, c, h, w] = shape;
  const channel = pick.picked?.[1] ?? 0;
  const controls = {
    momentum: (
      <StopsSlider
        {...control("momentum")}
        label="Momentum"
        stops={STOPS.momentum}
        ends="0 to 1, or None"
      />
    ),
    seen: <Slider {...control("seen")} label="Batches seen" {...lab.range("seen")} />,
    training: (
      <Radios
        label="Mode"
        value={state.training ? "train" : "eval"}
        options={["train", "eval"] as const}
        onChange={(mode) => change({ training: mode === "train", batch: state.seen })}
      />
    ),
    picked: c > 1 && (
      <Slider
        label="Channel"
        value={channel}
        min={0}
        max={c - 1}
        initial={control("picked").initial?.[1] ?? 0}
        onChange={(v) => change({ picked: [pick.picked?.[0] ?? 0, v, 0, 0] })}
      />
    ),
    input: (
      <Slider
        label="Batch size N"
        unit="examples"
        value={n}
        {...sizesOf(schema.input, shape).examples}
        initial={control("input").initial.length}
        onChange={(v) =>
          change({ input: memory.drawn([v, c, h, w], state.population, state.seed) })
        }
      />
    ),
    eps: <StopsSlider {...control("eps")} label="ε" stops={STOPS.eps} format={plainly} />,
  };
  const say = (at: typeof pick.shown) => words.describe(solution, channel, at);
  const formula = `${words.momentumInFull(state.momentum)} ${
    solution.refused ? "" : words.spread(solution, channel)
  }`;
  return (
    <Frame
      lab={lab}
      label="Running averages lab"
      aside={words.momentumName(state.momentum)}
      said={<Said pick={pick} say={say} />}
      play={<PlayPause playing={playing} onPlaying={play} />}
      controls={controls}
      begin={<Examples lab={lab} examples={words.EXAMPLES} />}
      rest={
        <>
          <Batches lab={lab} playing={playing} play={play} />
          <SaidInFull pick={pick} say={say} formula={formula} />
        </>
      }
      python={() => words.asPython(solution)}
    >
      <div class="cnl-running" style={`--m:${solution.size}`}>
        <Courses lab={solution} channel={channel} />
        <Batch lab={solution} channel={channel} pick={pick} />
      </div>
    </Frame>
  );
}

/** A lab whose controls end the play; it goes on while cells are picked. */
function stopping(lab: Lab, stop: () => void): Lab {
  const change = (changes: Partial<Settings>) => {
    stop();
    lab.change(changes);
  };
  return {
    ...lab,
    change,
    control: (name) => ({
      ...lab.control(name),
      onChange: (value) => change({ [name]: value }),
    }),
    begin: (example) => {
      stop();
      lab.begin(example);
    },
  };
}

type PlayProps = { playing: boolean; play: (on: boolean) => void };

/**
 * Through the batches of the stream: in training they move the running averages, in evaluation they
 * are looked at.
 */
function Batches({ lab, playing, play }: PlayProps & { lab: Lab }) {
  const name = lab.state.training ? "seen" : "batch";
  const count = lab.range(name).max;
  const step = (at: number) => {
    if (at === 0 || at === count - 1) play(false);
    lab.set({ [name]: at + 1 });
  };
  return (
    <Player
      what="batch"
      at={lab.state[name] - 1}
      count={count}
      playing={playing}
      onPlaying={play}
      onStep={step}
      pace={PACE}
    />
  );
}

type OfChannel = { lab: Solution; channel: number };

/** The running mean and variance of one channel. */
function Courses({ lab: { stream, runs, truth, seen }, channel }: OfChannel) {
  const of = (values: number[]) => values[channel];
  return (
    <div class="cnl-courses">
      <Course
        name="mean"
        seen={seen}
        truth={of(truth.mean)}
        batches={stream.map((s) => of(s.mean))}
        runs={runs.map((r) => of(r.mean))}
      />
      <Course
        name="variance"
        seen={seen}
        truth={of(truth.variance)}
        batches={stream.map((s) => of(s.unbiased))}
        runs={runs.map((r) => of(r.variance))}
      />
    </div>
  );
}

/** The batch that is shown, by what it is normalised, and what that makes of it. */
function Batch({ lab, channel, pick }: OfChannel & { pick: PlacePick }) {
  const { number, training, own, runs, seen, refused, x, y, momentum } = lab;
  const run = runs[seen];
  const share = momentum === null ? `1/${seen}` : short(momentum);
  return (
    <div class="cnl-batch">
      <Strip lab={lab} channel={channel} pick={pick} name={`Batch ${number}`} data={x.data} />
      <div class="cnl-uses">
        <Uses
          on={training}
          name="this batch"
          mean={own.mean[channel]}
          variance={own.variance[channel]}
        />
        {training && !refused ? (
          <p class="cnl-moves">
            <span>{share} of it →</span>
            <span>σ² unbiased {words.brief(own.unbiased[channel])}</span>
          </p>
        ) : (
          <p class="cnl-moves">moves nothing</p>
        )}
        <Uses
          on={!training}
          name="running"
          mean={run.mean[channel]}
          variance={run.variance[channel]}
        />
      </div>
      {y ? (
        <Strip lab={lab} channel={channel} pick={pick} name="Normalised" data={y.data} />
      ) : (
        <p>A mean of one number leaves nothing of it.</p>
      )}
    </div>
  );
}

type UsesProps = { on: boolean; name: string; mean: number; variance: number };

/** A mean and a variance, and whether they normalise the batch. */
function Uses({ on, name, mean, variance }: UsesProps) {
  return (
    <p class={on ? "cnl-stats on" : "cnl-stats"}>
      <span>
        {on && "used: "}
        {name}
      </span>
      <span>
        μ {words.brief(mean)}, σ² {words.brief(variance)}
      </span>
    </p>
  );
}

type StripProps = OfChannel & { pick: PlacePick; name: string; data: ArrayLike<number> };

/** The numbers of one channel in a row. */
function Strip({ lab, channel, pick, name, data }: StripProps) {
  const { size, indexOf, placeOf, orderOf, number } = lab;
  const numbers = Array.from({ length: size }, (_, i) => data[indexOf(placeOf(channel, i))]);
  const isInput = data === lab.x.data;
  const { scale, of } =
    isInput && numbers.every((v) => v >= 0) ? activationScale(numbers) : weightScale(numbers);
  const grid = pick.grid(
    ([, i]) => placeOf(channel, i),
    (place) => [0, orderOf(place)],
  );
  return (
    <figure class="cnl-figure">
      <figcaption>
        {name}, channel {channel}
      </figcaption>
      <Grid
        label={`${isInput ? "Input" : "Output"}, batch ${number}, channel ${channel}`}
        shape={[1, size] as At}
        scale={scale}
        {...grid}
        cell={(_, i) => {
          const seen = isInput ? numbers[i] : Math.round(numbers[i] * 10) / 10 || 0;
          const says = `example ${placeOf(channel, i)[0]}`;
          return { value: numbers[i], text: short(seen), shade: of(seen), says };
        }}
      />
    </figure>
  );
}

export default platform.view(RunningLab);
