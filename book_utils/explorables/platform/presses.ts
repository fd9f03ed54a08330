/**
 * What links in the text have set, entry by entry of the browser's history: so Back takes back, and
 * Forward sets again. The browser keeps the entries, this keeps what each of them did to a lab.
 */
import type { Settings } from "./driven.ts";

type Lab = { settings(): Settings; use(settings: Settings): void };

export type Press<L extends Lab> = {
  lab: L;
  /** in words, what was set */
  says: string;
  before: Settings;
  after?: Settings;
  /** the pressed link, and how far below the top of the window it was; none for an address */
  from?: { link: HTMLElement; top: number };
};

export class Presses<L extends Lab> {
  /** the entry that the window shows */
  at: number;
  #made = new Map<number, Press<L>>();
  #known: Set<number>;

  constructor(at: number) {
    this.at = at;
    this.#known = new Set([at]);
  }

  /** A new entry; those that came after this one are gone. */
  enter() {
    for (const entry of [...this.#known].filter((entry) => entry > this.at)) {
      this.#known.delete(entry);
      this.#made.delete(entry);
    }
    this.at += 1;
    this.#known.add(this.at);
  }

  /** This is what an entry did. */
  note(entry: number, press: Press<L>) {
    this.#made.set(entry, press);
  }

  /** Was the entry shown since the page was loaded? */
  knows(entry: number) {
    return this.#known.has(entry);
  }

  /** Takes back, or sets again, what lies between here and another entry; says what, in order. */
  go(to: number): Press<L>[] {
    const [isBack, low, high] = [to < this.at, Math.min(to, this.at), Math.max(to, this.at)];
    const between = [...this.#made].filter(([entry]) => entry > low && entry <= high);
    between.sort(([a], [b]) => (isBack ? b - a : a - b));
    for (const [, press] of between) {
      const now = press.lab.settings();
      press.lab.use(isBack ? press.before : (press.after ?? now));
      press[isBack ? "after" : "before"] = now;
    }
    this.at = to;
    this.#known.add(to);
    return between.map(([, press]) => press);
  }

  /** The last that set a lab, with its entry. */
  last(lab: L): [entry: number, press: Press<L>] | undefined {
    const before = [...this.#made].filter(([entry, made]) => entry <= this.at && made.lab === lab);
    return before.sort(([a], [b]) => b - a)[0];
  }

  /** Takes back what one entry did, wherever it is: it does nothing any more. */
  takeBack(entry: number) {
    const press = this.#made.get(entry);
    this.#made.delete(entry);
    press?.lab.use(press.before);
  }
}
