/**
 * Who trains: a worker of the page, the page itself where the browser refuses a worker, or PyTorch
 * in a notebook. All take the same orders and tell of the same progress.
 */
import type { Digits } from "../arithmetic/training.ts";
import type { Later } from "../platform/host.ts";
import type { Model } from "../platform/traits.ts";
import { type Packed, unpack } from "./bundled_digits.ts";
import { started } from "./worker.ts";

export type Told<P> = {
  /** what has been reached, if anything */
  tell(progress: P | null, running: boolean): void;
  /** what the reader should know of who trains */
  say(text: string): void;
  complain(text: string): void;
};

export type Trainer<O, S> = {
  give(order: O, settings: S): void;
  end(): void;
};

/** What a session is begun with; it trains in slices, and takes orders between them. */
export type Given<S, P> = {
  train: Digits;
  test: Digits;
  settings: S;
  tell(progress: P, running: boolean): void;
  /** milliseconds for which nothing else has a turn */
  slice: number;
};

export type Session<O, S> = { take(order: O, settings: S): void };

/** What is trained, and how a lab orders it. */
export type Kind<O, S, P> = {
  begin(given: Given<S, P>): Session<O, S>;
  /** the text of the worker that does the same: see in_worker.ts */
  code: string;
  /** the orders that need the digits, which are fetched at the first of them */
  needing: readonly O[];
  /** the order that ends a session */
  ending: O;
};

export type ToWorker<O, S> = { packed: Packed; settings: S } | { order: O; settings: S };
export type FromWorker<P> = { progress: P; running: boolean };

const SLICE = 8; // milliseconds of the page's own thread, less than a frame
const REFUSED =
  "This browser starts no worker here, so the page itself trains, a few milliseconds at a time.";
const LOST =
  "The digits could not be loaded. Online: check the connection. From a disk: the page needs the " +
  "other files of the book around it.";
const OLD = "This browser cannot unpack the digits: try one from 2023 or later.";

/** Training in the page. */
export function inThePage<O, S, P>(
  later: Later,
  kind: Kind<O, S, P>,
  told: Told<P>,
): Trainer<O, S> {
  type Give = Trainer<O, S>["give"];
  let give: Promise<Give> | undefined;
  let end = () => {};
  const start = async (settings: S): Promise<Give> => {
    const packed: Packed = JSON.parse(await later());
    try {
      const made = await inWorker(packed, settings, kind.code, told.tell);
      end = made.end;
      return made.give;
    } catch {
      told.say(REFUSED);
    }
    const digits = await unpack(packed);
    const session = kind.begin({ ...digits, settings, tell: told.tell, slice: SLICE });
    end = () => session.take(kind.ending, settings);
    return (order, now) => session.take(order, now);
  };
  return {
    give(order, settings) {
      if (!give && !kind.needing.includes(order)) return;
      give ??= start(settings);
      give
        .then((to) => to(order, settings))
        .catch((error) => {
          give = undefined; // another press tries again
          told.tell(null, false);
          told.complain(error instanceof ReferenceError ? OLD : LOST);
        });
    },
    end: () => end(),
  };
}

/** A worker with the digits; rejects where the browser refuses it. */
async function inWorker<O, S, P>(
  packed: Packed,
  settings: S,
  code: string,
  tell: Told<P>["tell"],
): Promise<Trainer<O, S>> {
  const hear = ({ progress, running }: FromWorker<P>) => tell(progress, running);
  const first = { packed, settings };
  const { send, end } = await started<ToWorker<O, S>, FromWorker<P>>(code, first, hear);
  return { give: (order, now) => send({ order, settings: now }), end };
}

/**
 * Training with PyTorch, in a notebook: the settings are there already.
 * @param read  progress as Python tells it, to progress as a page has it
 */
export function inTheKernel<O, S, F extends object, P>(
  model: Model,
  read: (found: F) => P,
  told: Pick<Told<P>, "tell">,
): Trainer<O, S> {
  const follow = () => {
    const found = model.get<F>("_progress");
    told.tell(Object.keys(found).length ? read(found) : null, model.get("running"));
  };
  const events = ["change:_progress", "change:running"];
  for (const event of events) model.on(event, follow);
  follow();
  return {
    give: (order) => model.send?.({ order }),
    end: () => events.forEach((event) => model.off(event, follow)),
  };
}
