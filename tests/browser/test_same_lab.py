"""The same-padding lab under mouse, touch and keyboard; PyTorch says what it must show."""

import random

import pytest
import torch

from book_utils.explorables import SameLab
from tests.browser.lab_page import LabHand

WAYS = {"same": "PyTorch, padding='same'", "SAME": "TensorFlow, padding='SAME'"}
SLIDERS = {
    "size": "Input n",
    "kernel": "Kernel k",
    "stride": "Stride s",
    "dilation": "Dilation d",
    "padding": "padding=p",
}

READ = """lab => {
  const cells = (grid) => [...grid.querySelectorAll("[role=gridcell]")].map((cell) => ({
    at: Number(cell.dataset.at.split(",")[1]), value: Number(cell.textContent),
    kind: [...cell.classList], left: cell.getBoundingClientRect().left,
    width: cell.getBoundingClientRect().width }));
  const clean = (node) => node.textContent.replaceAll("\u00a0", " ").trim();
  const full = [...lab.querySelectorAll(".cnl-in-full p")].map(clean);
  const lanes = [...lab.querySelectorAll(".cnl-lane")].map((lane, i) => {
    const [input, output] = [...lane.querySelectorAll("[role=grid]")].map(cells);
    const windows = lane.querySelector(".cnl-windows")?.getBoundingClientRect().width;
    return { title: lane.ariaLabel, text: clean(lane), full: full[i], input, output, windows,
      sum: clean(lane.querySelector(".cnl-lane-sum")) };
  });
  const sliders = Object.fromEntries([...lab.querySelectorAll(".cnl-slider")].map((slider) => {
    const { value, min, max } = slider.querySelector("input");
    return [slider.querySelector("label").textContent, { value: +value, min: +min, max: +max }];
  }));
  const text = (query) => clean(lab.querySelector(query));
  return { lanes, sliders, compare: full.at(-1), verdict: text(".cnl-verdict p"),
    spoken: text(".cnl-hidden"), count: text(".cnl-count"), message: text(".cnl-message") };
}"""


class Hand(LabHand):
    """One mounted same-padding lab: finds its parts, reads what it shows."""

    def read(self) -> dict:
        return self.root.evaluate(READ)

    def settings(self, reading=None) -> dict:
        sliders = (reading or self.read())["sliders"]
        return {name: sliders[label]["value"] for name, label in SLIDERS.items()}

    def slider(self, name):
        return self.root.get_by_role("slider", name=SLIDERS[name], exact=True)

    def slide(self, name, value):
        self.slider(name).fill(str(value))

    def cell(self, way, grid, i):
        label = f"{WAYS.get(way, way)}, {grid}"
        return self.root.get_by_role("grid", name=label, exact=True).locator(f'[data-at="0,{i}"]')


@pytest.fixture
def open_lab(open_labs):
    """Open a page that holds these labs, and return a hand on the first of them."""
    return lambda *labs, **options: Hand(open_labs(*labs, **options), labs[0].name)


def assert_right(hand: Hand):
    """Each lane shows the padding and the outputs that Python gives for the page's settings."""
    reading = hand.read()
    lab = SameLab(**hand.settings(reading))
    assert len(reading["lanes"]) == 3
    for lane, way in zip(reading["lanes"], ("SAME", "number", "same"), strict=True):
        sides, output = lab.sides[way], lab.output[way]
        assert lane["title"] == WAYS.get(way, f"PyTorch, padding={lab.padding}")
        if sides is None:
            assert lane["input"] is None and "refuses stride" in lane["text"]
            assert "It requires stride 1." in lane["text"]
            continue
        padding = [cell["at"] for cell in lane["input"] if "padding" in cell["kind"]]
        before, after = range(-sides[0], 0), range(lab.size, lab.size + sides[1])
        assert padding == [*before, *after]
        assert [cell["value"] for cell in lane["output"]] == output.tolist()
        assert f"{sides[0]} before, {sides[1]} after → {len(output)}" in lane["text"]
    ours, theirs = lab.output["number"], lab.output["SAME"]
    agree = ours.shape == theirs.shape and torch.equal(ours, theirs)
    assert ("agree too" in reading["compare"]) == agree, (lab, reading["compare"])
    all_three = agree and lab.stride == 1
    who = "All three" if all_three else f"'SAME' and padding={lab.padding}"
    assert reading["verdict"].startswith(f"{who} {'agree' if agree else 'differ'}:")


