"""The field lab under mouse and keyboard: the cone of one output, its field and its jump."""

import re

import pytest
from playwright.sync_api import expect

from book_utils.explorables import FieldLab
from tests.browser.lab_page import LabHand


class Hand(LabHand):
    """A mounted field lab."""

    def lit(self, which="lit"):
        """The units that are lit, as (left, right) of each row, from the outputs to the inputs."""
        self.settle()
        path = self.root.locator(f".cnl-units path[class='{which}']").get_attribute("d")
        boxes = re.findall(r"M(-?[\d.]+) (\d+)H(-?[\d.]+)", path)
        rows = sorted({int(top) for _, top, _ in boxes})
        return [[(float(a), float(b)) for a, top, b in boxes if int(top) == row] for row in rows]

    @property
    def sum(self):
        return self.root.locator(".cnl-sum")

    @property
    def drawing(self):
        return self.root.get_by_role("application")

    def point(self, across):
        """Move the mouse over a part of the drawing's width."""
        box = self.drawing.bounding_box()
        self.page.mouse.move(box["x"] + across * box["width"], box["y"] + box["height"] / 2)


@pytest.fixture
def opened(open_labs):
    def opened(*layers, **settings):
        return Hand(open_labs(FieldLab(*layers, **settings), motion="reduce"))

    return opened


def test_a_stride_widens_the_field_of_the_layers_after_it(opened):
    lab = opened()
    expect(lab.sum).to_have_text("Field 1 + (3 − 1)·1 + (3 − 1)·1 + (3 − 1)·1 = 7; jump 1·1·1 = 1")
    expect(lab.root.locator(".cnl-aside")).to_have_text("every stride is 1")
    assert [len(row) for row in lab.lit()] == [1, 3, 5, 7]
    lab.slider("Stride 1").fill("2")
    expect(lab.sum).to_have_text("Field 1 + (3 − 1)·1 + (3 − 1)·2 + (3 − 1)·2 = 11; jump 2·1·1 = 2")
    expect(lab.root.locator(".cnl-aside")).to_have_text("with strides of 1: field 7")
    heard = lab.root.locator("div[aria-live]").text_content()
    assert "1 plus 2 times 1 plus 2 times 2 plus 2 times 2 equals 11" in heard
    assert [len(row) for row in lab.lit()] == [1, 3, 5, 11]
    lab.slider("Stride 1").fill("1")
    lab.slider("Stride 3").fill("2")
    expect(lab.root.locator(".cnl-aside")).to_have_text("with strides of 1: field 7 too")


def test_what_is_lit_is_what_python_sees(opened):
    for layers in [((3, 2, 3), (1, 2, 1)), ((1, 3, 3), (2, 1, 1)), ((5, 5, 5), (3, 3, 3))]:
        lab = opened(*layers)
        *_, inputs = lab.lit()
        seen = FieldLab(*layers).output.nonzero().flatten().tolist()
        assert inputs == [(i, i + 1) for i in seen]


def test_holes_are_told(opened):
    lab = opened((1, 3, 3), (2, 1, 1))
    expect(lab.sum).to_contain_text("= 9, 5 of them seen; jump 2·1·1 = 2")


def test_the_neighbours_field_lies_a_jump_away(opened):
    lab = opened((3, 3, 3), (2, 2, 1))
    assert lab.root.locator(".cnl-measures .jump").count() == 0
    lab.root.get_by_role("switch", name="show its neighbour").check()
    expect(lab.root.locator(".cnl-measures .jump p")).to_have_text("jump 4")
    (*_, first), (*_, second) = lab.lit(), lab.lit("lit next")
    assert [left + 4 for left, _ in first] == [left for left, _ in second]


def test_an_output_is_picked_by_arrow_keys_and_by_the_mouse(opened):
    lab = opened()
    *_, before = lab.lit()
    lab.drawing.focus()
    lab.drawing.press("ArrowRight")
    *_, after = lab.lit()
    assert [left + 1 for left, _ in before] == [left for left, _ in after]
    lab.point(0)
    *_, pointed = lab.lit()
    assert pointed[0][0] == 0  # shown, and not picked
    lab.page.mouse.move(0, 0)
    *_, again = lab.lit()
    assert again == after
    lab.point(0.999)
    lab.page.mouse.down()
    lab.page.mouse.up()
    lab.page.mouse.move(0, 0)
    *_, last = lab.lit()
    assert last[-1][1] == 24


def test_the_output_stays_where_it_is_when_a_stride_changes(opened):
    lab = opened(at=[8])
    for stride in ("2", "3", "1"):
        lab.slider("Stride 1").fill(stride)
        (((left, right),), *_) = lab.lit()
        assert abs((left + right) / 2 - 8.5) <= (right - left) / 2
