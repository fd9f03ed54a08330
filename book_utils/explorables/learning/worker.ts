/** The session in a worker: its thread trains, the page's own has nothing to do with it. */
import { unpack } from "./digits.ts";
import type { FromWorker, ToWorker } from "./orders.ts";
import { Session } from "./session.ts";

const SLICE = 30; // milliseconds; an order waits as long at most
const say = (message: FromWorker) => postMessage(message);

let session: Promise<Session>;
addEventListener("message", async ({ data }: MessageEvent<ToWorker>) => {
  if ("packed" in data) {
    const tell = (progress: FromWorker["progress"], running: boolean) => say({ progress, running });
    session = unpack(data.packed).then(
      (digits) => new Session({ ...digits, settings: data.settings, tell, slice: SLICE }),
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
