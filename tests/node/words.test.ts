/** Words and formulas that labs put together from numbers. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { axis, poolAxis } from "../../book_utils/explorables/arithmetic/axis.ts";
import {
  cellName,
  listed,
  plural,
  python,
  sizeFormula,
  sizeFormulaInTotal,
  spoken,
  unique,
} from "../../book_utils/explorables/parts/words.ts";
import { drawing, times } from "./draw.ts";

test("one thing and several", () => {
  const said = [0, 1, 2, 1024].map((n) => plural(n, "cell"));
  assert.deepEqual(said, ["0 cells", "1 cell", "2 cells", "1,024 cells"]);
});

test("where an s is not enough", () => {
  assert.equal(plural(1, "batch", "batches"), "1 batch");
  assert.equal(plural(2, "batch", "batches"), "2 batches");
});

test("phrases that there are", () => {
  assert.equal(listed(["a", "", null, false, 0, "b"]), "a, b");
  assert.equal(listed(["a", "b"], " and "), "a and b");
  assert.equal(listed([]), "");
  assert.deepEqual(unique(["b", "a", "b"]), ["b", "a"]);
});

test("cells have names, those in the padding too", () => {
  assert.equal(cellName("x", [0, -1]), "x[0, −1]");
});

test("a formula for the ear has no signs left", () => {
  const heard = spoken("y[0, −1] = (2×(−3) + 1) / 4 = −∞");
  assert.equal(
    heard,
    "y[0, minus 1] equals 2 times minus 3 plus 1, all divided by 4 equals minus infinity",
  );
  assert.equal(
    spoken("(3 − 2) / √(8 + 1)"),
    "3 minus 2, all divided by the root of open bracket 8 plus 1 close bracket",
  );
  assert.equal(
    spoken("5 + (1 − (2 + 3)) / 4"),
    "5 plus open bracket 1 minus open bracket 2 plus 3 close bracket close bracket divided by 4",
  );
  assert.equal(
    spoken("(−6) / 2 at (0, 1), padding (zeros)"),
    "minus 6 divided by 2 at 0, 1, padding zeros",
  );
  assert.equal(spoken("max(4, 5) = 5"), "max of 4, 5 equals 5");
  assert.equal(
    spoken("0.1^10 = 1e−10"),
    "0.1 to the power 10 equals 1 times 10 to the power minus 10",
  );
});

/** The two sides of “height ⌊…⌋ + 1 = 3”, worked out as a reader would. */
function sides(formula: string) {
  const [, worked, size] = formula.match(/^\w+ (.*) = (\d+)$/) ?? assert.fail(formula);
  let sum = worked.replaceAll("·", "*").replaceAll("−", "-");
  for (const [open, close, round] of ["⌊⌋floor", "⌈⌉ceil"].map((s) => [s[0], s[1], s.slice(2)])) {
    sum = sum.replaceAll(open, `Math.${round}(`).replaceAll(close, ")");
  }
  return [new Function(`return ${sum}`)(), Number(size)];
}

/** Settings of an axis in which the window fits. */
function anyAxis(draw: ReturnType<typeof drawing>) {
  for (;;) {
    const [n, k, stride] = [draw.whole(1, 16), draw.whole(1, 8), draw.whole(1, 6)];
    const [padding, dilation] = [draw.whole(0, Math.floor(k / 2)), draw.whole(1, 4)];
    if (dilation * (k - 1) + 1 <= n + 2 * padding) return { n, k, stride, padding, dilation };
  }
}

test("the sums of output sizes are right", () => {
  const draw = drawing();
  times(3000, () => {
    const [down, across] = [anyAxis(draw), anyAxis(draw)];
    const axes = { rows: axis(down), columns: axis(across) };
    const ceiled = (settings: typeof down) => poolAxis({ ...settings, ceilMode: true });
    const pooled = { rows: ceiled(down), columns: ceiled(across) };
    for (const [formula, { rows, columns }] of [
      [sizeFormula(axes), axes],
      [sizeFormulaInTotal(axes), axes],
      [sizeFormula(pooled, true), pooled],
    ] as const) {
      const found = formula.split(", ").map(sides);
      const wanted = [rows, columns].map(({ size }) => [size, size]);
      assert.deepEqual(found, wanted, formula);
    }
  });
});

test("numbers as Python has them", () => {
  const draw = drawing(1);
  times(100, () => {
    const rows = draw.grid(draw.whole(1, 5), draw.whole(1, 5)).map((row) => row.map((v) => v / 8));
    assert.deepEqual(JSON.parse(python.grid(rows)), rows);
  });
  assert.equal(python.pair([2, 3]), "(2, 3)");
  assert.deepEqual([true, false].map(python.bool), ["True", "False"]);
});
