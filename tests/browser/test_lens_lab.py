"""The lens lab under mouse, touch and keyboard, from disk and offline; PyTorch is the oracle."""

import pytest
import torch

from book_utils.explorables import LensLab
from book_utils.explorables.lens.lab import NAMES
from book_utils.theme import colour
from tests.browser.lab_page import LabHand, pixels, soon

HALF_A_HUNDREDTH = 0.005 + 1e-6


class LensHand(LabHand):
    """A mounted lens lab: its pictures and its sum as numbers."""

    @property
    def photo(self):
        """The photograph, which takes the focus and the pointer."""
        return self.root.get_by_role("application")

    @property
    def result(self):
        """The filtered picture."""
        return self.root.locator(".cnl-output")

    def shown(self):
        """The pixels of the filtered picture: (height, width, 4) bytes."""
        self.settle()
        return pixels(self.result.locator("> canvas"))

    def numbers(self):
        """The nine pixels, weights and products, and the sum."""
        self.settle()
        grids = self.read().grids
        return [
            torch.tensor([[c["value"] for c in row] for row in rows]) for rows in grids.values()
        ]

    @property
    def said(self):
        """What the sum means."""
        return self.root.locator(".cnl-said p").inner_text()

    @property
    def heard(self):
        """What a screen reader is told."""
        return self.root.locator("div[aria-live]").inner_text()

    def point(self, picture, row, column):
        """The place on the screen of the window that begins there."""
        box = picture.bounding_box()
        return (
            box["x"] + box["width"] * (column + 1.5) / 180,
            box["y"] + box["height"] * (row + 1.5) / 120,
        )

    def must_be_at(self, lab, row, column):
        """Compare what is written out with what PyTorch computes there."""
        window = lab.photograph[row : row + 3, column : column + 3]
        wanted = [window, lab.weights, window * lab.weights, lab.output[row, column].reshape(1, 1)]

        def is_right():
            for found, value in zip(self.numbers(), wanted, strict=True):
                assert (found - value).abs().max() <= HALF_A_HUNDREDTH

        soon(is_right)


@pytest.fixture
def open_lab(open_labs):
    def open_lab(lab, **options):
        hand = LensHand(open_labs(lab, offline=True, **options), lab.name, is_open=False)
        hand.result.wait_for()
        return hand

    return open_lab


def weigh_for(hand, name):
    hand.root.get_by_role("radio", name=name).check()


@pytest.mark.parametrize("name", NAMES)
def test_each_kernel_makes_of_the_photograph_what_pytorch_makes_of_it(open_lab, name):
    hand, lab = open_lab(LensLab()), LensLab(kernel=name)
    weigh_for(hand, name)
    found, y = hand.shown().float(), lab.output
    assert found.shape[:2] == y.shape == (118, 178)
    if name == "vertical edges":  # two hues, as strong as the sum is large
        assert (found[..., 3] - (255 * y.abs() / 2).clamp(0, 255)).abs().max() <= 1
        for sign, hue in ((1, "map-plus"), (-1, "map-minus")):
            wanted = torch.tensor(list(bytes.fromhex(colour(hue)[1:]))).float()
            strong = found[sign * y > 1.5][..., :3]  # a faint colour is rounded by the canvas
            assert len(strong) and (strong - wanted).abs().max() <= 2
    else:
        assert (found[..., 0] - (255 * y).clamp(0, 255)).abs().max() <= 1
    hand.must_be_at(lab, *lab.picked)


def test_the_products_add_up_to_the_sum(open_lab):
    hand = open_lab(LensLab())
    window, weights, products, total = hand.numbers()
    assert (window * weights - products).abs().max() <= 2 * HALF_A_HUNDREDTH
    assert abs(products.sum() - total.item()) <= 9 * HALF_A_HUNDREDTH
    assert total.item() == pytest.approx(2.38)
    assert hand.said == "Brighter on the right: the sum is positive."
    assert hand.heard.startswith("row 29, column 51: 0.33 times minus 1 plus")
    assert hand.heard.endswith("equals 2.38. Brighter on the right: the sum is positive.")


