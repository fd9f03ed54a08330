/**
 * Training as a page orders it: run, pause, step, reset. It computes in slices, so that an order
 * arrives in between, in a worker as on the page's own thread.
 */
import { type Digits, Run, type Step } from "../arithmetic/training.ts";
import { inSlices, pause } from "../parts/slices.ts";
import type * as trainer from "../parts/trainer.ts";
import { TroubleFinder } from "../parts/trouble.ts";
import { LENGTH, type Order, type Progress, type Settings, TESTED_EVERY } from "./orders.ts";

const PACE = 80; // milliseconds a step takes at least: faster, nobody sees what happens

/** A run with all that has been seen of it. */
class Watched {
  readonly run: Run;
  readonly losses: number[] = [];
  readonly accuracies: number[] = [];
  private readonly finder = new TroubleFinder();

  constructor(seed: number, count: number) {
    this.run = new Run(seed, count);
  }

  get trouble() {
    return this.finder.found;
  }

  note(step: Step) {
    this.losses.push(Math.min(step.loss, 1e6) || 1e6); // NaN is no number for a chart
    this.finder.note(step);
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

type Given = trainer.Given<Settings, Progress>;

class Session {
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
    const { slice } = this.given;
    this.isBusy = true;
    while (this.goal > this.course.step && !this.course.isOver) {
      const { course } = this;
      const due = performance.now() + PACE;
      if (course.step === 0) await inSlices(course.test(this.given.test), slice);
      await inSlices(course.takeStep(this.given.train, this.settings), slice);
      const isLast = this.goal <= course.step || course.isOver;
      if (isLast || course.step % TESTED_EVERY === 0)
        await inSlices(course.test(this.given.test), slice);
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
}

export const begin = (given: Given): trainer.Session<Order, Settings> => new Session(given);
