"""The column lab under mouse and keyboard: window, column and output move together."""

import pytest
import torch
from playwright.sync_api import expect

from book_utils.explorables import ColumnLab
from tests.browser.lab_page import LabHand, pixels

SHOWN = """lab => ({
  sum: lab.querySelector(".cnl-sum").textContent,
  price: [...lab.querySelectorAll(".cnl-price > *")].map((each) => each.textContent),
  outputs: [...lab.querySelectorAll(".cnl-products [role=gridcell]")].map((c) => c.textContent),
  marked: [".cnl-windows", ".cnl-weights-row"].map((part) =>
    [...lab.querySelectorAll(`${part} .cnl-cell`)].findIndex((c) => c.matches(".picked"))),
  column: Number(lab.querySelector(".cnl-unfolded .cnl-marker").style.getPropertyValue("--column")),
  window: ["--row", "--column"].map((name) =>
    Number(lab.querySelector(".cnl-windows .cnl-marker").style.getPropertyValue(name))),
})"""


class Hand(LabHand):
    """A mounted column lab."""

    def shown(self):
        self.settle()
        return self.root.evaluate(SHOWN)

    @property
    def image(self):
        return self.root.get_by_role("application")

    @property
    def matrix(self):
        return self.root.get_by_role("grid", name="Matrix")

    def filled(self, positions):
        """Which columns of the matrix have ink."""
        ink = pixels(self.root.locator(".cnl-unfolded canvas"))[..., 3].sum(0)
        return [bool(part.sum()) for part in torch.tensor_split(ink, positions)]

    def drag_to(self, down, across):
        """Drag the window by its middle to a place of the image, in parts of its sides."""
        box = self.image.bounding_box()
        self.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        self.page.mouse.down()
        x, y = box["x"] + box["width"] * across, box["y"] + box["height"] * down
        self.page.mouse.move(x, y, steps=3)
        self.page.mouse.up()
        self.page.mouse.move(0, 0)


@pytest.fixture
def opened(open_labs):
    return lambda motion="reduce", **settings: Hand(
        open_labs(ColumnLab(**settings), motion=motion), is_open=False
    )


def test_the_window_is_dragged_and_its_column_and_output_follow(opened):
    lab, twin = opened(), ColumnLab()
    y = twin.output.flatten().tolist()
    for (down, across), step in (((0.5, 0.5), 4), ((0.9, 0.9), 8), ((0.1, 0.5), 1)):
        lab.drag_to(down, across)
        shown = lab.shown()
        assert (shown["column"], shown["window"]) == (step, [step // 3, step % 3])
        assert lab.filled(9) == [column <= step for column in range(9)]
        assert shown["outputs"] == [f"{y[i]:g}" if i <= step else "" for i in range(9)]
        assert shown["sum"].startswith(f"Row × column {step}: 1·")
        assert shown["sum"].endswith(f" = {y[step]:g}")
    lab.image.press("ArrowDown")
    expect(lab.root.locator(".cnl-sum")).to_contain_text("Row × column 4: ")
    assert lab.shown()["price"] == ["3.24 ×", "9 × 9 = 81 numbers", "for 25 pixels"]


def test_a_cell_of_the_matrix_shows_its_pixel_and_its_weight(opened):
    lab = opened()
    tile = lab.matrix.bounding_box()["width"] / 9
    lab.matrix.click(position={"x": 7.5 * tile, "y": 5.5 * tile})  # row 5, column 7
    lab.page.mouse.move(0, 0)
    shown = lab.shown()
    assert shown["column"] == 7 and shown["window"] == [2, 1]
    assert shown["marked"] == [3 * 5 + 3, 5]  # the window's second row, third column
    cell = lab.matrix.get_by_role("gridcell")
    expect(cell).to_have_attribute("aria-label", "row 5, column 7: pixel 19, times −1")
    cell.press("ArrowRight")
    expect(cell).to_have_attribute("aria-label", "row 5, column 8: pixel 20, times −1")
    lab.root.get_by_role("gridcell", name="column 0: 29").click()
    assert lab.shown()["column"] == 0 and lab.shown()["marked"] == [-1, -1]


def test_play_fills_the_matrix_and_copies_fly_to_it(opened):
    lab = opened("no-preference", size=4, kernel=3, step=1)
    lab.button("Play").click()
    lab.root.locator(".cnl-copies .cnl-cell").first.wait_for()
    expect(lab.button("Play")).to_be_visible()  # it has come to its end
    assert lab.filled(4) == [True] * 4
    expect(lab.root.locator(".cnl-copies .cnl-cell")).to_have_count(0)
