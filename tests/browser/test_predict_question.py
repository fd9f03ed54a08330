"""What code gives is predicted: a number, a shape, a grid filled in by keyboard or finger."""

import json

import pytest

from book_utils.explorables import PredictQuestion, Progress
from tests.browser.lab_page import LabHand, write_page

TEXTS = {"right": "It runs.", "otherwise": "Go line by line."}
GRID = """
x = torch.arange(6).reshape(2, 3)
x[:, 1:] * 2
"""
QUESTIONS = [
    PredictQuestion(
        "cells-1", "What?", GRID, **TEXTS, wrong={((0, 2), (6, 8)): "Columns 0 and 1."}
    ),
    PredictQuestion(
        "cells-2", "Which shape?", "torch.ones(2, 3).T.shape", **TEXTS, wrong={(2, 3): "Turned."}
    ),
    PredictQuestion("cells-3", "Which number?", "144_000_000 * 2", **TEXTS),
    PredictQuestion("cells-4", "What is printed?", "print(2 > 3)", **TEXTS),
]


@pytest.fixture
def asked(open_page, tmp_path):
    url = write_page(tmp_path, *QUESTIONS, Progress([("Cells", "chapters/cells", 4)]))

    def opened(**options):
        page = open_page(url, **options)
        for name in ("progress", *(question.name for question in QUESTIONS)):
            LabHand(page, name)
        return page

    return opened


def told(page, name):
    """Press Check and return what is said."""
    page.locator(f"#lab-{name}").get_by_role("button", name="Check").click()
    return page.locator(f"#lab-{name} .cnl-feedback").inner_text()


def test_a_grid_is_filled_in_by_keyboard_and_each_wrong_form_is_told(asked):
    page = asked()
    root = page.locator("#lab-cells-1 .cnl")
    assert (
        root.locator(".cnl-code").inner_text().split("\n")[0] == "x = torch.arange(6).reshape(2, 3)"
    )
    assert root.get_by_role("group", name="The result, 2 by 2").locator("input").count() == 4
    assert told(page, "cells-1") == "Give an answer first."
    root.get_by_label("row 0, column 0").focus()
    page.keyboard.type("0")
    page.keyboard.press("Tab")
    page.keyboard.type("2")
    assert told(page, "cells-1") == "2 cells are still empty."
    assert page.evaluate("localStorage.length") == 0
    root.get_by_label("row 0, column 0").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.type("6")
    page.keyboard.press("Tab")
    page.keyboard.type("8")
    page.keyboard.press("Enter")
    assert root.locator(".cnl-feedback").inner_text() == "Not yet. Columns 0 and 1."
    root.get_by_label("row 0, column 0").fill("2")
    assert told(page, "cells-1") == "Not yet. 1 of 4 cells are right. Go line by line."
    for place, text in (("0, column 1", "4"), ("1, column 0", "8"), ("1, column 1", "10")):
        root.get_by_label(f"row {place}").fill(text)
    assert told(page, "cells-1") == "Right. It runs."
    kept = json.loads(page.evaluate("localStorage.getItem('convnets-live:answers')"))
    assert kept == {"cells-1": {"response": [[2, 4], [8, 10]], "right": True}}
    assert page.locator("#lab-progress td").inner_text() == "1 of 4"


def test_shapes_numbers_and_texts_by_finger(asked):
    page = asked(touch=True, width=390)
    for place in page.locator(".cnl-fill input, input.cnl-number").all():
        assert place.bounding_box()["height"] >= 44
    for name, typed, says in [
        ("cells-2", "2 by 3", "“2 by 3” is not a shape. Write one such as (2, 3) or 2×3."),
        ("cells-2", "(2, 3)", "Not yet. Turned."),
        ("cells-2", "3×2", "Right. It runs."),
        ("cells-3", "288", "Not yet. Go line by line."),
        ("cells-3", "288,000,000", "Right. It runs."),
        ("cells-4", "true", "Not yet. Go line by line."),
        ("cells-4", "False", "Right. It runs."),
    ]:
        field = page.locator(f"#lab-{name}").get_by_role("textbox")
        field.tap()
        field.fill(typed)
        page.locator(f"#lab-{name}").get_by_role("button", name="Check").tap()
        assert page.locator(f"#lab-{name} .cnl-feedback").inner_text() == says
    assert page.locator("#lab-progress td").inner_text() == "3 of 4"
