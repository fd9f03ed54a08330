/** What can go wrong with a network in training: parts/training_run.py finds the same. */
import type { Step } from "../arithmetic/training.ts";

export type Trouble = "" | "exploded" | "dead";

const FAR = 20; // a loss from which no run has come back
const DEAD = 3; // steps in a row without an open unit

export class TroubleFinder {
  found: Trouble = "";
  private shut = 0;

  note({ loss, isDead }: Step) {
    this.shut = isDead ? this.shut + 1 : 0;
    if (!(loss <= FAR)) this.found ||= "exploded";
    else if (this.shut === DEAD) this.found ||= "dead";
  }
}
