"""The backward lab under mouse and keyboard: what is lit, what is written, what moves."""

import re

import pytest
import torch
from playwright.sync_api import expect

from book_utils.explorables import BackwardLab
from tests.browser.lab_page import LabHand

FIVE, THREE = torch.arange(25).reshape(5, 5), torch.arange(9).reshape(3, 3)
LABELS = {"input": "Input,", "kernel": "Kernel,", "output": "δ,", "dw": "dW ", "dx": "dX "}
# What the δ do when the stride has grown: how long, and how many of them.
MOVING = """slider => {
  slider.value = 2;
  slider.dispatchEvent(new Event("input", { bubbles: true }));
  return new Promise((done) => requestAnimationFrame(() => done(
    document.getAnimations().filter((a) => a.effect.target.dataset.at)
      .map((a) => a.effect.getTiming().duration))));
}"""


class Hand(LabHand):
    """A backward lab: its grids by the names of its trait `picked`."""

    def grid(self, name):
        return self.root.locator(f'[role="grid"][aria-label^="{LABELS[name]}"]')

    def pick(self, grid, row, column):
        self.cell(grid, row, column).click()
        self.settle()

    def marked(self, grid, kind="lit"):
        """The cells of a grid with a mark, as the text of their place."""
        cells = self.grid(grid).locator(f".{kind}")
        return set(cells.evaluate_all("list => list.map((cell) => cell.dataset.at)"))

    @property
    def sum(self):
        return self.root.locator(".cnl-sum")


@pytest.fixture
def open_lab(open_labs):
    """Open a page that holds a backward lab, and return a hand on it."""

    def open_lab(lab, **options):
        return Hand(open_labs(lab, **options), lab.name, is_open=False)

    return open_lab


def corners(hand, grid):
    """What stands in the corners of a grid's cells."""
    return hand.grid(grid).locator("small").all_inner_texts()


def test_a_weight_lights_up_what_makes_its_gradient_and_writes_the_sum(open_lab):
    hand = open_lab(BackwardLab(FIVE, THREE, stride=2))
    hand.pick("dw", 0, 1)
    assert hand.marked("input") == {"0,1", "0,3", "2,1", "2,3"}
    assert hand.marked("output") == {"0,0", "0,2", "2,0", "2,2"}
    assert hand.marked("kernel") == {"0,1"}
    assert corners(hand, "input") == ["×1"] * 4
    expect(hand.sum).to_have_text("dW[0, 1] = 1×1 + 1×3 + 1×11 + 1×13 = 28")
    hand.pick("kernel", 0, 1)
    assert hand.marked("dw") == {"0,1"}
    expect(hand.sum).to_have_text(re.compile("= 28$"))


def test_a_pixel_lights_up_what_makes_its_gradient_and_writes_the_sum(open_lab):
    hand = open_lab(BackwardLab())
    hand.pick("dx", 1, 1)
    assert hand.marked("output") == {"0,0", "0,1", "1,0", "1,1"}
    assert corners(hand, "output") == ["×3", "×2", "×1", "×0"]
    expect(hand.sum).to_have_text("dX[1, 1] = 1×3 + 1×2 + 1×1 + 1×0 = 6")
    hand.pick("dx", 0, 0)
    assert (hand.marked("output"), hand.marked("kernel")) == ({"0,0"}, {"0,0"})


def test_an_output_shows_every_weight_and_pixel_that_it_reaches_and_what_it_adds(open_lab):
    hand = open_lab(BackwardLab(delta=[[1, -2]]))
    hand.pick("output", 0, 1)
    expect(hand.sum).to_have_text("δ[0, 1] = −2 reaches 4 weights and 4 pixels")
    assert corners(hand, "dw") == ["−2", "−4", "−8", "−10"]
    assert corners(hand, "dx") == ["+0", "−2", "−4", "−6"]


def test_padding_has_a_gradient_that_is_cropped_and_a_pixel_may_have_none(open_lab):
    hand = open_lab(BackwardLab(padding=1))
    hand.pick("dx", -1, 1)
    expect(hand.sum).to_have_text(re.compile("= 1 and is cropped: padding is no input$"))
    hand = open_lab(BackwardLab(stride=2))
    hand.pick("dx", 2, 2)
    expect(hand.sum).to_have_text("x[2, 2] is read by no window: dX[2, 2] = 0")


@pytest.mark.parametrize(("motion", "moving"), [("no-preference", 9), ("reduce", 0)])
def test_the_stride_puts_zeros_between_the_deltas_in_motion(open_lab, motion, moving):
    hand = open_lab(BackwardLab(FIVE, THREE), motion=motion)
    times = hand.slider("Stride").evaluate(MOVING)
    assert len(times) == moving and all(150 <= time <= 300 for time in times)
    hand.settle()
    expect(hand.grid("output").locator(".padding")).to_have_count(5)
    hand.pick("output", 1, 1)
    expect(hand.sum).to_have_text(
        "a zero that the stride puts in between the δ: no output is here."
    )


def test_a_delta_is_typed_and_the_gradients_follow(open_lab):
    hand = open_lab(BackwardLab())
    hand.cell("output", 1, 0).focus()
    hand.page.keyboard.type("3")
    hand.page.keyboard.press("Enter")
    hand.settle()
    lab = BackwardLab(delta=[[1, 1], [3, 1]])
    for grid, gradient in (("dw", lab.weight_gradient), ("dx", lab.input_gradient)):
        shown = [
            int(cell)
            for cell in hand.grid(grid).locator(".cnl-cell").all_inner_texts()
            for cell in cell.split()[:1]
        ]
        assert shown == gradient.flatten().int().tolist()


def test_play_steps_through_the_sum_and_a_pick_ends_it(open_lab):
    hand = open_lab(BackwardLab(FIVE, THREE, stride=2))
    hand.pick("dw", 0, 1)
    hand.button("Play").click()
    expect(hand.sum).to_have_text("dW[0, 1] = 1×1 + …  so far 1")
    assert hand.marked("input", "now") == {"0,1"}
    expect(hand.sum).to_have_text("dW[0, 1] = 1×1 + 1×3 + …  so far 4")
    expect(hand.cell("dw", 0, 1)).to_have_text("4")
    assert hand.marked("input", "now") == {"0,3"}
    hand.pick("dx", 0, 0)
    expect(hand.button("Play")).to_be_visible()
    assert hand.marked("input", "now") == set()
    hand.open()
    hand.button("Next product").click()
    expect(hand.root.locator(".cnl-count")).to_have_text("1 of 1")
