"""Questions answer back in the page: by mouse, touch and keyboard, and remember what was right."""

import json

import pytest
from playwright.sync_api import expect

from book_utils.explorables import CellQuestion, ChoiceQuestion, NumberQuestion, Progress
from tests.browser.lab_page import LabHand, write_page

OPTIONS = [
    ("8×8", True, "8 + 2 − 3 + 1 = 8."),
    ("6×6", False, "That is without `padding`."),
    ("10×10", False, "The kernel takes some away again."),
]
QUESTIONS = [
    ChoiceQuestion("padding-1", "An input of 8×8, padding 1: what comes out?", OPTIONS),
    NumberQuestion(
        "padding-2", "How many weights?", 9, "3 · 3.", "Multiply.", {6: "You added; multiply."}
    ),
    CellQuestion(
        "padding-3",
        "Which pixel is read by all windows?",
        [[0, 1, 2], [3, 4, 5], [6, 7, 8]],
        (1, 1),
        "All four hold it.",
        "Slide the window.",
        {(0, 0): "The corner is in one window."},
    ),
]


@pytest.fixture
def questions(open_page, tmp_path):
    progress = Progress([("Padding and stride", "chapters/padding", 3)])
    url = write_page(tmp_path, *QUESTIONS, progress)

    def opened(**options):
        page = open_page(url, **options)
        for place in page.locator(".cnl-explorable").all():
            LabHand(page, place.get_attribute("id").removeprefix("lab-"))
        return page

    return opened


def said(page, name):
    return page.locator(f"#lab-{name} .cnl-feedback").inner_text()


def counted(page):
    return page.locator("#lab-progress td").inner_text()


def test_each_wrong_choice_is_told_why_and_the_right_one_too(questions):
    page = questions()
    root = page.locator("#lab-padding-1")
    for text, right, why in OPTIONS[::-1]:
        root.get_by_label(text, exact=True).check()
        root.get_by_role("button", name="Check").click()
        assert (
            said(page, "padding-1") == f"{'Right.' if right else 'Not yet.'} {why.replace('`', '')}"
        )
    assert root.locator(".cnl-done").is_visible()
    assert counted(page) == "1 of 3"


def test_a_choice_by_keyboard_alone(questions):
    page = questions()
    options = page.locator("#lab-padding-1 .cnl-option").all_inner_texts()
    page.locator("#lab-padding-1 input").first.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    for _ in range(options.index("8×8")):
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    assert said(page, "padding-1").startswith("Right.")


def test_options_stand_in_one_order_in_the_page_and_in_print_and_are_kept_as_they_were_given(
    open_page, tmp_path
):
    texts = [f"option {i}" for i in range(5)]
    options = [(text, i == 3, f"Why {i}.") for i, text in enumerate(texts)]
    page = open_page(write_page(tmp_path, ChoiceQuestion("shuffled-1", "Which?", options)))
    page.locator(".cnl-option").first.wait_for()
    shown = page.locator(".cnl-option").all_inner_texts()
    assert sorted(shown) == texts and shown != texts
    page.emulate_media(media="print")
    assert page.locator(".cnl-still li").all_inner_texts() == shown
    page.emulate_media(media="screen")
    page.get_by_label("option 3").check()
    page.get_by_role("button", name="Check").click()
    assert said(page, "shuffled-1") == "Right. Why 3."
    kept = json.loads(page.evaluate("localStorage.getItem('convnets-live:answers')"))
    assert kept == {"shuffled-1": {"response": 3, "right": True}}


def test_a_number_of_millions_is_read_as_the_page_writes_it(open_page, tmp_path):
    texts = {"right": "As published.", "otherwise": "Count."}
    question = NumberQuestion("large-1", "How many weights?", 144_344_544, **texts)
    page = open_page(write_page(tmp_path, question))
    for typed, begins in (("144,344,544", "Right."), ("144 344 543", "Not yet.")):
        page.get_by_role("textbox").fill(typed)
        page.get_by_role("button", name="Check").click()
        assert said(page, "large-1").startswith(begins)


def test_a_number_by_touch_with_known_and_unknown_mistakes(questions):
    page = questions(touch=True, width=390)
    root = page.locator("#lab-padding-2")
    field, check = root.get_by_role("textbox"), root.get_by_role("button", name="Check")
    for touched in (field, check, page.locator(".cnl-option").first):
        assert touched.bounding_box()["height"] >= 44
    for typed, answer in [
        ("6", "Not yet. You added; multiply."),
        ("7", "Not yet. Multiply."),
        ("27/3", "Right. 3 · 3."),
    ]:
        field.tap()
        field.fill(typed)
        check.tap()
        assert said(page, "padding-2") == answer


NO_NUMBERS = {"": "first", "nine": "“nine” is not a number", "1/0": "no finite number"}
NO_NUMBERS |= {"<b>9</b>": "“<b>9</b>” is not a number"}


