"""The separable lab under mouse and keyboard: layers, groups, what is seen, what it costs."""

import pytest
from playwright.sync_api import expect

from book_utils.explorables import SeparableLab
from tests.browser.lab_page import LabHand

EIGHT = {"channels_in": 8, "channels_out": 8}


class Hand(LabHand):
    """A mounted separable lab."""

    def blocks(self):
        """Each block as rows of words: weights there are are o, lit ones O."""
        self.settle()
        return self.root.evaluate(
            """lab => [...lab.querySelectorAll("[role=grid]")].map((grid) =>
              [...grid.children].map((row) => [...row.children].map(({ classList: c }) =>
                c.contains("lit") ? "O" : c.contains("there") ? "o" : ".").join("")))"""
        )

    def costs(self):
        """What the table of costs holds: words of each family's row, and the bar's share."""
        self.settle()
        return self.root.evaluate(
            """lab => [...lab.querySelectorAll(".cnl-costs tbody")].map((body) =>
              [...body.rows[0].cells].map((cell) => cell.textContent)
                .concat(body.querySelector(".cnl-cost").textContent))"""
        )

    @property
    def sum(self):
        return self.root.locator(".cnl-sum")


@pytest.fixture
def opened(open_labs):
    return lambda **settings: Hand(open_labs(SeparableLab(**settings)))


def test_each_layer_keeps_its_weights_and_says_what_they_cost(opened):
    lab = opened()
    assert lab.blocks() == [["OOO", "ooo", "ooo", "ooo"]]
    expect(lab.sum).to_contain_text("4·3·3·3 = 108")
    assert lab.costs() == [
        ["standard", "108", "84,672", "100 %"],
        ["1 group", "108", "84,672", "100 %"],
        ["depthwise + pointwise", "39", "30,576", "36 %"],
    ]
    lab.choose("Layer", "depthwise + pointwise")
    assert lab.blocks() == [["O..", ".O.", "..O"], ["OOO", "ooo", "ooo", "ooo"]]
    expect(lab.sum).to_contain_text("3·3·3 + 4·3 = 39")
    lab.slider("Channels out").fill("1")
    assert lab.costs()[2] == ["depthwise + pointwise", "30", "23,520", "111 %"]


def test_groups_jump_over_what_does_not_divide_and_come_back(opened):
    lab = opened(family="grouped", groups=4, **EIGHT)
    assert lab.blocks() == [["OO......", "oo......", "..oo....", "..oo....", "....oo..", "....oo..",
                             "......oo", "......oo"]]  # fmt: skip
    groups = lab.slider("Groups")
    expect(groups).to_have_attribute("aria-valuetext", "4")
    lab.slider("Channels in").fill("6")
    expect(groups).to_have_attribute("aria-valuetext", "2")
    lab.slider("Channels in").fill("8")
    expect(groups).to_have_attribute("aria-valuetext", "4")
    groups.press("ArrowRight")
    expect(groups).to_have_attribute("aria-valuetext", "8")
    expect(lab.sum).to_contain_text("output 0 sees 1 input of 8: 0")


def test_a_shuffle_lets_an_output_see_other_groups(opened):
    lab = opened(family="twice", groups=2, **EIGHT)
    expect(lab.sum).to_contain_text("output 0 sees 4 inputs of 8: 0, 1, 2, 3")
    lab.root.get_by_role("switch", name="shuffle between two layers").check()
    expect(lab.sum).to_contain_text("output 0 sees all 8 inputs")
    lab.root.locator('[role=grid] >> nth=0 >> [data-at="5,6"]').click()
    expect(lab.sum).to_contain_text("channel between 5 sees 4 inputs of 8: 4, 5, 6, 7")
    assert [row.count("O") for row in lab.blocks()[0]] == [0, 0, 0, 0, 0, 4, 0, 0]


def test_a_link_with_groups_that_do_not_divide_is_refused_in_a_sentence(opened):
    lab = opened()
    settings = {"family": "grouped", "channels_in": 6, "channels_out": 4, "groups": 4, "kernel": 3}
    lab.must_refuse(
        {**settings, "shuffle": False, "picked": None},
        "4 groups do not divide 6 channels in and 4 out; these do: 1, 2",
    )
    assert lab.blocks() == [["OOO", "ooo", "ooo", "ooo"]]


def test_kernels_that_go_fade_out_where_motion_is_wanted(opened):
    lab = opened(family="grouped", groups=2, **EIGHT)
    going = lab.root.locator(".cnl-going rect")
    expect(going).to_have_count(0)
    lab.slider("Groups").press("ArrowRight")
    expect(going).to_have_count(8 * 8 // 2 - 8 * 8 // 4)
    lab.page.emulate_media(reduced_motion="reduce")
    expect(lab.root.locator(".cnl-going")).to_be_hidden()
