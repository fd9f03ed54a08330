/** One check for the settings of all labs: what each kind takes, and what a stranger may send. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { inspect } from "node:util";
import { checked } from "../../book_utils/explorables/platform/check.ts";
import { defaultsOf, type Rule } from "../../book_utils/explorables/platform/schema.ts";
import { drawing, times } from "./draw.ts";

type Kind = Rule["type"];
type Draw = ReturnType<typeof drawing>;
type Case = {
  rule: Rule;
  /** what is said of a value that is refused */
  allowed: string;
  draw: (draw: Draw) => unknown;
  refused: unknown[];
};

const list = <T>(n: number, value: (i: number) => T) =>
  Array.from({ length: n }, (_, i) => value(i));
const cell = (draw: Draw) => draw.one([draw.whole(-1e6, 1e6), draw.number(), 0, 1e6, -1e6]);
const block = (draw: Draw, [n, ...rest]: number[]): unknown =>
  n === undefined ? cell(draw) : list(n, () => block(draw, rest));
const pixels = (n: number) => Buffer.alloc(n, 7).toString("base64");

/** Each kind of rule, some in two forms. */
const CASES: Record<Kind | `${Kind} ${string}`, Case> = {
  grid: {
    rule: { type: "grid", most: 3 },
    allowed: "a grid of 1 to 3 by 1 to 3 numbers from −1,000,000 to 1,000,000",
    draw: (draw) => block(draw, [draw.whole(1, 3), draw.whole(1, 3)]),
    refused: [[1, 2], [[1], [1, 2]], list(4, () => [1]), [[1, 2, 3, 4]], [[1, "2"]], [[[1]]]],
  },
  block: {
    rule: { type: "block", axes: { channels: 2, height: 3, width: 4 } },
    allowed: "an array of numbers from −1,000,000 to 1,000,000 of at most 2 by 3 by 4",
    draw: (draw) => block(draw, [draw.whole(1, 2), draw.whole(1, 3), draw.whole(1, 4)]),
    refused: [[[1]], [[[[1]]]], [[[1]], [[1, 2]]], [[[1]], [[1], [2]]], [[[1, 2, 3, 4, 5]]]],
  },
  "block exact": {
    rule: { type: "block", axes: { rows: 2, columns: 3 }, exact: true },
    allowed: "2 by 3 numbers from −1,000,000 to 1,000,000",
    draw: (draw) => block(draw, [2, 3]),
    refused: [[[1, 2, 3]], list(2, () => [1, 2]), list(3, () => [1, 2, 3]), [[1, 2, 3], [1]]],
  },
  whole: {
    rule: { type: "whole", low: -2, high: 200 },
    allowed: "a whole number from -2 to 200",
    draw: (draw) => draw.whole(-2, 200),
    refused: [-3, 201, 0.5, "3", [3], true],
  },
  real: {
    rule: { type: "real", low: -1, high: 1 },
    allowed: "a number from −1 to 1",
    draw: (draw) => draw.one([-1, 0, 1, 2 * draw.unit() - 1]),
    refused: [-1.001, 1.001, "0.5", [0.5], true],
  },
  "real above": {
    rule: { type: "real", above: 0, high: 1 },
    allowed: "a number above 0 and at most 1",
    draw: (draw) => 1 - draw.unit(),
    refused: [0, -0, -0.1, 1.1],
  },
  pair: {
    rule: { type: "pair", low: 1, high: 8 },
    allowed: "a pair of whole numbers from 1 to 8",
    draw: (draw) => [draw.whole(1, 8), draw.whole(1, 8)],
    refused: [3, [3], [1, 2, 3], [0, 1], [1, 9], [1, 1.5], ["1", 1], [[1], 1], { 0: 1, 1: 1 }],
  },
  "pair or word": {
    rule: { type: "pair", low: 0, high: 8, words: ["same"] },
    allowed: "a pair of whole numbers from 0 to 8",
    draw: (draw) => draw.one(["same", [draw.whole(0, 8), draw.whole(0, 8)]]),
    refused: ["valid", ["same", "same"], ["same"], 0, [9, 0]],
  },
  wholes: {
    rule: { type: "wholes", least: 2, most: 4, low: -3, high: 8 },
    allowed: "2 to 4 whole numbers from -3 to 8",
    draw: (draw) => list(draw.whole(2, 4), () => draw.whole(-3, 8)),
    refused: [3, [3], list(5, () => 1), [1, 9], [1, -4], [1, 1.5], ["1", 1], [null, 1]],
  },
  "wholes with gaps": {
    rule: { type: "wholes", least: 2, most: 2, low: 1, high: 8, gaps: true },
    allowed: "2 whole numbers from 1 to 8",
    draw: (draw) => list(2, () => draw.one([null, draw.whole(1, 8)])),
    refused: [[null], [null, undefined], [0, 1], [1, 2, 3]],
  },
  records: {
    rule: {
      type: "records",
      most: 3,
      kinds: { Linear: { features: { type: "whole", low: 1, high: 9 } }, Flatten: {} },
      besides: { expects: { type: "whole", low: 1, high: 9 } },
    },
    allowed: "a list of 1 to 3, each of one of 2 kinds, with its fields",
    draw: (draw) =>
      list(draw.whole(1, 3), () =>
        draw.one<object>([
          { kind: "Flatten" },
          { kind: "Linear", features: draw.whole(1, 9) },
          { kind: "Linear", features: draw.whole(1, 9), expects: draw.whole(1, 9) },
        ]),
      ),
    refused: [
      list(4, () => ({ kind: "Flatten" })),
      { kind: "Flatten" },
      [{ kind: "Linear" }],
      [{ kind: "Linear", features: 10 }],
      [{ kind: "Linear", features: "1" }],
      [{ kind: "Linear", features: 1, bias: true }],
      [{ kind: "Linear", features: 1, expects: 0 }],
      [{ kind: "Flatten", constructor: 1 }],
      [JSON.parse('{"kind": "Flatten", "__proto__": 1}')],
      [{ kind: "toString" }],
      [{ kind: "__proto__" }],
      [{ kind: ["Flatten"] }],
      [{ features: 1 }],
      [Object.assign(["kind"], { kind: "Flatten" })],
    ],
  },
  choice: {
    rule: { type: "choice", of: ["max", "average", 14] },
    allowed: "one of max, average, 14",
    draw: (draw) => draw.one(["max", "average", 14]),
    refused: ["MAX", "max ", "14", 15, ["max"], 0],
  },
  text: {
    rule: { type: "text", most: 8 },
    allowed: "a text of at most 8 characters",
    draw: (draw) => draw.text("a(,\n", 8),
    refused: ["123456789", "😀".repeat(9), "\ud800", 1, ["a"], true],
  },
  switch: {
    rule: { type: "switch" },
    allowed: "true or false",
    draw: (draw) => draw.one([true, false]),
    refused: [0, 1, "true", [true]],
  },
  cell: {
    rule: { type: "cell", grids: ["input", "output"] },
    allowed: "a cell of input or output",
    draw: (draw) => [draw.one(["input", "output"]), draw.whole(-4, 20), draw.whole(-4, 20)],
    refused: [
      ["kernel", 0, 0],
      ["input", 0],
      ["input", 0, 0, 0],
      ["input", 0.5, 0],
      [0, 0, 0],
    ],
  },
  position: {
    rule: { type: "position", axes: { examples: 8, channels: 3 } },
    allowed: "a place within 8 examples, 3 channels",
    draw: (draw) => [draw.whole(0, 7), draw.whole(0, 2)],
    refused: [[8, 0], [0, 3], [-1, 0], [0], [0, 0, 0], [0.5, 0], ["0", 0]],
  },
  picture: {
    rule: { type: "picture", side: 4 },
    allowed: "a picture of 4 by 4 pixels",
    draw: () => pixels(16),
    refused: [pixels(15), pixels(17), `${pixels(16)}!`, "data:image/png;base64,AA==", [pixels(16)]],
  },
  unit: {
    rule: { type: "unit", layers: { input: [28, 28], softmax: [10] } },
    allowed: "one of this network",
    draw: (draw) =>
      draw.one([
        ["input", draw.whole(0, 27), draw.whole(0, 27)],
        ["softmax", draw.whole(0, 9)],
      ]),
    refused: [
      ["input", 28, 0],
      ["input", 0],
      ["softmax", 10],
      ["softmax"],
      ["toString", 0],
      [["softmax"], 0],
    ],
  },
};