def test_it_opens_on_numbers_that_differ(open_lab):
    hand = open_lab(SameLab(size=8, kernel=3, stride=2, padding=1))
    assert_right(hand)
    tensorflow, number, same = hand.read()["lanes"]
    assert "padding='same' is not supported for strided convolutions" in same["text"]
    assert "max((⌈8/2⌉ − 1)·2 + 3 − 8, 0) = 1 in all: 0 before and 1 after" in tensorflow["full"]
    assert tensorflow["sum"] == "y[0] = 1 + 2 + 3 = 6"
    assert "⌊(8 + 2·1 − 3)/2⌋ + 1 = 4" in number["full"]
    assert number["sum"] == "y[0] = 0 + 1 + 2 = 3"
    assert "1 cell further right" in hand.read()["compare"]
    assert "F.pad(x, (0, 1))" in hand.read()["compare"]


@pytest.mark.parametrize("seed", range(3))
def test_any_walk_over_the_sliders_stays_possible_and_right(open_lab, seed):
    hand = open_lab(SameLab(), motion="reduce")
    rng = random.Random(seed)
    for _ in range(25):
        name = rng.choice(list(SLIDERS))
        limits = hand.read()["sliders"][SLIDERS[name]]
        hand.slide(name, rng.randint(limits["min"], limits["max"]))
        assert_right(hand)


def test_sizes_are_kept_at_stride_one_and_the_odd_cell_goes_behind(open_lab):
    hand = open_lab(SameLab(size=5, kernel=2, stride=1, padding=1))
    assert_right(hand)
    tensorflow, number, same = hand.read()["lanes"]
    assert len(same["output"]) == len(tensorflow["output"]) == 5 and len(number["output"]) == 6
    assert "always agree" in hand.read()["compare"]
    assert "5 outputs against 6" in hand.read()["compare"]
    hand.slide("kernel", 3)
    assert "'SAME' and padding=1 agree too" in hand.read()["compare"]


def test_no_padding_is_valid_and_what_would_agree_is_named(open_lab):
    hand = open_lab(SameLab(size=7, kernel=3, stride=2, padding=0))
    reading = hand.read()
    assert "nothing, as TensorFlow’s 'VALID'" in reading["lanes"][1]["full"]
    assert "padding=1 would agree" in reading["compare"]
    hand.slide("padding", 1)
    assert "agree too" in hand.read()["compare"]


def test_input_cells_stand_above_one_another_and_outputs_below_their_windows(open_lab):
    hand = open_lab(SameLab(size=8, kernel=4, stride=2, padding=2, dilation=2))
    tensorflow, number, _ = hand.read()["lanes"]
    span = 2 * 3 + 1
    lefts = [{cell["at"]: cell["left"] for cell in lane["input"]} for lane in (tensorflow, number)]
    for at in lefts[0].keys() & lefts[1].keys():
        assert lefts[0][at] == pytest.approx(lefts[1][at], abs=0.5)
    for lane in (tensorflow, number):
        first, width = lane["input"][0]["left"], lane["input"][0]["width"]
        for i, cell in enumerate(lane["output"]):
            middle = first + (2 * i + (span - 1) / 2) * width
            assert cell["left"] == pytest.approx(middle, abs=1), i
        assert lane["windows"] == pytest.approx(len(lane["input"]) * width, abs=1)


def test_the_mouse_picks_an_output_and_an_input(open_lab):
    hand = open_lab(SameLab(size=8, kernel=3, stride=2, padding=1))
    hand.cell("SAME", "output", 3).click()
    hand.page.mouse.move(0, 0)
    tensorflow, number, _ = hand.read()["lanes"]
    assert tensorflow["sum"] == "y[3] = 7 + 8 + 0 = 15"
    assert number["sum"] == "y[3] = 6 + 7 + 8 = 21"
    assert [c["at"] for c in tensorflow["input"] if "lit" in c["kind"]] == [6, 7, 8]
    hand.cell("SAME", "input", 8).click()
    hand.page.mouse.move(0, 0)
    tensorflow, number, _ = hand.read()["lanes"]
    assert tensorflow["sum"] == "x[8] = 0 is added to y[3]"
    assert number["sum"] == "x[8] = 0 is read by no window"
    assert "is read by no window" in hand.read()["spoken"]


def test_a_hovered_cell_is_shown_and_the_picked_one_comes_back(open_lab):
    hand = open_lab(SameLab(size=8, kernel=3, stride=2, padding=1))
    hand.cell("SAME", "output", 1).hover()
    assert hand.read()["lanes"][0]["sum"] == "y[1] = 3 + 4 + 5 = 12"
    hand.page.mouse.move(0, 0)
    assert hand.read()["lanes"][0]["sum"] == "y[0] = 1 + 2 + 3 = 6"


