"""A link to a heading lands at its place, and the place stays there while the page goes on loading.

What stands above a heading may come late: fonts, pictures, labs. Each must have its room before. So
a page is loaded at its last heading, which has all of it above; from there a reader goes to the
middle heading and to the first one, around which no lab has come yet.
"""

import pytest
from bs4 import BeautifulSoup

from tests.built_book import HTML, page_paths

MOST_OFF = 8  # pixels
LOADED, FOLLOWED = 60, 20  # frames in which nothing moves, after a load and a link of the page
SCREENS = {"desktop": {"width": 1280, "height": 800}, "phone": {"width": 390, "height": 844}}
# Labs that are on the screen, and those that a reader is about to see, are there.
LABS_ARE_THERE = """() => [...document.querySelectorAll('.cnl-explorable')].every(place => {
    const { top, bottom } = place.getBoundingClientRect();
    return top > innerHeight || bottom < 0 || place.querySelector('.cnl');
})"""
# Goes to a heading as a link of the page does.
FOLLOW = """async id => {
    location.hash = id;
    for (let frame = 0; frame < 2; frame++) await new Promise(requestAnimationFrame);
}"""
# Waits until the heading has stood still for so many frames; how far from its place it stands then.
# The last headings of a page cannot reach their place where the page ends before.
OFF = """async ([id, frames]) => {
    await document.fonts.ready;
    const root = document.documentElement;
    const heading = document.getElementById(id);
    const place = parseFloat(getComputedStyle(root).scrollPaddingTop)
        + (parseFloat(getComputedStyle(heading).scrollMarginTop) || 0);
    let off;
    for (let still = 0; still < frames; still++) {
        await new Promise(requestAnimationFrame);
        const now = heading.getBoundingClientRect().top - place;
        if (now !== off) still = 0;
        off = now;
    }
    const at = scrollY;
    scrollTo(0, root.scrollHeight); // a heading near the end is where the page ends
    return off > 0 && scrollY === at ? 0 : off;
}"""


def headings(path: str) -> list[str]:
    """Return the ids of the last, the middle and the first heading below a page's title."""
    page = BeautifulSoup((HTML / path).read_text(encoding="utf-8"), "html.parser")
    ids = [section["id"] for section in page.select("article section section[id]")]
    return list(dict.fromkeys([ids[-1], ids[len(ids) // 2], ids[0]])) if ids else []


PAGES = [path for path in page_paths() if headings(path)]


@pytest.mark.parametrize("screen", SCREENS)
@pytest.mark.parametrize("path", PAGES)
def test_a_link_to_a_heading_lands_at_its_place(open_page, book_http, path, screen):
    last, *others = headings(path)
    page = open_page(f"{book_http}{path}#{last}", wait="networkidle", **SCREENS[screen])
    page.wait_for_function(LABS_ARE_THERE)
    off = {last: page.evaluate(OFF, [last, LOADED])}
    for heading in others:
        page.evaluate(FOLLOW, heading)
        page.wait_for_function(LABS_ARE_THERE)
        off[heading] = page.evaluate(OFF, [heading, FOLLOWED])
    assert {heading: by for heading, by in off.items() if abs(by) > MOST_OFF} == {}


def test_there_are_pages_with_headings():
    assert "chapters/cross-correlation.html" in PAGES
    assert len(headings("chapters/cross-correlation.html")) == 3