/** What no kind of setting takes. */
const HOSTILE: unknown[] = [
  undefined,
  null,
  NaN,
  Infinity,
  -Infinity,
  1e308,
  "",
  "__proto__",
  "<img src=x onerror=alert(1)>",
  {},
  { length: 2 },
  { toString: "x", valueOf: 3 },
  [],
  [[]],
  [[[]]],
  [null],
  [[null]],
  [[NaN]],
  [[1e7]],
  [["__proto__"]],
  ["__proto__", 0, 0],
  ["constructor", 0],
  [{}, {}],
];

/** What this rule does not take: any text short enough is a text. */
const hostileTo = (rule: Rule) =>
  HOSTILE.filter((v) => !(rule.type === "text" && typeof v === "string" && v.length <= rule.most));

const cases = Object.entries(CASES);
const check = (rule: Rule, value: unknown) => checked<{ it: unknown }>({ it: rule }, { it: value });

function mustRefuse(rule: Rule, value: unknown, allowed: string) {
  const error = { name: "RangeError", message: `its it is not ${allowed}` };
  assert.throws(() => check(rule, value), error, `${rule.type} takes ${inspect(value)}`);
}

for (const [name, { rule, allowed, draw: anyOf, refused }] of cases) {
  test(`${name}: what is allowed is taken as it is`, () => {
    const draw = drawing();
    times(200, () => {
      const value = anyOf(draw);
      assert.equal(check(rule, value).it, value);
    });
  });

  test(`${name}: what is not allowed is refused with what is`, () => {
    for (const value of refused) mustRefuse(rule, value, allowed);
  });

  test(`${name}: nothing hostile is taken`, () => {
    for (const value of hostileTo(rule)) mustRefuse(rule, value, allowed);
  });

  test(`${name}: one hostile part spoils what is allowed`, () => {
    const draw = drawing(1);
    times(500, () => {
      const value = anyOf(draw);
      if (!Array.isArray(value)) return;
      const bad = spoilt(value, draw);
      const isGap = "gaps" in rule && bad.every((part, i) => part === null || part === value[i]);
      if (!isGap) mustRefuse(rule, bad, allowed);
    });
  });

  test(`${name}: null is taken where it is allowed`, () => {
    assert.equal(check({ ...rule, none: true }, null).it, null);
    for (const value of hostileTo(rule).filter((v) => v !== null)) {
      mustRefuse({ ...rule, none: true }, value, allowed);
    }
  });
}

