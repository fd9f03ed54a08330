/** What readers type as an answer to a question. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { NOTHING_YET, readAnswer } from "../../book_utils/explorables/question/reading.ts";

const refused = (reading: { value: unknown } | { error: string }) =>
  "error" in reading ? reading.error : assert.fail(`read as ${reading.value}`);

test("a number is read as people and the page write it, of any size", () => {
  const written = {
    "144,334,000": 144334000,
    "144 334 000": 144334000,
    "294,912": 294912,
    "294\u202f912": 294912,
    "32·14·14": 6272,
    "3 × 224 × 224": 150528,
    "1/9": 1 / 9,
    "0,5": 0.5,
    "−1.5": -1.5,
    "1.2e9": 1.2e9,
    "1e30": 1e30,
    " 27/3 ": 9,
  };
  for (const [text, value] of Object.entries(written))
    assert.deepEqual(readAnswer(text), { value }, text);
  assert.ok(Object.is((readAnswer("-0") as { value: number }).value, 0));
});

test("what is no number is said in words", () => {
  assert.match(refused(readAnswer("nine")), /^“nine” is not a number\. Write one such as 9, /);
  assert.match(refused(readAnswer("3, 4")), /“3, 4” is not a number/);
  assert.match(refused(readAnswer("x".repeat(40))), /^“x{20}…” is not a number/);
  assert.equal(refused(readAnswer("1/0")), "“1/0” comes to no finite number.");
  assert.equal(refused(readAnswer("1e999")), "“1e999” comes to no finite number.");
  assert.equal(refused(readAnswer("  ")), NOTHING_YET);
  assert.doesNotMatch(refused(readAnswer("nine")), /cell/i);
});
