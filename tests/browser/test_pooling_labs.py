"""The pooling lab and the shift lab under mouse, touch and keyboard, held against PyTorch."""

from dataclasses import dataclass
from random import Random

import pytest
import torch
import torch.nn.functional as F
from playwright.sync_api import expect
from torch.testing import assert_close

from book_utils.explorables import PoolingLab, ShiftLab
from book_utils.explorables.shift.lab import METHODS
from tests.browser.lab_page import LabHand

COUNTING = torch.arange(16).reshape(4, 4)
IMAGE = torch.randint(0, 256, (2, 12, 16), generator=torch.Generator().manual_seed(1))

READ_POOLING = """lab => {
  const number = (text) =>
    text.includes("∞") ? (text.startsWith("−") ? -Infinity : Infinity)
      : parseFloat(text.replaceAll("−", "-"));
  const grids = [...lab.querySelectorAll("[role=grid]")].map((table) =>
    [...table.children].map((row) => [...row.children].map((cell) => ({
      at: cell.dataset.at.split(",").map(Number), kind: [...cell.classList],
      value: String(number(cell.title || cell.getAttribute("aria-label").split(": ")[1])),
      note: cell.querySelector("small")?.textContent ?? "" }))));
  const sliders = Object.fromEntries([...lab.querySelectorAll(".cnl-slider")].map((slider) => {
    const { value, min, max } = slider.querySelector("input");
    return [slider.querySelector("label").textContent, { value: +value, min: +min, max: +max }];
  }));
  const switches = Object.fromEntries([...lab.querySelectorAll(".cnl-switch")].map((part) =>
    [part.textContent, part.querySelector("input").checked]));
  const text = (query) => lab.querySelector(query)?.textContent;
  return { input: grids[0], output: grids[1], sliders, switches,
    kind: lab.querySelector("input[type=radio]:checked").parentElement.textContent,
    sum: text(".cnl-sum"), full: text(".cnl-in-full p"), size: text(".cnl-aside"),
    formula: text(".cnl-formula"), spoken: text("div[aria-live]"), message: text(".cnl-message") };
}"""


@dataclass
class Shown:
    """What a pooling lab shows at one moment."""

    input: list
    output: list
    sliders: dict
    switches: dict
    kind: str
    sum: str
    full: str
    size: str
    formula: str
    spoken: str
    message: str

    def pair(self, label):
        apart = [f"{label}, height", f"{label}, width"]
        names = apart if apart[0] in self.sliders else [label] * 2
        return tuple(self.sliders[name]["value"] for name in names)

    def cells(self, grid, kind):
        found = (cell for row in getattr(self, grid) for cell in row if kind in cell["kind"])
        return {tuple(cell["at"]) for cell in found}

    def values(self, grid):
        rows = [
            [
                float(c["value"].replace("Infinity", "inf"))
                for c in row
                if "padding" not in c["kind"]
            ]
            for row in getattr(self, grid)
        ]
        return torch.tensor([row for row in rows if row])

    def by_torch(self):
        x, ceil = self.values("input")[None], self.switches["round the size up (ceil mode)"]
        window, stride, padding = map(self.pair, ("Window size", "Stride", "Padding"))
        if self.kind == "max":
            return F.max_pool2d(x, window, stride, padding, self.pair("Dilation"), ceil)[0]
        return F.avg_pool2d(x, window, stride, padding, ceil, self.switches["count padding"])[0]


class PoolingHand(LabHand):
    """A mounted pooling lab."""

    def read(self):
        return Shown(**self.root.evaluate(READ_POOLING))

    def switch(self, label):
        return self.root.get_by_role("switch", name=label)

    def keep(self, kind):
        self.root.get_by_role("radio", name=kind).check()


@pytest.fixture
def open_lab(open_labs):
    """Open a page with one lab and return a hand on it."""

    def open_lab(lab, **options):
        hand = PoolingHand if isinstance(lab, PoolingLab) else LabHand
        return hand(open_labs(lab, **options), lab.name)

    return open_lab


# The pooling lab


def test_a_picked_output_names_its_winner(open_lab):
    lab = open_lab(PoolingLab(stride=1))
    lab.cell("output", 1, 1).click()
    shown = lab.read()
    assert shown.sum == "y[1, 1] = max(4, 5, 7, 8) = 8"
    assert shown.spoken == "y[1, 1] equals max of 4, 5, 7, 8 equals 8"
    assert shown.cells("input", "lit") == {(1, 1), (1, 2), (2, 1), (2, 2)}
    assert shown.cells("input", "winner") == {(2, 2)}
    lab.keep("average")
    lab.cell("output", 0, 0).click()
    assert lab.read().sum == "y[0, 0] = (0 + 1 + 3 + 4) / 4 = 2"


