/**
 * Who trains: a worker of the page, the page itself where the browser refuses a worker, or PyTorch
 * in a notebook. All take the same orders and tell of the same progress.
 */
import { type Weights, weightsOf } from "../arithmetic/training.ts";
import type { Later } from "../platform/host.ts";
import type { Model } from "../platform/traits.ts";
import { type Packed, unpack } from "./digits.ts";
import type { FromWorker, Order, Progress, Settings, ToWorker } from "./orders.ts";
import { Session } from "./session.ts";
import code from "./worker.ts?worker";

export type Told = {
  /** what has been reached, if anything */
  tell(progress: Progress | null, running: boolean): void;
  /** what the reader should know of who trains */
  say(text: string): void;
  complain(text: string): void;
};

export type Trainer = {
  give(order: Order, settings: Settings): void;
  end(): void;
};

const SLICE = 8; // milliseconds of the page's own thread, less than a frame
const REFUSED =
  "This browser starts no worker here, so the page itself trains, a few milliseconds at a time.";
const LOST =
  "The digits could not be loaded. Online: check the connection. From a disk: the page needs the " +
  "other files of the book around it.";
const OLD = "This browser cannot unpack the digits: try one from 2023 or later.";

/** Training in the page: the digits are fetched at the first order that needs them. */
export function inThePage(later: Later, told: Told): Trainer {
  let give: Promise<Trainer["give"]> | undefined;
  let end = () => {};
  const start = async (settings: Settings): Promise<Trainer["give"]> => {
    const packed: Packed = JSON.parse(await later());
    try {
      const made = await inWorker(packed, settings, told.tell);
      end = made.end;
      return made.give;
    } catch {
      told.say(REFUSED);
    }
    const digits = await unpack(packed);
    const session = new Session({ ...digits, settings, tell: told.tell, slice: SLICE });
    end = () => session.take("reset", settings);
    return (order, now) => session.take(order, now);
  };
  return {
    give(order, settings) {
      const isNeeded = order === "run" || order === "step";
      if (!give && !isNeeded) return;
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

/** A worker that has said that it lives; rejects where the browser refuses it. */
function inWorker(packed: Packed, settings: Settings, tell: Told["tell"]): Promise<Trainer> {
  return new Promise((resolve, reject) => {
    const address = URL.createObjectURL(new Blob([code], { type: "text/javascript" }));
    const worker = new Worker(address);
    const send = (message: ToWorker) => worker.postMessage(message);
    worker.onerror = (event) => {
      event.preventDefault(); // it is answered: nothing for the console
      worker.terminate();
      reject(event);
    };
    worker.onmessage = ({ data }: MessageEvent<FromWorker | "ready">) => {
      if (data !== "ready") return tell(data.progress, data.running);
      URL.revokeObjectURL(address);
      resolve({
        give: (order, now) => send({ order, settings: now }),
        end: () => worker.terminate(),
      });
    };
    send({ packed, settings });
  });
}

/** Progress as Python tells it: the parameters as float32, one after the other. */
type FromKernel = Omit<Progress, "weights" | "gradients"> &
  Record<"weights" | "gradients", DataView>;

const isProgress = (found: object): found is FromKernel => "step" in found;

const floats = ({ buffer, byteOffset, byteLength }: DataView): Weights =>
  weightsOf(new Float32Array(buffer.slice(byteOffset, byteOffset + byteLength)));

/** Training with PyTorch, in a notebook: the settings are there already. */
export function inTheKernel(model: Model, told: Pick<Told, "tell">): Trainer {
  const follow = () => {
    const found = model.get<FromKernel | Record<string, never>>("_progress");
    const progress = isProgress(found) && {
      ...found,
      weights: floats(found.weights),
      gradients: floats(found.gradients),
    };
    told.tell(progress || null, model.get("running"));
  };
  const events = ["change:_progress", "change:running"];
  for (const event of events) model.on(event, follow);
  follow();
  return {
    give: (order) => model.send?.({ order }),
    end: () => events.forEach((event) => model.off(event, follow)),
  };
}
