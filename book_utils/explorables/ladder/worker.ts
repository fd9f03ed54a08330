/** The measuring in a worker: the page's own thread has nothing to do with it. */
import { type FromWorker, measure, type ToWorker } from "./measure.ts";

const SLICE = 15; // milliseconds: browsers round their clock, some to a whole one

let wanted: ToWorker;
addEventListener("message", ({ data }: MessageEvent<ToWorker>) => {
  wanted = data;
  const say = (message: FromWorker) => postMessage(message);
  measure(
    data,
    SLICE,
    () => wanted === data,
    (told) => say({ ...told, job: data }),
  );
});
postMessage("ready");
