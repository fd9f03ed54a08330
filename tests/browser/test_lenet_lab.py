"""The LeNet lab under mouse, touch and keyboard; PyTorch is the oracle of what it shows."""

import itertools
import re

import pytest
import torch
from playwright.sync_api import expect
from torch.testing import assert_close

from book_utils.explorables import CorrelationLab, LeNetLab
from book_utils.sphinx_ext import explorables
from tests.browser.conftest import CLIPBOARD
from tests.browser.lab_page import LabHand, fragment, pixels, soon, write_page
from tests.browser.page_checks import faults

PICKED = ["features.3", 5, 4, 6]
PHONE = {"touch": True, "is_mobile": True, "width": 390, "height": 844}
SIZES = {"desktop": {}, "phone": PHONE}
# A unit of every layer, and of what comes before and after the layers.
UNITS = [
    ("features.0", 3, 12, 4),
    ("features.1", 4, 7, 9),
    ("features.2", 4, 6, 5),
    ("features.3", 14, 2, 9),
    ("features.4", 13, 1, 8),
    ("features.5", 6, 2, 4),
    ("dense.1", 17),
    ("dense.2", 3),
    ("dense.3", 80),
    ("dense.4", 42),
    ("dense.5", 3),
    ("softmax", 8),
]
NAMES = {
    "features.0": "Convolution 1",
    "features.1": "ReLU 1",
    "features.2": "Max pooling 1",
    "features.3": "Convolution 2",
    "features.4": "ReLU 2",
    "features.5": "Max pooling 2",
    "dense.1": "Dense layer 1",
    "dense.2": "ReLU 3",
    "dense.3": "Dense layer 2",
    "dense.4": "ReLU 4",
    "dense.5": "Scores",
    "softmax": "Probabilities",
}
FLOW = [name for name in NAMES if name not in ("dense.5", "softmax")]
NUMBER = r"−?[\d.]+(?:e−?\d+)?"


def number(text):
    return float(text.replace("\N{MINUS SIGN}", "-"))


def numbers(text):
    """All numbers of a text."""
    return [number(found) for found in re.findall(NUMBER, text)]


def layer_before(there, stage):
    """What the layer of a unit reads: the names of it, and its numbers."""
    names = ["input", *there.activations]
    before = "dense.5" if stage == "softmax" else names[names.index(stage) - 1]
    return there.input[None] if before == "input" else there.activations[before]


def products(there, stage, *at):
    """The numbers that a unit is made of: rows of (x, w, product), w being nan where there is none.

    By PyTorch's own weights and activations, one after the other as the page counts them.
    """
    x = layer_before(there, stage)
    if stage == "softmax":
        return torch.stack([x, torch.full_like(x, torch.nan), (x - x.max()).exp()], 1)
    module = there.model.get_submodule(stage)
    if isinstance(module, torch.nn.Linear):
        w = module.weight[at[0]].detach()
        return torch.stack([x, w, x * w], 1)
    if isinstance(module, torch.nn.Conv2d):
        w = module.weight[at[0]].detach()  # (c, h, w)
        (p, _), k = module.padding, w.shape[-1]
        x = torch.nn.functional.pad(x, (p, p, p, p))[:, at[1] : at[1] + k, at[2] : at[2] + k]
        return torch.stack([x.flatten(), w.flatten(), (x * w).flatten()], 1)
    if isinstance(module, torch.nn.MaxPool2d | torch.nn.AvgPool2d):
        c, i, j = at
        x = x[c, 2 * i : 2 * i + 2, 2 * j : 2 * j + 2].flatten()
        is_mean = isinstance(module, torch.nn.AvgPool2d)
        w = torch.full_like(x, 0.25 if is_mean else torch.nan)
        return torch.stack([x, w, x / 4 if is_mean else x], 1)
    x = x[at][None]
    return torch.stack([x, torch.full_like(x, torch.nan), module(x)], 1)


def strongest(there, stage, *at):
    """The product that counts most."""
    return int(products(there, stage, *at)[:, 2].abs().argmax())


def value_of(there, stage, *at):
    """What a unit is, by PyTorch."""
    y = there.output.softmax(0) if stage == "softmax" else there.activations[stage]
    return y[at].item()


