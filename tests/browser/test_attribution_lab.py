"""The attribution lab by mouse, finger and keyboard: square, maps, classes, a drawn digit."""

import re

import pytest
import torch
from playwright.sync_api import expect
from torch.testing import assert_close

from book_utils.explorables import AttributionLab
from book_utils.explorables.parts.shipped import gallery, trained_network
from tests.browser.lab_page import (
    LabHand,
    complained_of_a_lost_file,
    pixels,
    soon,
    write_page_with_states_outside,
)


class Hand(LabHand):
    """A mounted attribution lab."""

    @property
    def digit(self):
        return self.root.get_by_role("application", name=re.compile("^The image"))

    @property
    def said(self):
        self.settle()
        return " ".join(self.root.locator(".cnl-sum").inner_text().split())

    @property
    def probabilities(self):
        texts = self.root.locator(".cnl-ten [role=option] em").all_text_contents()
        return torch.tensor([float(text.removesuffix(" %")) / 100 for text in texts])

    @property
    def square(self):
        """Row, column and side of the square, in pixels of the picture."""
        found = self.digit.locator("i").evaluate(
            "i => ['top', 'left', 'width'].map((side) => parseFloat(i.style[side]))"
        )
        return [round(28 * v / 100) for v in found]

    def alike(self):
        """The rank correlation, once both maps are there."""
        soon(lambda: self._must_be_done())
        return float(self.root.locator(".cnl-sum b").inner_text().replace("−", "-"))

    def _must_be_done(self):
        assert "making" not in self.said

    def drag(self, row, column):
        """Press in the middle of the picture and drag to a pixel of it."""
        box, mouse = self.digit.bounding_box(), self.page.mouse
        mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        mouse.down()
        mouse.move(
            box["x"] + (column + 0.5) / 28 * box["width"],
            box["y"] + (row + 0.5) / 28 * box["height"],
            steps=4,
        )
        mouse.up()
        self.settle()

    def map(self, name):
        return self.root.locator("figure", has_text=name).locator("canvas")


@pytest.fixture
def opened(open_labs):
    return lambda **settings: Hand(open_labs(AttributionLab(**settings)), is_open=False)


def test_a_square_is_dragged_and_ten_probabilities_follow(opened):
    lab, python = opened(), AttributionLab()
    for row, column in ((5, 20), (16, 11), (0, 27)):
        lab.drag(row, column)
        python.at = [row, column]
        assert lab.square == [*python.corner, 7]
        theirs = trained_network()(python.covered)[0].softmax(0)
        assert_close(lab.probabilities, theirs, rtol=0, atol=6e-4)


def test_arrow_keys_move_the_square_and_stop_at_the_edge(opened):
    lab = opened(at=[14, 14])
    lab.digit.press("ArrowRight")
    assert lab.square == [11, 12, 7]
    lab.digit.press("Shift+ArrowDown")
    assert lab.square == [21, 12, 7]
    lab.digit.press("Shift+ArrowDown")
    lab.digit.press("ArrowDown")
    assert lab.square == [21, 12, 7]
    expect(lab.root.locator("[aria-live]").first).to_contain_text("Covered: score of 9")


@pytest.mark.parametrize("method", ["occlusion", "saliency", "Grad-CAM"])
def test_maps_and_their_likeness_are_pythons(opened, method):
    lab, python = opened(method=method), AttributionLab(method=method)
    assert lab.alike() == pytest.approx(python.alike, abs=0.0051)
    for name, theirs in (("trained", python.output), ("random weights", python.random_output)):
        opacity = pixels(lab.map(name))[..., 3]
        assert_close(opacity / 255, theirs.abs() / theirs.abs().max(), rtol=0, atol=0.006)


def test_a_map_is_pressed_where_it_is_brightest(opened):
    lab, python = opened(), AttributionLab()
    lab.alike()
    best = int(python.output.argmax())
    row, column = best // 22 + 3, best % 22 + 3  # the middle of the square
    box = lab.root.locator(".cnl-field").first.bounding_box()
    lab.page.mouse.click(
        box["x"] + (column + 0.5) / 28 * box["width"], box["y"] + (row + 0.5) / 28 * box["height"]
    )
    lab.settle()
    assert lab.square == [row - 3, column - 3, 7]
    python.at = [row, column]
    fall = f"{python.scores[9]:.1f}"
    assert f"score of 9 falls from {fall} to " in lab.said


