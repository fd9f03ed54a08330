"""The dense block lab under mouse and keyboard: channels, connections, parameters, the switch."""

import pytest
from playwright.sync_api import expect

from book_utils.explorables import DenseBlockLab
from tests.browser.lab_page import LabHand


class Hand(LabHand):
    """A mounted dense block lab."""

    def channels(self):
        """The channels that stand below the columns."""
        self.settle()
        return [int(text) for text in self.root.locator(".cnl-columns span").all_text_contents()]

    def arcs(self):
        """How many connections there are, and how many are those of the shown layer."""
        self.settle()
        there = self.root.locator(".cnl-arcs .there").count()
        return there, self.root.locator(".cnl-arcs .on").count()

    def costs(self):
        """The words of the table, a row for each way to join."""
        self.settle()
        return self.root.evaluate(
            """lab => [...lab.querySelectorAll(".cnl-joins tbody")].map((body) =>
              [...body.rows[0].cells].map((cell) => cell.textContent))"""
        )

    @property
    def sum(self):
        return self.root.locator(".cnl-sum")


@pytest.fixture
def opened(open_labs):
    return lambda **settings: Hand(open_labs(DenseBlockLab(**settings)))


def test_concatenated_maps_lie_below_one_another_and_added_ones_in_the_same_maps(opened):
    lab = opened()
    assert lab.channels() == [3, 13, 23]
    assert lab.arcs() == (3, 2)
    expect(lab.sum).to_contain_text("layer 2: 13·10·9 + 2·13 = 1,196")
    expect(lab.sum).to_contain_text("reads 13 channels, appends 10")
    assert lab.costs() == [["concatenate", "3", "1,472"], ["add", "2", "9,614"]]
    lab.root.get_by_label("add", exact=True).check()
    assert lab.channels() == [23, 23, 23]
    assert lab.arcs() == (2, 1)
    expect(lab.sum).to_contain_text("layer 2: 23·23·9 + 2·23 = 4,807")
    expect(lab.sum).to_contain_text("reads one sum of 2, adds 23 maps")
    assert lab.costs() == [["concatenate", "3", "1,472"], ["add", "2", "9,614"]]


def test_a_column_is_pointed_at_and_picked(opened):
    lab = opened(layers=8, layer=8)
    box = lab.root.locator(".cnl-columns svg").bounding_box()

    def over(column):
        return box["x"] + (column + 0.5) * box["width"] / 9, box["y"] + 5

    lab.page.mouse.move(*over(3))
    expect(lab.sum).to_contain_text("layer 3: 23·10·9")
    lab.page.mouse.move(box["x"], box["y"] + 600)
    expect(lab.sum).to_contain_text("layer 8: 73·10·9")
    lab.page.mouse.click(*over(5))
    expect(lab.slider("Layer shown")).to_have_attribute("aria-valuetext", "5")
    assert lab.arcs() == (36, 5)


def test_the_layer_shown_follows_when_there_are_fewer(opened):
    lab = opened(layers=8, layer=8)
    lab.slider("Layers").fill("3")
    expect(lab.slider("Layer shown")).to_have_attribute("aria-valuetext", "3")
    expect(lab.sum).to_contain_text("layer 3: 23·10·9 + 2·23 = 2,116")


def test_a_bottleneck_costs_more_where_few_channels_come_in(opened):
    lab = opened(layers=1, layer=1)
    expect(lab.sum).to_contain_text("layer 1: 3·10·9 + 2·3 = 276")
    switch = lab.root.get_by_role("switch", name="bottleneck, 1×1")
    switch.check()
    expect(lab.sum).to_contain_text("layer 1: 3·40 + 40·10·9 + 2·43 = 3,806")
    lab.root.get_by_label("add", exact=True).check()
    expect(switch).to_be_disabled()
    expect(lab.sum).to_contain_text("layer 1: 13·13·9 + 2·13 = 1,547")


def test_where_the_bottleneck_is_at_hand_both_forms_of_the_dense_block_are_compared(opened):
    lab = opened(channels_in=64, growth=32, layers=6, layer=1, bottleneck=True,
                 controls=["bottleneck", "channels_in"])  # fmt: skip
    assert lab.costs() == [["without 1×1", "21", "250,560"], ["with 1×1", "21", "335,040"]]
    bars = lab.root.locator(".cnl-bars")
    assert [bars.locator(kind).count() for kind in (".bar", ".other.inside")] == [6, 6]
    expect(lab.root.locator(".cnl-dense-figure small")).to_have_text("dashed: without 1×1")
    lab.root.get_by_role("switch", name="bottleneck, 1×1").uncheck()
    expect(lab.sum).to_contain_text("= 18,560")
    assert lab.costs()[0] == ["without 1×1", "21", "250,560"]
    lab.root.get_by_label("add", exact=True).check()
    assert [name for name, *_ in lab.costs()] == ["concatenate", "add"]


def test_the_maps_move_when_the_switch_is_thrown_and_not_where_motion_is_unwanted(opened):
    lab = opened()
    columns = lab.root.locator(".cnl-columns rect").first
    moves = "rect => parseFloat(getComputedStyle(rect).transitionDuration) > 0"
    assert not columns.evaluate(moves)
    lab.root.get_by_label("add", exact=True).check()
    assert columns.evaluate(moves)
    lab.slider("Growth rate").press("ArrowRight")
    assert not columns.evaluate(moves)
    lab.page.emulate_media(reduced_motion="reduce")
    lab.root.get_by_label("concatenate", exact=True).check()
    assert not columns.evaluate(moves)
