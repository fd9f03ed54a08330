/** Who measures: a worker, or the page itself where the browser refuses one. */
import { started, type Worked } from "../parts/worker.ts";
import { type FromWorker, type Job, measure, type Told, type ToWorker } from "./measure.ts";
import code from "./worker.ts?worker";

export type Meter = { measure(job: Job): void; end(): void };

const SLICE = 8; // milliseconds of the page's own thread, less than a frame
const REFUSED =
  "This browser starts no worker here, so the page itself measures, a few milliseconds at a time.";

/** A later job takes the place of one that is not over. */
export function meter(tell: (told: Told) => void, say: (text: string) => void): Meter {
  let latest: Job | undefined;
  let worker: Promise<Worked<ToWorker> | null> | undefined;
  const hear = ({ job, ...told }: FromWorker) => isLatest(job) && tell(told);
  const isLatest = (job: Job) => JSON.stringify(job) === JSON.stringify(latest);
  const start = async (job: Job) => {
    try {
      return await started<ToWorker, FromWorker>(code, job, hear);
    } catch {
      say(REFUSED);
      return null;
    }
  };
  return {
    async measure(job) {
      latest = job;
      const isFirst = !worker;
      worker ??= start(job); // which is told the first job as it starts
      const found = await worker;
      if (latest !== job) return;
      if (!found) measure(job, SLICE, () => latest === job, tell);
      else if (!isFirst) found.send(job);
    },
    end() {
      latest = undefined;
      worker?.then((found) => found?.end());
    },
  };
}
