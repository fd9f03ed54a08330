/** Settings in the fragment of a link: what goes in comes out, and no stranger's link can harm. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { fromFragment, labOf, toFragment } from "../../book_utils/explorables/platform/link.ts";
import { drawing, times } from "./draw.ts";

const TEXT = "aZ09 -_+/=&#?%<>\"'\\\n\0é−×𝒙😀\ud800";

type Draw = ReturnType<typeof drawing>;

/** A value as JSON can hold it. */
function anything(draw: Draw, depth = 3): unknown {
  const kinds: (() => unknown)[] = [
    () => draw.number(),
    () => draw.text(TEXT, 6),
    () => draw.unit() < 0.5,
    () => null,
  ];
  const inside = () => anything(draw, depth - 1);
  if (depth > 0) {
    kinds.push(() => Array.from({ length: draw.whole(0, 3) }, inside));
    kinds.push(() => ({ [draw.text(TEXT, 4)]: inside(), [draw.text(TEXT, 4)]: inside() }));
  }
  return draw.one(kinds)();
}

/** A fragment with any text where the settings stand. */
const packed = (text: string) => `#lab=lab&s=${Buffer.from(text).toString("base64url")}`;

test("settings come back as they were", () => {
  const draw = drawing();
  times(2000, () => {
    const settings = { a: anything(draw), [draw.text(TEXT, 5)]: anything(draw) };
    const wanted = JSON.parse(JSON.stringify(settings));
    assert.deepEqual(fromFragment(toFragment("lab", settings), "lab"), wanted);
  });
});

test("a fragment needs no escapes, and no padding", () => {
  const draw = drawing(1);
  times(500, () => {
    const fragment = toFragment("my-lab", { a: anything(draw) });
    assert.match(fragment, /^#lab=my-lab&s=[A-Za-z0-9_-]+$/);
  });
});

test("a fragment is for the lab it names alone", () => {
  for (const name of ["lab", "a&s=b", "50%", "é", "a b"]) {
    const fragment = toFragment(name, { a: 1 });
    assert.equal(labOf(fragment), name);
    assert.deepEqual(fromFragment(fragment, name), { a: 1 });
    assert.equal(fromFragment(fragment, `${name}x`), null);
  }
  for (const none of ["", "#", "#%E0%A4%A", "#section", "#s=e30"]) {
    assert.equal(fromFragment(none, "lab"), null, none);
  }
});

test("a link that writes its settings out is no link that carries them", () => {
  for (const fragment of ["#first?stride=2", "#first?a=1&lab=lab&s=e30"]) {
    assert.equal(labOf(fragment), null);
    assert.equal(fromFragment(fragment, "lab"), null);
  }
});

test("what cannot be read is refused", () => {
  const damaged = ["#lab=lab", "#lab=lab&s=", "#lab=lab&s=!", "#lab=lab&s=e", "#lab=lab&s=%F0%9F"];
  damaged.push("#lab=lab&s=_w", packed("{"), packed("{}x"), packed("undefined"), packed("\0"));
  for (const fragment of damaged) assert.throws(() => fromFragment(fragment, "lab"), fragment);
});

test("what is no object is refused", () => {
  for (const text of ["null", "3", '"text"', "true", "[]", '[{"a":1}]']) {
    assert.throws(() => fromFragment(packed(text), "lab"), /not an object/, text);
  }
});

test("a link that was cut or changed gives settings or an error, and nothing else", () => {
  const draw = drawing(2);
  const fragment = toFragment("lab", { input: [[1, 2]], mode: "zeros" });
  times(2000, () => {
    const at = draw.whole("#lab=lab&s=".length, fragment.length - 1);
    const other = draw.text("AZaz09-_%&=", 3);
    const broken = fragment.slice(0, at) + other + fragment.slice(at + draw.whole(0, 3));
    try {
      const settings = fromFragment(broken, "lab");
      assert.equal(Object.prototype.toString.call(settings), "[object Object]", broken);
    } catch (error) {
      assert.ok(error instanceof Error && !(error instanceof assert.AssertionError), broken);
    }
  });
});

test("a link changes no object but its own", () => {
  fromFragment(packed('{"__proto__": {"polluted": 1}}'), "lab");
  assert.ok(!("polluted" in {}));
});
