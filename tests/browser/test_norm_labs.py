"""The three labs of normalisation under mouse, touch and keyboard; PyTorch's layers judge them."""

import re

import pytest
import torch
from playwright.sync_api import expect
from torch.testing import assert_close

from book_utils.explorables import NormaliseLab, NormsLab, RunningLab
from tests.browser.lab_page import LabHand, fragment

ONE = torch.tensor([7.0, 2, 5, 4]).reshape(1, 4, 1, 1)

READ = """lab => {
  const text = (node) => node?.textContent.replaceAll("\\u00a0", " ") ?? "";
  const number = (text) => parseFloat(text.replaceAll("−", "-"));
  const grids = {}, lit = {};
  for (const table of lab.querySelectorAll("[role=grid]")) {
    const name = table.getAttribute("aria-label").split(",")[0].toLowerCase();
    const cells = [...table.querySelectorAll("[role=gridcell]")];
    grids[name] = cells.map((cell) => [cell.dataset.at, number(cell.title || text(cell))]);
    lit[name] = cells.filter((cell) => cell.classList.contains("lit"))
      .map((cell) => cell.dataset.at);
  }
  return {
    grids, lit, said: text(lab.querySelector(".cnl-sum")),
    full: [...lab.querySelectorAll(".cnl-in-full p")].map(text),
    aside: text(lab.querySelector(".cnl-aside")), count: text(lab.querySelector(".cnl-count")),
    spoken: text(lab.querySelector("div[aria-live]")),
    message: text(lab.querySelector(".cnl-message")),
    charts: [...lab.querySelectorAll(".cnl-chart")].map((chart) => chart.ariaLabel),
    used: text(lab.querySelector(".cnl-stats.on")), moves: text(lab.querySelector(".cnl-moves")),
    margins: [...lab.querySelectorAll(".margin")].map((each) => each.ariaLabel),
    scale: [...lab.querySelectorAll(".tick")].map(text),
  };
}"""


class Hand(LabHand):
    """A mounted lab of a block of a given shape (N, C, H, W)."""

    def __init__(self, page, name="lab", shape=(3, 4, 2, 2)):
        super().__init__(page, name)
        self.shape = shape

    def read(self):
        return self.root.evaluate(READ)

    def radio(self, label):
        return self.root.get_by_role("radio", name=label, exact=True)

    def must_say(self, words):
        """Have these words in what is said in full."""
        expect(self.root.locator(".cnl-in-full")).to_contain_text(words)


class NormsHand(Hand):
    """A norms lab, whose grids show a block as tiles."""

    def at(self, place):
        """(n, c, h, w) of the text row,column of a cell."""
        (i, j), (_, _, h, w) = map(int, place.split(",")), self.shape
        return i // h, j // w, i % h, j % w

    def block(self, grid):
        """A grid as a block (N, C, H, W)."""
        block = torch.full(self.shape, torch.nan)
        for place, value in self.read()["grids"][grid]:
            block[self.at(place)] = value
        return block

    def lit(self, grid="input"):
        return {self.at(place) for place in self.read()["lit"][grid]}

    def tile(self, grid, n, c, h, w):
        _, _, height, width = self.shape
        return self.cell(grid, n * height + h, c * width + w)

    def must_show(self, lab):
        """Compare both grids with those of the same lab in Python."""
        assert_close(self.block("input"), lab.block, rtol=1e-6, atol=1e-6)
        assert_close(self.block("output"), lab.output, rtol=1e-4, atol=1e-4)


class RunningHand(Hand):
    """A running averages lab, whose grids show one channel in a row."""

    def must_show(self, lab, channel=0):
        grids = self.read()["grids"]
        for name, block in (("input", lab.block), ("output", lab.output)):
            found = torch.tensor([float(value) for _, value in grids[name]])
            assert_close(found, block[:, channel].flatten(), rtol=1e-4, atol=1e-4)


