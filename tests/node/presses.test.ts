/** What links have set, entry by entry: Back takes back in order, Forward sets again. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Settings } from "../../book_utils/explorables/platform/driven.ts";
import { Presses } from "../../book_utils/explorables/platform/presses.ts";
import { drawing, times } from "./draw.ts";

class Lab {
  now: Settings = { stride: 1 };
  settings = () => this.now;
  use(settings: Settings) {
    this.now = settings;
  }
}

/** A press of a link, as driving.ts makes it. */
function press(presses: Presses<Lab>, lab: Lab, stride: number) {
  const before = lab.now;
  lab.use({ stride });
  presses.enter();
  presses.note(presses.at, { lab, says: `stride ${stride}`, before });
}

test("any way through the history ends where it would have begun", () => {
  const draw = drawing();
  times(300, () => {
    const labs = [new Lab(), new Lab()];
    const presses = new Presses<Lab>(0);
    const shown = [labs.map((lab) => lab.now.stride)]; // at each entry
    times(draw.whole(1, 6), (i) => {
      if (draw.unit() < 0.2) presses.enter();
      else press(presses, draw.one(labs), i + 2);
      shown.push(labs.map((lab) => lab.now.stride));
    });
    times(8, () => {
      const to = draw.whole(0, shown.length - 1);
      presses.go(to);
      assert.equal(presses.at, to);
      assert.deepEqual(
        labs.map((lab) => lab.now.stride),
        shown[to],
      );
    });
  });
});

test("a press takes the place of those that were taken back", () => {
  const [lab, presses] = [new Lab(), new Presses<Lab>(0)];
  press(presses, lab, 2);
  press(presses, lab, 3);
  presses.go(0);
  press(presses, lab, 4);
  assert.ok(presses.knows(1) && !presses.knows(2));
  assert.equal(presses.last(lab)?.[1].says, "stride 4");
  presses.go(0);
  assert.deepEqual(lab.now, { stride: 1 });
  assert.equal(presses.last(lab), undefined);
});

test("what the reader set between is brought back and set again", () => {
  const [lab, presses] = [new Lab(), new Presses<Lab>(0)];
  press(presses, lab, 2);
  lab.use({ stride: 5 });
  press(presses, lab, 3);
  lab.use({ stride: 6 });
  presses.go(1);
  assert.deepEqual(lab.now, { stride: 5 });
  presses.go(2);
  assert.deepEqual(lab.now, { stride: 6 });
});

test("a press that was taken back by itself does nothing any more", () => {
  const [one, two, presses] = [new Lab(), new Lab(), new Presses<Lab>(0)];
  press(presses, one, 2);
  press(presses, two, 3);
  presses.takeBack(1);
  assert.deepEqual([one.now, two.now], [{ stride: 1 }, { stride: 3 }]);
  presses.go(0);
  presses.go(2);
  assert.deepEqual([one.now, two.now], [{ stride: 1 }, { stride: 3 }]);
});

test("an entry of before the page was loaded is not known until it is shown", () => {
  const presses = new Presses<Lab>(4);
  assert.ok(presses.knows(4) && !presses.knows(3));
  assert.deepEqual(presses.go(3), []);
  assert.ok(presses.knows(3));
});
