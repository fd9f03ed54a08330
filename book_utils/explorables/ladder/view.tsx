/** The ladder lab: one cross-correlation in six ways, timed where the reader is (see lab.py). */
import { useEffect, useRef, useState } from "preact/hooks";
import { Slider } from "../parts/controls.tsx";
import { Said, SaidInFull } from "../parts/said.tsx";
import { StopsSlider } from "../parts/stops.tsx";
import { Frame } from "../platform/frame.tsx";
import * as platform from "../platform/lab.tsx";
import type { LadderLab as Settings } from "../settings.ts";
import { Crossover, Rungs } from "./charts.tsx";
import { all, type Job, RIVALS, rivals, type Timing } from "./measure.ts";
import { type Meter, meter } from "./meter.ts";
import * as words from "./words.ts";

const SIZES = [32, 48, 64, 96, 128] as const;
const REST = 400; // milliseconds after which a slider is taken to have come to rest

function LadderLab(host: platform.Host) {
  const lab = platform.useLab<Settings>(host);
  const { state, control } = lab;
  const { timings, isOld, times, busy, ask, isAsked } = useTimes(lab);
  const { size, kernel } = state;
  useEffect(() => {
    if (!isAsked || !isOld) return;
    const timer = setTimeout(() => ask(all(size, kernel)), REST);
    return () => clearTimeout(timer);
  }, [size, kernel, isAsked]);
  const isBusy = busy === "all";
  const say = () => words.describe({ state, timings: isOld ? [] : timings, isBusy });
  const pick = { picked: true, shown: true, playing: isBusy };
  const controls = {
    size: <StopsSlider {...control("size")} label="Image" unit="pixels" stops={SIZES} />,
    kernel: (
      <Slider {...control("kernel")} {...lab.range("kernel")} label="Kernel" unit="weights" />
    ),
  };
  return (
    <Frame
      lab={lab}
      label="Ladder lab"
      aside={`${size}×${size} pixels, ${kernel}×${kernel} weights`}
      said={<Said pick={pick} say={say} />}
      play={
        <button
          type="button"
          class="cnl-play"
          disabled={isBusy}
          onClick={() => ask(all(size, kernel))}
        >
          Measure
        </button>
      }
      controls={controls}
      rest={<SaidInFull pick={pick} say={say} formula={words.inFull(state)} />}
      python={() => words.asPython(state)}
    >
      <div class="cnl-ladder">
        <Rungs state={state} timings={timings} isOld={isOld} />
        <Crossover
          state={state}
          times={times}
          isBusy={busy === "rivals"}
          onFind={() => ask(rivals(size))}
        />
      </div>
    </Frame>
  );
}

/** What has been measured on this page so far, and who measures. */
function useTimes(lab: platform.LabOf<Settings>) {
  const { size, kernel } = lab.state;
  const [seen, setSeen] = useState<Timing[]>([]);
  const [busy, setBusy] = useState<"all" | "rivals" | null>(null);
  const [isAsked, setAsked] = useState(false);
  const [last, setLast] = useState<Timing[]>([]);
  const own = useRef<Meter | null>(null);
  const saying = useRef(lab.say);
  saying.current = lab.say;
  useEffect(() => () => own.current?.end(), []);

  const keep = (found: Timing[]) => {
    const isNew = (old: Timing) => !found.some((each) => isSame(each, old));
    setSeen((before) => [...before.filter(isNew), ...found]);
    if (found.length > RIVALS.length) setLast(found);
  };
  const ask = (job: Job) => {
    own.current ??= meter(
      ({ timings, isOver }) => {
        keep(timings);
        if (isOver) setBusy(null);
      },
      (text) => saying.current(text),
    );
    setAsked(true);
    setBusy(job.kernels.length > 1 ? "rivals" : "all");
    own.current.measure(job);
  };
  const here = seen.filter((each) => each.size === size && each.kernel === kernel);
  const isOld = here.length <= RIVALS.length;
  return {
    /** of all rungs with the present settings; with others, if these are not measured */
    timings: isOld ? last : here,
    isOld,
    /** of the present size, whatever the kernel */
    times: seen.filter((each) => each.size === size),
    busy,
    ask,
    /** whether the reader has asked for times at all: then others follow by themselves */
    isAsked,
  };
}

const isSame = (one: Timing, two: Timing) =>
  one.size === two.size && one.kernel === two.kernel && one.rung === two.rung;

export default platform.view(LadderLab);
