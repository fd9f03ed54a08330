"""Where text, labs and the list of what a page contains stand, in windows of every width."""

from tests.browser.page_checks import faults

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


# window -> the width of a lab, and whether the list of contents stands beside the page
WINDOWS = {
    1920: (1080, True),
    1500: (980, True),
    1440: (1080, False),
    1280: (980, False),
    768: (708, False),
    390: (390, False),
    320: (320, False),
}


def test_labs_take_the_width_and_text_keeps_to_its_column(open_page, book_http):
    page = open_page(book_http + PAGE, width=max(WINDOWS), motion="reduce")
    for window, (lab, has_contents) in WINDOWS.items():
        page.set_viewport_size({"width": window, "height": 800})
        places = page.evaluate(PLACES)
        assert places["lab"]["width"] == lab, window
        assert places["text"]["width"] <= 680, window
        assert places["question"]["width"] <= max(680, window), window
        if window > 600:  # a lab begins where the text does; on a phone it goes from edge to edge
            assert places["lab"]["left"] == places["text"]["left"], window
        assert (places["contents"] is not None) == has_contents, window
        if has_contents:
            assert places["contents"]["left"] > places["lab"]["right"], window
        assert places["sideways"] <= 0, window


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
