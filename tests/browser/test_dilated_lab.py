"""The dilated lab under mouse and keyboard: taps, paths, the map and its holes."""

import pytest
import torch
from playwright.sync_api import expect

from book_utils.explorables import DilatedLab
from book_utils.shapes import coverage
from tests.browser.lab_page import LabHand, pixels

SHOWN = """lab => ({
  sum: lab.querySelector(".cnl-sum").textContent,
  field: lab.querySelector(".cnl-aside").textContent,
  counts: [...lab.querySelectorAll("[role=gridcell]")].map((cell) => Number(cell.textContent)),
  unread: [...lab.querySelectorAll(".cnl-cell.unread")].length,
  lit: lab.querySelector(".cnl-taps .lit").getAttribute("d").split("M").length - 1,
  taps: lab.querySelector(".cnl-taps .taps").getAttribute("d").split("M").length - 1,
  units: lab.querySelector(".cnl-taps .units").getAttribute("d").split("M").length - 1,
  hatched: lab.querySelector(".cnl-reads svg > path").getAttribute("d").split("M0").length - 1,
})"""


class Hand(LabHand):
    """A mounted dilated lab."""

    def shown(self):
        self.settle()
        return self.root.evaluate(SHOWN)

    @property
    def map(self):
        return self.root.get_by_role("application")


@pytest.fixture
def opened(open_labs):
    return lambda *rates, **settings: Hand(open_labs(DilatedLab(*rates, **settings)))


@pytest.mark.parametrize("rates", [(2, 2, 2), (1, 2, 3), (1, 2, 4, 8)])
def test_paths_are_counted_and_what_is_never_read_is_marked(opened, rates):
    lab = opened(*rates)
    counts, shown = coverage((3, 1, rate) for rate in rates), lab.shown()
    assert shown["counts"] == counts
    assert shown["unread"] == counts.count(0)
    assert f"{len(counts) - counts.count(0)} of {len(counts)} read" in shown["field"]
    canvas = pixels(lab.map.locator("canvas"))
    read = torch.tensor(counts) > 0
    assert torch.equal(canvas[..., 3] > 0, torch.outer(read, read))


def test_a_picked_input_says_its_paths_and_lights_them(opened):
    lab = opened()
    assert lab.shown()["sum"] == "Paths to input [6, 5]: 7 · 0 = 0, never read"
    assert lab.shown()["lit"] == 0
    lab.root.get_by_role("gridcell").nth(0).click()
    assert lab.shown()["sum"] == "Paths to input [6, 0]: 7 · 1 = 7"
    assert lab.shown()["lit"] == 3  # the one path, a tap in each layer
    lab.map.press("ArrowDown")
    said = lab.root.locator(".cnl-sum")
    expect(said).to_have_text("Paths to input [7, 0]: 0 · 1 = 0, never read")


def test_a_slider_spreads_the_taps_and_the_pick_stays_in_the_field(opened):
    lab = opened(8, 8, 8, at=[48, 48])
    assert lab.shown()["sum"] == "Paths to input [48, 48]: 1 · 1 = 1"
    for layer in (1, 2, 3):
        lab.slider(f"Rate {layer}").fill("1")
    expect(lab.root.locator(".cnl-aside")).to_contain_text("7 of 7 read")
    assert lab.shown()["sum"] == "Paths to input [6, 6]: 1 · 1 = 1"


def test_a_fourth_layer_is_one_more_row(opened):
    lab = opened(1, 2, 4)
    assert lab.root.locator(".cnl-layers li").count() == 7
    lab.slider("Rate 4").fill("8")
    expect(lab.root.locator(".cnl-layers li")).to_have_count(9)
    assert len(lab.shown()["counts"]) == 31