class LeNetHand(LabHand):
    """A mounted LeNet lab: what it shows, as numbers, and how it is pressed."""

    def __init__(self, page, name="lenet", is_open=False):
        super().__init__(page, name, is_open)
        self.is_phone = page.viewport_size["width"] < 600

    @property
    def flow(self):
        """The network, a layer or a sum: what takes the arrow keys."""
        return self.root.locator(".cnl-flow")

    @property
    def level(self):
        """What is shown: the network, a layer or a unit."""
        return self.flow.get_attribute("class").split("at-")[1]

    @property
    def said(self):
        """The line below the stage."""
        return self.root.locator(".cnl-sum").inner_text()

    @property
    def live_region(self):
        """What a screen reader hears of the picked unit, and of a new picture."""
        return self.root.locator(".cnl-said [aria-live]")

    @property
    def unit(self):
        """The picked unit, as a link to the lab names it."""
        self.open()
        state = self.page.evaluate(
            """link => JSON.parse(atob(new URL(link).hash.split("s=")[1]
                .replaceAll("-", "+").replaceAll("_", "/")))""",
            self.copied_link(),
        )
        self.open(False)
        return tuple(state["picked"])

    def press(self, x, y):
        """Click at a place of the page, or tap there on a phone."""
        act = self.page.touchscreen.tap if self.is_phone else self.page.mouse.click
        act(x, y)
        self.settle()

    def canvas(self, stage, channel=0):
        """A map, on whatever level it is shown."""
        return self.root.locator(f'[data-map="{stage} {channel}"]')

    def press_map(self, stage, *at):
        """Press the place of a unit in its map."""
        channel, *place = at if len(at) == 3 else (0, *at)
        canvas = self.canvas(stage, channel)
        box = canvas.bounding_box()
        columns, rows = canvas.evaluate("canvas => [canvas.width, canvas.height]")
        row, column = place if len(place) == 2 else divmod(place[0], columns)
        x = box["x"] + (column + 0.5) / columns * box["width"]
        self.press(x, box["y"] + (row + 0.5) / rows * box["height"])

    def press_score(self, stage, i):
        """Press a score or a probability."""
        box = self.root.locator(f'[role=gridcell][data-stage="{stage}"]').nth(i).bounding_box()
        self.press(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)

    def zoom(self, stage, *at):
        """From the network to the sum of a unit: one gesture or two; returns how many."""
        if stage in ("dense.5", "softmax"):
            self.press_score(stage, *at)
            return 1
        self.press_map(stage, *at)
        assert self.level == "layer"
        self.press_map(stage, *at)
        return 2

    def press_product(self, stage, i, n, window):
        """Press the product number i of n, those of one window being so many."""
        if stage in ("dense.1", "dense.3", "dense.5"):
            heat = self.root.locator(".cnl-account > .cnl-heat").last
            canvases = heat.locator("canvas")
            area = n // canvases.count()
            box = canvases.nth(i // area).bounding_box()
            size = canvases.first.evaluate("canvas => [canvas.width, canvas.height]")
            row, column = divmod(i % area, size[0])
            x = box["x"] + (column + 0.5) / size[0] * box["width"]
            self.press(x, box["y"] + (row + 0.5) / size[1] * box["height"])
            return
        if stage == "softmax":
            target = self.root.locator(".cnl-term-row").nth(i)
        elif n > window:  # a convolution of several maps: in the small picture of that map
            box = self.root.locator(".cnl-part-sum canvas").nth(i // window).bounding_box()
            side = int(window**0.5)
            row, column = divmod(i % window, side)
            x = box["x"] + (column + 0.5) / side * box["width"]
            self.press(x, box["y"] + (row + 0.5) / side * box["height"])
            return
        else:
            target = self.root.locator(".cnl-numbers").last.locator("span").nth(i)
        box = target.bounding_box()
        self.press(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)

    def must_say(self, there, stage, at, i):
        """Compare the product that is said with PyTorch's."""
        assert self.level == "unit"
        all_of = products(there, stage, *at)
        x, w, product = all_of[i].tolist()
        said = numbers(self.said)
        near = {"rel": 1e-4, "abs": 1e-5}
        if stage.startswith("features") and isinstance(
            there.model.get_submodule(stage), torch.nn.MaxPool2d
        ):
            assert said[:4] == pytest.approx(all_of[:, 0].tolist(), rel=6e-3, abs=1e-5)
            assert said[4] == pytest.approx(all_of[:, 0].max().item(), **near)
        elif stage == "softmax":
            share = product / all_of[:, 2].sum().item()
            assert said[-1] == pytest.approx(share, rel=1e-3)
        elif w == 0.25:  # of four numbers the mean
            assert said == pytest.approx([x, 4, product], **near)
        elif w == w:  # x × w = product
            assert said == pytest.approx([x, w, product], **near)
        else:
            assert said[-1] == pytest.approx(product, **near)

    def answers(self):
        """The scores and probabilities of the classes, as far as their digits go."""
        cells = {}
        for name in ("dense.5", "softmax"):
            texts = self.root.locator(
                f'[role=gridcell][data-stage="{name}"] .cnl-hidden'
            ).all_text_contents()
            cells[name] = torch.tensor([numbers(text)[0] for text in texts])
        return cells["dense.5"], cells["softmax"] / 100

    def must_answer(self, scores):
        """Compare what the page says with ten scores of PyTorch."""
        shown, parts = self.answers()
        assert_close(shown, scores, rtol=6e-3, atol=1e-4)  # three digits are shown
        assert_close(parts, scores.softmax(0), rtol=0, atol=6e-4)

    def must_show_scores(self):
        """All ten scores are on the screen, and in the lab."""
        place, height = self.root.bounding_box(), self.page.viewport_size["height"]
        cells = self.root.locator('.cnl-scores [role="gridcell"]').all()
        assert len(cells) == 20
        for box in (cell.bounding_box() for cell in cells):
            assert place["y"] <= box["y"] and box["y"] + box["height"] <= height
            assert place["x"] <= box["x"]
            assert box["x"] + box["width"] <= place["x"] + place["width"]

    def go_to(self, *wanted):
        """By arrow keys alone, from the network to a layer or further to a unit: see `steps`."""
        stage, *at = wanted
        (ahead, back), (down, up) = (
            (("ArrowDown", "ArrowUp"), ("ArrowRight", "ArrowLeft"))
            if self.is_phone
            else (("ArrowRight", "ArrowLeft"), ("ArrowDown", "ArrowUp"))
        )
        keys = self.page.keyboard.press
        all_of = ["input", *FLOW]
        by = all_of.index(stage) - all_of.index(self.unit[0])
        self.flow.focus()
        for _ in range(abs(by)):
            keys(ahead if by > 0 else back)
        if len(at) == 3:
            by = at[0] - self.unit[1]
            self.flow.focus()
            for _ in range(abs(by)):
                keys(down if by > 0 else up)
        self.flow.focus()

    def walk_to(self, *at):
        """At the level of a layer, by arrow keys to a unit."""
        keys, stage = self.page.keyboard.press, self.unit[0]
        now, columns = list(self.unit[1:]), 1
        if len(at) == 1:
            columns = self.canvas(stage).evaluate("canvas => canvas.width")
            now, at = divmod(now[0], columns), divmod(at[0], columns)
        self.flow.focus()
        for (a, b), (less, more) in zip(
            list(zip(now, at, strict=True))[-2:],
            (("ArrowUp", "ArrowDown"), ("ArrowLeft", "ArrowRight")),
            strict=True,
        ):
            for _ in range(abs(b - a)):
                keys(more if b > a else less)

    def choose_picture(self, i):
        """Press one of the pictures to choose from."""
        self.root.get_by_role("option", name=f"Picture {i}:").click()
        self.settle()

    @property
    def pad(self):
        """The drawing pad, which *Draw* opens over the network."""
        if not self.root.locator(".cnl-pad").count():
            self.button("Draw").click()
        return self.root.get_by_role("application", name="Draw a digit")


@pytest.fixture
def open_lab(open_labs):
    def open_lab(lab=None, **options):
        return LeNetHand(open_labs(lab or LeNetLab(), **{"motion": "reduce"} | options), "lenet")

    return open_lab


NO_PICTURE_CHOSEN = "() => !document.querySelector('.cnl-gallery [aria-selected=true]')"


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit[0])
def test_from_the_network_to_any_product_in_three_gestures(open_lab, size, unit):
    (stage, *at), there = unit, LeNetLab()
    lab = open_lab(**SIZES[size])
    assert lab.level == "network"
    lab.must_show_scores()
    gestures = lab.zoom(*unit)
    value = value_of(there, stage, *at)
    assert lab.level == "unit"
    lab.must_show_scores()
    total = numbers(lab.root.locator(".cnl-total b").inner_text())
    assert total == pytest.approx([value], rel=1e-4, abs=1e-5)
    made_of = products(there, stage, *at)
    first = strongest(there, *unit)
    lab.must_say(there, stage, at, first)  # the one that counts most comes first

    n, i = len(made_of), (first + len(made_of) // 2 + 1) % len(made_of)
    window = 9 if stage in ("features.0", "features.3") else n
    lab.press_product(stage, i, n, window)
    assert gestures + 1 <= 3
    lab.must_say(there, stage, at, i)
    lab.page.keyboard.press("Escape")
    assert lab.level == "layer"
    lab.must_show_scores()
    lab.page.keyboard.press("Escape")
    assert lab.level == "network"


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("unit", UNITS[:-2], ids=lambda unit: unit[0])
def test_the_same_by_keyboard(open_lab, size, unit):
    (stage, *at), there = unit, LeNetLab()
    lab = open_lab(**SIZES[size])
    lab.go_to(*unit)
    expect(lab.live_region).to_contain_text(NAMES[stage])
    lab.page.keyboard.press("Enter")
    assert lab.level == "layer"
    assert NAMES[stage] in lab.flow.get_attribute("aria-label")
    lab.walk_to(*at)
    assert numbers(lab.said)[-1] == pytest.approx(value_of(there, *unit), rel=1e-4, abs=1e-5)
    lab.page.keyboard.press(" ")
    assert lab.level == "unit"
    lab.must_say(there, stage, at, strongest(there, *unit))
    expect(lab.live_region).to_contain_text(NAMES[stage])
    expect(lab.live_region).to_contain_text("equals")
    for key in ["ArrowUp", "ArrowLeft"] * 20 + ["PageUp"] * 5:  # to the first of all
        lab.page.keyboard.press(key)
    lab.must_say(there, stage, at, 0)
    lab.page.keyboard.press("Escape")
    assert lab.level == "layer" and lab.unit == unit
    lab.flow.focus()
    lab.page.keyboard.press("Escape")
    assert lab.level == "network"
    assert lab.flow.evaluate("flow => flow === document.activeElement")


@pytest.mark.parametrize("size", SIZES)
def test_scores_by_keyboard(open_lab, size):
    there, lab = LeNetLab(), open_lab(**SIZES[size])
    further, other = ("ArrowRight", "ArrowDown") if lab.is_phone else ("ArrowDown", "ArrowRight")
    lab.flow.focus()
    lab.page.keyboard.press("Tab")
    for _ in range(3):
        lab.page.keyboard.press(further)
    expect(lab.live_region).to_contain_text("Scores")
    assert lab.level == "network"
    lab.page.keyboard.press("Enter")
    lab.must_say(there, "dense.5", [3], strongest(there, "dense.5", 3))
    assert lab.flow.evaluate("flow => flow === document.activeElement")
    lab.page.keyboard.press("Tab")
    if lab.page.evaluate("document.activeElement.matches('.cnl-source')"):
        lab.page.keyboard.press("Tab")
    lab.page.keyboard.press(other)
    expect(lab.live_region).to_contain_text("Probabilities")
    assert lab.unit == ("softmax", 3)


@pytest.mark.parametrize("network", ["digit_lenet", "lenet"])
def test_pictures_maps_and_answers_are_those_of_pytorch(open_lab, network):
    there = LeNetLab(network)
    lab = open_lab(there)
    for image in (0, 7, 11):
        lab.choose_picture(image)
        there.image = image
        lab.must_answer(there.output)
        says, label = int(there.output.argmax()), there.labels[image]
        assert f"The network says {there.classes[says]}: " in lab.said
        wrong = f"It is wrong: this is {there.classes[label]}."
        assert lab.said.endswith("It is right." if says == label else wrong)
    y = there.activations
    for stage in FLOW:  # every map, opaque where its layer is largest
        wanted = y[stage].abs() / y[stage].abs().max()
        maps = wanted if wanted.ndim == 3 else wanted[None]
        for channel in {0, len(maps) - 1}:
            drawn = pixels(lab.canvas(stage, channel))[..., 3].flatten()[: maps[0].numel()] / 255
            assert_close(drawn, maps[channel].flatten(), rtol=0, atol=1 / 255)
    assert lab.root.locator("[data-map]").count() == 1 + 3 * 6 + 3 * 16 + 6
    lab.open()
    assert there.about in lab.root.inner_text()


def test_averages_sigmoids_and_padding_are_written_out(open_lab):
    there = LeNetLab("lenet", image=2)
    lab = open_lab(there)
    for stage, *at in (
        ("features.0", 3, 0, 1),  # a corner: much of its window is padding
        ("features.1", 2, 9, 9),
        ("features.2", 4, 6, 5),
        ("dense.2", 7),
        ("features.3", 9, 9, 0),
    ):
        assert lab.zoom(stage, *at) == 2
        lab.must_say(there, stage, at, strongest(there, stage, *at))
        total = numbers(lab.root.locator(".cnl-total b").inner_text())
        assert total == pytest.approx([value_of(there, stage, *at)], rel=1e-4, abs=1e-5)
        padding = lab.root.locator(".cnl-numbers").first.locator(".padding").count()
        assert padding == (2 * 5 + 3 if stage == "features.0" else 0)
        lab.page.keyboard.press("Escape")
        lab.page.keyboard.press("Escape")


def test_windows_are_marked_in_all_that_feeds_a_unit(open_lab):
    lab = open_lab(LeNetLab(picked=PICKED, level="network"))
    direct, far = (lab.root.locator(f".cnl-seen-by{kind}") for kind in (":not(.far)", ".far"))
    assert direct.count() == 6 and far.count() == 6 + 6 + 1  # pooling; ReLU, convolution, input

    def share(mark, channel_of):
        box, its = lab.canvas(*channel_of).bounding_box(), mark.bounding_box()
        return [
            (its["x"] - box["x"]) / box["width"],
            its["width"] / box["width"],
            (its["y"] - box["y"]) / box["height"],
        ]

    near = {"abs": 0.02}
    assert share(direct.first, ("features.2", 0)) == pytest.approx([6 / 13, 3 / 13, 4 / 13], **near)
    assert share(far.first, ("input", 0)) == pytest.approx([12 / 28, 8 / 28, 8 / 28], **near)
    lab.press_map("features.3", 5, 4, 6)
    assert far.count() == 0 and direct.count() == 6
    assert share(direct.nth(2), ("features.2", 2)) == pytest.approx(
        [6 / 13, 3 / 13, 4 / 13], **near
    )
    box = lab.canvas("features.3", 5).bounding_box()
    assert box["width"] > 250
    # the mouse shows a unit without picking it, until it leaves
    lab.page.mouse.move(box["x"] + box["width"] * 2.5 / 11, box["y"] + box["height"] * 9.5 / 11)
    assert lab.said.startswith("Convolution 2, map 5 [9, 2] = ")
    assert share(direct.first, ("features.2", 0)) == pytest.approx([2 / 13, 3 / 13, 9 / 13], **near)
    lab.page.mouse.move(0, 0)
    assert lab.said.startswith("Convolution 2, map 5 [4, 6] = ")
    lab.press_map("features.3", 11, 3, 3)  # another map of the layer takes its place
    assert lab.level == "layer" and lab.canvas("features.3", 11).bounding_box()["width"] > 250
    lab.press_map("features.2", 4, 3, 3)  # what feeds it leads on to its own layer
    assert lab.said.startswith("Max pooling 1, map 4 [3, 3]")


def test_a_drag_over_a_map_slides_the_window(open_lab):
    there = LeNetLab(picked=PICKED, level="layer")
    lab = open_lab(there)
    box = lab.canvas("features.3", 5).bounding_box()

    def at(i):
        return box["x"] + (i + 0.5) / 11 * box["width"], box["y"] + 0.3 * box["height"]

    lab.page.mouse.move(*at(1))
    lab.page.mouse.down()
    lab.page.mouse.move(*at(7), steps=6)
    lab.settle()
    assert lab.level == "layer" and lab.said.startswith("Convolution 2, map 5 [3, 7] = ")
    lab.page.mouse.up()
    lab.settle()
    assert lab.level == "unit" and lab.unit == ("features.3", 5, 3, 7)
    small = lab.canvas("features.3", 5).bounding_box()  # there too, in the map that stays in sight
    assert small["width"] < 120
    lab.press_map("features.3", 5, 8, 2)
    assert lab.level == "unit" and lab.unit == ("features.3", 5, 8, 2)
    total = numbers(lab.root.locator(".cnl-total b").inner_text())
    assert total == pytest.approx([value_of(there, "features.3", 5, 8, 2)], rel=1e-4)


def test_a_product_leads_to_the_unit_that_its_number_is(open_lab):
    there, lab = LeNetLab(), open_lab(LeNetLab(picked=["dense.1", 17]))
    assert lab.level == "unit"  # what is given to be looked at is shown
    made_of = products(there, "dense.1", 17)
    largest = made_of[:, 2].abs().topk(5).indices.tolist()
    rows = lab.root.locator(".cnl-term-row")
    shown = [numbers(row.inner_text())[-1] for row in rows.all()]
    assert shown == pytest.approx(made_of[largest, 2].tolist(), rel=6e-3)
    rows.nth(2).click()
    lab.must_say(there, "dense.1", [17], largest[2])
    channel, rest = divmod(largest[2], 25)
    lab.root.get_by_role("button", name="from Pool 2, map").click()
    assert lab.unit == ("features.5", channel, rest // 5, rest % 5) and lab.level == "unit"
    back = lab.root.get_by_role("button", name=f"‹ Pool 2, map {channel}")
    back.click()
    assert lab.level == "layer"
    lab.button("‹ Network").click()
    assert lab.level == "network"


def test_levels_are_one_motion_of_the_same_maps(open_lab):
    lab = open_lab(motion="no-preference")
    canvas = lab.canvas("features.3", 5)
    small = canvas.bounding_box()["width"]
    transition = "canvas => getComputedStyle(canvas).transition"
    assert "transform 0.28s" in canvas.evaluate(transition)
    canvas.evaluate("canvas => { canvas.kept = true; }")
    lab.press(*middle(canvas))
    seen = []

    def has_arrived():
        seen.append(canvas.bounding_box()["width"])
        assert len(seen) > 1 and seen[-1] == seen[-2] > 250

    soon(has_arrived)
    assert seen[-1] > 4 * small
    assert canvas.evaluate("canvas => canvas.kept")
    lab = open_lab(motion="reduce")
    assert lab.canvas("features.3", 5).evaluate(transition) in ("none", "none 0s ease 0s", "all")


def middle(canvas):
    box = canvas.bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def test_nothing_of_the_stage_is_cut_off(open_lab):
    """At any level the parts of the stage lie in it, whatever the unit; text is never cut."""
    cut = """lab => {
      const stage = lab.querySelector(".cnl-stage").getBoundingClientRect();
      const inside = (box) => box.left >= stage.left - 1 && box.right <= stage.right + 1
        && box.top >= stage.top - 1 && box.bottom <= stage.bottom + 1;
      const parts = lab.querySelectorAll(".cnl-account *, .cnl-scores *, .cnl-crumbs *, .cnl-name");
      const out = [...parts].filter((part) => !part.closest(".cnl-hidden, svg")
        && part.checkVisibility() && !inside(part.getBoundingClientRect()));
      const tight = [...lab.querySelectorAll(".cnl-numbers span, .cnl-scores span, .cnl-total")]
        .filter((part) => part.scrollWidth > part.clientWidth + 1 && part.clientWidth > 0
          && !part.matches(".cnl-hidden"));
      return [...out, ...tight].map((part) => `${part.className}: ${part.textContent}`);
    }"""
    for network, size in itertools.product(("digit_lenet", "lenet"), SIZES.values()):
        lab, said = open_lab(LeNetLab(network), **size), set()
        for unit in UNITS:
            lab.follow(fragment("lenet", {"input": 0, "kept": None, "picked": unit}))
            lab.settle()
            said.add(lab.said)
            assert lab.root.evaluate(cut) == [], (network, unit)
        assert len(said) == len(UNITS)


def test_on_a_phone_what_is_pressed_is_as_large_as_a_finger_needs(open_lab):
    lab = open_lab(**PHONE)
    rows = [lab.canvas(stage).bounding_box()["y"] for stage in ["input", *FLOW]]
    assert min(b - a for a, b in itertools.pairwise(rows)) >= 24
    lab.root.get_by_role("option", name="Picture 4:").tap()
    lab.must_answer(LeNetLab(image=4).output)
    assert lab.page.evaluate("document.documentElement.scrollWidth") <= 390
    lab.press_map("features.4", 2, 3, 4)
    lab.button("‹ Network").tap()
    assert lab.level == "network"
    pad = lab.pad
    lab.button("Clear").tap()
    pad.tap()
    lab.page.wait_for_function(NO_PICTURE_CHOSEN)
    lab.must_show_scores()  # the pad leaves them in sight
    lab.button("Draw").tap()
    assert lab.root.locator(".cnl-pad").count() == 0


def test_pictures_are_chosen_by_keyboard(open_lab):
    lab = open_lab()
    gallery = lab.root.get_by_role("listbox", name="Pictures to choose from")
    lab.root.get_by_role("option", name="Picture 0:").focus()
    for key in ("ArrowRight", "ArrowRight", "End", "ArrowLeft"):
        lab.page.keyboard.press(key)
    lab.settle()
    lab.must_answer(LeNetLab(image=10).output)
    assert gallery.locator("[tabindex='0']").count() == 1
    before = lab.answers()[1]
    lab.pad.focus()
    for key in (" ", *["Shift+ArrowDown"] * 3, " "):
        lab.page.keyboard.press(key)
    lab.page.wait_for_function(NO_PICTURE_CHOSEN)

    def answers_have_changed():  # with the stroke, which is drawn a frame later
        assert (lab.answers()[1] - before).abs().max() > 0.01

    soon(answers_have_changed)
    lab.page.keyboard.press("Escape")
    expect(lab.root.locator(".cnl-pad")).to_have_count(0)


def test_a_drawing_gives_what_pytorch_gives_and_a_link_brings_it_back(open_lab, open_page):
    lab = open_lab()
    pad = lab.pad.bounding_box()
    lab.button("Clear").click()
    lab.settle()
    lab.page.mouse.move(pad["x"] + 0.3 * pad["width"], pad["y"] + 0.2 * pad["height"])
    lab.page.mouse.down()
    for x, y in ((0.7, 0.2), (0.45, 0.85)):
        target = pad["x"] + x * pad["width"], pad["y"] + y * pad["height"]
        lab.page.mouse.move(*target, steps=8)
    lab.page.mouse.up()
    lab.settle()
    assert lab.said.startswith("The network says 7")
    lab.button("Draw").click()
    lab.open()
    scope = {}
    exec(lab.copied_code(), scope)  # noqa: S102
    lab.must_answer(scope["scores"][0].detach())

    lab.button("Keep this one as A, to compare").click()
    lab.choose_picture(9)
    lab.open(False)
    assert lab.zoom("features.3", 5, 4, 6) == 2
    lab.open()
    link = lab.copied_link()
    assert len(link) < 1500
    again = LeNetHand(open_page(link, permissions=CLIPBOARD))
    assert again.said == lab.said and again.level == "unit"
    again.open()
    for part in (".cnl-verdict", ".cnl-unit-name"):
        assert again.root.locator(part).inner_text() == lab.root.locator(part).inner_text()


def test_a_link_from_before_the_levels_opens_at_the_sum(open_lab):
    lab = open_lab()
    lab.open()
    lab.follow(fragment("lenet", {"input": 3, "kept": None, "picked": PICKED}))
    lab.settle()
    assert lab.level == "unit" and lab.unit == tuple(PICKED)
    lab.must_answer(LeNetLab(image=3).output)


def test_two_pictures_are_compared(open_lab):
    lab, a, b = open_lab(), LeNetLab(image=4), LeNetLab(image=9)
    lab.choose_picture(4)
    lab.open()
    lab.button("Keep this one as A, to compare").click()
    lab.choose_picture(9)
    lab.must_answer(b.output)
    assert lab.said.startswith("A (dashed): 4: ") and " B: 9: " in lab.said
    cells = lab.root.locator('[role=gridcell][data-stage="dense.5"] .cnl-hidden')
    shown = numbers(cells.nth(4).text_content())
    assert shown == pytest.approx([b.output[4].item(), a.output[4].item()], rel=6e-3)
    assert lab.root.locator(".cnl-part i.old").count() == 1

    def drawn():
        return pixels(lab.canvas("features.5"))[..., 3] / 255

    old, new = (x.activations["features.5"] for x in (a, b))
    largest = max(old.max(), new.max())  # colours mean the same for both
    for show, wanted in (
        ("B", new[0] / largest),
        ("A", old[0] / largest),
        ("B − A", (new - old)[0].abs() / (new - old).abs().max()),
    ):
        lab.root.get_by_label(show, exact=True).check()
        lab.settle()
        assert_close(drawn(), wanted, rtol=0, atol=1 / 255)

    lab.root.get_by_label("B", exact=True).check()
    lab.open(False)
    assert lab.zoom("features.3", 5, 4, 6) == 2
    lab.open()
    old, new = (x.activations["features.3"][5, 4, 6].item() for x in (a, b))
    text = lab.root.locator(".cnl-in-full p:has(.cnl-unit-name)").inner_text()
    assert numbers(text)[-2:] == pytest.approx([new, old], abs=1e-5) and "A has" in text
    expect(lab.live_region).to_contain_text("A has")
    lab.button("Swap A and B").click()
    lab.must_answer(a.output)
    lab.button("Stop comparing").click()
    assert lab.root.locator(".cnl-part i.old, .cnl-verdict").count() == 0


def test_a_layer_named_by_a_ledger_is_shown(open_lab):
    lab = open_lab(height=500)
    send = """([name, go]) => document.dispatchEvent(new CustomEvent("convnets-live:show-layer",
        { detail: { lab: "lenet", name, go } }))"""
    lab.page.evaluate(send, ["dense.3", True])
    lab.settle()
    assert lab.level == "layer" and lab.said.startswith("Dense layer 2, unit")
    lab.page.evaluate(send, ["dense.0", False])  # flattening shows nothing new
    lab.settle()
    assert lab.said.startswith("Max pooling 2, map")
    lab.page.evaluate(send, ["no such layer", True])
    lab.settle()
    assert lab.said.startswith("Max pooling 2, map")


def test_controls_that_are_not_asked_for_wait_under_more_settings(open_lab):
    lab = open_lab(LeNetLab(controls=[]))
    assert lab.said.startswith("The network says 0")
    assert lab.root.locator(".cnl-gallery").count() == 0 and lab.button("Draw").count() == 0
    lab.open()
    assert lab.root.locator(".cnl-gallery").count() == 1 and lab.button("Draw").count() == 1


def test_a_bad_link_changes_nothing(open_lab):
    lab = open_lab(LeNetLab(picked=PICKED))
    lab.open()
    before = lab.said, lab.level
    good = {"input": 3, "kept": None, "picked": PICKED, "level": "unit"}
    for change, complaint in [
        ({"input": 12}, "its drawing is not 784 bytes"),
        ({"input": "<img src=x>"}, "its drawing is not 784 bytes"),
        ({"input": None}, "its drawing is not 784 bytes"),
        ({"kept": {}}, "its drawing is not 784 bytes"),
        ({"picked": ["features.3", 16, 0, 0]}, "its picked is not one"),
        ({"picked": ["features.3"]}, "its picked is not one"),
        ({"picked": "features.3"}, "its picked is not one"),
        ({"picked": ["__proto__", 0]}, "its picked is not one"),
        ({"level": "pixel"}, "its level is not one of network, layer, unit"),
    ]:
        lab.must_refuse(good | change, complaint)
        assert (lab.said, lab.level) == before, change


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("level", ["network", "layer", "unit"])
def test_axe_finds_no_serious_fault(open_lab, theme, level):
    there = LeNetLab(image=4, picked=["features.3", 2, 4, 4], level=level)
    there.kept = there.images[9]
    lab = open_lab(there, theme=theme)
    for width in (1280, 390):
        lab.at_width(width)
        assert faults(lab.page) == [], width
    if level == "network" and theme == "light":
        lab.pad.focus()
        assert faults(lab.page) == []


@pytest.fixture
def far_lab(tmp_path):
    """The address of a page with a lab far down, its state in a file of its own; and that file."""
    address = write_page(tmp_path, CorrelationLab(), LeNetLab("lenet", name="clothes"))
    page, folder = tmp_path / "labs.html", tmp_path / explorables.STATES
    html = page.read_text().replace("<p>Text", "<p style='height: 4000px'>Text")
    html = html.replace("<main>", '<main class="bd-content">')  # as in the book
    html = explorables.with_states_outside(html, folder, lambda name: f"{folder.name}/{name}")
    page.write_text(html)
    (state,) = folder.iterdir()
    return address, state


def test_a_lab_is_loaded_as_the_reader_comes_near(open_page, watch, far_lab):
    address, state = far_lab
    page, there = open_page(address, permissions=CLIPBOARD), LeNetLab("lenet", image=4)
    first, place = LabHand(page), page.locator("#lab-clothes")
    first.button("Copy as PyTorch").focus()
    page.keyboard.press("Tab")
    while first.focused() is not None:
        page.keyboard.press("Tab")
    place.locator(".cnl-flow").wait_for()  # the next stop of Tab, however far away
    page.keyboard.press("Tab")
    assert place.locator(".cnl-flow:focus").count() == 1
    lab = LeNetHand(page, "clothes")
    lab.choose_picture(4)
    lab.must_answer(there.output)
    lab.open()
    link = lab.copied_link()
    assert watch.requests.count(state.as_uri()) == 1

    page = open_page(link)
    page.wait_for_function("scrollY > 3000")
    LeNetHand(page, "clothes").must_answer(there.output)
    page = open_page(address)
    assert state.as_uri() not in watch.requests[-5:]
    assert page.locator("#lab-clothes").bounding_box()["height"] == LeNetLab.room[0]
    page.mouse.wheel(0, 9000)
    LeNetHand(page, "clothes").must_answer(LeNetLab("lenet").output)


def test_a_lab_that_cannot_be_loaded_says_what_to_do(open_page, watch, far_lab):
    address, state = far_lab
    state.unlink()
    page = open_page(address)
    place = page.locator("#lab-clothes")
    assert "could not be loaded" not in place.inner_text()
    with page.context.expect_console_message():
        place.scroll_into_view_if_needed()
    expect(place.get_by_role("status")).to_contain_text(
        "From a disk: the page needs the other files"
    )
    assert place.locator(".cnl-still").is_visible() and LabHand(page).root.is_visible()
    (complaint,) = watch.complaints
    assert "ERR_FILE_NOT_FOUND" in complaint
    watch.complaints.clear()


@pytest.mark.parametrize("home", ["http", "file"])
def test_the_built_chapter(open_page, request, watch, home):
    base = request.getfixturevalue(f"book_{home}")
    page = open_page(f"{base}chapters/lenet.html", offline=home == "file", motion="reduce")
    lab, there = LeNetHand(page, "lenet"), LeNetLab(image=8)
    lab.choose_picture(8)
    lab.must_answer(there.output)
    assert lab.zoom("features.3", 5, 4, 6) == 2
    lab.must_say(there, "features.3", [5, 4, 6], strongest(there, "features.3", 5, 4, 6))

    # the other network is far below, and comes when the ledger or the reader leads there
    assert len([url for url in watch.requests if f"/{explorables.STATES}/" in url]) == 1
    ledger = LabHand(page, "ledger")
    ledger.root.locator("tbody tr").nth(3).click()
    ledger.button("See it in the lab").click()
    clothes, there = LeNetHand(page, "clothes"), LeNetLab("lenet", image=9)
    assert clothes.level == "layer" and clothes.said.startswith("Convolution 2, map")
    clothes.choose_picture(9)
    clothes.must_answer(there.output)
    clothes.button("‹ Network").click()
    assert clothes.zoom("features.5", 0, 1, 1) == 2
    unit = "features.5", [0, 1, 1]
    clothes.must_say(there, *unit, strongest(there, "features.5", 0, 1, 1))
    assert lab.level == "unit" and " × " in lab.said  # each lab for itself
    regions = page.get_by_role("region", name="LeNet lab").all()
    names = [region.get_attribute("aria-label") for region in regions]
    assert [name.split(".")[0] for name in names] == [
        "LeNet lab, digits, 1 of 2", "LeNet lab, clothes, 2 of 2",
    ]  # fmt: skip
    assert clothes.root.locator(".cnl-pad").count() == 0  # see the chapter
