"""The norm lab under mouse, touch and keyboard; PyTorch's layers are the oracle."""

import re

import pytest
import torch
from torch.testing import assert_close

from book_utils.explorables import NormLab
from tests.browser.lab_page import LabHand

ONE = torch.tensor([7.0, 2, 5, 4]).reshape(1, 4, 1, 1)

READ = """lab => {
  const text = (node) => node?.textContent ?? "";
  const number = (text) => parseFloat(text.replaceAll("−", "-"));
  const grids = {}, lit = {};
  for (const table of lab.querySelectorAll("[role=grid]")) {
    const name = table.getAttribute("aria-label").split(",")[0].toLowerCase();
    const cells = [...table.querySelectorAll("td")];
    grids[name] = cells.map((cell) =>
      [cell.dataset.at, number(cell.title || text(cell))]);
    lit[name] = cells.filter((cell) => cell.classList.contains("lit"))
      .map((cell) => cell.dataset.at);
  }
  return {
    grids, lit, sums: [...lab.querySelectorAll(".cnl-sum p")].map(text),
    formulas: [...lab.querySelectorAll(".cnl-formula")].map(text),
    spoken: text(lab.querySelector("div[aria-live]")), count: text(lab.querySelector(".cnl-count")),
    message: text(lab.querySelector(".cnl-message")),
    charts: [...lab.querySelectorAll(".cnl-chart")].map((chart) => chart.ariaLabel),
    names: [...lab.querySelectorAll("figcaption > span:first-child")].map(text),
  };
}"""


class NormHand(LabHand):
    """A mounted norm lab of a given shape (N, C, H, W)."""

    def __init__(self, page, name="lab", shape=(3, 4, 2, 2)):
        super().__init__(page, name)
        self.shape = shape

    def read(self):
        return self.root.evaluate(READ)

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

    def radio(self, label):
        return self.root.get_by_role("radio", name=label, exact=True)

    def must_show(self, lab):
        """Compare both grids with those of the same lab in Python."""
        assert_close(self.block("input"), lab.block, rtol=1e-6, atol=1e-6)
        assert_close(self.block("output"), lab.output, rtol=1e-4, atol=1e-4)


@pytest.fixture
def open_lab(open_labs):
    """Open a page with one norm lab and return a hand on it."""

    def open_lab(lab=None, **options):
        lab = lab or NormLab()
        return NormHand(open_labs(lab, **options), lab.name, tuple(lab.block.shape))

    return open_lab


def test_a_picked_cell_shows_its_set_and_its_sums(open_lab):
    lab = open_lab()
    shown = lab.read()
    assert shown["sums"][0] == (
        "x[0, 0, 0, 0] = 7 shares its mean and variance with 11 other cells of channel 0."
    )
    assert shown["sums"][1] == "mean = (7 + 2 + 5 + 4 + 1 + 5 + 6 + 3 + 5 + 2 + 6 + 5) / 12 = 4.25"
    assert "/ 12 = 3.1875, biased, to normalise; over 11 it is 3.477273" in shown["sums"][2]
    assert shown["sums"][3:] == [
        "x̂ = (7 − 4.25) / √(3.1875 + 0.00001) = 1.540306",
        "y = γ·x̂ + β = 1×1.540306 + 0 = 1.540306",
    ]
    assert shown["formulas"][0].startswith(
        "4 means and 4 variances: one a channel, each over N·H·W = 3·2·2 = 12 cells"
    )
    assert "0.9×0 + 0.1×4.25 = 0.425" in shown["formulas"][1]
    assert "Momentum 0.1 in PyTorch" in shown["formulas"][1]
    assert "is 0.9 in TensorFlow" in shown["formulas"][1]
    assert "mean equals 7 plus 2" in shown["spoken"] and "the root of 3.1875" in shown["spoken"]
    assert "y equals γ times x hat plus β equals 1 times 1.540306" in shown["spoken"]
    assert lab.lit() == lab.lit("output") == {
        (n, 0, h, w) for n in range(3) for h in (0, 1) for w in (0, 1)
    }  # fmt: skip
    lab.page.emulate_media(media="print")
    still = lab.place.get_by_role("img").first.get_attribute("aria-label")
    assert still.startswith("Example 0 of x, channel 0: 7, 2, 5, 4;")
    assert not lab.root.is_visible()


SETS = {
    "batch": (lambda n, c: c == 2, "4 means and 4 variances: one a channel"),
    "layer": (lambda n, c: n == 1, "3 means and 3 variances: one an example"),
    "instance": (lambda n, c: (n, c) == (1, 2), "12 means and 12 variances: one for each channel"),
    "group": (lambda n, c: n == 1 and c >= 2, "6 means and 6 variances: one for each of 2 groups"),
}


