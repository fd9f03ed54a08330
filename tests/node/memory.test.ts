/** What a grid remembers while sliders change its size. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { GridMemory, withCell } from "../../book_utils/explorables/parts/memory.ts";
import { drawing, times } from "./draw.ts";

type At = [number, number];

const resized = (memory: GridMemory, [height, width]: At) => memory.resized(height, width);

test("one cell is changed and no other, in a copy", () => {
  const rows = [
    [1, 2],
    [3, 4],
  ];
  assert.deepEqual(withCell(rows, [1, 0], 9), [
    [1, 2],
    [9, 4],
  ]);
  assert.deepEqual(rows[1], [3, 4]);
});

test("whatever sizes come between, a grid comes back as it was", () => {
  const draw = drawing();
  times(500, () => {
    const shape: At = [draw.whole(1, 6), draw.whole(1, 6)];
    const rows = draw.grid(...shape);
    const memory = new GridMemory(rows, draw.one(["edge", "zero"] as const));
    times(4, () => memory.resized(draw.whole(1, 8), draw.whole(1, 8)));
    assert.deepEqual(resized(memory, shape), rows);
  });
});

test("what was typed is kept, also while its cell is not shown", () => {
  const draw = drawing(1);
  times(500, () => {
    const memory = new GridMemory(draw.grid(3, 4), draw.one(["edge", "zero"] as const));
    const typed = new Map<string, number>();
    times(6, () => {
      const [height, width] = [draw.whole(1, 6), draw.whole(1, 6)];
      const shown = memory.resized(height, width);
      const at: At = [draw.whole(0, height - 1), draw.whole(0, width - 1)];
      const value = draw.whole(100, 999);
      typed.set(String(at), value);
      assert.deepEqual(memory.withTyped(at, value), withCell(shown, at, value));
    });
    const all = memory.resized(6, 6);
    for (const [place, value] of typed) {
      const [i, j] = place.split(",").map(Number);
      assert.equal(all[i][j], value);
    }
  });
});

test("a picture goes on as its edge, a kernel as zeros", () => {
  const rows = [
    [5, 7],
    [6, 2],
  ];
  assert.deepEqual(new GridMemory(rows, "edge").resized(3, 3), [
    [5, 7, 7],
    [6, 2, 2],
    [6, 2, 2],
  ]);
  assert.deepEqual(new GridMemory(rows, "zero").resized(3, 3), [
    [5, 7, 0],
    [6, 2, 0],
    [0, 0, 0],
  ]);
});

test("a grid that counts is numbered anew", () => {
  const counting = [
    [3, 4],
    [5, 6],
  ];
  assert.deepEqual(new GridMemory(counting, "zero").resized(2, 3), [
    [3, 4, 5],
    [6, 7, 8],
  ]);
  assert.deepEqual(
    new GridMemory([[3]], "edge").resized(1, 2),
    [[3, 3]],
    "one number counts nothing",
  );
});

test("it knows the grid it made, and no other", () => {
  const rows = [[1, 2, 9]];
  const memory = new GridMemory(rows, "edge");
  assert.ok(memory.knows([[1, 2, 9]]));
  const wider = memory.resized(1, 4);
  assert.ok(memory.knows(wider) && memory.knows(structuredClone(wider)) && !memory.knows(rows));
});