def test_a_picked_input_says_where_it_wins(open_lab):
    lab = open_lab(PoolingLab(stride=1))
    lab.cell("input", 1, 1).click()
    shown = lab.read()
    assert shown.sum == "x[1, 1] = 4 is in 4 windows; wins y[0, 0]; loses 3"
    assert shown.full == shown.sum.replace(
        "loses 3", "loses y[0, 1] to 5, y[1, 0] to 7, y[1, 1] to 8"
    )
    assert shown.cells("output", "winner") == {(0, 0)} and len(shown.cells("output", "lit")) == 4
    lab.keep("average")
    assert lab.read().sum.startswith("x[1, 1] = 4 is in 4 windows and adds 4 / 4 to y[0, 0]")


def test_the_first_of_equals_wins(open_lab):
    lab = open_lab(PoolingLab([[7, 7], [1, 7]]))
    shown = lab.read()
    assert shown.sum.endswith("= 7, the first of 3 equal values")
    assert shown.cells("input", "winner") == {(0, 0)}


def test_padding_is_minus_infinity_or_zero_and_counted_or_not(open_lab):
    lab = open_lab(PoolingLab(window=3, stride=1, padding=1))
    assert {cell["value"] for cell in lab.read().input[0]} == {"-Infinity"}
    assert lab.read().sum == "y[0, 0] = max(−∞, −∞, −∞, −∞, 0, 1, −∞, 3, 4) = 4"
    lab.keep("average")
    assert lab.read().sum == "y[0, 0] = (0 + 0 + 0 + 0 + 0 + 1 + 0 + 3 + 4) / 9 = 0.8888889"
    lab.switch("count padding").click()
    shown = lab.read()
    assert shown.sum == "y[0, 0] = (0 + 1 + 3 + 4) / 4 = 2; 5 cells of padding not counted"
    assert len(shown.cells("input", "uncounted")) == 16
    assert_close(shown.values("output"), shown.by_torch())


def test_ceil_mode_shows_what_sticks_out(open_lab):
    lab = open_lab(PoolingLab(torch.arange(25).reshape(5, 5), kind="average"))
    assert "1 row and 1 column of the padded input read by no window" in lab.read().formula
    assert lab.read().size == "⌊(5 − 2) / 2⌋ + 1 = 2, remainder 1"
    assert len(lab.read().cells("input", "unread")) == 9
    lab.switch("round the size up (ceil mode)").click()
    lab.cell("output", 2, 2).click()
    shown = lab.read()
    assert shown.sum == "y[2, 2] = (24) / 1 = 24; 3 cells beyond the edge never counted"
    assert_close(shown.values("output"), shown.by_torch())
    assert "⌈(5 + 2·0 − 1·(2 − 1) − 1) / 2⌉ + 1 = 3" in shown.formula


def test_a_dropped_window_is_explained(open_lab):
    lab = open_lab(PoolingLab([[1, 2]], (1, 2), stride=3, padding=(0, 1), ceil_mode=True))
    shown = lab.read()
    assert "width ⌈(2 + 2·1 − 1·(2 − 1) − 1) / 3⌉ + 1 − 1 = 1" in shown.formula
    assert "is dropped" in shown.formula
    assert_close(shown.values("output"), shown.by_torch())


EXAMPLES = {
    "0…8, window 2×2, stride 1, max": [[4, 5], [7, 8]],
    "0…8, window 2×2, stride 1, average": [[2, 3], [5, 6]],
    "the window 1, −1, −1, −2, max": [[1]],
    "the window 1, −1, −1, −2, average": [[-0.75]],
    "0…15, window 3×3, stride 3": [[10]],
    "0…15, window 3×3, stride 2, padding 1": [[5, 7], [13, 15]],
    "0…15, window 2×3, padding 0 and 1": [[5, 7], [13, 15]],
    "0…15, padding behind alone: TensorFlow’s SAME": [[10, 11], [14, 15]],
}


