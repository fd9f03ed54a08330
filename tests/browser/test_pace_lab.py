"""The pace lab under the mouse: one bar shrinks, the axis stays, and a device brings its steps."""

import pytest
from playwright.sync_api import expect

from book_utils.explorables import PaceLab
from book_utils.explorables.pace.lab import made_up
from tests.browser.lab_page import LabHand


class Hand(LabHand):
    """A mounted pace lab."""

    def choice(self, label):
        """The control of a setting that is one of a few."""
        return self.root.locator(f".cnl-choice:has(span:text-is('{label}')) select")

    def bar(self, index):
        """The widths of the parts of a bar, in percent of its place."""
        self.settle()
        parts = self.root.locator(".cnl-time-bar").nth(index).locator("i")
        return parts.evaluate_all("all => all.map((part) => parseFloat(part.style.width))")


@pytest.fixture
def opened(open_labs):
    return lambda **settings: Hand(open_labs(PaceLab(made_up(), **settings)))


def test_a_remedy_shortens_the_lower_bar_and_says_by_how_much(opened):
    lab = opened()
    slow, before = lab.bar(0), lab.bar(1)
    assert slow == before
    lab.root.get_by_role("switch", name="images resident").check()
    lab.choice("Batch").select_option("256")
    assert lab.bar(0) == slow and sum(lab.bar(1)) < sum(before)
    mine = PaceLab(made_up(), resident=True, batch_size=256)
    shares = [getattr(mine.spent, part) for part in ("data", "cost", "arithmetic")]
    wanted = [100 * part / sum(shares) for part in shares]
    assert lab.bar(2) == pytest.approx(wanted, abs=0.02)
    times = mine.output / PaceLab(made_up()).output
    expect(lab.root.locator(".cnl-sum b")).to_have_text(f"{times:.3g}\u00a0×")


def test_a_device_without_graphs_takes_single_operations(opened):
    lab = opened(place="gpu", step="graph")
    lab.choice("Device").select_option("cpu")
    expect(lab.choice("Operations")).to_have_value("eager")
    options = lab.choice("Operations").locator("option")
    assert options.all_inner_texts() == ["one by one", "optimiser fused"]