class NormaliseHand(Hand):
    """A normalise lab, whose grids show a channel in each row."""

    def rows(self, grid):
        found = torch.tensor([float(value) for _, value in self.read()["grids"][grid]])
        return found.reshape(self.shape[1], -1)

    def must_show(self, lab):
        x, y = torch.tensor(lab.input).float(), lab.output
        for name, block in (("batch", x), ("normalised", y)):
            wanted = block.transpose(0, 1).flatten(1)
            assert_close(self.rows(name), wanted, rtol=1e-4, atol=1e-4)


@pytest.fixture
def open_lab(open_labs):
    """Open a page with one lab and return a hand on it."""
    hands = {"normalise": NormaliseHand, "running": RunningHand, "norms": NormsHand}

    def open_lab(lab, **options):
        shape = tuple(torch.tensor(lab.input).shape)
        return hands[lab.view](open_labs(lab, **options), lab.name, shape)

    return open_lab


# Normalise


def test_a_number_is_written_out_from_mean_to_beta(open_lab):
    lab = open_lab(NormaliseLab(gamma=[2, 1], beta=[1, 0]))
    shown = lab.read()
    assert shown["said"] == "x̂ = (8 − 5) / √(4 + 0.00001), y = 2 × 1.5 + 1 = 4"
    said, counted = shown["full"]
    assert said.startswith("x[1, 0, 1, 1] = 8 shares its mean and variance with 7 other numbers")
    assert "mean = (2 + 2 + 5 + 5 + 5 + 6 + 7 + 8) / 8 = 5" in said
    assert "/ 8 = 4, biased, to normalise; over 7 it is 4.571429, unbiased" in said
    assert said.endswith("y = γ·x̂ + β = 2×1.499998 + 1 = 3.999996")
    assert counted.startswith("2 means and 2 variances: one a channel, each over N·H·W = 2·2·2 = 8")
    assert (
        "x hat equals 8 minus" in shown["spoken"]
        and "the root of open bracket 4 plus" in shown["spoken"]
    )
    assert shown["margins"] == [
        "x, channel 0: mean 5, standard deviation 2",
        "x, channel 1: mean 50, standard deviation 20",
        "x̂, channel 0: mean 0, standard deviation 1",
        "x̂, channel 1: mean 0, standard deviation 1",
        "y, channel 0: mean 1, standard deviation 2",
        "y, channel 1: mean 0, standard deviation 1",
    ]
    lab.page.emulate_media(media="print")
    still = lab.place.get_by_role("img").first.get_attribute("aria-label")
    assert still.startswith("Example 0 of x, channel 0: 2, 2, 5, 5;")
    assert not lab.root.is_visible()


def test_a_dot_is_dragged_and_the_others_of_its_channel_move(open_lab):
    lab = open_lab(NormaliseLab())
    lab.open(False)
    before, scale = lab.rows("normalised"), lab.read()["scale"]
    lab.cell("batch", 0, 7).click()  # the 8
    ring = lab.root.locator(".cnl-lines .ring").get_attribute("d")
    across, down = map(float, re.match(r"M([\d.]+),([\d.]+)", ring).groups())
    box = lab.root.locator(".cnl-lines").bounding_box()
    y = box["y"] + box["height"] * down / 300
    lab.page.mouse.move(box["x"] + box["width"] * across / 100, y)
    lab.page.mouse.down()
    lab.page.mouse.move(box["x"] + box["width"] * 0.9, y, steps=4)
    lab.page.mouse.up()
    assert lab.rows("batch")[0].tolist() == [2, 2, 5, 5, 5, 6, 7, 90]
    after = lab.rows("normalised")
    assert (after[0, :7] != before[0, :7]).all() and (after[1] == before[1]).all()
    assert lab.read()["scale"] == scale
    x = torch.tensor(NormaliseLab().input)
    x[1, 0, 1, 1] = 90
    lab.must_show(NormaliseLab(x))


