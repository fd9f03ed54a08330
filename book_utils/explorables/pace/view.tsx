/** The pace lab: how long an epoch takes, and what the machine waits for in it (see lab.py). */
import { millisecondsOf, type Spent } from "../arithmetic/pace.ts";
import { Choice, Switch } from "../parts/controls.tsx";
import { Examples } from "../parts/examples.tsx";
import { wholePercent } from "../parts/numbers.ts";
import { Said, SaidInFull } from "../parts/said.tsx";
import { Frame } from "../platform/frame.tsx";
import * as platform from "../platform/lab.tsx";
import { useTraits } from "../platform/traits.ts";
import type { PaceLab as Settings } from "../settings.ts";
import * as words from "./words.ts";

function PaceLab(host: platform.Host) {
  const [data] = useTraits<words.Data>(host.model, ["recorded", "measured"]);
  const lab = platform.useLab<Settings>(host, {
    fits: (wanted) => {
      if (!words.isRecorded(wanted, data)) throw new RangeError("it was not recorded");
    },
  });
  const { state, change, control, options } = lab;
  const say = () => words.describe(state, data);
  const pick = { picked: true, shown: true, playing: false };
  const steps = data.recorded[state.place]?.steps ?? [];
  const places = Object.keys(data.recorded);
  const controls = {
    model: <Choice {...control("model")} label="Network" options={named(words.MODELS)} />,
    resident: <Switch {...control("resident")} label="images resident" />,
    batch_size: (
      <Choice
        label="Batch"
        value={String(state.batch_size)}
        options={options("batch_size").map(({ label }) => ({ value: label, label }))}
        onChange={(size) => change({ batch_size: Number(size) as Settings["batch_size"] })}
      />
    ),
    half: <Switch {...control("half")} label="half precision" />,
    channels_last: <Switch {...control("channels_last")} label="channels last" />,
    moved: <Switch {...control("moved")} label="shift and mirror" />,
    step: (
      <Choice
        {...control("step")}
        label="Operations"
        options={named(words.STEPS).filter(({ value }) => steps.includes(value))}
      />
    ),
    ...(places.length > 1 && {
      place: (
        <Choice
          {...control("place")}
          label="Device"
          options={named(words.PLACES).filter(({ value }) => places.includes(value))}
          onChange={(place) => change({ place, ...fitting(state, place, data) })}
        />
      ),
    }),
  };
  return (
    <Frame
      lab={lab}
      label="Pace lab"
      said={<Said pick={pick} say={say} />}
      controls={controls}
      begin={<Examples lab={lab} examples={words.EXAMPLES} />}
      rest={<SaidInFull pick={pick} say={say} formula={words.inFull(state, data)} />}
      python={() => words.asPython(state)}
    >
      <Bars state={state} data={data} />
    </Frame>
  );
}

const named = <T extends string>(names: Record<T, string>) =>
  (Object.keys(names) as T[]).map((value) => ({ value, label: names[value] }));

/** A step that the other device has, where it lacks the present one. */
const fitting = (state: Settings, place: Settings["place"], data: words.Data): Partial<Settings> =>
  words.isRecorded({ ...state, place }, data) ? {} : { step: "eager" };

const LONGEST = 80; // percent of the stage, which leaves room for the seconds

type BarsProps = { state: Settings; data: words.Data };

/** Both loops on one axis; then this loop once more, as wide as the stage; then its figures. */
function Bars({ state, data }: BarsProps) {
  const before = words.slow(state);
  const [then, now] = [words.spent(before, data), words.spent(state, data)];
  const scale = LONGEST / words.longest(state, data);
  const ends = [words.seconds(then, before.batch_size), words.seconds(now, state.batch_size)];
  return (
    <figure class="cnl-pace">
      <figcaption>Time for 60,000 images</figcaption>
      <div class="cnl-bars" role="img" aria-label={words.describeBars(state, data)}>
        <b>slow loop</b>
        <Bar of={then} width={scale * ends[0]} said={words.inSeconds(ends[0])} />
        <b>this loop</b>
        <Bar of={now} width={scale * ends[1]} said={words.inSeconds(ends[1])} />
        <svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
          <path d={`M0,0V10M${(scale * ends[1]).toFixed(2)},0L100,10`} />
        </svg>
        <b>enlarged</b>
        <Bar of={now} width={100} />
      </div>
      <ul>
        {words.PARTS.map((part) => (
          <li key={part} class={`cnl-${part}`}>
            <span>{words.PART_NAMES[part]}</span>
            <strong>{wholePercent(words.shareOf(now, part))}</strong>
            <small>
              {words.milliseconds(now[part])}
              <span> a batch</span>
            </small>
          </li>
        ))}
      </ul>
    </figure>
  );
}

type BarProps = { of: Spent; width: number; said?: string };

/** The three parts one after another, so wide in all, in percent of its place. */
function Bar({ of, width, said }: BarProps) {
  const all = millisecondsOf(of);
  return (
    <div class="cnl-spent">
      {words.PARTS.map((part) => (
        <i
          key={part}
          class={`cnl-${part}`}
          style={`width:${((width * of[part]) / all).toFixed(2)}%`}
        />
      ))}
      {said && <span>{said}</span>}
    </div>
  );
}

export default platform.view(PaceLab);
