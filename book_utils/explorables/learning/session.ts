/**
 * Training as a page orders it: run, pause, step, reset. It computes in slices, so that an order
 * arrives in between, in a worker as on the page's own thread.
 */
import { type Digits, Run, type Step } from "../arithmetic/training.ts";
import { LENGTH, type Order, type Progress, type Settings, TESTED_EVERY } from "./orders.ts";

const PACE = 80; // milliseconds a step takes at least: faster, nobody sees what happens
const FAR = 20; // a loss from which no run has come back
const DEAD = 3; // steps in a row without an open unit

/** A run with all that has been seen of it. */
class Watched {
  readonly run: Run;
  readonly losses: number[] = [];
  readonly accuracies: number[] = [];
  trouble: Progress["troubles"][number] = "";
  private shut = 0;

  constructor(seed: number, count: number) {
    this.run = new Run(seed, count);
  }

  note({ loss, isDead }: Step) {
    this.losses.push(Math.min(loss, 1e6) || 1e6); // NaN is no number for a chart
    this.shut = isDead ? this.shut + 1 : 0;
    if (!(loss <= FAR)) this.trouble ||= "exploded";
    else if (this.shut === DEAD) this.trouble ||= "dead";
  }
}

/** The runs between two resets. */
class Course {
  readonly networks: Watched[];
  readonly tested: number[] = [];
  step = 0;

  constructor(seeds: number, count: number) {
    this.networks = Array.from({ length: seeds }, (_, seed) => new Watched(seed, count));
  }

  get isOver() {
    return this.step === LENGTH || this.networks.every(({ trouble }) => trouble);
  }

  *takeStep(digits: Digits, { batch, rate }: Settings) {
    for (const network of this.networks) network.note(yield* network.run.step(digits, batch, rate));
    this.step++;
  }

  *test(digits: Digits) {
    if (this.tested.at(-1) === this.step) return;
    for (const { run, accuracies } of this.networks) accuracies.push(yield* run.accuracy(digits));
    this.tested.push(this.step);
  }

  get progress(): Progress {
    const [{ run }] = this.networks;
    return {
      step: this.step,
      losses: this.networks.map(({ losses }) => [...losses]),
      tested: [...this.tested],
      accuracies: this.networks.map(({ accuracies }) => [...accuracies]),
      troubles: this.networks.map(({ trouble }) => trouble),
      weights: run.weights,
      gradients: run.gradients,
    };
  }
}

type Given = {
  train: Digits;
  test: Digits;
  settings: Settings;
  tell: (progress: Progress, running: boolean) => void;
  /** milliseconds for which nothing else has a turn */
  slice: number;
};

export class Session {
  private readonly given: Given;
  private settings: Settings;
  private course: Course;
  private goal = 0;
  private isBusy = false;

  constructor(given: Given) {
    this.given = given;
    this.settings = given.settings;
    this.course = this.begun();
  }

  private begun() {
    return new Course(this.settings.seeds, this.given.train.labels.length);
  }

  take(order: Order, settings: Settings) {
    const isAnew = order === "reset" || settings.seeds !== this.settings.seeds;
    this.settings = settings;
    if (isAnew) {
      this.course = this.begun();
      this.goal = 0;
      this.tell();
    }
    const { step } = this.course;
    if (order === "pause") this.goal = step;
    if (order === "run") this.goal = LENGTH;
    if (order === "step") this.goal = step + 1;
    if (this.goal > step && !this.isBusy) this.work();
  }

  private async work() {
    this.isBusy = true;
    while (this.goal > this.course.step && !this.course.isOver) {
      const { course } = this;
      const due = performance.now() + PACE;
      await this.inSlices(course.step === 0 ? course.test(this.given.test) : []);
      await this.inSlices(course.takeStep(this.given.train, this.settings));
      const isLast = this.goal <= course.step || course.isOver;
      if (isLast || course.step % TESTED_EVERY === 0)
        await this.inSlices(course.test(this.given.test));
      if (course === this.course) this.tell();
      await pause(due - performance.now());
    }
    this.isBusy = false;
    this.tell();
  }

  private tell() {
    const { course, goal } = this;
    this.given.tell(course.progress, goal > course.step && !course.isOver);
  }

  private async inSlices(pieces: Iterable<void>) {
    let due = performance.now() + this.given.slice;
    for (const _ of pieces) {
      if (performance.now() < due) continue;
      await pause(0);
      due = performance.now() + this.given.slice;
    }
  }
}

const pause = (milliseconds: number) => new Promise((done) => setTimeout(done, milliseconds));
