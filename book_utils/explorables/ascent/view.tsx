/** The ascent lab: two pictures climb from one start, without and with regularisers (lab.py). */
import { useMemo, useState } from "preact/hooks";
import { Bitmap } from "../parts/bitmap.tsx";
import { points } from "../parts/chart.tsx";
import { Choice, PlayIcon, Slider, Switch, useTurns } from "../parts/controls.tsx";
import { SIDE } from "../parts/digit.ts";
import { Examples } from "../parts/examples.tsx";
import { Graph } from "../parts/graph.tsx";
import { short } from "../parts/numbers.ts";
import { rowsOf } from "../parts/pictures.ts";
import { ReaderPad } from "../parts/reader_pad.tsx";
import { Said } from "../parts/said.tsx";
import { LOADING, useShipped } from "../parts/shipped.ts";
import { StopsSlider } from "../parts/stops.tsx";
import { TenBars } from "../parts/ten.tsx";
import { Frame } from "../platform/frame.tsx";
import * as platform from "../platform/lab.tsx";
import { useTraits } from "../platform/traits.ts";
import type { AscentLab as Settings } from "../settings.ts";
import { beginning, LENGTH, type Pair, useClimbs } from "./session.ts";
import * as words from "./words.ts";

const RATES = [0.1, 0.2, 0.5, 1, 2, 5, 10, 20] as const;
const PACE = 60; // milliseconds a step, slow enough to watch

function AscentLab(host: platform.Host) {
  const lab = platform.useLab<Settings>(host);
  const network = useShipped(host, lab.complain);
  const [{ picture }, setPicture] = useTraits<{ picture: string }>(host.model, ["picture"]);
  const { state, control, change, set } = lab;
  const pair = useClimbs(state, picture, network);
  const [playing, play] = useState(false);
  const isPlaying = playing && state.steps < LENGTH;
  useTurns(isPlaying, () => set({ steps: state.steps + 1 }), PACE);
  const said = words.describe(state, pair);
  const start = () => {
    play(!isPlaying);
    if (!isPlaying && state.steps === LENGTH) change({ steps: 0 });
  };
  const controls = {
    unit: (
      <Choice
        label="Climb for"
        value={state.unit.join()}
        options={words.OPTIONS}
        onChange={(value) => {
          const [layer, index] = value.split(",");
          change({ unit: [layer, Number(index)] });
        }}
      />
    ),
    start: (
      <Choice
        {...control("start")}
        label="from"
        options={lab.options("start").map(({ value }) => ({ value, label: words.STARTS[value] }))}
      />
    ),
    steps: (
      <Slider
        {...control("steps")}
        {...lab.range("steps")}
        label="Step"
        onChange={(steps) => {
          play(false);
          change({ steps });
        }}
      />
    ),
    rate: <StopsSlider {...control("rate")} label="Rate: length of a step" stops={RATES} />,
    clip: <Switch {...control("clip")} label="clip pixels to 0…1" />,
    seed: <Slider {...control("seed")} {...lab.range("seed")} label="Seed of noise and jitter" />,
  };
  return (
    <Frame
      lab={lab}
      label="Ascent lab"
      said={<Said pick={{ picked: null, shown: null, playing: isPlaying }} say={() => said} />}
      controls={controls}
      play={
        <button type="button" class="cnl-play" onClick={start}>
          <PlayIcon playing={isPlaying} />
          {isPlaying ? "Pause" : "Start"}
        </button>
      }
      begin={<Examples lab={lab} examples={words.EXAMPLES} />}
      rest={
        <div class="cnl-in-full">
          <p>{said.full}</p>
          <p>{words.HOW}</p>
        </div>
      }
      python={() => words.asPython(state, rowsOf(picture))}
    >
      <div class="cnl-ascent">
        <Start state={state} picture={picture} onDraw={(drawn) => setPicture({ picture: drawn })} />
        <Climbed title="plain" pair={pair} which="without" steps={state.steps} />
        <Climbed title="regularised" pair={pair} which="kept" steps={state.steps} />
        <div class="cnl-regularisers" role="group" aria-label="Regularisers">
          {(["blur", "jitter", "decay"] as const).map((name) => (
            <Switch key={name} {...control(name)} label={name} />
          ))}
        </div>
        {pair ? <Charts pair={pair} steps={state.steps} /> : <p class="cnl-await">{LOADING}</p>}
      </div>
    </Frame>
  );
}

