/** Kernels of the image lab while their size changes and weights are typed in. */
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  FAMILIES,
  KernelMemory,
  presetOf,
  sumOf,
} from "../../book_utils/explorables/image/kernels.ts";
import { full } from "../../book_utils/explorables/parts/numbers.ts";
import { drawing, times } from "./draw.ts";

type Rows = number[][];

const shownSum = (kernel: Rows) => full(sumOf(kernel));

const list = (n: number) => Array.from({ length: n }, (_, i) => i);
const SOBEL = [
  [1, 0, -1],
  [2, 0, -2],
  [1, 0, -1],
];
const PRESETS = [
  { name: "identity", meaning: "", kernel: [[1]] },
  { name: "Sobel x", meaning: "", kernel: SOBEL },
  ...Object.keys(FAMILIES).map((name) => ({ name, meaning: "", kernel: FAMILIES[name](3, 3) })),
];
const memoryOf = (kernel: Rows) => new KernelMemory(kernel, PRESETS);
const nameOf = (kernel: Rows) => presetOf(kernel, PRESETS)?.name;

/** A kernel in a ring of zeros. */
const ringed = (kernel: Rows) => {
  const zeros = list(kernel[0].length + 2).map(() => 0);
  return [zeros, ...kernel.map((row) => [0, ...row, 0]), zeros];
};

test("a kernel grows and shrinks around its middle", () => {
  assert.deepEqual(memoryOf(SOBEL).resized(5, 5), ringed(SOBEL));
  assert.deepEqual(memoryOf(SOBEL).resized(1, 1), [[0]]);
  const even = memoryOf([
    [1, 2],
    [3, 4],
  ]);
  assert.deepEqual(even.resized(3, 3), [
    [0, 0, 0],
    [0, 1, 2],
    [0, 3, 4],
  ]);
});

test("whatever sizes come between, a kernel comes back as it was", () => {
  const draw = drawing();
  times(300, () => {
    const [height, width] = [draw.whole(1, 11), draw.whole(1, 11)];
    const kernel = draw.grid(height, width);
    const memory = memoryOf(kernel);
    times(4, () => memory.resized(draw.whole(1, 11), draw.whole(1, 11)));
    assert.deepEqual(memory.resized(height, width), kernel);
  });
});

test("a family is computed anew at each size, and sums to one", () => {
  for (const name of Object.keys(FAMILIES)) {
    const memory = memoryOf(FAMILIES[name](3, 3));
    memory.resized(1, 1);
    assert.deepEqual(memory.resized(5, 4), FAMILIES[name](5, 4), name);
    for (const k of list(11)) assert.equal(shownSum(FAMILIES[name](k + 1, k + 1)), "1");
  }
});

test("a typed weight makes a kernel of its own, whose weights are kept", () => {
  const draw = drawing(1);
  times(300, () => {
    const memory = memoryOf(FAMILIES[draw.one(Object.keys(FAMILIES))](3, 3));
    const at: [number, number] = [draw.whole(0, 2), draw.whole(0, 2)];
    const typed = memory.withTyped(at, 9);
    assert.equal(typed[at[0]][at[1]], 9);
    memory.resized(1, 1);
    assert.deepEqual(memory.resized(5, 5), ringed(typed));
  });
});

test("names are known at any size and among zeros", () => {
  for (const { name, kernel } of PRESETS) assert.equal(nameOf(kernel), name);
  assert.equal(nameOf(ringed(SOBEL)), "Sobel x");
  assert.equal(nameOf(ringed([[1]])), "identity");
  for (const name of Object.keys(FAMILIES)) assert.equal(nameOf(FAMILIES[name](7, 4)), name);
  assert.equal(nameOf([[1, 2]]), undefined);
  assert.equal(nameOf(SOBEL.map((row) => row.map((v) => 1.01 * v))), undefined);
});

test("a sum is exact, 0 where only rounding errors are left, and shown without them", () => {
  assert.equal(sumOf([[0.1, 0.2, -0.3]]), 0);
  assert.equal(sumOf([[0.7e-6, 0.7e-6]]), 1.4e-6);
  assert.equal(shownSum(FAMILIES["box blur"](7, 7)), "1");
});
