"""The weight-matrix lab on a page: what it shows is what its Python side computes."""

import re

import pytest

from book_utils.explorables import WeightMatrixLab
from tests.browser.lab_page import LabHand


def hand(page, name="lab"):
    return LabHand(page, name).root


@pytest.fixture
def open_lab(open_labs):
    def open_lab(*args, on_page=None, **settings):
        return hand(open_labs(WeightMatrixLab(*args, **settings), **(on_page or {})))

    return open_lab


def cell(root, grid, at):
    return root.locator(f'[role="grid"][aria-label^="{grid}"] [data-at="{at}"]')


def matrix(root):
    """The matrix as the page shows it: the number of the parameter in each cell."""
    labels = root.locator('[aria-label^="Weight matrix"]').evaluate(
        "table => [...table.rows].map(row => [...row.cells].map(cell => cell.ariaLabel))"
    )
    return [[int(re.search(r": (\d+)", label)[1]) for label in row] for row in labels]


def lit(root, grid):
    cells = root.locator(f'[role="grid"][aria-label^="{grid}"] .lit').all()
    return {cell.get_attribute("data-at") for cell in cells}


def count(root):
    return root.locator(".cnl-formula strong").inner_text()


def test_every_stage_shows_the_matrix_and_the_count_of_python(open_lab):
    root = open_lab(5, 1)
    for stage in ("local", "shared", "dense"):
        root.get_by_label("Weights").select_option(stage)
        expected = WeightMatrixLab(5, 1, stage=stage)
        assert matrix(root) == expected.output.tolist(), stage
        assert count(root).split()[0] == str(expected.parameters), stage


def test_a_picture_has_two_axes_and_a_megapixel_is_counted_with_it(open_lab):
    root = open_lab(8, 1, stage="shared")
    root.get_by_role("combobox").last.select_option("2")
    assert matrix(root) == WeightMatrixLab(4, 1, axes=2, stage="shared").output.tolist()
    root.get_by_label("Weights").select_option("dense")
    assert "1,000,000,000,000" in root.locator(".cnl-formula").inner_text()


def test_a_pressed_weight_lights_up_wherever_it_stands(open_lab):
    root = open_lab(5, 1, stage="shared")
    cell(root, "Weight matrix", "1,2").click()
    assert lit(root, "Weight matrix") == {"0,1", "1,2", "2,3", "3,4"}
    said = root.locator(".cnl-sum").inner_text()
    assert said == "v[1]: output 1 reads input 2, 1 away. The same number stands in 4 cells."
    cell(root, "Weight matrix", "0,4").click()
    assert root.locator(".cnl-sum").inner_text() == "Output 0 does not read input 4."


def test_an_output_shows_its_row_and_the_inputs_it_reads(open_lab):
    root = open_lab(6, 2, stage="local")
    cell(root, "Output", "0,0").click()
    assert lit(root, "Input") == {"0,0", "0,1", "0,2"}
    assert lit(root, "Weight matrix") == {"0,0", "0,1", "0,2"}
    assert root.locator(".cnl-sum").inner_text() == "Output 0 reads 3 inputs."


def test_by_keyboard_the_reach_follows_the_side_and_never_passes_it(open_lab):
    root = open_lab(8, 7)
    side = root.get_by_role("slider", name="Side")
    reach = root.get_by_role("slider", name="Δ, how far an output reads")
    side.focus()
    for n in range(7, 0, -1):
        root.page.keyboard.press("ArrowLeft")
        assert (side.input_value(), reach.input_value()) == (str(n), str(n - 1))
        assert reach.get_attribute("max") == str(n - 1)
    assert matrix(root) == [[1]]
    cell(root, "Weight matrix", "0,0").focus()
    root.page.keyboard.press("ArrowRight")  # nowhere to go
    assert cell(root, "Weight matrix", "0,0").evaluate("el => el === document.activeElement")


def test_arrow_keys_walk_the_matrix(open_lab):
    root = open_lab(5, 1, stage="shared")
    cell(root, "Weight matrix", "0,0").focus()
    for key in ("ArrowDown", "ArrowDown", "ArrowRight"):
        root.page.keyboard.press(key)
    assert cell(root, "Weight matrix", "2,1").get_attribute("aria-selected") == "true"


def test_by_touch_on_a_phone(open_lab):
    root = open_lab(4, 1, axes=2, stage="shared", on_page={"touch": True, "width": 390})
    cell(root, "Input", "1,1").tap()
    assert len(lit(root, "Output")) == 9
    assert root.page.evaluate("document.documentElement.scrollWidth") <= 390


@pytest.mark.parametrize("where", ["http", "file"])
def test_both_labs_of_the_built_chapter(where, open_page, request):
    base = request.getfixturevalue(f"book_{where}")
    page = open_page(f"{base}chapters/dense-to-conv.html", offline=where == "file")
    root = hand(page, "weights")
    root.get_by_label("Weights").select_option("shared")
    assert count(root) == "3 free parameters"
    root = hand(page, "picture")
    root.get_by_role("slider", name="Δ, how far an output reads").press("ArrowRight")
    assert count(root) == "25 free parameters"