/** The picture from which both climb: a pad where it is a drawing. */
function Start({
  state,
  picture,
  onDraw,
}: {
  state: Settings;
  picture: string;
  onDraw: (picture: string) => void;
}) {
  const start = useMemo(() => beginning(state, picture), [state.start, state.seed, picture]);
  return (
    <figure class="cnl-figure cnl-start">
      <figcaption>start</figcaption>
      {state.start === "drawing" ? (
        <ReaderPad digit={picture} onDraw={onDraw} />
      ) : (
        <Greys picture={start} label={`The start: ${words.STARTS[state.start]}`} />
      )}
    </figure>
  );
}

type ClimbedProps = { title: string; pair: Pair | null; which: keyof Pair; steps: number };

/** One of the two pictures after so many steps, and its value. */
function Climbed({ title, pair, which, steps }: ClimbedProps) {
  const climb = pair?.[which];
  const step = Math.min(steps, climb?.steps ?? 0);
  const told = which === "kept" ? "with the regularisers that are on" : "without regularisers";
  return (
    <figure class={`cnl-figure cnl-climbed cnl-${which}`}>
      <figcaption>{title}</figcaption>
      {climb ? (
        <Greys picture={climb.pictures[step]} label={`The picture ${told} after ${step} steps`} />
      ) : (
        <div class="cnl-empty" />
      )}
      <p>{climb && short(climb.found[step].value)}</p>
    </figure>
  );
}

/** A grey picture; what is darker than black or brighter than white is black or white. */
function Greys({ picture, label }: { picture: Float64Array; label: string }) {
  const bytes = useMemo(() => {
    const found = new Uint8ClampedArray(4 * picture.length);
    picture.forEach((v, i) => {
      found.fill(255 * v, 4 * i, 4 * i + 3);
      found[4 * i + 3] = 255;
    });
    return found;
  }, [picture]);
  return <Bitmap bytes={bytes} width={SIDE} height={SIDE} role="img" aria-label={label} />;
}

/** The unit's value by step, and the ten probabilities: both ascents on the same axes. */
function Charts({ pair, steps }: { pair: Pair; steps: number }) {
  const curve = (climb: Pair["kept"]) =>
    climb.found.slice(0, Math.min(steps, climb.steps) + 1).map(({ value }) => value);
  const [plain, held] = [curve(pair.without), curve(pair.kept)];
  const all = [pair.without, pair.kept].flatMap(({ found }) => found.map(({ value }) => value));
  const [low, high] = [Math.min(0, ...all), niceAbove(Math.max(...all))];
  const x = (step: number) => (100 * step) / LENGTH;
  const y = (value: number) => 100 - (100 * (value - low)) / (high - low || 1);
  const shown = words.at(pair.kept, steps).probabilities;
  return (
    <>
      <figure class="cnl-figure cnl-curve">
        <figcaption>value by step</figcaption>
        <Graph
          says={words.curveInWords(pair, steps)}
          ticks={[0, high].map((at) => ({ at, says: short(at) }))}
          y={y}
          ends={["0", `${LENGTH}`]}
          lines={
            <>
              <polyline class="plain" points={points(plain, x, y)} />
              <polyline class="line" points={points(held, x, y)} />
            </>
          }
        />
      </figure>
      <figure class="cnl-figure cnl-read-as">
        <figcaption>read as</figcaption>
        <TenBars
          probabilities={shown}
          before={words.at(pair.without, steps).probabilities}
          label={words.barsInWords(shown)}
        />
      </figure>
    </>
  );
}

const NICE = [1, 1.5, 2, 3, 4, 5, 6, 8, 10];

/** A number with few digits that is not below a value. */
function niceAbove(value: number) {
  if (!(value > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return power * (NICE.find((n) => n * power >= value) ?? 10);
}

export default platform.view(AscentLab);
