/** The pace lab: how long an epoch takes, and what the machine waits for in it (see lab.py). */
import { Choice, Switch } from "../parts/controls.tsx";
import { Examples } from "../parts/examples.tsx";
import { wholePercent } from "../parts/numbers.ts";
import { Said, SaidInFull } from "../parts/said.tsx";
import { TimeBars } from "../parts/time_bars.tsx";
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

/** Both loops, and the shares of this one. */
function Bars({ state, data }: BarsProps) {
  const now = words.spent(state, data);
  const bar = (name: string, loop: Settings) => {
    const spent = words.spent(loop, data);
    const all = words.seconds(spent, loop.batch_size);
    const spans = words.PARTS.map((part) => ({ part, length: all * words.shareOf(spent, part) }));
    return { name, spans, said: words.inSeconds(all) };
  };
  const note = (part: words.Part) => (
    <>
      {words.milliseconds(now[part])}
      <span> a batch</span>
    </>
  );
  return (
    <TimeBars
      title="Time for 60,000 images"
      says={words.describeBars(state, data)}
      bars={[bar("slow loop", words.slow(state)), bar("this loop", state)]}
      scale={LONGEST / words.longest(state, data)}
      parts={words.PARTS.map((part) => ({
        part,
        name: words.PART_NAMES[part],
        figure: wholePercent(words.shareOf(now, part)),
        note: note(part),
      }))}
    />
  );
}

export default platform.view(PaceLab);
