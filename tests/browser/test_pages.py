"""Every page of the built book: accessible, quiet, at home, and fit for a phone."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.book.pages import name_of, notebook_pages
from tests.browser.page_checks import CHECKS, LISTED, SCREENS, Visit, faults
from tests.built_book import built_html, page_paths

PAGES = page_paths()
# Every icon the theme draws with a font, wherever it stands.
DRAWN_ICONS = """() => [...document.querySelectorAll('[class*="fa-"]')]
    .filter(icon => icon.checkVisibility())
    .map(icon => {
        const { content, fontFamily } = getComputedStyle(icon, '::before');
        return [icon.className, content, fontFamily, icon.getBoundingClientRect().width];
    })
"""


def test_there_are_pages():
    built_html()
    assert {f"{name_of(page)}.html" for page in notebook_pages()} <= set(PAGES)


@pytest.mark.parametrize("screen", SCREENS)
@pytest.mark.parametrize("path", PAGES)
def test_a_page_keeps_what_every_page_keeps(open_page, request, watch, path, screen):
    """One load of the page for all checks: over http on a desktop, from disk on a phone."""
    home = request.getfixturevalue("book_http" if screen == "desktop" else "book_file")
    page = open_page(home + path, wait="networkidle", **SCREENS[screen])
    page.evaluate("document.fonts.ready")
    assert home + path in watch.requests
    visit = Visit(page, screen, home, list(watch.requests), page.evaluate(LISTED))
    checks = CHECKS[screen]
    found = [f"{check.__name__}: {complaint}" for check in checks for complaint in check(visit)]
    assert found == [], "\n".join(["", *found])
    # open_page itself fails the test on a foreign request or a word in the console.


def test_axe_finds_no_serious_fault_in_open_menus(open_page, book_http):
    page = open_page(book_http + "chapters/lenet.html")
    for menu in page.locator(".article-header-buttons .dropdown-toggle").all():
        menu.click()
        assert faults(page) == []


def test_what_scrolls_sideways_can_take_the_focus(open_page, book_http):
    page = open_page(book_http + "chapters/cross-correlation.html", width=320, motion="reduce")
    stuck = page.evaluate("""() => [...document.querySelectorAll('article *')].filter(box =>
        box.scrollWidth > box.clientWidth + 1 && box.clientWidth > 0
        && /auto|scroll/.test(getComputedStyle(box).overflowX)
        && box.tabIndex < 0 && !box.querySelector('a, button, input, [tabindex="0"]')
    ).map(box => box.outerHTML.slice(0, 80))""")
    assert stuck == []
    assert page.locator("article pre[tabindex='0']").count() > 0
    idle = page.locator("span.math[tabindex]").evaluate_all(
        "all => all.filter(it => it.scrollWidth <= it.clientWidth + 2).map(it => it.textContent)"
    )
    assert idle == [], "a formula that does not scroll is no stop of the Tab key"


def test_every_icon_is_drawn(open_page, book_http):
    page = open_page(book_http + "chapters/cross-correlation.html", wait="networkidle")
    for menu in page.locator(".article-header-buttons .dropdown-toggle").all():
        menu.click()
        icons = page.evaluate(DRAWN_ICONS)
        for name, content, family, width in icons:
            assert content not in ("none", "normal"), f"{name} has no glyph"
            assert "Font Awesome" in family, name
            assert width > 0, name
    assert len(icons) >= 10


def test_dark_mode_switches(open_page, book_http):
    page = open_page(book_http + "intro.html", theme="light")
    ground = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(ground)
    switch = page.locator(".theme-switch-button:visible").first
    seen = {light}
    for _ in range(3):
        switch.click()
        seen.add(page.evaluate(ground))
    assert len(seen) == 2


def quote_of(page, address: str) -> str:
    """Return what the search quotes of the page or section with an address that ends so."""
    found = page.locator("#search-results li", has=page.locator(f"a[href$='{address}']"))
    return found.locator("p.context").first.text_content()


def test_search_finds_a_chapter(open_page, book_http, book_file):
    for base in (book_http, book_file):
        page = open_page(base + "search.html?q=padding")
        page.locator("#search-results li a[href*='cross-correlation.html']").first.wait_for()
        if base == book_http:  # over file:// a browser lets no page read another
            quoted = quote_of(page, "padding-stride.html")
            assert "240×240" in quoted and "Suggest edit" not in quoted  # not the menus
            section = quote_of(page, "padding-stride.html#zeros-around-the-image")
            assert section.startswith("Zeros around the image")
            # not code that stands before it
            assert "and stride each come up once" in quote_of(page, "channels.html")


# Names that every object of JavaScript has.
INHERITED = ("constructor", "__proto__", "hasOwnProperty", "toString")


@pytest.mark.parametrize("home", ["http", "file"])
@pytest.mark.parametrize("word", INHERITED)
def test_a_search_for_a_word_that_objects_inherit_comes_to_an_end(open_page, request, word, home):
    base = request.getfixturevalue(f"book_{home}")
    page = open_page(f"{base}search.html?q={word}", offline=home == "file")
    status = page.locator("#search-results .search-summary")
    expect(status).to_have_text(re.compile("did not match any documents|Search finished"))
    found = page.locator("#search-results li a").evaluate_all(
        "links => links.map(link => link.getAttribute('href').split('#')[0])"
    )
    assert set(found) <= set(PAGES), "a result is a page of the book"


# What a browser does that keeps nothing for a page: it refuses the storage itself, or is full.
NO_STORAGE = {
    "refused": "Object.defineProperty(window, 'localStorage',"
    " { get() { throw new DOMException('no') }, configurable: true })",
    "full": "Object.defineProperty(Storage.prototype, 'setItem',"
    " { value() { throw new DOMException('full', 'QuotaExceededError') },"
    " configurable: true, writable: true })",
}


@pytest.mark.parametrize("why", NO_STORAGE)
def test_where_nothing_is_kept_search_and_theme_still_work(open_page, book_http, why):
    page = open_page(book_http + "search.html?q=padding", first=NO_STORAGE[why])
    page.locator("#search-results li a[href*='padding-stride.html']").first.wait_for()
    page = open_page(book_http + "chapters/pooling.html", first=NO_STORAGE[why])
    switch = page.locator(".theme-switch-button:visible").first
    before = page.evaluate("document.documentElement.dataset.mode")
    switch.click()
    page.wait_for_function("was => document.documentElement.dataset.mode !== was", arg=before)
    page.keyboard.press("Control+k")
    page.locator("dialog[open] input[type=search], .search-button__wrapper.show input").wait_for()
    scrolling = "[...document.querySelectorAll('.highlight pre')].map((pre) => pre.tabIndex)"
    kept = open_page(book_http + "chapters/pooling.html").evaluate(scrolling)
    assert 0 in kept and page.evaluate(scrolling) == kept, "code scrolls from the keyboard"


def test_reduced_motion_is_honoured(open_page, book_http):
    page = open_page(book_http + "intro.html", motion="reduce")
    moving = page.evaluate("""() => [...document.querySelectorAll('*')].filter(element => {
        const style = getComputedStyle(element);
        const longest = value => Math.max(...value.split(',').map(parseFloat));
        return longest(style.transitionDuration) > 0.01 || longest(style.animationDuration) > 0.01;
    }).map(element => element.className || element.tagName)""")
    assert moving == []


def test_a_dark_page_is_printed_in_the_light(open_page, book_http):
    page = open_page(book_http + "chapters/cross-correlation.html", theme="dark")
    theme = "document.documentElement.dataset.theme"
    page.evaluate("""addEventListener('beforeprint', () => {
        window.printed = document.documentElement.dataset.theme;
    })""")
    assert page.evaluate(theme) == "dark"
    page.pdf()
    assert page.evaluate("window.printed") == "light"
    page.wait_for_function(f"{theme} === 'dark'")
    page.emulate_media(media="print")  # the frame of a cell goes to the next page with its code
    cell = "document.querySelector('.cell_input')"
    assert page.evaluate(f"getComputedStyle({cell}).breakInside") == "avoid"


def test_the_axe_check_can_fail(browser, tmp_path: Path):
    broken = tmp_path / "broken.html"
    broken.write_text('<html lang="en"><title>x</title><main><h1>x</h1><img src="data:,"></main>')
    page = browser.new_page()
    page.goto(broken.as_uri())
    assert any("image-alt" in fault for fault in faults(page))
    page.close()
