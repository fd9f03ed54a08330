"""The canyon lab by mouse, finger and keyboard: the path, the switch, the start."""

import re

import pytest
import torch
from playwright.sync_api import expect

from book_utils.explorables import CanyonLab
from tests.browser.lab_page import LabHand

NUMBER = r"-?[\d.]+"


class Hand(LabHand):
    """A mounted canyon lab."""

    @property
    def map(self):
        return self.root.get_by_role("application")

    @property
    def loss(self):
        return self.root.locator(".cnl-sum b")

    @property
    def note(self):
        return self.root.locator(".cnl-sum small")

    def path(self):
        """The weights of the path on the map."""
        self.settle()
        found = re.findall(NUMBER, self.map.locator(".path").get_attribute("d"))
        places = torch.tensor([float(text) for text in found]).reshape(-1, 2)
        return torch.stack([places[:, 0] / 10 - 3, 3 - places[:, 1] / 10], 1)

    def radii(self):
        """Of the outermost ellipse, along the canyon and across."""
        self.settle()
        outermost = self.map.locator("ellipse").first
        return [float(outermost.get_attribute(name)) for name in ("rx", "ry")]

    def normalise(self):
        self.root.get_by_role("switch", name="normalise the inputs").click()


@pytest.fixture
def opened(open_labs):
    return lambda **settings: Hand(open_labs(CanyonLab(**settings)))


@pytest.mark.parametrize(
    "settings", [{}, {"normalised": True}, {"rate": 0.97, "steps": 9}, {"at": [44, 8], "ratio": 3}]
)
def test_the_path_on_the_map_is_that_of_sgd(opened, settings):
    lab, python = opened(**settings), CanyonLab(**settings)
    assert lab.path().sub(python.output).abs().max() < 0.01


def test_the_switch_makes_a_bowl_of_the_canyon_and_the_axes_stay(opened):
    lab = opened()
    along, across = lab.radii()
    assert along / across > 30
    expect(lab.loss).to_have_text("5.04")
    expect(lab.note).to_have_text("w₁ has come 2 % of its way to the cross, w₂ 99 %.")
    axes = lab.root.locator(".cnl-loss p").all_inner_texts()
    lab.normalise()
    along, across = lab.radii()
    assert along / across < 1.5
    expect(lab.loss).to_have_text("below 0.000001")
    expect(lab.note).to_have_text("w₁ has come 100 % of its way to the cross, w₂ 100 %.")
    assert lab.root.locator(".cnl-loss p").all_inner_texts() == axes


def test_a_rate_above_the_limit_is_thrown_out_of_the_canyon(opened):
    lab = opened(rate=0.97, steps=50)
    expect(lab.note).to_contain_text("of its way to the cross")
    lab.slider("Rate").press("ArrowRight")
    expect(lab.note).to_have_text("It diverges: each step is thrown further across.")
    lab.slider("Rate").press("End")
    expect(lab.note).to_contain_text("It diverges")
    assert lab.path().isfinite().all()
    expect(lab.map.locator(".end")).to_have_count(0)
    expect(lab.root.locator(".cnl-aside")).to_contain_text("rate 2 × limit")


def test_the_start_is_dragged_and_moved_by_arrow_keys(opened):
    lab = opened(steps=0)
    assert lab.path().tolist() == [[-2, 2.5]]
    box = lab.map.bounding_box()
    mouse = lab.page.mouse
    mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    mouse.down()
    mouse.move(box["x"] + box["width"] - 1, box["y"] + box["height"] - 1, steps=3)
    mouse.up()
    assert lab.path().tolist() == [[3, -3]]
    for key in ("ArrowUp", "ArrowLeft", "Shift+ArrowUp"):
        lab.map.press(key)
    assert lab.path()[0].tolist() == pytest.approx([2.9, -1.9])


def test_steps_lengthen_the_path_and_both_losses_are_drawn(opened):
    lab = opened(steps=1)
    curves = lab.root.locator(".cnl-losses-plot")
    for steps in (2, 3):
        lab.slider("Steps").press("ArrowRight")
        assert len(lab.path()) == steps + 1
        for which in ("now", "other"):
            drawn = curves.locator(f"path.{which}").get_attribute("d")
            assert len(re.findall("[ML]", drawn)) == steps + 1
    now, other = (CanyonLab(steps=3, normalised=on) for on in (False, True))
    said = curves.get_attribute("aria-label")
    for lab_ in (now, other):
        assert f"to {lab_.loss(lab_.output[-1]).item():.7g}" in said
