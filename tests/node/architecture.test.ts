/** The architecture ledger answers whatever numbers a link may bring it. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { account, fieldOf, settled } from "../../book_utils/explorables/architecture/account.ts";
import { code } from "../../book_utils/explorables/architecture/code.ts";
import { parse } from "../../book_utils/explorables/architecture/parse.ts";
import {
  KINDS,
  LARGEST,
  type Row,
  SIGNATURES,
  type Takes,
} from "../../book_utils/explorables/architecture/rows.ts";
import { drawing, times } from "./draw.ts";

const NUMBERS = [-LARGEST, -3, -1, 0, 1, 1, 2, 3, 4, 5, 64, 1000, LARGEST];

const draw = drawing();

function rowOf(): Row {
  const number = () => draw.one(NUMBERS);
  const many = (count: number) => Array.from({ length: count }, number);
  const values: Record<Takes, () => unknown> = {
    whole: number,
    pair: () => many(2),
    padding: () => draw.one(["same", many(2)]),
    sizes: () => [draw.one([null, number()]), draw.one([null, number()])],
    sides: () => many(4),
    maps: () => many(6),
    shape: () => many(draw.one([1, 2, 3])),
    share: () => draw.one([-1, 0, 0.3, 1, 2]),
    number: () => draw.one(["inf", "-inf", number()]),
    truth: () => draw.one([true, false]),
  };
  const kind = draw.one(KINDS);
  const fields = SIGNATURES[kind].flatMap(({ field, takes }) =>
    field && takes ? [[field, values[takes]()]] : [],
  );
  const expects = draw.one([{}, {}, {}, { expects: number() }]);
  return { kind, ...Object.fromEntries(fields), ...expects } as Row;
}

test("any rows are counted or refused, and what is counted can be copied", () => {
  const states = { counted: 0, refused: 0, waits: 0 };
  times(3000, () => {
    const input = Array.from({ length: 3 }, () => Math.max(1, draw.one(NUMBERS)));
    const rows = Array.from({ length: draw.one([1, 2, 3, 4]) }, () => rowOf());
    const entries = account(input, rows);
    assert.equal(entries.length, rows.length);
    for (const entry of entries) {
      states[entry.state]++;
      if (entry.state === "counted") {
        const { shape, parameters, multiplyAdds, kept } = entry;
        for (const n of [parameters, multiplyAdds, kept])
          assert.ok(Number.isSafeInteger(n) && n >= 0);
        for (const n of shape) assert.ok(Number.isSafeInteger(n) && n >= 1);
      }
    }
    if (entries.every(({ state }) => state === "counted")) {
      assert.match(code(input, rows), /^import torch\n/);
      assert.deepEqual(account(input, settled(input, rows)), entries);
    }
  });
  for (const count of Object.values(states)) assert.ok(count > 500, JSON.stringify(states));
});

test("any text is read or refused with a line that it has", () => {
  const pieces = ["nn.", "Sequential", "Conv2d", "(", ")", ",", "3", "-", "=", '"', "\n", "#", "*"];
  const more = [
    " ",
    "[",
    "]",
    "None",
    "True",
    "float",
    "lambda",
    "𝕏",
    "\u0000",
    ".",
    "e9",
    "Linear",
  ];
  times(3000, () => {
    const length = draw.one([1, 3, 9, 30]);
    const text = Array.from({ length }, () => draw.one([...pieces, ...more])).join("");
    const found = parse(draw.one(["", "nn.Sequential("]) + text, [3, 8, 8]);
    if ("rows" in found) assert.ok(found.rows.length > 0);
    else
      assert.ok(found.line >= 1 && found.line <= text.split("\n").length && found.why.length < 300);
  });
});

test("the field of a unit is that of the first, moved on by the jump", () => {
  const reach = { field: [7, 5], jump: [2, 4], start: [-3, 0] } as const;
  const found = fieldOf(structuredClone(reach) as never, [0, 0]);
  assert.deepEqual(found, { first: [-3, 0], size: [7, 5] });
  assert.deepEqual(fieldOf(structuredClone(reach) as never, [2, 3]).first, [1, 12]);
});