def test_the_worked_examples_give_the_numbers_of_the_book(open_lab):
    lab = open_lab(PoolingLab())
    options = lab.root.get_by_role("combobox", name="Example").locator("option").all_text_contents()
    assert set(EXAMPLES) < set(options)
    for option in options:
        lab.choose("Example", option)
        shown = lab.read()
        assert_close(shown.values("output"), shown.by_torch(), msg=option)
        assert shown.values("output").tolist() == EXAMPLES.get(
            option, shown.values("output").tolist()
        ), option


@pytest.mark.parametrize("seed", range(3))
def test_no_setting_that_can_be_reached_jams_or_errs(open_lab, seed):
    rng, lab = Random(seed), open_lab(PoolingLab(COUNTING))
    shown = lab.read()
    for _ in range(40):
        if rng.random() < 0.25:
            rng.choice(lab.root.locator(".cnl-switch input:enabled").all()).press("Space")
        elif rng.random() < 0.15:
            lab.keep(rng.choice(["max", "average"]))
        else:
            name, slider = rng.choice(sorted(shown.sliders.items()))
            lab.slider(name).fill(str(rng.randint(slider["min"], slider["max"])))
        shown = lab.read()
        assert_close(shown.values("output"), shown.by_torch())
        assert shown.message == ""
        for label, slider in shown.sliders.items():
            assert slider["min"] <= slider["value"] <= slider["max"], label


def test_stride_follows_the_window_until_it_is_moved(open_lab):
    lab = open_lab(PoolingLab(torch.arange(36).reshape(6, 6)))
    lab.slider("Window size").fill("3")
    assert lab.read().pair("Stride") == (3, 3)
    lab.slider("Stride").fill("1")
    lab.slider("Window size").fill("2")
    shown = lab.read()
    assert shown.pair("Stride") == (1, 1) and not shown.switches["stride = window"]
    lab.switch("stride = window").click()
    assert lab.read().pair("Stride") == (2, 2)


def test_the_keyboard_alone(open_lab):
    lab = open_lab(PoolingLab(COUNTING))
    lab.cell("output", 0, 0).focus()
    lab.page.keyboard.press("ArrowRight")
    assert lab.read().sum == "y[0, 1] = max(2, 3, 6, 7) = 7"
    lab.cell("input", 0, 0).focus()
    lab.page.keyboard.press("Enter")
    lab.page.keyboard.press("Control+A")
    lab.page.keyboard.type("99")
    lab.page.keyboard.press("Enter")
    assert lab.read().values("output")[0, 0] == 99
    lab.slider("Window size").focus()
    lab.page.keyboard.press("ArrowRight")
    assert lab.read().pair("Window size") == (3, 3)
    lab.page.keyboard.press("0")
    assert lab.read().pair("Window size") == (2, 2)
    assert lab.read().values("input")[0, 0] == 99


def test_a_finger_picks(open_lab):
    lab = open_lab(PoolingLab(COUNTING), width=390, height=844, touch=True)
    lab.cell("output", 1, 0).tap()
    assert lab.read().sum == "y[1, 0] = max(8, 9, 12, 13) = 13"
    assert lab.cell("output", 1, 0).bounding_box()["width"] >= 44
    lab.open()
    lab.switch("round the size up (ceil mode)").tap()
    assert lab.page.evaluate("document.documentElement.scrollWidth") <= 390


# The shift lab


def shift_lab(**settings):
    return ShiftLab(IMAGE, ["one", "two"], **settings)


def figures(lab):
    return [float(text) for text in lab.root.locator(".cnl-figures").all_text_contents()]


def test_the_shift_lab_shows_pytorchs_changes(open_lab):
    made = shift_lab()
    lab = open_lab(made)
    for image in (0, 1):
        made.image = image
        lab.choose("Image", made.names[image])
        for shift in range(5):
            lab.slider("Shift").fill(str(shift))
            assert figures(lab) == pytest.approx(made.output[:, shift].tolist(), abs=0.00501)


def test_a_method_is_picked_and_its_arithmetic_said(open_lab):
    made = shift_lab(shift=2)
    lab = open_lab(made)
    for i, method in enumerate(METHODS):
        lab.choose("Shrink by", method)
        said = lab.root.locator(".cnl-sum").text_content()
        assert said.startswith(f"{method}, shift 2: ‖after − before‖ / ‖before‖ = ")
        assert said.endswith(f"= {made.output[i, 2]:.2f}")
        size = made.features(method, 0).shape
        label = f"Features after, {size[0]} by {size[1]}"
        assert lab.root.locator(f'canvas[aria-label="{label}"]').count() == 1
        assert lab.root.locator("tr[aria-current]").inner_text().startswith(method)
        pixels = lab.root.locator("canvas").nth(2)
        assert pixels.evaluate("c => [c.height, c.width]") == list(size)
    spoken = lab.root.locator("div[aria-live]").text_content()
    assert "divided by" in spoken and "‖" not in spoken


