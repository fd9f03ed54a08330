"""The blocks lab under mouse and keyboard: blocks go out and come back, axes and colours stay."""

from statistics import mean, stdev

import pytest
from playwright.sync_api import expect

from book_utils.explorables import BlocksLab
from book_utils.explorables.blocks.lab import made_up
from tests.browser.lab_page import LabHand


class Hand(LabHand):
    """A mounted blocks lab."""

    @property
    def said(self):
        return self.root.locator(".cnl-sum")

    def block(self, number):
        return self.root.get_by_role("option").nth(number - 1)

    def out(self):
        """The numbers of the blocks that are out."""
        chosen = self.root.get_by_role("option").evaluate_all(
            "all => all.map((each) => each.ariaSelected === 'true')"
        )
        return [i for i, is_out in enumerate(chosen, 1) if is_out]

    def looks(self):
        """What is drawn of each network, where, and how."""
        self.settle()
        return self.root.locator(".cnl-plot g[class^=cnl-] path.dot").evaluate_all(
            "dots => dots.map((dot) => [dot.outerHTML, getComputedStyle(dot).stroke]).sort()"
        )


@pytest.fixture
def opened(open_labs):
    return lambda **settings: Hand(open_labs(BlocksLab(made_up(), **settings)))


def shown(kind, field, place):
    values = [run[field][place] for run in made_up().select(model=kind)]
    return f"{100 * mean(values):.1f}\u00a0±\u00a0{100 * stdev(values):.1f}\u00a0%"


def test_a_block_that_is_pressed_goes_out_and_comes_back(opened):
    lab = opened()
    expect(lab.said).to_contain_text(
        f"Residual, all 15 blocks: {shown('residual', 'test_accuracy', -1)}"
    )
    lab.block(7).click()
    assert lab.out() == [7]
    expect(lab.said).to_contain_text(f"without block 7: {shown('residual', 'without_one', 5)}")
    expect(lab.said).to_contain_text(f"plain {shown('plain', 'without_one', 5)}")
    lab.block(7).click()
    assert lab.out() == []


def test_several_blocks_show_the_mean_for_as_many(opened):
    lab = opened(out=[1, 2])
    lab.block(15).click()
    expect(lab.said).to_contain_text(
        f"without any 3 blocks: {shown('residual', 'without_some', 2)}"
    )
    lab.block(9).click()
    lab.block(10).click()
    low, high = (shown("residual", "without_some", place).split("\u00a0")[0] for place in (3, 4))
    expect(lab.said).to_contain_text(f"between 4 and 6 blocks out: {low}–{high}\u00a0%")
    lab.root.get_by_role("button", name="Put all back").click()
    assert lab.out() == []


def test_a_block_that_changes_the_shape_stays_and_says_why(opened):
    lab = opened()
    lab.block(6).click(force=True)  # it is disabled for those who hear it
    assert lab.out() == []
    expect(lab.root.locator(".cnl-message")).to_contain_text("Block 6 changes the shape")


def test_dots_and_colours_stay_when_the_shortcuts_are_switched(opened):
    lab = opened(out=[3])
    before = lab.looks()
    lab.root.get_by_label("shortcuts", exact=True).uncheck()
    expect(lab.said).to_contain_text(f"Plain, without block 3: {shown('plain', 'without_one', 2)}")
    assert lab.looks() == before and len({colour for _, colour in before}) == 2


def test_by_keyboard(opened):
    lab = opened()
    lab.block(1).focus()
    keys = lab.root.page.keyboard
    for key in ("ArrowRight", "ArrowRight", "Enter", "End", " "):
        keys.press(key)
    assert lab.out() == [3, 15]
    keys.press("Home")
    keys.press("ArrowLeft")
    expect(lab.block(1)).to_be_focused()