def test_which_cells_share_under_each_norm(open_lab):
    lab = open_lab()
    lab.tile("output", 1, 2, 0, 1).click()
    for norm, (shares, words) in SETS.items():
        lab.radio(norm).check()
        places = torch.cartesian_prod(*map(torch.arange, lab.shape)).tolist()
        assert lab.lit() == {(n, c, h, w) for n, c, h, w in places if shares(n, c)}
        assert lab.read()["formulas"][0].startswith(words)
        lab.must_show(NormLab(norm=norm))
    lab.tile("input", 0, 0, 0, 0).hover()
    assert lab.lit() == {(0, c, h, w) for c in (0, 1) for h in (0, 1) for w in (0, 1)}
    groups = lab.slider("Groups")
    for press, count in (("End", 4), ("Home", 1)):
        groups.press(press)
        lab.must_show(NormLab(norm="group", groups=count))
    lab.page.set_viewport_size({"width": 720, "height": 800})  # the book's column, and its figures
    lab.page.add_style_tag(content="figure { padding: 0.5em; }")
    tops = [lab.grid(name).bounding_box()["y"] for name in ("input", "output")]
    assert tops[0] == pytest.approx(tops[1], abs=1), "both blocks stand in one row"


def test_batches_move_the_running_averages_and_evaluation_uses_them(open_lab):
    lab = open_lab()
    for number in (2, 3):
        lab.button("Next batch").click()
        lab.must_show(NormLab(seen=number))
    assert lab.read()["names"][0] == "Batch 3, drawn" and lab.read()["count"] == "3 of 60"
    lab.slider("Batches seen in training").fill("25")
    lab.radio("eval").check()
    lab.must_show(NormLab(seen=25, training=False, batch=25))
    before = lab.read()["formulas"][1]
    lab.button("Next batch").click()
    shown = lab.read()
    assert "In evaluation no batch moves them." in before and shown["formulas"][1] == before
    assert "what else is in the batch does not matter" in shown["sums"][0]
    lab.must_show(NormLab(seen=25, training=False, batch=26))
    running = NormLab(seen=25).module.running_mean[0].item()
    words = next(chart for chart in shown["charts"] if chart.startswith("Running mean"))
    assert float(re.search(r"([\d.]+) after 25", words)[1]) == pytest.approx(running, rel=0.01)
    assert words.endswith("the true mean is 4.25.")


def test_play_and_pause(open_lab):
    lab = open_lab()
    lab.button("Play").click()
    lab.page.wait_for_function(
        "() => parseInt(document.querySelector('.cnl-count').textContent) > 2"
    )
    assert lab.root.locator("div[aria-live]").get_attribute("aria-live") == "off"
    lab.button("Pause").click()
    seen = int(lab.read()["count"].split()[0])
    lab.must_show(NormLab(seen=seen))


def test_sliders_and_typed_cells(open_lab):
    lab = open_lab()
    lab.slider("γ").press("ArrowRight")
    lab.slider("β").press("ArrowLeft")
    lab.slider("ε").press("End")
    lab.must_show(NormLab(gamma=1.1, beta=-0.1, eps=10))
    for label in ("γ", "β", "ε"):
        lab.slider(label).press("0")
    first = lab.tile("input", 0, 0, 0, 0)
    first.focus()
    lab.page.keyboard.type("-8")
    lab.page.keyboard.press("Enter")
    lab.page.keyboard.press("ArrowRight")
    assert lab.focused() == "Input 0,1"
    assert lab.read()["sums"][0].startswith("x[0, 0, 0, 1] = 2 shares")
    block = NormLab().block
    block[0, 0, 0, 0] = -8
    lab.must_show(NormLab(block, population=NormLab().population))
    for n in (5, 1, 3):  # the typed cell and the given ones come back
        lab.slider("Batch size N").fill(str(n))
        lab.shape = (n, 4, 2, 2)
        assert lab.block("input")[0, 0, 0, 0] == -8
        assert not lab.block("input").isnan().any()
    lab.must_show(NormLab(block, population=NormLab().population))
    lab.button("Next batch").click()
    lab.tile("input", 0, 0, 0, 0).click()
    lab.tile("input", 0, 0, 0, 0).click()
    assert lab.editor.count() == 0  # a drawn batch is not for typing


def test_what_pytorch_refuses_says_why(open_lab):
    lab = open_lab(NormLab(ONE))
    shown = lab.read()
    assert shown["sums"][0] == (
        "PyTorch refuses this: “Expected more than 1 value per channel when training”."
    )
    assert "(7 − 7) / √(0 + 0.00001) = 0" in shown["sums"][1]
    assert list(shown["grids"]) == ["input"]
    lab.radio("eval").check()
    lab.must_show(NormLab(ONE, training=False))
    lab.radio("instance").check()
    assert "more than 1 spatial element" in lab.read()["sums"][0]
    lab.radio("layer").check()
    lab.must_show(NormLab(ONE, norm="layer"))
    lab.radio("batch").check()
    lab.radio("train").check()
    lab.slider("Batch size N").fill("2")
    lab.shape = (2, 4, 1, 1)
    assert "shares its mean and variance with 1 other cell" in lab.read()["sums"][0]


