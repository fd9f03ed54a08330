/** How the ladder lab measures, and what it says of times. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Name } from "../../book_utils/explorables/arithmetic/ladder.ts";
import {
  all,
  measure,
  RIVALS,
  rivals,
  SERIES,
  type Timing,
  type Told,
} from "../../book_utils/explorables/ladder/measure.ts";
import { describeCrossover } from "../../book_utils/explorables/ladder/words.ts";

const SLICE = 1;

async function told(job: Parameters<typeof measure>[0], isWanted = () => true) {
  const found: Told[] = [];
  await measure(job, SLICE, isWanted, (each) => found.push(each));
  return found;
}

test("every rung that takes the kernel is timed, and equals the first", async () => {
  for (const [kernel, count] of [
    [3, 6],
    [4, 5],
  ]) {
    const [{ timings, isOver }, ...more] = await told(all(32, kernel));
    assert.equal(more.length, 0);
    assert.ok(isOver);
    assert.equal(timings.length, count);
    for (const { milliseconds, apart } of timings) {
      assert.ok(milliseconds > 0);
      assert.ok(apart < 1e-12);
    }
  }
});

test("kernels are told of one by one, and the last says that it is the last", async () => {
  const found = await told({ ...rivals(32), kernels: [1, 2, 5], rounds: 1 });
  assert.deepEqual(
    found.map(({ timings, isOver }) => [timings[0].kernel, timings.length, isOver]),
    [
      [1, 3, false],
      [2, 3, false],
      [5, 3, true],
    ],
  );
});

test("what is no longer wanted is not measured to its end", async () => {
  let turns = 0;
  assert.deepEqual(await told(all(32, 3), () => ++turns < 8), []);
});

/** Times of the loops, which grow with the kernel, and of an FFT that takes as long for all. */
const times = (fft: (kernel: number) => number): Timing[] =>
  SERIES.flatMap((kernel) =>
    RIVALS.map((rung: Name) => ({
      size: 96,
      kernel,
      rung,
      milliseconds: rung === "fft" ? fft(kernel) : kernel * kernel,
      apart: 0,
    })),
  );

test("the crossover is where the FFT begins to win for good", () => {
  const says = (found: Timing[], isBusy = false, size = 96) =>
    describeCrossover(found, { size }, isBusy);
  assert.equal(says(times(() => 100)), "The FFT wins from 11×11 on.");
  assert.equal(says(times((k) => (k === 3 ? 1 : 100))), "The FFT wins from 11×11 on.");
  assert.equal(says(times(() => 1000)), "The FFT does not win up to 21×21.");
  assert.equal(says(times(() => 0.5)), "The FFT wins from 1×1 on.");
  // before all are measured, by (k · (n - k + 1))² against 4 · 128² · (3 · 7 + 1)
  assert.equal(says(times(() => 100).slice(3)), "By count, the FFT first wins at 15×15.");
  assert.equal(says([], false, 33), "By count, the FFT never wins.");
  assert.equal(says([], true), "Measuring …");
});
