/** A lab of the page as links in the text see it: what it is set to, and a hand to set it. */
import { checked } from "./check.ts";
import type { Schema } from "./schema.ts";
import type { Model } from "./traits.ts";
import { meaning } from "./written.ts";

export type Settings = Record<string, unknown>;

/** What a mounted view gives: `use` may throw a RangeError, where settings do not go together. */
type Hand = { use: (settings: Settings) => void; refuse: (message: string) => void };

export class DrivenLab {
  readonly place: HTMLElement;
  /** the page's own settings, from which every link begins */
  readonly initial: Settings;
  /** that the view has given its hand; a view without settings never does */
  readonly ready: Promise<void>;
  #model: Model;
  #schema: Schema;
  #hand?: Hand;
  #isReady = () => {};

  constructor(place: HTMLElement, model: Model, schema: Schema) {
    this.place = place;
    this.#model = model;
    this.#schema = schema;
    this.initial = this.settings();
    this.ready = new Promise((resolve) => {
      this.#isReady = resolve;
    });
  }

  takes(hand: Hand) {
    this.#hand = hand;
    this.#isReady();
  }

  settings(): Settings {
    return Object.fromEntries(
      Object.keys(this.#schema).map((name) => [name, this.#model.get(name)]),
    );
  }

  /**
   * The lab's first settings with those that a link has written.
   * @throws {RangeError} where one of them is no setting, or its value is not allowed
   */
  written(texts: Record<string, string>): Settings {
    const unknown = Object.keys(texts).find((name) => !Object.hasOwn(this.#schema, name));
    if (unknown !== undefined) throw new RangeError(`the lab has no setting ${unknown}`);
    const changes = Object.entries(texts).map(([name, text]) => [
      name,
      meaning(this.#schema[name], text),
    ]);
    return checked(this.#schema, { ...this.initial, ...Object.fromEntries(changes) });
  }

  /** @throws {RangeError} where the settings do not go together */
  use(settings: Settings) {
    this.#hand?.use(settings);
  }

  refuse(message: string) {
    this.#hand?.refuse(message);
  }
}
