"""Where text, labs and the list of what a page contains stand, in windows of every width."""

import pytest

from tests.browser.test_pages import faults

PAGE = "chapters/cross-correlation.html"
PLACES = """() => {
    const box = what => {
        const found = document.querySelector(what);
        if (!found?.checkVisibility()) return null;
        const { left, right, width } = found.getBoundingClientRect();
        return { left, right, width };
    };
    return {
        lab: box('[data-explorable="correlation"]'),
        question: box('[data-explorable="question"]'),
        text: box('article section section[id] > p'),
        contents: box('#pst-secondary-sidebar'),
        sideways: document.documentElement.scrollWidth - innerWidth,
    };
}"""


@pytest.mark.parametrize(
    ("window", "lab", "contents"),
    [
        (320, 320, False),
        (390, 390, False),
        (768, 708, False),
        (1280, 980, False),
        (1440, 1080, False),
        (1500, 980, True),
        (1920, 1080, True),
    ],
)
def test_labs_take_the_width_and_text_keeps_to_its_column(
    open_page, book_http, window, lab, contents
):
    places = open_page(book_http + PAGE, width=window).evaluate(PLACES)
    assert places["lab"]["width"] == lab
    assert places["text"]["width"] <= 680 and places["question"]["width"] <= max(680, window)
    if window > 600:  # a lab begins where the text does; on a phone it goes from edge to edge
        assert places["lab"]["left"] == places["text"]["left"]
    assert (places["contents"] is not None) == contents
    if contents:
        assert places["contents"]["left"] > places["lab"]["right"]
    assert places["sideways"] <= 0


def test_the_list_of_contents_opens_over_the_page_and_leaves_with_a_choice(open_page, book_http):
    page = open_page(book_http + PAGE, motion="reduce")
    button = page.get_by_role("button", name="Contents")
    button.focus()
    page.keyboard.press("Enter")
    contents = page.get_by_role("dialog")
    contents.get_by_role("link", name="Find an edge").wait_for()
    assert faults(page) == []
    page.keyboard.press("Escape")
    contents.wait_for(state="hidden")
    button.click()
    contents.get_by_role("link", name="Find an edge").click()
    contents.wait_for(state="hidden")
    assert page.url.endswith("#find-an-edge")
    top = "document.getElementById('find-an-edge').getBoundingClientRect().top"
    page.wait_for_function(f"Math.abs({top} - 56) <= 8")
