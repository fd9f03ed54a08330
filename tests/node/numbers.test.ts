/** Numbers that a reader types, and numbers that a lab writes. */
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  factor,
  full,
  LARGEST,
  parseNumber,
  short,
  significant,
  thousands,
} from "../../book_utils/explorables/parts/numbers.ts";
import { drawing, times } from "./draw.ts";

const numberIn = (text: string) => {
  const parsed = parseNumber(text);
  assert.ok("value" in parsed, `${JSON.stringify(text)}: ${JSON.stringify(parsed)}`);
  return parsed.value;
};
const errorIn = (text: string) => {
  const parsed = parseNumber(text);
  assert.ok("error" in parsed, `${JSON.stringify(text)} was taken for ${JSON.stringify(parsed)}`);
  return parsed.error;
};

test("numbers as people write them", () => {
  const typed = {
    "3": 3,
    " 4 ": 4,
    "+3": 3,
    "-2": -2,
    "−2": -2,
    "0,5": 0.5,
    "-0,5": -0.5,
    ",5": 0.5,
    ".5": 0.5,
    "5.": 5,
    "2e-3": 0.002,
    "2E3": 2000,
    "2e−3": 0.002,
    "1/9": 1 / 9,
    "-1/4": -0.25,
    "1 / -4": -0.25,
    "1e-3/2": 0.0005,
    "1000000": 1e6,
    "−1e6": -1e6,
    "007": 7,
    "1e-400": 0,
    "1,000": 1000,
    "1,000,000": 1e6,
    "1,5/2": 0.75,
    "-12,345": -12345,
    "294,912": 294912,
    "294 912": 294912,
    "294\u202f912": 294912,
    "1,234.5": 1234.5,
    "0,125": 0.125,
    "1,5": 1.5,
    "12,34": 12.34,
    "32·14·14": 6272,
    "32 × 14 * 14": 6272,
    "-2·3": -6,
    "2·3/4": 1.5,
  };
  for (const [text, value] of Object.entries(typed)) assert.equal(numberIn(text), value, text);
});

test("there is no negative zero", () => {
  for (const text of ["-0", "−0,0", "0/-3", "-1e-400"])
    assert.ok(Object.is(numberIn(text), 0), text);
});

test("what is no number is refused with what was typed", () => {
  const refused = ["abc", "NaN", "Infinity", "∞", "--3", "+-3", "0x10", "1e", "e5", "1/2/3", "3 4"];
  refused.push(
    "1,00,000",
    "1,000,00",
    "1 000,5",
    "3·",
    "2·x",
    "1/x",
    "/2",
    "1/",
    ".",
    ",",
    "-",
    "1e5.5",
    "١",
    "½",
    "<img src=x>",
  );
  for (const text of refused) {
    assert.equal(errorIn(text), `“${text}” is not a number. Type one such as 3, −0.5 or 1/9.`);
  }
  for (const text of ["", "  ", "\t"])
    assert.match(errorIn(text), /^An empty cell is not a number/);
});

test("a long text is cut short in what is said of it", () => {
  assert.match(errorIn("x".repeat(500)), /^“x{20}” is not a number/);
});

test("a number out of range is refused with the range", () => {
  for (const text of ["1e30", "-1e7", "1000001", "1e999", "1/0", "0/0", "5/1e-9"]) {
    assert.match(errorIn(text), /is out of range\. A cell holds −1,000,000 to 1,000,000\.$/, text);
  }
});

test("whatever is typed gives a number of a cell or an error, and never anything else", () => {
  const draw = drawing();
  let numbers = 0;
  times(20_000, () => {
    const text = draw.text("0123456789.,+-−/eE ", 8);
    const parsed = parseNumber(text);
    if ("error" in parsed) return assert.ok(parsed.error.endsWith("."), text);
    numbers++;
    assert.ok(Number.isFinite(parsed.value) && Math.abs(parsed.value) <= LARGEST, text);
  });
  assert.ok(numbers > 1000, `only ${numbers} texts were numbers`);
});

test("what a lab writes can be typed again, to as many digits as were written", () => {
  const draw = drawing(1);
  times(5000, () => {
    const x = draw.number();
    assert.ok(Math.abs(numberIn(full(x)) - x) <= 5.001e-7 * Math.abs(x), `${x}: ${full(x)}`);
    if (Math.abs(x) > 999_000) return; // 999,999 is rounded to a million
    assert.ok(Math.abs(numberIn(short(x)) - x) <= 5.001e-3 * Math.abs(x), `${x}: ${short(x)}`);
  });
});

test("a cell shows a number in a few signs", () => {
  const draw = drawing(2);
  times(5000, () => {
    const x = draw.number();
    const text = short(x);
    assert.ok(text.length <= 8, `${x}: ${text}`);
    assert.match(text, /^−?(\d+(\.\d+)?|\d(\.\d+)?e−?\d+)$/, "a true minus sign and no other");
    assert.equal(short(-x), x < 0 ? text.slice(1) : `−${text}`);
  });
});

test("whole numbers stay whole", () => {
  for (const n of [0, 1, -1, 10, 255, 1024, 9999, -9999]) {
    assert.equal(short(n), String(n).replace("-", "−"));
  }
  assert.equal(short(12_345), "12300");
  assert.equal(full(1_234_567), "1234567");
});

test("what is not finite, and what is zero", () => {
  assert.deepEqual([Infinity, -Infinity, NaN, 0, -0].map(short), ["∞", "−∞", "NaN", "0", "0"]);
  assert.deepEqual([Infinity, -Infinity, NaN, 0, -0].map(full), ["∞", "−∞", "NaN", "0", "0"]);
});

test("small and large numbers have an exponent", () => {
  assert.equal(significant(0.001, 3), "0.001");
  assert.equal(significant(0.0009994, 3), "9.99e−4");
  assert.equal(significant(0.0009996, 3), "0.001");
  assert.equal(significant(99_949, 3), "99900");
  assert.equal(significant(99_950, 3), "1e5");
  assert.equal(full(9_999_999), "9999999");
  assert.equal(full(-9_999_999.6), "−1e7");
});

test("negative factors stand in brackets", () => {
  assert.equal(factor(2), "2");
  assert.equal(factor(-0.5), "(−0.5)");
  assert.equal(factor(-0), "0");
});

test("thousands are parted by commas, which leave the digits as they are", () => {
  const draw = drawing(3);
  times(1000, () => {
    const n = draw.whole(-1e9, 1e9);
    assert.match(thousands(n), /^−?\d{1,3}(,\d{3})*$/);
    assert.equal(Number(thousands(n).replaceAll(",", "").replace("−", "-")), n);
  });
  assert.equal(thousands(61_706), "61,706");
});
