"""From a small lab to the same lab with every control open: the workbench takes its settings."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import CLIPBOARD
from tests.browser.lab_page import LabHand, soon
from tests.built_book import HTML

WORKBENCH = "chapters/workbench.html"
OPEN = "Open on the workbench"
MARK = re.compile(r'data-explorable="(correlation|pooling|image)" id="lab-([^"]*)"')
PAGES = sorted(
    path.relative_to(HTML).as_posix()
    for path in HTML.glob("chapters/*.html")
    if path.name != "workbench.html" and MARK.search(path.read_text(encoding="utf-8"))
)
# A page, a lab on it and the kind of it, as the workbench names its own; what a reader sets first.
LABS = {
    "correlation": ("chapters/padding-stride.html", "frame", "Stride"),
    "pooling": ("chapters/pooling.html", "sixteen", "Stride"),
    "image": ("chapters/image-kernels.html", "image", "Kernel size"),
}


def hand_on(page, name):
    """The hand on a lab; the image lab has nothing to open before it has its picture."""
    page.locator(f"#lab-{name} .cnl-toggle, #lab-{name} .cnl-full .cnl-share").first.wait_for()
    return LabHand(page, name, is_open=True)


def settings(lab):
    """The settings of a lab, as its link carries them."""
    return lab.copied_link().split("&s=")[1]


@pytest.mark.parametrize("home", ["http", "file"])
@pytest.mark.parametrize("kind", LABS)
def test_a_lab_opens_on_the_workbench_as_it_was_set(open_page, request, kind, home):
    address, name, control = LABS[kind]
    base = request.getfixturevalue(f"book_{home}")
    page = open_page(base + address, offline=home == "file", permissions=CLIPBOARD)
    page.locator(f"#lab-{name}").scroll_into_view_if_needed()
    lab = hand_on(page, name)
    before = settings(lab)
    lab.slider(control).press("ArrowRight")
    lab.settle()
    given = settings(lab)
    assert given != before
    lab.root.get_by_role("link", name=OPEN).click()
    page.wait_for_url(f"{base}{WORKBENCH}#lab={kind}&s=*")
    full = hand_on(page, kind)
    assert settings(full) == given
    expect(full.message).to_have_text("Link copied.")


@pytest.mark.parametrize("size", [(1280, 800), (390, 844)])
@pytest.mark.parametrize("kind", LABS)
def test_it_is_on_the_screen(open_page, book_http, kind, size):
    address, name, _ = LABS[kind]
    width, height = size
    page = open_page(book_http + address, width=width, height=height)
    page.locator(f"#lab-{name}").scroll_into_view_if_needed()
    hand_on(page, name).root.get_by_role("link", name=OPEN).click()
    page.wait_for_url(f"{book_http}{WORKBENCH}#lab={kind}&s=*")
    lab = page.locator(f"#lab-{kind} .cnl")
    lab.wait_for()
    header = page.locator(".bd-header-article").bounding_box()

    def is_seen():
        top = lab.bounding_box()["y"]
        assert header["y"] + header["height"] - 2 <= top < height / 3

    soon(is_seen)
    page.wait_for_load_state("networkidle")
    is_seen()  # and it stays there


@pytest.mark.parametrize("address", PAGES)
def test_the_workbench_takes_what_each_lab_of_a_page_brings(open_page, book_file, address):
    page = open_page(book_file + address, permissions=CLIPBOARD)
    html = (HTML / address).read_text(encoding="utf-8")
    given = {}
    for kind, name in MARK.findall(html):
        page.locator(f"#lab-{name}").scroll_into_view_if_needed()
        lab = hand_on(page, name)
        link = lab.root.get_by_role("link", name=OPEN).evaluate("link => link.href")
        assert link.startswith(f"{book_file}{WORKBENCH}#lab={kind}&s=")
        given[link] = kind
    for link, kind in given.items():
        page.goto("about:blank")
        page.goto(link)
        lab = hand_on(page, kind)
        lab.settle()
        expect(lab.message).to_have_text("")  # it refuses nothing
        assert settings(lab) == link.split("&s=")[1]


def test_there_are_pages_with_such_labs():
    assert len(PAGES) >= 3
