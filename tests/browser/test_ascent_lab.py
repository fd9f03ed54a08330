"""The ascent lab: two pictures climb from one start; each switch is seen, what fails is said."""

import pytest
import torch
from playwright.sync_api import expect

from book_utils.explorables import AscentLab
from tests.browser.lab_page import LabHand, fragment, pixels, soon

NONE = {"blur": False, "jitter": False, "decay": False}


class AscentHand(LabHand):
    """A mounted ascent lab."""

    def shows(self, of, picture):
        """Wait until a canvas ("plain" or "regularised") shows this picture."""
        canvas = self.root.locator(f".cnl-{'without' if of == 'plain' else 'kept'} canvas")

        def same():
            seen = pixels(canvas)[..., 0] / 255
            assert torch.allclose(seen, picture.clamp(0, 1).float(), atol=0.02)

        soon(same)

    def must_be_at_step(self, least):
        assert int(self.slider("Step").input_value()) >= least

    @property
    def sum(self):
        return self.root.locator(".cnl-sum")

    def switch(self, name):
        return self.root.get_by_role("switch", name=name, exact=True)


@pytest.fixture
def opened(open_labs):
    def make(width=1280, is_open=False, **settings):
        return AscentHand(open_labs(AscentLab(**settings), width=width), is_open=is_open)

    return make


def test_both_pictures_are_pytorchs_and_the_switches_are_seen(opened):
    lab, python = opened(steps=12), AscentLab(steps=12)
    lab.shows("plain", python.without.picture)
    lab.shows("regularised", python.output)
    expect(lab.sum).to_contain_text("Score of 8 after 12 steps")
    for name in NONE:
        lab.switch(name).uncheck()
        setattr(python, name, False)
        lab.shows("regularised", python.output)
    lab.shows("regularised", python.without.picture)
    expect(lab.sum).to_contain_text("No regulariser is on: both are the same.")


def test_start_plays_from_the_beginning_and_pause_holds(opened):
    lab = opened(steps=100, unit=["score", 3])
    expect(lab.sum).to_contain_text("after 100 steps")
    lab.button("Start").click()
    expect(lab.button("Pause")).to_be_visible()
    expect(lab.sum).not_to_contain_text("after 100 steps")
    soon(lambda: lab.must_be_at_step(3))
    lab.button("Pause").click()
    step = lab.slider("Step").input_value()
    lab.settle()
    assert lab.slider("Step").input_value() == step
    lab.slider("Step").press("Home")
    expect(lab.sum).to_contain_text("Score of 3 after 0 steps")


def test_an_ascent_that_diverges_is_caught_and_said(opened):
    lab = opened(rate=20, clip=False, **NONE)
    python = AscentLab(rate=20, clip=False, **NONE)
    assert python.without.diverged
    step = len(python.without.values)
    expect(lab.sum).to_contain_text(f"Diverged at step {step}: a pixel is at")
    lab.open()
    lab.switch("clip pixels to 0…1").check()
    expect(lab.sum).to_contain_text("after 100 steps")
    expect(lab.sum).not_to_contain_text("Diverged")


def test_a_gradient_of_0_is_said(opened):
    lab = opened(unit=["conv2", 3], start="grey", steps=3, **NONE)
    expect(lab.sum).to_contain_text("The gradient is 0: no pixel moves it.")


def test_another_unit_climbs_from_the_same_start(opened):
    lab, python = opened(steps=5), AscentLab(steps=5, unit=["conv2", 1])
    lab.choose("Climb for", "map 1 of conv 2")
    lab.shows("regularised", python.output)
    expect(lab.sum).to_contain_text("Map 1 of convolution 2 after 5 steps")


@pytest.mark.parametrize("width", [1280, 390])
def test_a_drawing_is_a_start(opened, width):
    lab = opened(steps=0, start="drawing", width=width)
    python = AscentLab(steps=0, start="drawing")
    lab.shows("plain", python.picture)
    lab.button("Clear").click()
    lab.shows("plain", torch.zeros(28, 28))
    pad = lab.root.locator(".cnl-pad")
    box = pad.bounding_box()
    x, y, side = box["x"], box["y"], box["width"]
    lab.page.mouse.move(x + 0.5 * side, y + 0.2 * side)
    lab.page.mouse.down()
    lab.page.mouse.move(x + 0.5 * side, y + 0.8 * side, steps=5)
    lab.page.mouse.up()

    def drawn():
        seen = pixels(lab.root.locator(".cnl-without canvas"))[..., 0]
        assert seen[:, 13:15].max() > 200 and seen[:, :8].max() == 0  # a 1, centred

    soon(drawn)


def test_what_is_asked_for_comes_by_a_link(opened):
    lab, python = opened(steps=0), AscentLab(steps=6, start="grey", blur=False)
    settings = python.get_state(list(python.schema()))
    lab.follow(fragment("lab", settings))
    lab.shows("regularised", python.output)


def test_on_a_phone_pictures_switches_and_charts_are_on_one_screen(opened):
    lab = opened(width=390, steps=2)
    stage = lab.root.locator(".cnl-stage").bounding_box()
    expect(lab.root.locator(".cnl-curve")).to_be_visible()
    for part in (".cnl-start", ".cnl-without", ".cnl-kept", ".cnl-regularisers", ".cnl-curve",
                 ".cnl-read-as"):  # fmt: skip
        box = lab.root.locator(part).bounding_box()
        assert box["x"] >= stage["x"] - 3
        assert box["x"] + box["width"] <= stage["x"] + stage["width"] + 3
        assert box["y"] + box["height"] <= stage["y"] + stage["height"] + 1
