/** The ingredients lab: curves of recorded runs, and how all combinations ended (see lab.py). */
import { points } from "../parts/chart.tsx";
import { Switch } from "../parts/controls.tsx";
import { Examples } from "../parts/examples.tsx";
import { Said, SaidInFull } from "../parts/said.tsx";
import { Frame } from "../platform/frame.tsx";
import * as platform from "../platform/lab.tsx";
import { useTraits } from "../platform/traits.ts";
import type { IngredientsLab as Settings } from "../settings.ts";
import * as words from "./words.ts";

type Data = { recorded: Record<string, words.Curves>; about: string };
type Axis = { low: number; high: number; ticks: number[] };

// The plain runs, one ingredient, two, all three.
const COMBINATIONS = ["000", "100", "010", "001", "110", "101", "011", "111"].map(
  ([moved, falls, smooth]) => ({
    moved: moved === "1",
    falls: falls === "1",
    smooth: smooth === "1",
  }),
);

function IngredientsLab(host: platform.Host) {
  const lab = platform.useLab<Settings>(host);
  const [{ recorded, about }] = useTraits<Data>(host.model, ["recorded", "about"]);
  const { state, control } = lab;
  const say = () => words.describe(state, recorded);
  const pick = { picked: true, shown: true, playing: false };
  const controls = {
    moved: <Switch {...control("moved")} label="shifted images" />,
    falls: <Switch {...control("falls")} label="decaying rate" />,
    smooth: <Switch {...control("smooth")} label="smoothed labels" />,
  };
  return (
    <Frame
      lab={lab}
      label="Ingredients lab"
      said={<Said pick={pick} say={say} />}
      controls={controls}
      begin={<Examples lab={lab} examples={words.EXAMPLES} />}
      rest={<SaidInFull pick={pick} say={say} formula={words.inFull(state, recorded, about)} />}
      python={() => words.asPython(state)}
    >
      <div class="cnl-ingredients">
        <ByEpoch state={state} recorded={recorded} />
        <AtTheEnd lab={lab} recorded={recorded} />
      </div>
    </Frame>
  );
}

const STEPS = [0.01, 0.02, 0.05, 0.1, 0.2];
const MOST_TICKS = 6;

/** Round steps that hold all values, the same for every combination. */
function axisOf(values: number[]): Axis {
  const spread = Math.max(...values) - Math.min(...values);
  const step = STEPS.find((step) => spread / step <= MOST_TICKS - 2) ?? 1;
  const low = Math.floor(Math.min(...values) / step) * step;
  const high = Math.ceil(Math.max(...values) / step) * step;
  const count = Math.round((high - low) / step);
  const ticks = Array.from({ length: count + 1 }, (_, i) => low + i * step);
  return { low, high, ticks };
}

const along = ({ low, high }: Axis, value: number) => (100 * (value - low)) / (high - low);

type ByEpochProps = { state: Settings; recorded: Data["recorded"] };

/** Test accuracy of the chosen runs as a band, their training accuracy, and the plain runs. */
function ByEpoch({ state, recorded }: ByEpochProps) {
  const now = recorded[words.keyOf(state)];
  const plain = recorded["000"];
  const all = Object.values(recorded);
  const axis = axisOf([1, ...all.flatMap(({ mean, train }) => [...mean, ...train])]);
  const epochs = now.mean.length;
  const x = (i: number) => (100 * (i + 1)) / epochs;
  const y = (value: number) => 100 - along(axis, Math.max(axis.low, value));
  const line = (values: number[]) => points(values, x, y);
  const back = [...now.low].map((value, i): [number, number] => [x(i), y(value)]).reverse();
  const band = `${line(now.high)} ${back.map((at) => at.map((v) => v.toFixed(1))).join(" ")}`;
  return (
    <figure class="cnl-figure cnl-by-epoch">
      <figcaption>
        <span class="cnl-key now">test</span>
        <span class="cnl-key train">in training</span>
        <span class="cnl-key plain">test, plain</span>
      </figcaption>
      <div class="cnl-area" role="img" aria-label={words.describeCurves(state, recorded)}>
        {axis.ticks.map((at) => (
          <span key={at} class="cnl-tick" style={`top:${y(at)}%`}>
            {Math.round(100 * at)} %
          </span>
        ))}
        <svg viewBox="0 0 100 100" preserveAspectRatio="none" aria-hidden="true">
          {axis.ticks.map((at) => (
            <path key={at} class="grid" d={`M0,${y(at)}H100`} />
          ))}
          <polyline class="plain" points={line(plain.mean)} />
          <polygon class="band" points={band} />
          <polyline class="train" points={line(now.train)} />
          <polyline class="now" points={line(now.mean)} />
        </svg>
        <span class="cnl-epoch" style="left:0">
          0
        </span>
        <span class="cnl-epoch" style="left:50%">
          epoch
        </span>
        <span class="cnl-epoch" style="left:100%">
          {epochs}
        </span>
      </div>
    </figure>
  );
}

/** A height for each seed, in percent of the row, so that no dot hides another. */
const heightOf = (seed: number, count: number) => (100 * (seed + 0.5)) / count;

type AtTheEndProps = { lab: platform.LabOf<Settings>; recorded: Data["recorded"] };

/** A row of dots for each combination, one for each seed; a row that is pressed is chosen. */
function AtTheEnd({ lab: { state, change }, recorded }: AtTheEndProps) {
  const rows = COMBINATIONS.map((on) => ({
    on,
    name: words.nameOf(on),
    last: recorded[words.keyOf(on)].last,
  }));
  const axis = axisOf(rows.flatMap(({ last }) => last));
  return (
    <figure class="cnl-figure cnl-at-the-end">
      <figcaption>Test accuracy at the end, one dot per run</figcaption>
      <div class="cnl-rows" role="img" aria-label={words.describeRows(rows)}>
        {rows.map(({ on, name, last }) => (
          <div
            key={name}
            class={words.keyOf(on) === words.keyOf(state) ? "on" : ""}
            onPointerDown={() => change(on)}
          >
            <b>{name}</b>
            <span>
              {last.map((value, seed) => (
                <i
                  key={seed}
                  style={`left:${along(axis, value)}%;top:${heightOf(seed, last.length)}%`}
                />
              ))}
            </span>
          </div>
        ))}
        <div class="cnl-ticks">
          <b />
          <span>
            {axis.ticks.map((at) => (
              <em key={at} style={`left:${along(axis, at)}%`}>
                {Math.round(100 * at)} %
              </em>
            ))}
          </span>
        </div>
      </div>
    </figure>
  );
}

export default platform.view(IngredientsLab);
