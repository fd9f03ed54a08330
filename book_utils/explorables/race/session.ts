/** The race as a page orders it: networks train one after another, each against the clock. */
import { oneCycle } from "../arithmetic/schedule.ts";
import { type Digits, Run, someOf } from "../arithmetic/training.ts";
import { inSlices, timed } from "../parts/slices.ts";
import type * as trainer from "../parts/trainer.ts";
import { TroubleFinder } from "../parts/trouble.ts";
import {
  type Judged,
  KEPT_BACK,
  type Lane,
  LOOKS,
  type Order,
  type Progress,
  type Settings,
} from "./orders.ts";

type Given = trainer.Given<Settings, Progress>;

const TICK = 100; // milliseconds between two words of the clock

/** Who learns from which digits, and which judge: practice leaves the test alone. */
function split({ train, test }: Given, judged: Judged): [Digits, Digits] {
  if (judged === "race") return [train, test];
  const count = train.labels.length;
  return [someOf(train, 0, count - KEPT_BACK), someOf(train, count - KEPT_BACK, count)];
}

/** All runs of one start. */
class Attempt {
  readonly progress: Progress;
  private readonly train: Digits;
  private readonly test: Digits;

  constructor(given: Given, judged: Judged, settings: Settings) {
    this.progress = { judged, settings, lanes: [] };
    [this.train, this.test] = split(given, judged);
  }

  get isOver() {
    const { lanes, settings } = this.progress;
    return lanes.length === settings.seeds && lanes.every(({ isDone }) => isDone);
  }

  *pieces(tell: () => void): Generator<void> {
    for (let seed = 0; seed < this.progress.settings.seeds; seed++) yield* this.lane(seed, tell);
  }

  /** One network to its end. Making it is no training, nor is looking at how far it is. */
  private *lane(seed: number, tell: () => void): Generator<void> {
    const { train } = this;
    const { epochs, rate, batch, momentum, schedule, shift } = this.progress.settings;
    const lane: Lane = { at: [], accuracies: [], seconds: 0, share: 0, isDone: false, trouble: "" };
    const count = train.labels.length;
    const [run, finder] = [new Run(seed, count), new TroubleFinder()];
    const steps = Math.ceil((epochs * count) / batch);
    const shareOf = (step: number) => (schedule === "one cycle" ? oneCycle(step, steps) : 1);
    const tick = (milliseconds: number) => {
      lane.seconds += milliseconds / 1000;
    };
    this.progress.lanes.push(lane);
    yield* this.look(run, lane);
    tell();
    let told = performance.now();
    for (let step = 0; step < steps && !finder.found; step++) {
      const taken = run.step(train, batch, rate * shareOf(step), { momentum, shift });
      finder.note(yield* timed(taken, tick));
      lane.share = (step + 1) / steps;
      const looks = (at: number) => Math.floor((at * LOOKS) / steps);
      const isLook = looks(step + 1) > looks(step) || finder.found;
      if (isLook) yield* this.look(run, lane);
      if (!isLook && performance.now() < told + TICK) continue;
      tell();
      told = performance.now();
    }
    lane.trouble = finder.found;
    lane.isDone = true;
    tell();
  }

  private *look(run: Run, lane: Lane): Generator<void> {
    lane.accuracies.push(yield* run.accuracy(this.test));
    lane.at.push(lane.seconds);
  }
}

class Session {
  private readonly given: Given;
  private attempt: Attempt | null = null;

  constructor(given: Given) {
    this.given = given;
  }

  take(order: Order, settings: Settings) {
    const last = this.attempt;
    this.attempt = null;
    if (order === "stop") return last && this.given.tell(last.progress, false);
    this.attempt = new Attempt(this.given, order === "race" ? "race" : "practice", settings);
    this.work(this.attempt);
  }

  private async work(attempt: Attempt) {
    const tell = () => this.given.tell(structuredClone(attempt.progress), !attempt.isOver);
    await inSlices(this.untilStopped(attempt, tell), this.given.slice);
    if (this.attempt === attempt) this.attempt = null;
  }

  private *untilStopped(attempt: Attempt, tell: () => void) {
    const pieces = attempt.pieces(tell);
    while (this.attempt === attempt && !pieces.next().done) yield;
  }
}

export const begin = (given: Given): trainer.Session<Order, Settings> => new Session(given);
