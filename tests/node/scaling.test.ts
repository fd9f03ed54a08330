/** How the scaling lab writes times and speedups. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { milliseconds, times } from "../../book_utils/explorables/scaling/words.ts";

test("a time has the unit that suits it, also where rounding leads to the next", () => {
  const written = [0, 0.0053, 0.37, 70.4, 99.96, 281.2, 999.4, 999.6, 2379].map(milliseconds);
  const wanted = "0 ms, 5.3 µs, 0.37 ms, 70 ms, 100 ms, 281 ms, 999 ms, 1 s, 2.38 s";
  assert.deepEqual(written, wanted.split(", "));
});

test("a speedup has two digits, and no power of ten", () => {
  const written = [64, 3.96, 1, 0.372, 0.00081].map(times);
  const wanted = ["64", "4.0", "1.0", "0.37", "0.00081"];
  assert.deepEqual(
    written,
    wanted.map((digits) => `${digits}\u00a0×`),
  );
});