def test_small_batches_spread_more(open_lab):
    lab = open_lab()
    words = lab.root.get_by_text(re.compile("^The means of 60 batches"))
    spreads = []
    for n in (1, 2, 8):
        lab.slider("Batch size N").fill(str(n))
        found, predicted = re.search(
            r"spread by ([\d.]+) .* = ([\d.]+) is", words.inner_text()
        ).groups()
        assert float(found) == pytest.approx(float(predicted), rel=0.35)
        spreads.append(float(found))
    assert spreads == sorted(spreads, reverse=True)


def test_by_touch_on_a_phone(open_lab):
    lab = open_lab(touch=True, is_mobile=True, width=390)
    cut = "boxes => boxes.filter((box) => box.scrollWidth > box.clientWidth).length"
    for width in (320, 390):  # four channels fit
        lab.at_width(width)
        assert lab.root.locator(".cnl-tiles-box").evaluate_all(cut) == 0
    for slider, chart in (("γ", "After"), ("Momentum", "Running mean")):  # seen while it is pulled
        top = lab.slider(slider).bounding_box()["y"]
        box = lab.root.get_by_role("img", name=re.compile(chart)).bounding_box()
        assert 0 < box["y"] + box["height"] - top < 560
    lab.tile("input", 2, 1, 1, 0).tap()
    assert lab.read()["sums"][0].startswith("x[2, 1, 1, 0] = 13 shares")
    lab.tile("input", 2, 1, 1, 0).tap()
    lab.editor.fill("0,5")
    lab.button("Next batch").tap()
    lab.button("Previous batch").tap()
    assert lab.block("input")[2, 1, 1, 0] == 0.5
    assert lab.page.evaluate("document.documentElement.scrollWidth") <= 390


def test_a_link_and_code_carry_the_settings(open_lab, open_page):
    made = NormLab(seen=7, momentum=0.3, gamma=1.5, beta=0.5, training=False, batch=9, seed=4)
    lab = open_lab(made)
    lab.tile("input", 0, 3, 0, 0).click()
    scope = {}
    exec(lab.copied_code(), scope)  # noqa: S102
    assert_close(scope["y"], made.output, rtol=1e-4, atol=1e-4)
    again = NormHand(open_page(lab.copied_link()))
    again.must_show(made)
    assert again.read()["sums"][0].startswith("x[0, 3, 0, 0]")
    lab.radio("train").check()
    exec(lab.copied_code(), scope)  # noqa: S102
    made.training = True
    assert_close(scope["y"], made.output, rtol=1e-4, atol=1e-4)
    assert_close(scope["norm"].running_var, made.module.running_var, rtol=1e-4, atol=1e-4)
    for norm in ("layer", "instance", "group"):
        lab.radio(norm).check()
        exec(lab.copied_code(), scope)  # noqa: S102
        assert_close(scope["y"], lab.block("output"), rtol=1e-4, atol=1e-4)


# What is allowed one by one and does not go together; the rest is in tests/labs.
BAD = [
    ({"groups": 3, "norm": "group"}, "does not divide 4 channels: use one of 1, 2, 4"),
    ({"population": [[[[1]]]]}, "its population has other channels than its input"),
    ({"input": [[[[1] * 3] * 3] * 4] * 8}, "8 by 8 by 3 by 3, 128 in all"),
]


def test_settings_that_do_not_go_together_are_refused_in_a_link(open_lab):
    lab = open_lab()
    before = lab.read()
    for change, complaint in BAD:
        lab.must_refuse(NormLab().settings() | change, complaint)
        assert lab.read() | {"message": ""} == before, complaint


def test_every_example_is_pytorchs(open_lab):
    lab = open_lab()
    choice = lab.root.get_by_role("combobox", name="Example")
    for label in choice.locator("option").all_inner_texts():
        choice.select_option(label=label)
        shape = [
            int(v)
            for v in lab.grid("input").get_attribute("aria-label").split(", ")[1].split(" by ")
        ]
        lab.shape = tuple(shape)
        if "refused" in label:
            assert lab.read()["sums"][0].startswith("PyTorch refuses")
            continue
        scope = {}
        exec(lab.copied_code(), scope)  # noqa: S102
        assert_close(lab.block("output"), scope["y"], rtol=1e-4, atol=1e-4)
