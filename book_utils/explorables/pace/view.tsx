/** The pace lab: how long an epoch takes, and what the machine waits for in it (see lab.py). */
import { millisecondsOf, type Spent } from "../arithmetic/pace.ts";
import { Choice, Switch } from "../parts/controls.tsx";
import { Examples } from "../parts/examples.tsx";
import { thousands, wholePercent } from "../parts/numbers.ts";
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
      if (!words.isRecorded(wanted, data)) throw new RangeError("that was not recorded");
    },
  });
  const { state, change, control } = lab;
  const say = () => words.describe(state, data);
  const pick = { picked: true, shown: true, playing: false };
  const here = data.recorded[state.place] as words.Recorded;
  /** What was recorded for resident images alone makes them resident. */
  const onDevice = (changes: Partial<Settings>) => change({ resident: true, ...changes });
  const controls = {
    model: <Choice {...control("model")} label="Network" options={named(words.MODELS)} />,
    resident: (
      <Switch
        {...control("resident")}
        label="images resident"
        onChange={(on) => change(on ? { resident: on } : { ...plain, resident: on })}
      />
    ),
    large: <Switch {...control("large")} label={`batches of ${thousands(here.batches[1])}`} />,
    form: (
      <Choice
        {...control("form")}
        label="Arithmetic"
        options={named(words.FORMS)}
        onChange={(form) => onDevice({ form })}
      />
    ),
    launch: (
      <Choice
        {...control("launch")}
        label="Operations"
        options={named(words.LAUNCHES, here.launches)}
        onChange={(launch) => onDevice({ launch })}
      />
    ),
    moved: <Switch {...control("moved")} label="shift and mirror" />,
    ...(Object.keys(data.recorded).length > 1 && {
      place: (
        <Choice
          {...control("place")}
          label="Device"
          options={named(words.PLACES)}
          onChange={(place) => change({ place, ...fitting({ ...state, place }, data) })}
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
      python={() => words.asPython(state, data)}
    >
      <Bars state={state} data={data} />
    </Frame>
  );
}

const plain = { form: "float32", launch: "eager" } as const;

const named = <T extends string>(names: Record<T, string>, of = Object.keys(names) as T[]) =>
  of.map((value) => ({ value, label: names[value] }));

/** What to change where the other device lacks the present way to launch. */
const fitting = (wanted: Settings, data: words.Data): Partial<Settings> =>
  words.isRecorded(wanted, data) ? {} : { launch: "eager" };

type BarsProps = { state: Settings; data: words.Data };

/** Both loops on one axis; then this loop once more, as wide as the stage; then its figures. */
function Bars({ state, data }: BarsProps) {
  const before = words.slow(state);
  const [then, now] = [words.spent(before, data), words.spent(state, data)];
  const scale = 100 / words.longest(state, data);
  const [long, short] = [words.seconds(before, data), words.seconds(state, data)];
  return (
    <figure class="cnl-pace">
      <figcaption>Time for 60,000 images</figcaption>
      <div class="cnl-bars" role="img" aria-label={words.describeBars(state, data)}>
        <b>slow loop</b>
        <Bar of={then} width={scale * long} said={words.inSeconds(long)} />
        <b>this loop</b>
        <Bar of={now} width={scale * short} said={words.inSeconds(short)} />
        <b>enlarged</b>
        <div class="cnl-enlarged">
          <svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
            <path d={`M0,0V10M${(scale * short).toFixed(2)},0L100,10`} />
          </svg>
          <Bar of={now} width={100} />
        </div>
      </div>
      <ul>
        {words.PARTS.map((part) => (
          <li key={part} class={`cnl-${part}`}>
            <span>{words.PART_NAMES[part]}</span>
            <strong>{wholePercent(words.shareOf(now, part))}</strong>
            <small>{words.milliseconds(now[part])} a batch</small>
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
      {said && <span class={width > 80 ? "in" : ""}>{said}</span>}
    </div>
  );
}

export default platform.view(PaceLab);
