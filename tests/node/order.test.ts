/** Lines put in order: which is the first that is wrong, and how they move. */
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  atFirst,
  DIVIDER,
  firstWrong,
  judgeOrder,
  type Lines,
  moved,
  used,
  whereNow,
} from "../../book_utils/explorables/question/order.ts";
import { drawing, times } from "./draw.ts";

/** y = 0, n = 3 (in any order), a loop, its sum; and a false line. */
const LOOP: Lines = {
  lines: [
    { text: "y = 0", why: "" },
    { text: "n = 3", why: "" },
    { text: "for i in range(n):", why: "The loop needs `n`." },
    { text: "    y += i", why: "" },
    { text: "    y = i", why: "That forgets the sum." },
  ],
  count: 4,
  order: [3, 4, 0, 2, 1],
  before: [
    [0, 2],
    [1, 2],
    [2, 3],
  ],
  right: "Well done.",
  otherwise: "Think again.",
};

test("all orders in which each line follows those it needs are right, and no others", () => {
  const orders = [0, 1, 2, 3].flatMap((a) =>
    [0, 1, 2, 3].flatMap((b) => [0, 1, 2, 3].flatMap((c) => [0, 1, 2, 3].map((d) => [a, b, c, d]))),
  );
  const right = orders
    .filter((order) => new Set(order).size === 4)
    .filter((order) => judgeOrder(LOOP, order).right)
    .map(String);
  assert.deepEqual(right, ["0,1,2,3", "1,0,2,3"]);
  assert.equal(judgeOrder(LOOP, [1, 0, 2, 3]).why, "Well done.");
});

test("the first wrong line is named, with its reason or the hint", () => {
  assert.deepEqual(judgeOrder(LOOP, [0, 2, 1, 3]), {
    right: false,
    why: "Line 2, `for i in range(n):`, is the first that is wrong. The loop needs `n`.",
  });
  assert.match(judgeOrder(LOOP, [0, 3, 1, 2]).why, /^Line 2, `y \+= i`, .* Think again\.$/);
  assert.match(judgeOrder(LOOP, [0, 1, 2, 4]).why, /^Line 4, `y = i`, .* That forgets the sum\.$/);
  assert.equal(firstWrong(LOOP, [1, 0, 2, 3]), -1);
});

test("lines that were left out are missed", () => {
  assert.equal(
    judgeOrder(LOOP, [0, 1, 2]).why,
    "What is used stands in a right order, but one line that belongs is left out.",
  );
  assert.match(judgeOrder(LOOP, [1]).why, /but 3 lines that belong are left out/);
  assert.match(judgeOrder(LOOP, []).why, /^Nothing is used/);
  assert.ok(!judgeOrder(LOOP, []).right);
});

test("lines with the same text stand for one another", () => {
  const twice: Lines = {
    ...LOOP,
    lines: ["a", "b", "a", "c"].map((text) => ({ text, why: "" })),
    before: [
      [0, 1],
      [1, 2],
      [2, 3],
    ],
  };
  for (const order of [
    [0, 1, 2, 3],
    [2, 1, 0, 3],
  ])
    assert.ok(judgeOrder(twice, order).right);
  assert.equal(firstWrong(twice, [2, 0, 1, 3]), 1);
});

test("a false line is the first wrong one wherever it stands", () => {
  for (const at of [0, 1, 2, 3, 4]) {
    const order = [0, 1, 2, 3];
    order.splice(at, 0, 4);
    assert.equal(firstWrong(LOOP, order), at);
  }
});

test("a move takes a line out and puts it in again, and keeps the others in order", () => {
  const draw = drawing();
  times(300, () => {
    const lines = atFirst(LOOP);
    const line = draw.one(lines);
    const to = draw.whole(-2, 8);
    const next = moved(lines, line, to);
    assert.deepEqual(
      next.filter((each) => each !== line),
      lines.filter((each) => each !== line),
    );
    assert.equal(next.indexOf(line), Math.min(5, Math.max(0, to)));
  });
});

test("what stands below the divider is not used", () => {
  assert.deepEqual(atFirst(LOOP), [3, 4, 0, 2, 1, DIVIDER]);
  assert.deepEqual(used([3, 0, DIVIDER, 4]), [3, 0]);
  assert.deepEqual(used([2, 1, 0]), [2, 1, 0]);
  const allBelong = { ...LOOP, lines: LOOP.lines.slice(0, 4), order: [3, 0, 2, 1] };
  assert.deepEqual(atFirst(allBelong), [3, 0, 2, 1]);
});

test("a move is said with the line's new place", () => {
  assert.equal(whereNow(LOOP, [3, 0, DIVIDER, 4], 0), "Line 2 of 2: y = 0");
  assert.equal(whereNow(LOOP, [3, 0, DIVIDER, 4], 4), "Left out: y = i");
});
