"""The drawing pad and the messages between labs, alone on a page (see pad_view.tsx)."""

import json
import shutil
import subprocess

import numpy as np
import pytest

from book_utils import data
from book_utils.explorables.platform.base import DIST
from tests.browser.conftest import Watch
from tests.browser.lab_page import THEMES
from tests.browser.page_checks import faults
from tests.built_book import ROOT
from tests.parity.front_end import evaluate
from tests.parity.test_digit import redrawn_reference

PAGE = """<!DOCTYPE html>
<html lang="en" data-theme="{theme}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Pad</title><link rel="icon" href="data:,"><link rel="stylesheet" href="explorables.css">
<style>
  html {{ {colours} background: var(--pst-color-background); color: var(--pst-color-text-base); }}
  main > p {{ margin: 40vh 0; }}
</style>
<script>examples = {examples}</script></head>
<body><main><h1>Pad</h1><div id="pad" data-explorable="lenet"></div><p>Below the pad.</p></main>
<script src="pad.js"></script></body></html>
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """A folder with the bundled view and its style sheet."""
    folder = tmp_path_factory.mktemp("pad")
    options = ["--bundle", "--jsx=automatic", "--jsx-import-source=preact", "--log-level=warning"]
    view = ROOT / "tests" / "browser" / "pad_view.tsx"
    esbuild = ROOT / "node_modules" / ".bin" / "esbuild"
    subprocess.run([esbuild, view, *options, f"--outfile={folder / 'pad.js'}"], check=True)
    shutil.copy(DIST / "explorables.css", folder)
    return folder


@pytest.fixture
def watch(site):
    """The pages of these tests ask for their own folder alone."""
    return Watch(site.as_uri() + "/")


class PadHand:
    """The pad on its page, and what it gives."""

    def __init__(self, page):
        self.page = page
        self.pad = page.get_by_role("application", name="Write a digit")
        self.pad.wait_for()

    def at(self, x, y):
        """A place on the pad, given in pixels of 28, on the page."""
        box = self.pad.bounding_box()
        return box["x"] + box["width"] * x / 28, box["y"] + box["height"] * y / 28

    def value(self):
        """The digit that the pad has given."""
        self.page.evaluate("new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")
        return np.array(self.page.evaluate("value"))

    def shown(self):
        """What is on the pad, and in the small picture beside it, from 0 to 1."""
        read = """(canvas) => [...canvas.getContext("2d")
            .getImageData(0, 0, canvas.width, canvas.height).data].filter((_, i) => i % 4 === 0)"""
        canvases = self.page.locator("canvas").all()
        return [np.array(canvas.evaluate(read)) / 255 for canvas in canvases]

    def said(self):
        """What a screen reader hears last."""
        return self.page.locator("[aria-live]").inner_text()

    def draw(self, *points):
        """Draw a line with the mouse."""
        self.page.mouse.move(*self.at(*points[0]))
        self.page.mouse.down()
        for point in points[1:]:
            self.page.mouse.move(*self.at(*point), steps=8)
        self.page.mouse.up()


@pytest.fixture(scope="module")
def digits():
    test = data.mnist()[1]
    return {int(k): test.images[test.labels == k][0, 0].double().tolist() for k in (3, 7)}


@pytest.fixture
def open_pad(open_page, site, digits):
    def open_pad(theme="light", **options):
        examples = json.dumps([{"label": f"a {k}", "rows": rows} for k, rows in digits.items()])
        page = PAGE.format(theme=theme, colours=THEMES[theme], examples=examples)
        (site / "pad.html").write_text(page, encoding="utf-8")
        page = open_page((site / "pad.html").as_uri(), theme=theme, **options)
        return PadHand(page)

    return open_pad


def test_by_mouse(open_pad):
    hand = open_pad()
    hand.draw((8, 6), (20, 6), (13, 24))
    digit = hand.value()
    small = hand.shown()[1]
    stroke = 8 * np.array([(8, 6), (20, 6), (13, 24)])
    assert np.abs(digit - redrawn_reference([stroke])).max() < 0.02  # the page rounds its places
    assert np.abs(small - digit.flatten()).max() < 0.5 / 255
    assert (digit.max(), (digit.sum(1) > 0).sum()) == (1, 20)
    hand.draw((9, 15), (18, 15))
    assert (hand.value() != digit).any()
    hand.page.get_by_role("button", name="Undo").click()
    assert (hand.value() == digit).all() and hand.said() == "The last step is taken back."
    hand.page.get_by_role("button", name="Clear").click()
    assert hand.value().sum() == 0 and hand.said() == "The pad is empty."
    hand.page.get_by_role("button", name="Undo").click()
    assert (hand.value() == digit).all()
    hand.page.mouse.click(*hand.at(14, 14), button="right")
    assert (hand.value() == digit).all()


def test_a_stroke_takes_in_every_place_and_tells_once_a_frame(open_pad):
    hand = open_pad()
    told, frames = hand.page.evaluate(
        """async () => {
          const pad = document.querySelector(".cnl-pad"), box = pad.getBoundingClientRect();
          pad.setPointerCapture = () => {};
          const send = (type, x, y) => pad.dispatchEvent(new PointerEvent(type, {
            bubbles: true, pointerId: 7, pointerType: "pen", button: 0,
            clientX: box.left + box.width * x, clientY: box.top + box.height * y }));
          const frame = () => new Promise((done) => requestAnimationFrame(done));
          const before = changes;
          let frames = 0;
          send("pointerdown", 0.2, 0.2);
          for (let i = 0; i < 100; i++) {
            send("pointermove", 0.2 + 0.006 * i, i % 2 ? 0.2 : 0.8);
            if (i % 10 < 9) continue;
            await frame();
            frames += 1;
          }
          send("pointerup", 0.8, 0.2);
          await frame();
          return [changes - before, frames];
        }"""
    )
    assert frames == 10 and 5 <= told <= frames + 2
    ink = hand.shown()[0].reshape(224, 224)
    assert ink[60:160, 50:170].mean() > 0.8  # the zigzag is dense: no place was left out


def test_by_keyboard(open_pad):
    hand = open_pad()
    hand.pad.focus()
    press = hand.page.keyboard.press
    press("ArrowLeft")
    press("Shift+ArrowUp")
    assert hand.said() == "Pen up, row 10, column 13"
    cursor = hand.page.locator(".cnl-cursor")
    assert cursor.is_visible() and hand.page.evaluate("value") is None
    press("Space")
    for _ in range(3):
        press("Shift+ArrowDown")
    assert hand.said() == "Pen down, row 22, column 13"
    press("Space")
    press("ArrowRight")
    steps = [["begin", [108, 84]], *(["extend", [108, 84 + 32 * i]] for i in (1, 2, 3))]
    wanted = np.array(evaluate([("drawn", steps)])[0][1])
    assert (hand.value() == wanted).all() and wanted.sum() > 30
    box, pad = cursor.bounding_box(), hand.pad.bounding_box()
    column = (box["x"] + box["width"] / 2 - pad["x"]) / pad["width"] * 28
    assert column == pytest.approx(14.5, abs=0.2)
    press("Backspace")
    assert hand.value().sum() == 0
    press("Control+z")
    assert hand.said() == "There is nothing to take back."
    for _ in range(10):
        press("Shift+ArrowRight")
    assert hand.said() == "Pen up, row 22, column 27"
    press("Tab")
    assert cursor.count() == 0


def test_an_example_can_be_loaded_and_changed(open_pad, digits):
    hand = open_pad()
    choice = hand.page.get_by_role("combobox", name="Change an example")
    choice.select_option(label="a 7")
    assert np.abs(hand.value() - np.array(digits[7])).max() < 1e-6  # as it was: see test_digit.py
    hand.draw((6, 14), (22, 14))
    assert (hand.value() != np.array(digits[7])).any()
    hand.page.evaluate("(rows) => change(rows)", digits[3])  # from elsewhere on the page
    assert np.abs(hand.shown()[0].reshape(224, 224)[4::8, 4::8] - digits[3]).max() < 0.5 / 255
    hand.page.get_by_role("button", name="Undo").click()
    hand.page.get_by_role("button", name="Undo").click()
    assert np.abs(hand.value() - np.array(digits[7])).max() < 1e-6


def test_a_small_digit_is_as_bold_as_a_large_one(open_pad):
    hand = open_pad()
    seven = np.array([(0, 0), (4, 0), (1, 7)])
    hand.draw(*(seven + (3, 19)))
    small = hand.value()
    hand.page.get_by_role("button", name="Clear").click()
    hand.draw(*(3 * seven + (7, 3)))
    large = hand.value()
    assert small.sum() == pytest.approx(large.sum(), rel=0.03)
    assert np.abs(small - large).mean() < 0.01


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_on_a_phone_a_finger_draws_on_the_pad_and_scrolls_elsewhere(open_pad, theme):
    hand = open_pad(theme=theme, width=390, height=600, touch=True, is_mobile=True)
    finger = hand.page.context.new_cdp_session(hand.page)

    def swipe(x, y, by):
        points = [[{"x": x, "y": y - by * i / 10}] for i in range(11)]
        finger.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": points[0]})
        for point in points[1:]:
            finger.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": point})
        finger.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})

    swipe(*hand.at(14, 22), by=150)
    hand.page.wait_for_timeout(100)  # time enough to scroll, which it must not
    assert hand.page.evaluate("scrollY") == 0
    assert hand.value().sum() > 20
    beside = hand.page.locator(".cnl-help").bounding_box()
    swipe(beside["x"] + 50, beside["y"] + 10, by=150)
    hand.page.wait_for_function("scrollY > 50")
    sizes = hand.page.locator("button, select").evaluate_all(
        "all => all.map(e => e.getBoundingClientRect()).map(b => Math.min(b.width, b.height))"
    )
    assert min(sizes) >= 44
    assert hand.page.evaluate("document.documentElement.scrollWidth") <= 390
    assert faults(hand.page) == []


def test_messages_reach_the_lab_they_are_for_even_if_it_comes_later(open_pad):
    page = open_pad().page
    page.evaluate("""() => {
        globalThis.heard = [];
        globalThis.stop = listen("show-layer", ({ row, go }) => heard.push([row, go]));
        send("show-layer", { lab: "late", row: 1, go: true });
        send("other", { lab: "late", row: 9 });
        globalThis.leave = mount("late");
        mount("other-lab");
    }""")
    page.wait_for_function("document.querySelector('#late').textContent === '1!'")
    page.evaluate("send('show-layer', { lab: 'late', row: 2 })")
    page.evaluate("{ stop(); send('show-layer', { lab: 'late', row: 3 }) }")
    page.wait_for_function("document.querySelector('#late').textContent === '1! 2 3'")
    assert page.locator("#other-lab").inner_text() == ""
    assert page.evaluate("heard") == [[1, True], [2, None]]
    page.evaluate("send('show-layer', { lab: 'late', row: 4, go: true })")
    page.wait_for_function("document.querySelector('#late').textContent === '1! 2 3 4!'")
    page.evaluate("{ leave(); mount('late'); null }")  # brought into view once, not at every mount
    page.wait_for_function("document.querySelector('#late')?.textContent === '4'")