/** A copy in which one part, at any depth, is of no use. */
function spoilt(value: unknown[], draw: Draw): unknown[] {
  const at = draw.whole(0, value.length - 1);
  const inside = value[at];
  const deeper = Array.isArray(inside) && draw.unit() < 0.7;
  return value.with(at, deeper ? spoilt(inside, draw) : draw.one([null, NaN, "1", {}, [], [[]]]));
}

test("lists without an end are refused, not followed", () => {
  const endless = JSON.parse("[".repeat(100_000) + "]".repeat(100_000));
  for (const [, { rule, allowed }] of cases) mustRefuse(rule, endless, allowed);
});

test("settings are named in words", () => {
  const given = { ceil_mode: 1 };
  const wrong = /^RangeError: its ceil mode is not true or false$/;
  assert.throws(() => checked({ ceil_mode: { type: "switch" } }, given), wrong);
});

test("all settings must be there, each the lab's own", () => {
  const schema = { rate: CASES.real.rule, steps: CASES.whole.rule };
  assert.throws(() => checked(schema, { rate: 0 }), /its steps is not/);
  assert.throws(() => checked(schema, Object.create({ rate: 0, steps: 1 })), /its rate is not/);
  assert.throws(() => checked(schema, JSON.parse('{"__proto__": {"rate": 0, "steps": 1}}')));
});

test("what is no setting is left out", () => {
  const schema = { rate: CASES.real.rule };
  const given = JSON.parse('{"rate": 0, "more": 1, "__proto__": {"evil": 1}, "constructor": 2}');
  const settings = checked<{ rate: number }>(schema, given);
  assert.deepEqual(Object.getOwnPropertyNames(settings), ["rate"]);
  assert.equal(Object.getPrototypeOf(settings), Object.prototype);
});

test("defaults are those of the schema", () => {
  const schema = {
    rate: { ...CASES.real.rule, default: 0.5 },
    picked: { ...CASES.cell.rule, none: true, default: null },
  };
  assert.deepEqual(defaultsOf(schema), { rate: 0.5, picked: null });
});

test("a link that is older than a setting has what the setting says of it", () => {
  const rule: Rule = { type: "switch", missing: true };
  assert.deepEqual(checked({ it: rule }, {}), { it: true });
  assert.deepEqual(checked({ it: rule }, { it: false }), { it: false });
  assert.throws(() => checked({ it: { type: "switch" } }, {}), RangeError);
});
