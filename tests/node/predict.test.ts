/** What is predicted of code: how it is read, and what is said of it. */
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  type Answer,
  blank,
  judgePrediction,
  type Prediction,
  readPrediction,
} from "../../book_utils/explorables/question/predict.ts";
import { NOTHING_YET, readShape } from "../../book_utils/explorables/question/reading.ts";

const TEXTS = { code: "", right: "Yes.", otherwise: "Go line by line.", tolerance: 0 };
const asked = (form: Prediction["form"], answer: Answer, more: Partial<Prediction> = {}) => ({
  ...TEXTS,
  form,
  answer,
  wrong: [],
  ...more,
});
/** What is said of something typed. */
function said(content: Prediction, typed: string | string[][]) {
  const reading = readPrediction(typed, content);
  return "error" in reading ? reading.error : judgePrediction(content, reading.value).why;
}

test("a shape is read as Python and people write it", () => {
  const [one, two, none] = [[3], [1, 2, 3], []];
  for (const text of [
    "(1, 2, 3)",
    "[1,2,3]",
    "torch.Size([1, 2, 3])",
    "1×2×3",
    "1 x 2 x 3",
    "1 2 3",
  ])
    assert.deepEqual(readShape(text), { value: two }, text);
  for (const text of ["3", "(3,)", "torch.Size([3])"])
    assert.deepEqual(readShape(text), { value: one }, text);
  assert.deepEqual(readShape("()"), { value: none });
  for (const text of ["a × b", "2.5, 3", "-1, 2", "size 3"])
    assert.match((readShape(text) as { error: string }).error, /is not a shape. Write one such/);
  assert.deepEqual(readShape(" "), { error: NOTHING_YET });
});

test("a shape must have the same sides in the same order", () => {
  const wrong = [{ value: [3, 2], why: "Rows come first." }];
  const shape = asked("shape", [2, 3], { wrong });
  assert.equal(said(shape, "2×3"), "Yes.");
  assert.equal(said(shape, "(3, 2)"), "Rows come first.");
  assert.equal(said(shape, "(1, 2, 3)"), "Go line by line.");
  assert.equal(said(shape, "2"), "Go line by line.");
  assert.equal(said(asked("shape", [23]), "2, 3"), "Go line by line.");
});

test("a number may be off by the tolerance and no more", () => {
  const ninth = asked("number", 1 / 9, { tolerance: 0.005 / 9 });
  for (const typed of ["1/9", "0.111", "0,1111"]) assert.equal(said(ninth, typed), "Yes.", typed);
  for (const typed of ["0.11", "0.112", "9"])
    assert.equal(said(ninth, typed), "Go line by line.", typed);
  assert.equal(said(asked("number", 61706), "61,706"), "Yes.");
  assert.equal(said(asked("number", 61706), "61,707"), "Go line by line.");
});

test("a grid is filled in cell by cell, and the cells that are right are counted", () => {
  const wrong = [
    {
      value: [
        [1, 3],
        [2, 4],
      ],
      why: "On its side.",
    },
  ];
  const answer = [
    [1, 2],
    [3, 4],
  ];
  const grid = asked("grid", answer, { wrong });
  assert.deepEqual(blank(answer), [
    ["", ""],
    ["", ""],
  ]);
  const typed = (...texts: string[]) => [texts.slice(0, 2), texts.slice(2)];
  assert.equal(said(grid, typed("1", "2", "3", "4")), "Yes.");
  assert.equal(said(grid, typed("1", "3", "2", "4")), "On its side.");
  assert.equal(said(grid, typed("1", "2", "3", "5")), "3 of 4 cells are right. Go line by line.");
  assert.equal(said(grid, typed("", "", "", " ")), NOTHING_YET);
  assert.equal(said(grid, typed("1", "", "", "4")), "2 cells are still empty.");
  assert.equal(said(grid, typed("1", "2", "3", "")), "One cell is still empty.");
  assert.equal(said(grid, typed("1", "2", "x", "")), "One cell is still empty.");
  assert.equal(said(grid, typed("1", "2", "x", "4")), "In row 1, column 0: “x” is not a number.");
  assert.equal(
    said(grid, typed("1", "2", "1/0", "4")),
    "In row 1, column 0: “1/0” is not a number.",
  );
});

test("a text is compared without quotes, spaces and capitals", () => {
  const wrong = [{ value: "False", why: "Backwards." }];
  const text = asked("text", "True", { wrong });
  for (const typed of ["True", " true ", "'True'"]) assert.equal(said(text, typed), "Yes.", typed);
  assert.equal(said(text, "false"), "Backwards.");
  assert.equal(said(text, "1"), "Go line by line.");
  assert.equal(said(asked("text", "1\n2"), "1 2"), "Yes.");
  assert.equal(said(text, "  "), NOTHING_YET);
});
