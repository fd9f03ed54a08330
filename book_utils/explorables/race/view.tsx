/** The race lab: a small network that learns to read digits, against the clock (see lab.py). */
import { useEffect, useRef, useState } from "preact/hooks";
import { Choice, PlayIcon, Slider } from "../parts/controls.tsx";
import { percent } from "../parts/numbers.ts";
import { StopsSlider } from "../parts/stops.tsx";
import { inTheKernel, inThePage, type Trainer } from "../parts/trainer.ts";
import { spoken } from "../parts/words.ts";
import { Frame } from "../platform/frame.tsx";
import * as platform from "../platform/lab.tsx";
import { keepRace, kept } from "./best.ts";
import { Course } from "./chart.tsx";
import type { Order, Progress, Settings } from "./orders.ts";
import { isOver, type Outcome, outcomeOf } from "./outcome.ts";
import { asSent, counts } from "./result.ts";
import { fromKernel, RACING } from "./training.ts";
import * as words from "./words.ts";

const EPOCHS = [1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 25, 30, 40, 60] as const;
const RATES = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10] as const;
const BATCHES = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1250] as const;
const MOMENTA = [0, 0.5, 0.7, 0.8, 0.9, 0.95, 0.99] as const;

/** Who races, what has come of it, and the tries of this visit. */
function useRace({ model, later }: platform.Host, lab: platform.LabOf<Settings>) {
  const [progress, setProgress] = useState<Progress | null>(null);
  const [running, setRunning] = useState(false);
  const [tries, setTries] = useState<Outcome[]>([]);
  const [best, setBest] = useState(kept);
  const trainer = useRef<Trainer<Order, Settings> | null>(null);
  const wasRunning = useRef(false);
  const tell = (found: Progress | null, isRunning: boolean) => {
    setProgress(found);
    setRunning(isRunning);
    const outcome = found && isOver(found) && outcomeOf(found);
    if (outcome && wasRunning.current && !isRunning) {
      setTries((before) => [...before, outcome]);
      if (later && outcome.judged === "race") setBest(keepRace(outcome));
    }
    wasRunning.current = isRunning;
  };
  useEffect(() => {
    const { say, complain } = lab;
    const made: Trainer<Order, Settings> = later
      ? inThePage(later, RACING, { tell, say, complain })
      : inTheKernel(model, fromKernel, { tell });
    trainer.current = made;
    return made.end;
  }, [model]);

  const give = (order: Order) => {
    if (order !== "stop") tell(null, true);
    trainer.current?.give(order, lab.state);
  };
  return { progress, running, tries, best, give };
}

function RaceLab(host: platform.Host) {
  const lab = platform.useLab<Settings>(host);
  const { progress, running, tries, best, give } = useRace(host, lab);
  const { state, control, range } = lab;
  const said = words.verdict(progress, running);
  const whole = [said.line, said.result, said.words].filter(Boolean).join(" ");
  const outcome = progress && isOver(progress) ? outcomeOf(progress) : null;
  const isToSend = host.later && outcome && !running && counts(outcome);
  const controls = {
    epochs: <StopsSlider {...control("epochs")} label="Epochs" stops={EPOCHS} />,
    rate: <StopsSlider {...control("rate")} label="Learning rate" stops={RATES} />,
    shift: <Slider {...control("shift")} {...range("shift")} label="Shifts" unit="pixels" />,
    batch: <StopsSlider {...control("batch")} label="Batch" unit="digits" stops={BATCHES} />,
    momentum: <StopsSlider {...control("momentum")} label="Momentum" stops={MOMENTA} />,
    schedule: (
      <Choice
        {...control("schedule")}
        label="Rate over the run"
        options={lab.options("schedule")}
      />
    ),
    seeds: <Slider {...control("seeds")} {...range("seeds")} label="Networks" unit="seeds" />,
  };
  return (
    <Frame
      lab={lab}
      label="Race lab"
      said={
        <div class="cnl-said">
          <p class="cnl-sum">
            {said.line} {said.result && <b>{said.result}</b>}
            <br />
            {said.words}
          </p>
          <div class="cnl-hidden" aria-live={running ? "off" : "polite"}>
            {spoken(whole)}
          </div>
        </div>
      }
      controls={controls}
      play={
        <div class="cnl-starts">
          <button
            type="button"
            class="cnl-play"
            onClick={() => give(running ? "stop" : "practise")}
          >
            <PlayIcon playing={running} />
            {running ? "Stop" : "Practise"}
          </button>
          <button type="button" disabled={running} onClick={() => give("race")}>
            Race
          </button>
        </div>
      }
      rest={
        <div class="cnl-in-full">
          {progress && <p>{words.recipe(progress.settings)}.</p>}
          <p>{words.rules(state, best)}</p>
        </div>
      }
      result={isToSend ? () => asSent(outcome, best.races, navigator, new Date()) : undefined}
      python={() => words.asPython(state)}
    >
      <div class="cnl-race">
        <Course progress={progress} tries={tries} best={host.later ? best.best : null} />
        <Board
          progress={progress}
          seeds={state.seeds}
          record={host.later ? words.record(best) : ""}
        />
      </div>
    </Frame>
  );
}

type BoardProps = { progress: Progress | null; seeds: number; record: string };

/** The clock, every network of the present start, and the best race. */
function Board({ progress, seeds, record }: BoardProps) {
  const lanes = progress?.lanes ?? [];
  const { shown, of } = words.onTheClock(progress);
  const rows = Array.from({ length: progress?.settings.seeds ?? seeds }, (_, i) => lanes[i]);
  return (
    <section class="cnl-board">
      <p class="cnl-clock" role="timer" aria-live="off">
        {words.clock(shown)} <small>{of}</small>
      </p>
      <ol>
        {rows.map((lane, seed) => (
          <li key={seed} class={lane?.isDone ? "done" : ""}>
            <span>{lane ? percent(lane.accuracies[lane.accuracies.length - 1] ?? 0) : "–"}</span>
            <span>{lane ? words.clock(lane.seconds) : "–"}</span>
          </li>
        ))}
      </ol>
      {record && <p class="cnl-record">{record}</p>}
    </section>
  );
}

export default platform.view(RaceLab);