def test_the_window_is_dragged_over_the_picture_and_the_sum_goes_with_it(open_lab):
    hand, lab = open_lab(LensLab()), LensLab()
    mouse = hand.page.mouse
    mouse.move(*hand.point(hand.photo, 29, 51))
    mouse.down()
    mouse.move(*hand.point(hand.photo, 40, 120), steps=4)
    hand.must_be_at(lab, 40, 120)
    assert hand.said == "Brighter on the left: the sum is negative."
    mouse.up()
    mouse.move(0, 0)
    hand.must_be_at(lab, 40, 120)
    mouse.move(*hand.point(hand.photo, 0, 0))
    mouse.down()
    mouse.move(-50, -50)  # the window stays on the picture
    hand.must_be_at(lab, 0, 0)
    mouse.up()


def test_the_mouse_moves_the_window_over_either_picture_and_it_comes_back(open_lab):
    hand, lab = open_lab(LensLab()), LensLab()
    heard = hand.heard
    for picture in (hand.photo, hand.result):
        hand.page.mouse.move(*hand.point(picture, 40, 90))
        hand.must_be_at(lab, 40, 90)
        assert hand.said == "Left and right are alike: the products cancel."
        assert hand.heard == heard
        hand.page.mouse.move(0, 0)
        hand.must_be_at(lab, *lab.picked)


def test_a_press_on_the_result_picks_too(open_lab):
    hand, lab = open_lab(LensLab(kernel="sharpen")), LensLab(kernel="sharpen")
    hand.page.mouse.click(*hand.point(hand.result, 80, 75))
    hand.page.mouse.move(0, 0)
    hand.must_be_at(lab, 80, 75)


def test_arrow_keys_move_the_window_and_stop_at_the_edges(open_lab):
    hand, lab = open_lab(LensLab(kernel="blur")), LensLab(kernel="blur")
    hand.photo.focus()
    for key in ("ArrowDown", "ArrowRight", "Shift+ArrowRight"):
        hand.page.keyboard.press(key)
    hand.must_be_at(lab, 30, 62)
    for _ in range(12):
        hand.page.keyboard.press("Shift+ArrowRight")
        hand.page.keyboard.press("Shift+ArrowDown")
    hand.must_be_at(lab, 117, 177)


def test_a_finger_drags_on_a_phone(open_lab):
    hand, lab = open_lab(LensLab(), touch=True, is_mobile=True, width=390, height=844), LensLab()
    hand.page.touchscreen.tap(*hand.point(hand.photo, 40, 120))
    hand.must_be_at(lab, 40, 120)


@pytest.mark.parametrize(("width", "height"), [(1280, 800), (390, 844), (320, 844)])
def test_cause_and_effect_are_on_one_screen(open_lab, width, height):
    hand = open_lab(LensLab(picked=(117, 177)), width=width, height=height)
    hand.settle()
    stage = hand.root.locator(".cnl-stage").bounding_box()
    parts = hand.root.locator(".cnl-lens figure, .cnl-said p").all()
    boxes = [part.bounding_box() for part in parts]
    assert len(boxes) == 7 and stage["height"] < height
    for box in boxes:
        assert stage["x"] - 4 <= box["x"]
        assert box["x"] + box["width"] <= stage["x"] + stage["width"] + 4
        assert stage["y"] <= box["y"]
        assert box["y"] + box["height"] <= stage["y"] + stage["height"] + 1
    for i, one in enumerate(boxes):
        for other in boxes[i + 1 :]:
            apart = [
                one[at] + one[by] <= other[at] + 1 or other[at] + other[by] <= one[at] + 1
                for at, by in (("x", "width"), ("y", "height"))
            ]
            assert any(apart), (one, other)
    pictures = [hand.photo.bounding_box(), hand.result.bounding_box()]
    assert all(box["width"] >= 180 for box in pictures)


def test_the_caption_says_what_the_colours_mean(open_lab):
    hand = open_lab(LensLab())
    caption = hand.root.locator("figcaption", has_text="Result")
    assert caption.inner_text() == "Result 118×178: blue −, orange +"
    weigh_for(hand, "blur")
    assert caption.inner_text() == "Result 118×178: 0 black, 1 white"
    assert hand.said == "The mean of the nine pixels."
    assert hand.heard.count(" times 0.11") == 9