def test_realigned_features_are_moved_back_and_the_axis_stays(open_lab):
    made = shift_lab(shift=3, method="stride 2")
    lab = open_lab(made)
    ceiling = lab.root.locator(".cnl-ceiling")
    assert ceiling.inner_text() == "nothing alike: √2"
    width = ceiling.bounding_box()["width"]
    lab.root.get_by_role("switch", name="realign").check()
    made.realigned = True
    assert figures(lab) == pytest.approx(made.output[:, 3].tolist(), abs=0.00501)
    assert figures(lab)[0] == 0  # without pooling, the map moves along
    said = lab.root.locator(".cnl-sum").text_content()
    back = int(said.split("moved back by ")[1].split(":")[0])
    titles = lab.root.locator(".cnl-pictures figcaption").all_inner_texts()
    assert titles[2] == (f"After, back by {back}" if back else "Features after")
    assert ceiling.bounding_box()["width"] == width


def test_the_pixels_are_the_features(open_lab):
    made = shift_lab(method="max 2×2", shift=3)
    lab = open_lab(made)
    alpha = (
        lab.root.locator("canvas")
        .nth(2)
        .evaluate(
            "c => Array.from(c.getContext('2d').getImageData(0, 0, c.width, c.height).data)"
            ".filter((_, i) => i % 4 == 3)"
        )
    )
    features = made.features().flatten()
    most = max(made.features(shift=s).max() for s in range(5))
    assert_close(torch.tensor(alpha) / 255, features / most, atol=0.003, rtol=0)


def test_the_shift_lab_by_keyboard_and_player(open_lab):
    lab = open_lab(shift_lab())
    lab.slider("Shift").focus()
    lab.page.keyboard.press("ArrowRight")
    assert "shift 2" in lab.root.locator(".cnl-sum").text_content()
    lab.button("Next shift").click()
    assert "shift 3" in lab.root.locator(".cnl-sum").text_content()
    lab.button("Reset").click()
    assert "shift 1" in lab.root.locator(".cnl-sum").text_content()
    lab.slider("Row drawn as a line").fill("0")
    assert "Row 0:" in lab.root.locator(".cnl-line figcaption").text_content()


def test_the_shift_plays_and_a_hand_on_it_ends_the_play(open_lab):
    lab = open_lab(shift_lab())
    lab.open(False)
    said, heard = lab.root.locator(".cnl-sum"), lab.root.locator("div[aria-live]")
    lab.button("Play").click()
    expect(said).to_contain_text("shift 3")
    assert heard.get_attribute("aria-live") == "off"
    lab.slider("Shift").fill("0")
    assert lab.button("Play").is_visible() and "shift 0" in said.inner_text()


def test_the_shift_lab_by_touch_on_a_phone(open_lab):
    lab = open_lab(shift_lab(), width=390, height=844, touch=True)
    lab.open(False)
    lab.choose("Shrink by", "stride 2")
    assert lab.root.locator(".cnl-sum").text_content().startswith("stride 2, shift 1")
    method = lab.root.get_by_role("combobox", name="Shrink by")
    for hand in (method, lab.button("Play"), lab.slider("Shift")):
        assert hand.bounding_box()["height"] >= 44
    lab.button("Play").tap()
    lab.button("Pause").tap()
    assert lab.page.evaluate("document.documentElement.scrollWidth") <= 390


# Both


def test_a_link_to_the_shift_lab_leaves_the_pictures_on_the_page(open_lab):
    assert len(open_lab(shift_lab()).copied_link()) < 400


def test_the_labs_of_the_built_chapter(open_page, book_file):
    page = open_page(book_file + "chapters/pooling.html", offline=True)
    for name in ("first", "sixteen", "bars"):
        lab = PoolingHand(page, name)
        lab.slider("Stride").fill("3")
        shown = lab.read()
        assert_close(shown.values("output"), shown.by_torch())
    lab = LabHand(page, "shift")
    lab.slider("Shift").fill("0")
    assert figures(lab) == [0] * 5
