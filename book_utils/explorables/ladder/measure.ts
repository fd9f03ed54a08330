/** Times rungs a slice at a time, in a worker as on the page's own thread. */
import { climbs, flat, NAMES, type Name, problemOf, RUNGS } from "../arithmetic/ladder.ts";

/** What to time: some rungs with each of some kernels. */
export type Job = { size: number; kernels: number[]; rungs: readonly Name[]; rounds: number };
export type Timing = {
  size: number;
  kernel: number;
  rung: Name;
  /** in the fastest of some rounds: what disturbs a run can only add to it */
  milliseconds: number;
  /** the largest difference from the first rung's result */
  apart: number;
};
/** `isOver` after the last */
export type Told = { timings: Timing[]; isOver: boolean };
export type ToWorker = Job;
export type FromWorker = Told & { job: Job };

/** All rungs with one kernel. */
export const all = (size: number, kernel: number): Job => ({
  size,
  kernels: [kernel],
  rungs: NAMES,
  rounds: 7,
});

export const RIVALS = ["taps", "im2col", "fft"] as const;
export const SERIES = [1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21];

/** Those between which the kernel decides, from the smallest kernel to the largest. */
export const rivals = (size: number): Job => ({ size, kernels: SERIES, rungs: RIVALS, rounds: 3 });

/**
 * Times a job, and tells of each kernel when it is done. Rungs take turns, so that what disturbs
 * the machine disturbs all; between two turns others may have theirs.
 * @param slice  milliseconds of a turn: a run that is shorter is repeated as often as fits
 * @param isWanted  whether nothing else has been asked for meanwhile
 */
export async function measure(
  { size, kernels, rungs, rounds }: Job,
  slice: number,
  isWanted: () => boolean,
  tell: (told: Told) => void,
) {
  for (const kernel of kernels) {
    const problem = problemOf(size, kernel);
    const climbed = rungs.filter((rung) => climbs(rung, kernel));
    const runs = climbed.map((rung) => ({ rung, run: RUNGS[rung].ready(problem), repeats: 1 }));
    const results: Float64Array[] = [];
    for (const each of runs) {
      results.push(flat(each.run()));
      each.repeats = await repeatsIn(slice, each.run);
      if (!isWanted()) return;
    }
    const times: number[][] = runs.map(() => []);
    for (let round = 0; round < rounds; round++) {
      for (const [i, { run, repeats }] of runs.entries()) {
        times[i].push(clock(run, repeats) / repeats);
        await pause();
        if (!isWanted()) return;
      }
    }
    const timings = runs.map(({ rung }, i) => ({
      size,
      kernel,
      rung,
      milliseconds: Math.min(...times[i]),
      apart: apart(results[0], results[i]),
    }));
    tell({ timings, isOver: kernel === kernels.at(-1) });
  }
}

type Run = () => unknown;

/** How often a rung runs in a slice, by now that the browser has compiled it. */
async function repeatsIn(slice: number, run: Run) {
  for (let repeats = 1; ; repeats *= 2) {
    const took = clock(run, repeats);
    await pause();
    if (took >= slice / 2) return Math.max(1, Math.round((repeats * slice) / took));
  }
}

function clock(run: Run, repeats: number) {
  const start = performance.now();
  for (let i = 0; i < repeats; i++) run();
  return performance.now() - start;
}

const pause = () => new Promise((done) => setTimeout(done));

const apart = (one: Float64Array, other: Float64Array) =>
  one.reduce((most, value, i) => Math.max(most, Math.abs(value - other[i])), 0);
