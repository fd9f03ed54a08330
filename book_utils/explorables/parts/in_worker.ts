/** A session in a worker: its thread trains, the page's own has nothing to do with it. */
import { unpack } from "./bundled_digits.ts";
import type { FromWorker, Kind, Session, ToWorker } from "./trainer.ts";

const SLICE = 30; // milliseconds; an order waits as long at most

/** Begins a session with the first message, and hands on the orders of all others. */
export function inWorker<O, S, P>(begin: Kind<O, S, P>["begin"]) {
  const say = (message: FromWorker<P>) => postMessage(message);
  let session: Promise<Session<O, S>>;
  addEventListener("message", async ({ data }: MessageEvent<ToWorker<O, S>>) => {
    if ("packed" in data) {
      const tell = (progress: P, running: boolean) => say({ progress, running });
      session = unpack(data.packed).then((digits) =>
        begin({ ...digits, settings: data.settings, tell, slice: SLICE }),
      );
      session.then(
        () => postMessage("ready"),
        (error) =>
          setTimeout(() => {
            throw error; // so that the page hears of it
          }),
      );
      return;
    }
    (await session).take(data.order, data.settings);
  });
}
