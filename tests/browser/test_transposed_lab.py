"""The transposed lab under mouse and keyboard: stamps, zeros, the matrix, overlaps."""

import re

import pytest
import torch
from playwright.sync_api import expect

from book_utils.explorables import TransposedLab
from tests.browser.lab_page import LabHand

SHOWN = """lab => {
  const grids = Object.fromEntries([...lab.querySelectorAll(".cnl-grid")].map((grid) =>
    [grid.getAttribute("aria-label").split(",")[0], [...grid.children].map((row) =>
      [...row.children].map((cell) => ({ kind: [...cell.classList],
        says: cell.getAttribute("aria-label").split(": ")[1].replaceAll("−", "-") })))]));
  const text = (query) => lab.querySelector(query)?.textContent;
  return { grids, frame: lab.querySelector(".cnl-frame")?.style.transform,
    sum: text(".cnl-sum"), size: text(".cnl-aside"), full: text(".cnl-in-full p") };
}"""


class Hand(LabHand):
    """A mounted transposed lab."""

    def shown(self):
        self.settle()
        return self.root.evaluate(SHOWN)

    def values(self, grid):
        rows = self.shown()["grids"][grid]
        return [[float(re.match(r"-?\d+", cell["says"])[0]) for cell in row] for row in rows]

    def kinds(self, grid, kind):
        rows = self.shown()["grids"][grid]
        return {
            (i, j) for i, row in enumerate(rows) for j, c in enumerate(row) if kind in c["kind"]
        }

    def show(self, name):
        self.root.get_by_role("combobox", name="Show").select_option(name)


@pytest.fixture
def opened(open_labs):
    return lambda *args, **settings: Hand(open_labs(TransposedLab(*args, **settings)))


def test_an_input_stamps_the_kernel_and_play_goes_from_stamp_to_stamp(opened):
    lab = opened()
    assert lab.values("Output") == [[0, 0, 1], [0, 4, 6], [4, 12, 9]]
    assert "x[1, 1] = 3 stamps 3 × the kernel" in lab.shown()["sum"]
    at_last = lab.shown()["frame"]
    lab.cell("input", 0, 1).click()
    assert lab.shown()["frame"] != at_last
    assert lab.kinds("Output", "lit") == {(0, 1), (0, 2), (1, 1), (1, 2)}
    assert "1×3 to y[1, 2]" in lab.shown()["full"]
    lab.button("Next input").click()
    expect(lab.cell("input", 1, 0)).to_have_attribute("aria-selected", "true")
    lab.cell("output", 1, 1).click()
    assert lab.shown()["sum"] == "y[1, 1] = 0×3 + 1×2 + 2×1 + 3×0 = 4"


def test_the_padding_crops_and_the_output_padding_yields_to_a_smaller_stride(opened):
    lab = opened(padding=1, stride=2, output_padding=1, picked=["output", 0, 0])
    assert lab.shown()["size"].endswith("convolution back: 2×2…3×3 → 2×2")
    assert len(lab.kinds("Output", "padding")) == 25 - 9
    assert lab.kinds("Output", "unread") == {(4, j) for j in range(5)} | {(i, 4) for i in range(5)}
    lab.slider("Stride").fill("1")
    assert lab.slider("Output pad").input_value() == "0"
    assert lab.shown()["size"].endswith("convolution back: 1×1 → 2×2")
    lab.cell("output", -1, -1).click()
    assert "cropped by the padding" in lab.shown()["sum"]


def test_zeros_are_inserted_and_the_flipped_kernel_slides(opened):
    lab = opened(show="gather", stride=2, picked=["output", 3, 3])
    assert lab.values("Kernel") == [[3, 2], [1, 0]]
    spread = lab.values("Input with zeros")
    assert len(spread) == 5 and spread[1][1:4:2] == [0, 1] and spread[3][1:4:2] == [2, 3]
    assert lab.kinds("Input with zeros", "inserted") == {(1, 2), (2, 1), (2, 2), (2, 3), (3, 2)}
    assert lab.shown()["sum"] == "y[3, 3] = 3×3 = 9"
    zeros = lab.root.get_by_role("grid", name="Input with zeros")
    zeros.locator('[data-at="1,1"]').click()
    assert lab.shown()["sum"] == "A zero that the stride has inserted between two inputs"
    zeros.locator('[data-at="2,0"]').click()
    assert lab.shown()["sum"].startswith("x[1, 0] = 2 stamps 2 × the kernel")
    zeros.locator('[data-at="-1,0"]').click()
    assert lab.shown()["sum"] == "A zero around the input: (2 − 1) − 0 on each side"


def test_the_matrix_is_walked_by_keys_and_its_rows_are_outputs(opened):
    lab = opened(show="matrix", picked=["matrix", 4, 3])
    assert lab.shown()["sum"] == "Cᵀ[4, 3] = w[0, 0], which joins x[1, 1] to y[1, 1] = 0"
    matrix = lab.root.get_by_role("grid", name="Matrix Cᵀ, 9 by 4")
    matrix.get_by_role("gridcell").press("ArrowUp")
    assert lab.shown()["sum"] == "Cᵀ[3, 3] = 0: no weight joins x[1, 1] to y[1, 0]"
    lab.cell("output", 2, 1).click()
    assert lab.shown()["sum"].endswith(" = 12")


@pytest.mark.parametrize(
    ("kernel", "stride", "says"),
    [
        (3, 2, "a checkerboard, since 3 is no multiple of 2"),
        (4, 2, "equal inside"),
        (2, 3, "a checkerboard, since 2 is no multiple of 3"),
        (2, (1, 3), "stripes, since 2 is no multiple of 3"),
    ],
)
def test_overlaps_are_counted_and_checkerboards_predicted(opened, kernel, stride, says):
    k = torch.ones(kernel, kernel)
    picked = ["output", 2, 2]
    lab = opened(torch.full((4, 4), 5), k, show="overlaps", stride=stride, picked=picked)
    wanted = torch.nn.functional.conv_transpose2d(
        torch.ones(1, 1, 4, 4), k[None, None], None, stride
    )
    assert lab.values("Stamps on each output") == wanted[0, 0].tolist()
    assert says in lab.shown()["sum"]


def test_every_view_can_be_chosen_and_keeps_the_pick(opened):
    lab = opened(picked=["output", 1, 1])
    for name in ("gather", "matrix", "overlaps", "scatter"):
        lab.show(name)
        expect(
            lab.cell("output", 1, 1)
            if name != "overlaps"
            else lab.root.locator('[aria-label^="Stamps"] [data-at="1,1"]')
        ).to_have_attribute("aria-selected", "true")