def test_sliders_of_the_picked_channel_and_of_the_batch(open_lab):
    lab = open_lab(NormaliseLab())
    lab.slider("γ, channel 0").press("ArrowRight")
    lab.cell("batch", 1, 0).click()
    lab.slider("γ, channel 1").press("End")
    lab.slider("β, channel 1").press("Home")
    lab.slider("ε").press("End")
    lab.must_show(NormaliseLab(gamma=[1.1, 3], beta=[0, -2], eps=10))
    lab.slider("γ, channel 1").press("0")
    lab.must_show(NormaliseLab(gamma=[1.1, 1], beta=[0, -2], eps=10))
    lab.cell("batch", 0, 0).press("-")
    lab.editor.fill("-40")
    lab.page.keyboard.press("Enter")
    for n in (6, 1, 2):  # the typed number and the given ones come back
        lab.slider("Batch size N").fill(str(n))
        assert lab.rows("batch").shape == (2, 4 * n)
        assert lab.rows("batch")[0, 0] == -40
    x = torch.tensor(NormaliseLab().input)
    x[0, 0, 0, 0] = -40
    lab.must_show(NormaliseLab(x, gamma=[1.1, 1], beta=[0, -2], eps=10))


OLD = {  # a link of the first edition, when one lab had it all
    "input": [[[[1, 3]]], [[[5, 7]]]],
    "population": [[[[1, 3]]]],
    "norm": "batch",
    "groups": 1,
    "momentum": 0.3,
    "eps": 0.001,
    "gamma": 2,
    "beta": 0.5,
    "training": True,
    "seen": 3,
    "batch": 1,
    "seed": 0,
    "picked": [1, 0, 0, 1],
}


def of_old(kind, **changes):
    """The lab of this kind with those of the old settings that it has."""
    names = kind.class_trait_names(sync=True)
    return kind(**{name: OLD[name] for name in OLD if name in names} | changes)


def test_a_link_of_the_first_edition_opens_the_lab_of_its_name(open_lab, open_page):
    for hand, made in (
        (NormaliseHand, of_old(NormaliseLab, gamma=[2], beta=[0.5])),
        (RunningHand, of_old(RunningLab)),
        (NormsHand, of_old(NormsLab)),
    ):
        lab = open_lab(type(made)())
        place = lab.page.url.split("#")[0] + fragment("lab", OLD)
        hand(open_page(place), "lab", (2, 1, 1, 2)).must_show(made)
    lab = open_lab(NormaliseLab())
    lab.must_refuse(OLD | {"gamma": "2"}, "its gamma is not an array of numbers")


# Running averages


def test_batches_move_the_running_averages_and_evaluation_uses_them(open_lab):
    lab = open_lab(RunningLab())
    shown = lab.read()
    assert shown["said"] == "running mean = 0.9 × 0 + 0.1 × 4.25 = 0.425"
    assert "0.9 × 1 + 0.1 × 3.477273 = 1.247727 (of the batch the unbiased one)" in shown["full"][0]
    assert shown["aside"] == "PyTorch’s 0.1 is TensorFlow’s 0.9"
    assert "the share of the new batch, is 0.9 in TensorFlow" in shown["full"][1]
    assert shown["used"].startswith("used: this batch") and "0.1 of it" in shown["moves"]
    for number in (2, 3):
        lab.button("Next batch").click()
        lab.must_show(RunningLab(seen=number))
    assert lab.read()["count"] == "3 of 60"
    lab.slider("Batches seen").fill("25")
    lab.radio("eval").check()
    lab.must_show(RunningLab(seen=25, training=False, batch=25))
    before = lab.read()["charts"]
    lab.button("Next batch").click()
    shown = lab.read()
    assert shown["charts"] == before and "In evaluation no batch moves them" in shown["full"][0]
    assert shown["used"].startswith("used: running") and shown["moves"] == "moves nothing"
    assert "what else is in the batch does not matter" in shown["full"][0]
    lab.must_show(RunningLab(seen=25, training=False, batch=26))
    running = RunningLab(seen=25).module.running_mean[0].item()
    words = next(chart for chart in shown["charts"] if chart.startswith("Running mean"))
    assert float(re.search(r"([\d.]+) after 25", words)[1]) == pytest.approx(running, rel=0.01)
    assert words.endswith("the true mean is 4.25.")
    lab.slider("Channel").fill("2")
    lab.must_show(RunningLab(seen=25, training=False, batch=26), channel=2)