def test_what_is_no_number_is_said_so_and_not_counted_as_an_answer(questions):
    page = questions()
    root = page.locator("#lab-padding-2")
    for typed, complaint in NO_NUMBERS.items():
        root.get_by_role("textbox").fill(typed)
        root.get_by_role("button", name="Check").click()
        assert complaint in said(page, "padding-2"), typed
        assert page.evaluate("localStorage.length") == 0, typed


def test_a_cell_by_keyboard(questions):
    page = questions()
    root = page.locator("#lab-padding-3")
    root.locator('[data-at="0,0"]').click()
    root.get_by_role("button", name="Check").click()
    assert said(page, "padding-3") == "Not yet. The corner is in one window."
    root.locator('[data-at="0,0"]').focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    root.get_by_role("button", name="Check").press("Enter")
    assert said(page, "padding-3") == "Right. All four hold it."


def test_answers_are_remembered_saved_to_a_file_and_forgotten(questions):
    page = questions()
    page.locator("#lab-padding-2").get_by_role("textbox").fill("9")
    page.keyboard.press("Enter")
    page.reload()
    page.locator("#lab-padding-2").scroll_into_view_if_needed()
    page.locator("#lab-padding-2 .cnl-done").wait_for()
    page.locator("#lab-progress").scroll_into_view_if_needed()
    root = page.locator("#lab-progress .cnl")
    with page.expect_download() as download:
        root.get_by_role("button", name="Save my answers to a file").click()
    saved = json.loads(download.value.path().read_text(encoding="utf-8"))
    assert saved == {"padding-2": {"response": 9, "right": True}}
    root.get_by_role("button", name="Forget my answers").click()
    root.get_by_role("button", name="Keep").click()
    assert counted(page) == "1 of 3"
    root.get_by_role("button", name="Forget my answers").click()
    root.get_by_role("button", name="Forget", exact=True).click()
    assert counted(page) == "0 of 3" and not page.locator(".cnl-done").count()


def test_where_storage_is_refused_questions_still_answer(open_page, tmp_path):
    url = write_page(tmp_path, *QUESTIONS, Progress([("Padding", "chapters/padding", 3)]))
    refuse = "{ get() { throw new DOMException('no') } }"
    page = open_page(url, first=f"Object.defineProperty(window, 'localStorage', {refuse})")
    root = page.locator("#lab-padding-2")
    root.scroll_into_view_if_needed()
    root.get_by_role("textbox").fill("9")
    root.get_by_role("button", name="Check").click()
    assert said(page, "padding-2").startswith("Right.")
    page.locator("#lab-progress").scroll_into_view_if_needed()
    page.locator("#lab-progress .cnl").wait_for()
    assert counted(page) == "1 of 3"


def test_what_stands_in_storage_from_elsewhere_breaks_nothing(questions):
    page = questions()
    for odd in ("[]", "null", "{", '{"padding-1": 3}', '"<img src=x onerror=alert(1)>"'):
        page.evaluate("odd => localStorage.setItem('convnets-live:answers', odd)", odd)
        page.reload()
        page.locator("#lab-progress").scroll_into_view_if_needed()
        page.locator("#lab-progress .cnl").wait_for()
        assert counted(page) == "0 of 3"


def test_the_tick_goes_when_a_later_answer_is_wrong(questions):
    page = questions()
    root = page.locator("#lab-padding-2")
    for typed, ticks in (("9", 1), ("8", 0), ("9", 1)):
        root.get_by_role("textbox").fill(typed)
        root.get_by_role("button", name="Check").click()
        expect(root.locator(".cnl-done")).to_have_count(ticks)


FULL = """{ value() { throw new DOMException("full", "QuotaExceededError") } }"""


def test_where_storage_is_full_the_page_remembers_and_forgets(open_page, tmp_path):
    url = write_page(tmp_path, *QUESTIONS, Progress([("Padding", "chapters/padding", 3)]))
    wrong = json.dumps({"padding-2": {"response": 8, "right": False}})
    page = open_page(
        url,
        first=f"if (location.protocol === 'file:') {{"
        f"localStorage.setItem('convnets-live:answers', {json.dumps(wrong)});"
        f"Object.defineProperty(Storage.prototype, 'setItem', {FULL}) }}",
    )
    root = page.locator("#lab-padding-2")
    root.scroll_into_view_if_needed()
    root.get_by_role("textbox").fill("9")
    root.get_by_role("button", name="Check").click()
    expect(root.locator(".cnl-done")).to_have_count(1)
    page.locator("#lab-progress").scroll_into_view_if_needed()
    page.locator("#lab-progress .cnl").wait_for()
    assert counted(page) == "1 of 3"
    page.get_by_role("button", name="Forget my answers").click()
    page.get_by_role("button", name="Forget", exact=True).click()
    assert counted(page) == "0 of 3"
    expect(root.locator(".cnl-done")).to_have_count(0)
