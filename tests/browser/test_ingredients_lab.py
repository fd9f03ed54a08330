"""The ingredients lab under mouse and keyboard: switches, curves, a row for each combination."""

from statistics import mean, stdev

import pytest
from playwright.sync_api import expect

from book_utils import records
from book_utils.explorables import IngredientsLab
from tests.browser.lab_page import LabHand


class Hand(LabHand):
    """A mounted ingredients lab."""

    @property
    def said(self):
        return self.root.locator(".cnl-sum")

    @property
    def row(self):
        return self.root.locator(".cnl-rows .on b")

    def points(self, kind):
        """The points of a curve, as (x, y) in percent of the chart."""
        self.settle()
        text = self.root.locator(f"polyline.{kind}").get_attribute("points")
        return [tuple(map(float, point.split(","))) for point in text.split()]


@pytest.fixture
def opened(open_labs):
    return lambda **settings: Hand(open_labs(IngredientsLab(**settings)))


def ends(**settings):
    runs = records.load("ingredients").select(study="switches", **settings)
    return [run["test_accuracy"][-1] for run in runs]


PLAIN = {"moved": False, "schedule": "constant", "smoothing": 0.0}
EVERY = {"moved": True, "schedule": "cosine", "smoothing": 0.1}


def test_the_switches_show_the_mean_and_deviation_of_the_recorded_runs(opened):
    lab = opened()
    expect(lab.row).to_have_text("plain")
    for label in ("shifted images", "decaying rate", "smoothed labels"):
        lab.root.get_by_label(label, exact=True).check()
    expect(lab.row).to_have_text("all three")
    now, plain = ends(**EVERY), ends(**PLAIN)
    shown = f"{100 * mean(now):.1f}\u00a0±\u00a0{100 * stdev(now):.1f}\u00a0%"
    expect(lab.said).to_contain_text(shown)
    beaten = sum(value > max(plain) for value in now)
    expect(lab.said).to_contain_text(f"{beaten} of 5 beat every plain run")


def test_the_plain_curve_and_the_axes_stay_while_a_switch_is_thrown(opened):
    lab = opened()
    plain, ticks = lab.points("plain"), lab.root.locator(".cnl-tick").all_inner_texts()
    before = lab.points("now")
    assert before == plain
    lab.root.get_by_label("decaying rate", exact=True).check()
    assert lab.points("plain") == plain != lab.points("now")
    assert lab.root.locator(".cnl-tick").all_inner_texts() == ticks


def test_a_row_that_is_pressed_throws_the_switches(opened):
    lab = opened()
    lab.root.locator(".cnl-rows b", has_text="shifted + decaying").click()
    wanted = {"shifted images": True, "decaying rate": True, "smoothed labels": False}
    for label, on in wanted.items():
        expect(lab.root.get_by_label(label, exact=True)).to_be_checked(checked=on)
    expect(lab.row).to_have_text("shifted + decaying")
