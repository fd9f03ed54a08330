/** Edits of the rows of a network: each gives new rows and leaves the old as they were. */
import assert from "node:assert/strict";
import { test } from "node:test";
import * as edits from "../../book_utils/explorables/architecture/edits.ts";
import type { Row } from "../../book_utils/explorables/architecture/rows.ts";

const [A, B, C]: Row[] = [
  { kind: "Linear", features: 8, bias: true },
  { kind: "Tanh" },
  { kind: "Linear", features: 2, bias: false },
];
const ROWS = Object.freeze([A, B, C]);

test("a row is changed, added behind another, removed, replaced by several", () => {
  assert.deepEqual(edits.changed(ROWS, 1, A), [A, A, C]);
  assert.deepEqual(edits.added(ROWS, 0, B), [A, B, B, C]);
  assert.deepEqual(edits.added(ROWS, 2, B), [A, B, C, B]);
  assert.deepEqual(edits.removed(ROWS, 0), [B, C]);
  assert.deepEqual(edits.replaced(ROWS, 1, [C, A]), [A, C, A, C]);
  assert.deepEqual(ROWS, [A, B, C]);
});

test("a row is moved as far as there are places", () => {
  assert.deepEqual(edits.moved(ROWS, 0, 1), { rows: [B, A, C], to: 1 });
  assert.deepEqual(edits.moved(ROWS, 2, -2), { rows: [C, A, B], to: 0 });
  assert.deepEqual(edits.moved(ROWS, 0, Infinity), { rows: [B, C, A], to: 2 });
  assert.deepEqual(edits.moved(ROWS, 0, -1), { rows: [A, B, C], to: 0 });
});

test("rows are alike whatever the order of their fields", () => {
  const turned: Row = { bias: true, features: 8, kind: "Linear" };
  assert.ok(edits.alike([turned, B], [A, B]));
  assert.ok(!edits.alike([A, B], [A]));
  assert.ok(!edits.alike([A], [C]));
  assert.ok(!edits.alike([{ ...A, expects: 3 }], [A]));
});
