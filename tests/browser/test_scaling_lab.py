"""The scaling lab under the mouse: bars, curve and figure follow, and the axes stay."""

import math

import pytest
from playwright.sync_api import expect

from book_utils.explorables import ScalingLab
from tests.browser.lab_page import LabHand


class Hand(LabHand):
    """A mounted scaling lab."""

    def stop(self, label, index):
        """Move a slider to one of its stops."""
        self.root.get_by_label(label, exact=True).fill(str(index))

    def bar(self, row):
        """The parts of a bar by name, each as (left, width) in percent of its place."""
        self.settle()
        return (
            self.root.locator(".cnl-time-bar")
            .nth(row)
            .locator("i")
            .evaluate_all(
                "all => Object.fromEntries(all.map(({ className, style }) => "
                "[className.slice(4), [parseFloat(style.left), parseFloat(style.width)]]))"
            )
        )

    def dot(self):
        """Where the picked number of devices is on the chart, in percent from its top left."""
        return self.root.locator(".cnl-at").evaluate(
            "({ style }) => [parseFloat(style.left), parseFloat(style.top)]"
        )


@pytest.fixture
def opened(open_labs):
    return lambda **settings: Hand(open_labs(ScalingLab(**settings)))


def test_bars_and_curve_follow_the_devices_and_the_axes_stay(opened):
    lab = opened()
    alone = lab.bar(0)
    ticks = lab.root.locator(".cnl-tick").evaluate_all("all => all.map((each) => each.outerHTML)")
    unit = alone["arithmetic"][1] / ScalingLab().output[1]["arithmetic"]  # percent a millisecond
    for index, devices in ((2, 4), (4, 16)):
        lab.stop("Devices", index)
        mine = ScalingLab(devices=devices)
        cost, arithmetic, exchange, hidden = mine.output[devices].values()
        expect(lab.root.locator(".cnl-sum")).to_contain_text(
            f"{devices} devices: {mine.speedup:.2g}\u00a0× as fast"
        )
        places = {
            "cost": [0, cost],
            "arithmetic": [cost, arithmetic],
            "hidden-part": [cost + arithmetic - hidden, hidden],
            "exchange": [cost + arithmetic, exchange - hidden],
        }
        bar = lab.bar(1)
        for part, place in places.items():
            assert bar[part] == pytest.approx([unit * each for each in place], abs=0.02), part
        assert lab.bar(0) == alone
        assert lab.dot()[0] == pytest.approx(100 * math.log2(devices) / 6, abs=0.01)
        wanted = 100 * (6 - math.log2(mine.speedup)) / 10  # the axis goes from 1/16 to 64
        assert lab.dot()[1] == pytest.approx(wanted, abs=0.01)
    assert ticks == lab.root.locator(".cnl-tick").evaluate_all(
        "all => all.map((each) => each.outerHTML)"
    )
    lab.stop("Link", 9)
    bar = lab.bar(1)
    assert bar["exchange"][1] == 0 and bar["hidden-part"][1] > 0


def test_lenet_on_a_slow_link_is_said_to_be_slower_than_on_one(opened):
    lab = opened(devices=8)
    lab.root.locator(".cnl-choice:has(span:text-is('Network')) select").select_option("lenet")
    lab.stop("Link", 0)
    said = lab.root.locator(".cnl-sum")
    expect(said).to_have_text("8 devices: 0.38\u00a0× as fast slower than one device")
    lab.open()
    lab.root.get_by_role("switch", name="share the batch").uncheck()
    expect(said).to_have_text("8 devices: 3.0\u00a0× as fast 38 % of the ideal 8\u00a0×")