def test_fingers_pick_on_a_phone_and_the_page_does_not_scroll_sideways(open_lab):
    hand = open_lab(SameLab(size=16), touch=True, is_mobile=True, width=390, height=844)
    hand.open(False)
    hand.cell("SAME", "output", 7).tap()
    hand.open()
    assert hand.read()["lanes"][0]["sum"] == "y[7] = 15 + 16 + 0 = 31"
    for lane in hand.read()["lanes"][:2]:
        ends = [lane["input"][0]["left"], lane["input"][-1]["left"] + lane["input"][-1]["width"]]
        assert 0 <= ends[0] < ends[1] <= 390
    root = "document.documentElement"
    assert hand.page.evaluate(f"{root}.scrollWidth <= {root}.clientWidth")


@pytest.mark.parametrize("width", [1280, 390])
def test_the_lanes_keep_their_places_whatever_is_set(open_lab, width):
    hand = open_lab(SameLab(), width=width, height=844, motion="reduce")
    tops = "lab => [...lab.querySelectorAll('.cnl-lane')].map((e) => e.getBoundingClientRect().top)"
    clipped = """lab => [...lab.querySelectorAll(".cnl-lane, .cnl-lane > p")]
      .filter((e) => e.scrollHeight > e.clientHeight + 2).map((e) => e.className)"""
    before = hand.root.evaluate(tops)
    hand.open()  # the panel lies over the lanes of a phone, and moves none
    for settings in ({"size": 16, "kernel": 7, "stride": 1}, {"dilation": 3}, {"stride": 5}):
        for name, value in settings.items():
            hand.slide(name, value)
        assert hand.root.evaluate(tops) == before
        assert hand.root.evaluate(clipped) == []


def test_keys_walk_the_outputs_and_reset_a_slider(open_lab):
    hand = open_lab(SameLab(size=8, kernel=3, stride=2, padding=1))
    hand.cell("SAME", "output", 0).focus()
    for key in ("ArrowRight", "ArrowRight", "End", "ArrowRight"):
        hand.page.keyboard.press(key)
    assert hand.read()["lanes"][0]["sum"] == "y[3] = 7 + 8 + 0 = 15"
    assert "y[3] equals 7 plus 8 plus 0 equals 15" in hand.read()["spoken"]
    hand.slider("size").focus()
    hand.page.keyboard.press("ArrowLeft")
    assert hand.settings()["size"] == 7
    assert_right(hand)
    hand.page.keyboard.press("0")
    assert hand.settings()["size"] == 8


def test_the_player_steps_through_all_outputs(open_lab):
    hand = open_lab(SameLab(size=8, kernel=3, stride=2, padding=1), motion="reduce")
    for wanted in ("2 of 4", "3 of 4", "4 of 4", "1 of 4"):
        hand.button("Next output").click()
        assert hand.read()["count"] == wanted


def test_a_pick_that_a_way_lacks_is_said_so(open_lab):
    hand = open_lab(SameLab(size=5, kernel=2, stride=1, padding=1))
    hand.cell("PyTorch, padding=1", "output", 5).click()
    hand.page.mouse.move(0, 0)
    assert hand.read()["lanes"][2]["sum"] == "has no y[5]"
    hand.cell("PyTorch, padding=1", "input", -1).click()
    hand.page.mouse.move(0, 0)
    assert hand.read()["lanes"][2]["sum"] == "has no cell x[−1]"


def test_a_kernel_that_does_not_fit_is_refused_in_a_link(open_lab):
    hand = open_lab(SameLab(name="one"))
    before = hand.read()["lanes"]
    hand.must_refuse(SameLab().settings() | {"kernel": 9, "size": 2, "padding": 0}, "spans 9 cells")
    assert hand.read()["lanes"] == before


# In the book


def test_the_lab_of_the_built_chapter_offline(open_page, book_file):
    page = open_page(book_file + "chapters/tensorflow.html", offline=True)
    hand = Hand(page, "same")
    assert_right(hand)
    hand.slide("size", 7)
    assert "agree too" in hand.read()["compare"]
    hand.slide("stride", 1)
    hand.slide("kernel", 4)
    assert_right(hand)
    hand.cell("same", "output", 0).click()
    page.mouse.move(0, 0)
    assert hand.read()["lanes"][2]["sum"] == "y[0] = 0 + 1 + 2 + 3 = 6"