def test_momentum_from_nothing_to_everything(open_lab):
    lab = open_lab(RunningLab(seen=20))
    momentum = lab.slider("Momentum")
    momentum.press("Home")
    lab.must_say("No batch ever moves them.")
    assert lab.read()["said"].endswith("= 0")
    momentum.press("End")
    assert momentum.get_attribute("aria-valuetext") == "None"
    lab.must_say("Momentum None weighs all batches alike: the nth counts 1/n.")
    momentum.press("ArrowLeft")
    lab.must_say("Only the last batch counts.")
    wanted = RunningLab(seen=20, momentum=1)
    mean = wanted.block[:, 0].mean().item()
    assert float(lab.read()["said"].split("= ")[-1]) == pytest.approx(mean, rel=1e-3)
    lab.radio("eval").check()
    lab.must_show(RunningLab(seen=20, momentum=1, training=False, batch=20))


def test_play_and_pause(open_lab):
    lab = open_lab(RunningLab())
    lab.root.locator(".cnl-play").click()
    lab.page.wait_for_function(
        "() => parseInt(document.querySelector('.cnl-count').textContent) > 2"
    )
    assert lab.root.locator("div[aria-live]").get_attribute("aria-live") == "off"
    lab.root.locator(".cnl-play").click()
    seen = int(lab.read()["count"].split()[0])
    lab.must_show(RunningLab(seen=seen))
    lab.slider("Batches seen").fill("58")
    lab.root.locator(".cnl-play").click()  # to the end, where it stops
    expect(lab.root.locator(".cnl-play")).to_have_text("Play", timeout=20_000)
    assert lab.read()["count"] == "60 of 60"


def test_small_batches_spread_more(open_lab):
    lab = open_lab(RunningLab())
    words = lab.root.locator(".cnl-formula")
    spreads = []
    for n in (1, 2, 6):
        lab.slider("Batch size N").fill(str(n))
        found, predicted = re.search(
            r"The means of 60 batches.* spread by ([\d.]+) .* = ([\d.]+) is", words.inner_text()
        ).groups()
        assert float(found) == pytest.approx(float(predicted), rel=0.35)
        spreads.append(float(found))
    assert spreads == sorted(spreads, reverse=True)


# Four norms

SETS = {
    "batch": (lambda n, c: c == 2, "4 means and 4 variances: one a channel"),
    "layer": (lambda n, c: n == 1, "3 means and 3 variances: one an example"),
    "instance": (lambda n, c: (n, c) == (1, 2), "12 means and 12 variances: one for each channel"),
    "group": (lambda n, c: n == 1 and c >= 2, "6 means and 6 variances: one for each of 2 groups"),
}


def test_a_picked_cell_shows_its_set_and_its_sums(open_lab):
    lab = open_lab(NormsLab())
    shown = lab.read()
    assert shown["said"] == "Channel 0: (7 − 4.25) / √(3.188 + 0.00001) = 1.54"
    said, counted = shown["full"]
    assert said.startswith(
        "x[0, 0, 0, 0] = 7 shares its mean and variance with 11 other cells of channel 0."
    )
    assert "mean = (7 + 2 + 5 + 4 + 1 + 5 + 6 + 3 + 5 + 2 + 6 + 5) / 12 = 4.25" in said
    assert "/ 12 = 3.1875, biased, to normalise; over 11 it is 3.477273" in said
    assert "x̂ = (7 − 4.25) / √(3.1875 + 0.00001) = 1.540306" in said
    assert said.endswith("y = γ·x̂ + β = 1×1.540306 + 0 = 1.540306")
    assert counted.startswith(
        "4 means and 4 variances: one a channel, each over N·H·W = 3·2·2 = 12 cells"
    )
    assert (
        "mean equals 7 plus 2" in shown["spoken"]
        and "the root of open bracket 3.1875" in shown["spoken"]
    )
    assert lab.lit() == lab.lit("output") == {
        (n, 0, h, w) for n in range(3) for h in (0, 1) for w in (0, 1)
    }  # fmt: skip


