"""The slope lab: slope, depth and shortcut at hand; axes and colours stay."""

import pytest
from playwright.sync_api import expect

from book_utils.explorables import SlopeLab
from book_utils.numbers import short
from tests.browser.lab_page import LabHand


class Hand(LabHand):
    """A mounted slope lab."""

    @property
    def said(self):
        return self.root.locator(".cnl-sum")

    def move(self, label, value):
        self.root.get_by_label(label, exact=True).fill(str(value))

    def curve(self, kind):
        """The points of a network's curve, as (x, y) in percent of the chart, and its colour."""
        self.settle()
        line = self.root.locator(f".cnl-plot .cnl-{kind} polyline")
        text, colour = line.evaluate("e => [e.getAttribute('points'), getComputedStyle(e).stroke]")
        return [tuple(map(float, point.split(","))) for point in text.split()], colour

    def ticks(self):
        return self.root.locator(".cnl-tick").evaluate_all(
            "all => all.map((each) => [each.textContent, each.style.top])"
        )


@pytest.fixture
def opened(open_labs):
    return lambda **settings: Hand(open_labs(SlopeLab(**settings)))


def test_it_says_what_all_blocks_multiply_by(opened):
    lab = opened(slope=0.1, blocks=15)
    with_it, without = (SlopeLab(shortcut=on).output[0].item() for on in (True, False))
    expect(lab.said).to_contain_text(f"1.1^15 = {short(with_it)}")
    expect(lab.said).to_contain_text(f"without shortcuts {short(without)}")
    lab.move("Blocks", 2)
    expect(lab.said).to_contain_text("2 blocks with shortcuts: 1.1^2 = 1.21")


def test_a_closed_relu_lets_nothing_through(opened):
    lab = opened(slope=0.1)
    lab.move("F′", 0)  # the first stop, −1.5
    expect(lab.said).to_contain_text("1 − 1.5 is negative, each ReLU closed: gradient = 0")
    expect(lab.root.locator(".cnl-unit")).to_contain_text("closed")
    (_, first), *_ = lab.curve("residual")[0]
    assert ["0", f"{first:g}%"] in lab.ticks()


def test_axes_curves_and_colours_stay_when_the_shortcut_is_switched(opened):
    lab = opened(slope=-0.2, blocks=9)
    before = [lab.curve("residual"), lab.curve("plain"), lab.ticks()]
    lab.root.get_by_label("shortcuts", exact=True).uncheck()
    expect(lab.said).to_contain_text("−0.2 is negative")
    assert [lab.curve("residual"), lab.curve("plain"), lab.ticks()] == before
    assert before[0][1] != before[1][1]


def test_the_axes_stay_for_other_slopes_and_depths(opened):
    lab = opened()
    ticks = lab.ticks()
    lab.move("F′", 25)
    lab.move("Blocks", 30)
    points, _ = lab.curve("residual")
    assert lab.ticks() == ticks and len(points) == 31
    assert min(y for _, y in points) > 0 and points[-1][0] == 100
