/** Pixels of a picture, picked by pointer and arrow keys. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { aiming } from "../../book_utils/explorables/parts/aiming.ts";

type At = [number, number];
type Options = Partial<Parameters<typeof aiming>[0]>;

const BOX = { left: 100, top: 50, width: 300, height: 200 };
const element = { getBoundingClientRect: () => BOX };

/** What is picked by a pointer at a place of the page, or by a key. */
function picks(options: Options = {}) {
  const found: At[] = [];
  const onPick = (at: At) => found.push(at);
  const aim = aiming({ shape: [20, 30], picked: [5, 6], onPick, ...options });
  const point = (clientX: number, clientY: number, buttons = 1) => {
    aim.onPointerMove({ clientX, clientY, buttons, currentTarget: element } as never);
    return found.at(-1);
  };
  const press = (key: string, more: object = {}) => {
    let stopped = false;
    aim.onKeyDown({ key, preventDefault: () => (stopped = true), ...more } as never);
    assert.equal(stopped, found.length > 0, "a key that picks does nothing else");
    return found.at(-1);
  };
  return { point, press };
}

test("the pixel under a pointer that is pressed is picked", () => {
  assert.deepEqual(picks().point(100, 50), [0, 0]);
  assert.deepEqual(picks().point(100 + 10 * 10.5, 50 + 10 * 5.5), [5, 10]);
  assert.equal(picks().point(200, 100, 0), undefined, "no button is down");
});

test("a mouse that is not pressed points, where it is asked for, and a finger never", () => {
  const pointed: (At | null)[] = [];
  const onPoint = (at: At | null) => pointed.push(at);
  const aim = aiming({ shape: [20, 30], picked: [5, 6], onPick: () => assert.fail(), onPoint });
  const event = { clientX: 205, clientY: 105, buttons: 0, currentTarget: element };
  aim.onPointerMove({ ...event, pointerType: "mouse" } as never);
  aim.onPointerMove({ ...event, pointerType: "touch" } as never);
  aim.onPointerLeave();
  assert.deepEqual(pointed, [[5, 10], null]);
});

test("beyond the edges the last pixel is picked", () => {
  assert.deepEqual(picks().point(0, 0), [0, 0]);
  assert.deepEqual(picks().point(400, 250), [19, 29]);
  assert.deepEqual(picks().point(9999, 9999), [19, 29]);
});

test("a picture may have fewer pixels to pick than it shows", () => {
  const at = (down: number, across: number): At => [(down * 20 - 1) / 2, (across * 30 - 1) / 2];
  const { point } = picks({ shape: [9, 14], at });
  assert.deepEqual(point(100 + 10 * 15, 50 + 10 * 7), [3, 7]);
  assert.deepEqual(point(100, 50), [0, 0]);
});

test("arrow keys go a step, with Shift ten, and stop at the edges", () => {
  assert.deepEqual(picks().press("ArrowDown"), [6, 6]);
  assert.deepEqual(picks().press("ArrowLeft"), [5, 5]);
  assert.deepEqual(picks().press("ArrowRight", { shiftKey: true }), [5, 16]);
  assert.deepEqual(picks().press("ArrowUp", { shiftKey: true }), [0, 6]);
  assert.deepEqual(picks({ picked: [5, 29] }).press("ArrowRight"), [5, 29]);
});

test("other keys and those of the browser are left alone", () => {
  assert.equal(picks().press("Enter"), undefined);
  for (const key of ["altKey", "metaKey", "ctrlKey"]) {
    assert.equal(picks().press("ArrowLeft", { [key]: true }), undefined);
  }
});