def test_which_cells_share_under_each_norm(open_lab):
    lab = open_lab(NormsLab())
    lab.tile("output", 1, 2, 0, 1).click()
    for norm, (shares, words) in SETS.items():
        lab.radio(norm).check()
        places = torch.cartesian_prod(*map(torch.arange, lab.shape)).tolist()
        assert lab.lit() == {(n, c, h, w) for n, c, h, w in places if shares(n, c)}
        assert lab.read()["full"][1].startswith(words)
        lab.must_show(NormsLab(norm=norm))
    lab.tile("input", 0, 0, 0, 0).hover()
    assert lab.lit() == {(0, c, h, w) for c in (0, 1) for h in (0, 1) for w in (0, 1)}
    groups = lab.slider("Groups")
    for press, count in (("End", 4), ("Home", 1)):
        groups.press(press)
        lab.must_show(NormsLab(norm="group", groups=count))
    tops = [lab.grid(name).bounding_box()["y"] for name in ("input", "output")]
    assert tops[0] == pytest.approx(tops[1], abs=1), "both blocks stand in one row"


def test_evaluation_is_for_batch_norm_alone(open_lab):
    lab = open_lab(NormsLab())
    lab.radio("eval").check()
    lab.must_show(NormsLab(training=False))
    assert lab.lit() == set() and "none of this block" in lab.read()["aside"]
    assert "what else is in the batch does not matter" in lab.read()["full"][0]
    population = NormsLab().population
    lab.tile("input", 0, 0, 0, 0).press("9")
    lab.page.keyboard.press("Enter")
    block = NormsLab().block
    block[0, 0, 0, 0] = 9
    lab.must_show(NormsLab(block, population=population, training=False))
    for norm in ("layer", "instance"):
        lab.radio(norm).check()
        assert not lab.radio("eval").count()
        expect(lab.root.locator(".cnl-note")).to_have_text("The same in train and eval")


def test_sliders_and_typed_cells(open_lab):
    lab = open_lab(NormsLab())
    lab.slider("γ").press("ArrowRight")
    lab.slider("β").press("ArrowLeft")
    lab.slider("ε").press("End")
    lab.must_show(NormsLab(gamma=1.1, beta=-0.1, eps=10))
    for label in ("γ", "β", "ε"):
        lab.slider(label).press("0")
    first = lab.tile("input", 0, 0, 0, 0)
    first.focus()
    lab.page.keyboard.type("-8")
    lab.page.keyboard.press("Enter")
    lab.page.keyboard.press("ArrowRight")
    assert lab.focused() == "Input 0,1"
    assert lab.read()["full"][0].startswith("x[0, 0, 0, 1] = 2 shares")
    block = NormsLab().block
    block[0, 0, 0, 0] = -8
    lab.must_show(NormsLab(block, population=NormsLab().population))
    for n in (5, 1, 3):  # the typed cell and the given ones come back
        lab.slider("Batch size N").fill(str(n))
        lab.shape = (n, 4, 2, 2)
        assert lab.block("input")[0, 0, 0, 0] == -8
        assert not lab.block("input").isnan().any()
    lab.must_show(NormsLab(block, population=NormsLab().population))


def test_what_pytorch_refuses_says_why(open_lab):
    lab = open_lab(NormsLab(ONE))
    shown = lab.read()
    assert "PyTorch refuses this: “Expected more than 1 value per channel when" in shown["said"]
    assert "(7 − 7) / √(0 + 0.00001) = 0" in shown["said"]
    assert list(shown["grids"]) == ["input"]
    lab.radio("eval").check()
    lab.must_show(NormsLab(ONE, training=False))
    lab.radio("instance").check()
    assert "more than 1 spatial element" in lab.read()["said"]
    lab.radio("layer").check()
    lab.must_show(NormsLab(ONE, norm="layer"))
    lab.radio("batch").check()
    lab.radio("train").check()
    lab.slider("Batch size N").fill("2")
    lab.shape = (2, 4, 1, 1)
    assert "shares its mean and variance with 1 other cell" in lab.read()["full"][0]


