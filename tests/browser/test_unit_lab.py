"""The unit lab: press a unit, see its nine best digits, what it sees of them, what it answers."""

import pytest
import torch
from playwright.sync_api import expect

from book_utils import data
from book_utils.explorables import UnitLab
from book_utils.explorables.units.best import best, fields
from tests.browser.lab_page import LabHand, pixels, soon

SIDE = 28


class UnitHand(LabHand):
    """A mounted unit lab."""

    def press(self, unit):
        self.root.get_by_role("radio", name=unit, exact=True).click()

    def nine(self, place):
        """The greys on the nine canvases of the digits (0) or of what is seen (1), 0 to 1."""
        figure = self.root.locator(".cnl-nine").nth(place)
        expect(figure.locator("canvas")).to_have_count(9)
        return [pixels(canvas)[..., 0] / 255 for canvas in figure.locator("canvas").all()]

    @property
    def sum(self):
        return self.root.locator(".cnl-sum")


@pytest.fixture
def opened(open_labs):
    def make(width=1280, **settings):
        return UnitHand(open_labs(UnitLab(**settings), width=width), is_open=False)

    return make


def shows(lab, weights, layer, index):
    """Whether the canvases hold what Python finds, in sixteen levels of grey."""
    images, found = data.mnist()[1].images[:, 0], best(weights, layer)
    size, jump = fields()[layer]["size"], fields()[layer]["jump"]
    digits, seen = lab.nine(0), lab.nine(1)
    for rank, (picture, at) in enumerate(
        zip(found.pictures[index].tolist(), found.at[index].tolist(), strict=True)
    ):
        top, left = (jump * position for position in at)
        image = images[picture]
        assert torch.allclose(digits[rank], image, atol=0.5 / 15 + 0.01)
        patch = image[top : top + size, left : left + size]
        assert torch.allclose(seen[rank], patch, atol=0.5 / 15 + 0.01)


@pytest.mark.parametrize(("layer", "index", "name"), [
    ("conv1", 4, "map 4 of convolution 1"),
    ("conv2", 11, "map 11 of convolution 2"),
])  # fmt: skip
def test_a_pressed_unit_shows_its_nine_best_digits_and_what_it_sees(opened, layer, index, name):
    lab = opened()
    lab.press(name)
    soon(lambda: shows(lab, "trained", layer, index))
    lab.root.get_by_role("radio", name="random", exact=True).check()
    soon(lambda: shows(lab, "random", layer, index))
    expect(lab.sum).to_contain_text("Untrained, and it has nine best digits too.")


def test_the_words_count_what_the_nine_have_in_common(opened):
    lab = opened()
    expect(lab.sum).to_contain_text("Map 1 of convolution 2: of its nine best, 6 are 0s")
    lab.press("score of 4")
    expect(lab.sum).to_contain_text("Score of 4: of its nine best, 9 are 4s")
    bars = lab.root.get_by_role("group", name="Mean response by digit")
    expect(bars).to_have_accessible_name(
        "Mean response by digit, strongest 4: 22.1, 6: 6.45, 9: 3.8; weakest 3: −11.6."
    )


def test_the_kernels_are_those_of_the_map(opened):
    lab = opened(unit=["conv2", 3])
    expect(lab.root.locator(".cnl-its-kernels canvas")).to_have_count(6)
    lab.press("map 0 of convolution 1")
    expect(lab.root.locator(".cnl-its-kernels canvas")).to_have_count(1)
    lab.press("score of 0")
    expect(lab.root.locator(".cnl-its-kernels")).to_contain_text("No kernel")
    expect(lab.root.get_by_role("img", name="The mean of its nine best digits")).to_be_visible()


def test_arrow_keys_go_from_unit_to_unit(opened):
    lab = opened(unit=["conv1", 5])
    lab.root.get_by_role("radio", name="map 5 of convolution 1").focus()
    lab.page.keyboard.press("ArrowRight")
    expect(lab.root.get_by_role("radio", name="map 0 of convolution 2")).to_be_checked()
    expect(lab.sum).to_contain_text("Map 0 of convolution 2")


def test_on_a_phone_units_pictures_and_answers_are_on_one_screen(opened):
    lab = opened(width=390)
    stage = lab.root.locator(".cnl-stage").bounding_box()
    for part in (".cnl-strip", ".cnl-nine >> nth=0", ".cnl-nine >> nth=1", ".cnl-answers"):
        box = lab.root.locator(part).bounding_box()
        assert box["x"] >= stage["x"] - 1
        assert box["x"] + box["width"] <= stage["x"] + stage["width"] + 1
        assert box["y"] + box["height"] <= stage["y"] + stage["height"] + 1
    lab.press("score of 7")
    expect(lab.sum).to_contain_text("9 are 7s")