def test_another_class_is_asked_for_by_a_press_and_by_keys(opened):
    lab, python = opened(method="saliency"), AttributionLab(method="saliency")
    bars = lab.root.get_by_role("option", name=re.compile(r"%"))
    bars.nth(4).click()
    python.target = "4"
    assert lab.alike() == pytest.approx(python.alike, abs=0.0051)
    assert "score of 4" in lab.said
    bars.nth(4).press("ArrowDown")
    assert "score of 5" in lab.said
    expect(bars.nth(5)).to_be_focused()


def test_a_picture_that_the_network_gets_wrong(opened):
    lab = opened()
    lab.root.get_by_role("option", name="Image 20: 9").click()
    expect(lab.root.locator(".cnl-aside")).to_have_text("shows 9, network: 4, 91.9 %")
    assert lab.square[2] == 7


def test_the_size_of_the_square_is_that_of_the_map(opened):
    lab = opened(size=14)
    python = AttributionLab(size=14)
    assert lab.alike() == pytest.approx(python.alike, abs=0.0051)
    assert pixels(lab.map("trained")).shape == (15, 15, 4)
    lab.slider("Square").press("Home")
    assert lab.square[2] == 1
    soon(lambda: _shape_is(lab, 28))


def _shape_is(lab, side):
    assert pixels(lab.map("trained")).shape == (side, side, 4)


@pytest.mark.parametrize("width", [1280, 390])
def test_the_readers_digit_is_drawn_and_looked_at(open_labs, width):
    lab = Hand(open_labs(AttributionLab(method="saliency"), width=width), is_open=False)
    lab.button("Draw").click()
    assert lab.said.startswith("Nothing is drawn yet")
    pad = lab.root.get_by_role("application", name="Your digit")
    pad.scroll_into_view_if_needed()
    box, mouse = pad.bounding_box(), lab.page.mouse
    mouse.move(box["x"] + box["width"] / 2, box["y"] + 0.2 * box["height"])
    mouse.down()
    mouse.move(box["x"] + box["width"] / 2, box["y"] + 0.8 * box["height"], steps=6)
    mouse.up()
    expect(lab.root.locator(".cnl-aside")).to_contain_text("your drawing, network: 1")
    lab.button("Draw").click()
    expect(lab.digit).to_be_visible()
    assert "score of 1" in lab.said
    lab.root.get_by_role("option", name="Image 3: 3").click()
    expect(lab.root.locator(".cnl-aside")).to_contain_text("shows 3")


def test_a_drawing_that_was_never_begun_leaves_the_picture(opened):
    lab = opened(method="saliency")
    lab.button("Draw").click()
    lab.button("Draw").click()
    expect(lab.root.locator(".cnl-aside")).to_contain_text("shows 9")


@pytest.fixture
def outside(tmp_path):
    """Two labs on a page whose network is in a file beside it, as in the book."""
    labs = AttributionLab(name="one"), AttributionLab(name="two", method="saliency")
    return write_page_with_states_outside(tmp_path, *labs)


def test_the_network_travels_once_for_the_labs_of_a_page(open_page, outside, watch, tmp_path):
    (file,) = (tmp_path / "_states").iterdir()
    page = open_page(outside)
    for name in ("one", "two"):
        expect(Hand(page, name, is_open=False).digit).to_be_visible()
    assert sum(url.endswith(file.name) for url in watch.requests) == 1


def test_a_network_that_does_not_come_is_said_to_be_lost(open_page, outside, watch, tmp_path):
    (file,) = (tmp_path / "_states").iterdir()
    file.unlink()
    lab = Hand(open_page(outside), "one", is_open=False)
    expect(lab.message).to_contain_text("The network could not be loaded")
    expect(lab.root.locator(".cnl-loading")).to_be_visible()
    soon(lambda: complained_of_a_lost_file(watch))
    watch.complaints.clear()


def test_the_gallery_has_as_many_pictures_as_python(opened):
    pictures = opened().root.get_by_role("listbox", name="Pictures to choose from")
    assert pictures.get_by_role("option").count() == len(gallery()[1])
