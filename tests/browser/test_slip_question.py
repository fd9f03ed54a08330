"""A wrong answer and its smallest failing case are shown; the reader names the mistake."""

import json

import pytest

from book_utils import check
from book_utils.explorables import Progress, SlipQuestion
from tests.browser.lab_page import LabHand, write_page


def flipped(x, k):
    h, w = x.shape[0] - k.shape[0] + 1, x.shape[1] - k.shape[1] + 1
    rows = [[x[i : i + k.shape[0], j : j + k.shape[1]] for j in range(w)] for i in range(h)]
    return (k.flip(0, 1) * x.new_tensor([[w.tolist() for w in row] for row in rows])).sum((-1, -2))


QUESTION = SlipQuestion("slips-1", check.corr2d, flipped)


@pytest.fixture
def asked(open_page, tmp_path):
    url = write_page(tmp_path, QUESTION, Progress([("Slips", "chapters/slips", 1)]))

    def opened(**options):
        page = open_page(url, **options)
        for name in ("progress", "slips-1"):
            LabHand(page, name)
        return page

    return opened


def test_code_and_case_are_shown_and_each_option_is_explained(asked):
    page = asked()
    root = page.locator("#lab-slips-1 .cnl")
    assert "k.flip(0, 1)" in root.locator(".cnl-code").inner_text()
    tables = [table.get_attribute("aria-label") for table in root.locator("table").all()]
    assert tables == ["x (1×2)", "k (1×2)", "expected (1×1)", "got (1×1)"]
    assert root.locator("td.wrong").all_text_contents() == ["0 (wrong)"]
    for option in QUESTION.content["options"][::-1]:
        root.get_by_label(option["text"], exact=True).check()
        root.get_by_role("button", name="Check").click()
        verdict = "Right." if option["right"] else "Not yet."
        said = root.locator(".cnl-feedback").inner_text()
        assert said == f"{verdict} {option['why'].replace('`', '')}"
    assert page.locator("#lab-progress td").inner_text() == "1 of 1"
    kept = json.loads(page.evaluate("localStorage.getItem('convnets-live:answers')"))
    assert kept == {"slips-1": {"response": 0, "right": True}}


def test_on_a_phone_code_wraps_with_its_indentation_and_options_are_large(asked):
    page = asked(touch=True, width=320)
    lines = page.locator("#lab-slips-1 .cnl-code-line")
    heights = [line.bounding_box()["height"] for line in lines.all()]
    assert max(heights) > 1.5 * min(heights), "a long line goes on below"
    assert lines.nth(0).evaluate("e => e.scrollWidth <= e.clientWidth")
    for option in page.locator(".cnl-option").all():
        assert option.bounding_box()["height"] >= 44
    page.get_by_label("the kernel is flipped", exact=True).tap()
    page.get_by_role("button", name="Check").tap()
    assert page.locator("#lab-slips-1 .cnl-feedback").inner_text().startswith("Right.")
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