@pytest.mark.parametrize("kind", [RunningLab, NormaliseLab])
def test_one_number_a_channel_is_refused_in_the_other_labs_too(open_lab, kind):
    lab = open_lab(kind(ONE))
    assert "PyTorch refuses this: “Expected more than 1 value per channel" in lab.read()["said"]
    lab.slider("Batch size N").fill("2")
    assert "refuses" not in lab.read()["said"]


# All three


@pytest.mark.parametrize("kind", [NormaliseLab, RunningLab, NormsLab])
def test_by_touch_on_a_phone(open_lab, kind):
    lab = open_lab(kind(), touch=True, is_mobile=True, width=390)
    lab.open(False)
    stage = lab.root.locator(".cnl-stage").bounding_box()
    hand = lab.root.locator(".cnl-hand").bounding_box()
    assert hand["y"] + hand["height"] - stage["y"] < 788, "cause and effect are on one screen"
    grid = lab.root.get_by_role("grid").first
    box = grid.bounding_box()
    assert box["x"] >= 0 and box["x"] + box["width"] <= 390
    cell = grid.get_by_role("gridcell").nth(3)
    cell.tap()
    expect(cell).to_have_attribute("aria-selected", "true")
    if kind is not RunningLab:  # whose batches are drawn
        cell.tap()
        lab.editor.fill("0,5")
        lab.page.keyboard.press("Enter")
        expect(cell).to_have_text("0.5")
    assert lab.page.evaluate("document.documentElement.scrollWidth") <= 390


def test_a_link_and_code_carry_the_settings(open_lab, open_page):
    made = RunningLab(seen=7, momentum=0.3, training=False, batch=9, seed=4)
    lab = open_lab(made)
    scope = {}
    exec(lab.copied_code(), scope)  # noqa: S102
    assert_close(scope["y"], made.output, rtol=1e-4, atol=1e-4)
    again = RunningHand(open_page(lab.copied_link()))
    again.must_show(made)
    lab.radio("train").check()
    exec(lab.copied_code(), scope)  # noqa: S102
    made.training = True
    assert_close(scope["y"], made.output, rtol=1e-4, atol=1e-4)
    assert_close(scope["norm"].running_var, made.module.running_var, rtol=1e-4, atol=1e-4)
    assert scope["norm"].num_batches_tracked == 7


# What is allowed one by one and does not go together; the rest is in tests/labs.
BAD = [
    (NormsLab, {"groups": 3, "norm": "group"}, "does not divide 4 channels: use one of 1, 2, 4"),
    (NormsLab, {"population": [[[[1]]]]}, "its population has other channels than its input"),
    (RunningLab, {"population": [[[[1]]]]}, "its population has other channels than its input"),
    (RunningLab, {"input": [[[[1] * 3] * 3] * 4] * 8}, "8 by 8 by 3 by 3, 128 in all"),
]


def test_settings_that_do_not_go_together_are_refused_in_a_link(open_lab):
    for kind, change, complaint in BAD:
        lab = open_lab(kind())
        before = lab.read()
        lab.must_refuse(kind().settings() | change, complaint)
        assert lab.read() | {"message": ""} == before, complaint


@pytest.mark.parametrize("kind", [NormaliseLab, RunningLab, NormsLab])
def test_every_example_is_pytorchs(open_lab, kind):
    lab = open_lab(kind())
    choice = lab.root.get_by_role("combobox", name="Example")
    for label in choice.locator("option").all_inner_texts():
        choice.select_option(label=label)
        if "refused" in label:
            assert "PyTorch refuses" in lab.read()["said"]
            continue
        scope = {}
        exec(lab.copied_code(), scope)  # noqa: S102
        y = scope["y"].detach()
        shown = lab.read()["grids"]
        if kind is NormsLab:
            lab.shape = tuple(y.shape)
            assert_close(lab.block("output"), y, rtol=1e-4, atol=1e-4)
        else:
            by_channel = y.transpose(0, 1).flatten(1)
            wanted = by_channel[0] if kind is RunningLab else by_channel.flatten()
            found = shown["output" if kind is RunningLab else "normalised"]
            values = torch.tensor([float(value) for _, value in found])
            assert_close(values, wanted, rtol=1e-4, atol=1e-4)
