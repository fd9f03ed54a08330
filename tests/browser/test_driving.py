"""Links in the text that set a lab: with pointer and key, taken back and set again, from anywhere.

The page is small and its own: links, two labs a screen apart, served by http and from a disk.
"""

import re
import shutil
import threading
from dataclasses import dataclass
from functools import partial
from http.server import ThreadingHTTPServer

import pytest
from playwright.sync_api import Page, expect

from book_utils.explorables import ChoiceQuestion, CorrelationLab, PoolingLab
from book_utils.explorables.platform.base import DIST
from book_utils.sphinx_ext import explorables
from tests.browser.conftest import QuietHandler
from tests.browser.lab_page import PAGE, THEMES, fragment, soon
from tests.browser.page_checks import faults

LABS = {
    "first": CorrelationLab([[0, 1, 2], [3, 4, 5], [6, 7, 8]], [[0, 1], [2, 3]], name="first"),
    "pool": PoolingLab([[1, 2], [3, 4]], window=1, name="pool"),
    "asks": ChoiceQuestion(
        name="asks", prompt="Which?", options=[("this", True, "Yes."), ("that", False, "No.")]
    ),
}
LINKS = {
    "stride": "#first?stride=2",
    "frame": "#first?padding=1&picked=output,3,3",
    "large": "#first?input=5x6&kernel=0,1;1,0",
    "reflected": "#first?padding=2,1&mode=reflect&flip=true",
    "average": "#pool?kind=average&window=2",
    "start": "#first?",
}
SPACE = '<div style="height: 130vh">A screen and more of text.</div>'
AT_FIRST = {"stride": [1, 1], "padding": [0, 0], "picked": ["output", 0, 0]}


def body() -> str:
    links = "".join(
        f'<p><a class="cnl-drive" title="Sets the lab" href="{address}">{name}</a></p>'
        for name, address in LINKS.items()
    )
    first, pool, asks = (lab.static_html() for lab in LABS.values())
    return (
        f"{links}{SPACE}{first}{SPACE}<p><a href='#end'>on</a></p>{pool}{asks}<p id='end'>End</p>"
    )


def write(folder) -> None:
    """Write the page and what it needs, so that it is whole wherever it is served."""
    shutil.copytree(DIST, folder / "dist")
    scripts = explorables.needed(lab.view for lab in LABS.values())
    page = PAGE.format(
        theme="light",
        **THEMES,
        dist="dist",
        scripts='<link rel="stylesheet" href="dist/theme.css">'
        + "".join(f'<script defer src="dist/{name}.static.js"></script>' for name in scripts),
        labs=body(),
    )
    (folder / "page.html").write_text(page, encoding="utf-8")


@pytest.fixture(scope="module")
def places(tmp_path_factory):
    """The address of the page over http and on a disk."""
    folder = tmp_path_factory.mktemp("driven")
    write(folder)
    handler = partial(QuietHandler, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        http = f"http://127.0.0.1:{server.server_port}/page.html"
        yield {"http": http, "file": (folder / "page.html").as_uri()}
        server.shutdown()


@dataclass
class Driven:
    """A page whose links are pressed."""

    page: Page

    def press(self, name: str) -> None:
        self.page.get_by_role("link", name=name, exact=True).click()

    def lab(self, name: str = "first"):
        return self.page.locator(f"#lab-{name}")

    def undo(self, name: str = "first"):
        return self.lab(name).get_by_role("button", name=re.compile("^Undo"))

    def slider(self, label: str, name: str = "first"):
        return self.lab(name).get_by_role("slider", name=label, exact=True)

    def output(self, name: str = "first") -> list[str]:
        """What a reader sees: the numbers of the output."""
        grid = self.lab(name).locator('[role="grid"][aria-label^="Output,"]')
        return grid.locator("[role=gridcell]").evaluate_all(
            "cells => cells.map(cell => cell.ariaLabel.split(': ')[1])"
        )

    def shows(self, *numbers: int, name: str = "first") -> None:
        def check():
            assert self.output(name) == [str(number) for number in numbers]

        soon(check)

    def picked(self, name: str = "first") -> str:
        return self.lab(name).locator(".picked").first.get_attribute("data-at")

    @property
    def scrolled(self) -> float:
        return self.page.evaluate("scrollY")

    def stands(self, at: float) -> None:
        def check():
            assert abs(self.scrolled - at) <= 1

        soon(check)

    def sees(self, name: str = "first") -> None:
        """The lab is wholly on the screen, or fills it, and the page has come to rest."""

        def check():
            before = self.scrolled
            self.page.wait_for_timeout(100)
            assert self.scrolled == before
            top, bottom, height = (
                self.lab(name)
                .locator(".cnl")
                .evaluate(
                    "lab => { const { top, bottom } = lab.getBoundingClientRect();"
                    "  return [top, bottom, innerHeight]; }"
                )
            )
            assert (top >= 0 and bottom <= height) or 0 <= top < 100, (top, bottom)

        soon(check)

    @property
    def told(self):
        return self.page.locator(".cnl-told")


@pytest.fixture
def driven(open_page, places, watch, tmp_path_factory):
    """Open the page; `place` is "http" or "file"."""
    watch.homes.update(address.removesuffix("page.html") for address in places.values())

    def driven(place="file", end="", **options):
        return Driven(open_page(places[place] + end, **options))

    return driven


BOTH = pytest.mark.parametrize("place", ["http", "file"])


@BOTH
def test_a_link_sets_a_lab_and_brings_it_into_view(driven, place):
    it = driven(place)
    expect(it.told).to_have_count(1)
    it.press("stride")
    it.shows(19)
    it.sees()
    assert it.page.url.endswith("#first?stride=2")
    expect(it.told).to_have_text("Set in the lab: stride 2.")
    assert it.told.get_attribute("role") == "status"
    expect(it.page.get_by_role("link", name="stride")).to_be_focused()
    expect(it.undo()).to_have_accessible_name("Undo: stride 2")


def test_a_link_to_a_lab_that_is_far_away_mounts_it(driven):
    it = driven()
    expect(it.lab("pool").locator(".cnl")).to_have_count(0)
    it.press("average")
    it.shows(2.5, name="pool")
    it.sees("pool")


def test_each_way_to_write_a_setting_is_obeyed(driven):
    it = driven()
    it.press("large")  # an input that counts from 0, and a kernel of four weights
    rows = [[i * 6 + j for j in range(6)] for i in range(5)]
    it.shows(*(rows[i][j + 1] + rows[i + 1][j] for i in range(4) for j in range(5)))
    it.press("reflected")
    it.lab().get_by_role("button", name="More settings").click()
    expect(it.slider("Padding, height")).to_have_value("2")
    expect(it.slider("Padding, width")).to_have_value("1")
    expect(it.lab().get_by_role("switch", name=re.compile("flip"))).to_be_checked()
    expect(it.lab().get_by_role("combobox", name="Padding holds")).to_have_value("reflect")


@BOTH
def test_two_links_are_taken_back_in_order_and_set_again(driven, place):
    it = driven(place)
    it.lab().locator(".cnl").wait_for()
    it.lab().scroll_into_view_if_needed()
    it.lab().locator('[aria-label^="Output,"] [data-at="1,1"]').click()
    assert it.picked() == "1,1"
    it.page.evaluate("scrollTo(0, 10)")
    it.press("stride")
    it.shows(19)
    it.sees()
    it.page.evaluate("scrollTo(0, 30)")
    it.press("frame")
    expect(it.slider("Padding")).to_have_value("1")
    expect(it.slider("Stride")).to_have_value("1")  # a link begins from what the page sets
    assert it.picked() == "3,3"
    it.sees()

    it.page.go_back()
    it.shows(19)
    it.stands(30)
    assert it.picked() == "0,0" and it.page.url.endswith("#first?stride=2")
    it.page.go_back()
    it.shows(19, 25, 37, 43)
    it.stands(10)
    assert it.picked() == "1,1" and it.page.url.endswith("page.html")
    expect(it.undo()).to_have_count(0)
    expect(it.told).to_have_text("The lab is as it was before.")

    it.page.go_forward()
    it.shows(19)
    it.sees()
    it.page.go_forward()
    expect(it.slider("Padding")).to_have_value("1")
    assert it.picked() == "3,3"
    expect(it.undo()).to_have_accessible_name("Undo: padding 1, picked output,3,3")


@BOTH
def test_the_button_takes_back_one_link_after_the_other(driven, place):
    it = driven(place)
    it.press("stride")
    it.shows(19)
    it.sees()
    it.page.evaluate("scrollTo(0, 20)")
    it.press("reflected")
    expect(it.undo()).to_have_accessible_name("Undo: padding 2,1, mode reflect, flip true")
    it.undo().click()
    it.shows(19)
    it.stands(20)
    expect(it.undo()).to_have_accessible_name("Undo: stride 2")
    it.undo().click()
    it.shows(19, 25, 37, 43)
    expect(it.undo()).to_have_count(0)
    it.stands(0)


def test_back_brings_what_the_reader_had_set_between(driven):
    it = driven()
    it.press("stride")
    it.shows(19)
    it.slider("Stride").press("ArrowRight")
    expect(it.slider("Stride")).to_have_value("3")
    it.press("frame")
    expect(it.slider("Padding")).to_have_value("1")
    it.slider("Padding").press("ArrowRight")
    it.page.go_back()
    expect(it.slider("Stride")).to_have_value("3")
    expect(it.slider("Padding")).to_have_value("0")
    it.page.go_forward()
    expect(it.slider("Padding")).to_have_value("2")


def test_what_a_link_did_not_set_is_left_alone(driven):
    it = driven()
    it.press("average")
    it.shows(2.5, name="pool")
    it.press("stride")
    it.shows(19)
    it.undo("pool").click()  # not the last press: the other lab stays as it is
    it.shows(1, 2, 3, 4, name="pool")
    it.shows(19)
    it.page.go_back()
    it.shows(19, 25, 37, 43)
    it.shows(1, 2, 3, 4, name="pool")


def test_other_links_of_the_page_stand_between(driven):
    it = driven()
    it.press("stride")
    it.shows(19)
    it.press("on")
    assert it.page.url.endswith("#end")
    it.press("average")
    it.shows(2.5, name="pool")
    it.page.go_back()
    it.shows(1, 2, 3, 4, name="pool")
    it.shows(19)
    it.page.go_back()
    it.shows(19)
    it.page.go_back()
    it.shows(19, 25, 37, 43)


def test_a_link_that_changes_nothing_is_no_entry(driven):
    it = driven()
    length = "history.length"
    before = it.page.evaluate(length)
    it.press("start")
    expect(it.told).to_have_text("The lab is as this page sets it.")
    it.sees()
    it.press("stride")
    it.shows(19)
    it.press("stride")
    it.sees()
    assert it.page.evaluate(length) == before + 1
    it.press("start")
    it.shows(19, 25, 37, 43)
    expect(it.undo()).to_have_accessible_name("Undo: what the page sets")
    it.page.go_back()
    it.shows(19)


def test_all_of_it_works_with_the_keyboard(driven):
    it = driven()
    link = it.page.get_by_role("link", name="frame")
    expect(link).to_have_accessible_description("Sets the lab")
    link.focus()
    it.page.keyboard.press("Enter")
    expect(it.slider("Padding")).to_have_value("1")
    expect(link).to_be_focused()
    it.undo().focus()
    it.page.keyboard.press("Enter")
    expect(it.undo()).to_have_count(0)
    it.shows(19, 25, 37, 43)
    expect(link).to_be_focused()


@BOTH
def test_a_page_can_be_opened_with_a_link(driven, place):
    it = driven(place, "#first?stride=2")
    it.shows(19)
    it.sees()
    it.undo().click()
    it.shows(19, 25, 37, 43)
    assert it.page.url.endswith("page.html")
    expect(it.undo()).to_have_count(0)


@BOTH
def test_an_address_can_be_typed(driven, place):
    it = driven(place)
    it.page.evaluate("location.hash = '#first?stride=2'")
    it.shows(19)
    it.page.evaluate("location.hash = '#first?padding=1'")
    expect(it.slider("Padding")).to_have_value("1")
    it.page.go_back()
    it.shows(19)
    it.page.go_back()
    it.shows(19, 25, 37, 43)


@BOTH
def test_a_page_that_is_loaded_again_is_as_its_address_says(driven, place):
    it = driven(place)
    it.press("stride")
    it.shows(19)
    it.press("frame")
    expect(it.slider("Padding")).to_have_value("1")
    it.page.reload()
    expect(it.slider("Padding")).to_have_value("1")
    it.page.go_back()
    it.shows(19)
    it.page.go_back()
    it.shows(19, 25, 37, 43)


def test_a_link_opens_in_a_tab_of_its_own(driven):
    it = driven()
    with it.page.context.expect_page() as opened:
        it.page.get_by_role("link", name="stride").click(modifiers=["ControlOrMeta"])
    Driven(opened.value).shows(19)
    it.lab().scroll_into_view_if_needed()
    it.shows(19, 25, 37, 43)


SHARED = {
    "input": [[1, 2, 3], [4, 5, 6], [7, 8, 9]],
    "kernel": [[1]],
    "stride": [2, 2],
    "padding": [0, 0],
    "dilation": [1, 1],
    "mode": "zeros",
    "flip": False,
    "picked": None,
}


def test_links_that_share_settings_still_open(driven):
    it = driven(end=fragment("first", SHARED))
    it.shows(1, 3, 7, 9)
    it.slider("Stride").press("ArrowRight")
    it.shows(1)
    it.page.evaluate("scrollTo(0, 0)")
    it.press("frame")
    expect(it.slider("Padding")).to_have_value("1")
    it.page.go_back()
    it.shows(1)  # as it was before the press, not as the address says
    it.page.evaluate("location.hash = '#end'")
    it.page.go_back()
    it.shows(1, 3, 7, 9)  # the address says so


REFUSED_BY_LAB = {
    "#first?strid=2": "the lab has no setting strid.",
    "#first?__proto__=1": "the lab has no setting __proto__.",
    "#first?constructor=1": "the lab has no setting constructor.",
    "#first?stride=99": "its stride is not a pair of whole numbers from 1 to 16.",
    "#first?stride=": "its stride is not a pair",
    "#first?stride=1e999": "its stride is not a pair",
    "#first?mode=<img src=x onerror=alert(1)>": "its mode is not one of zeros, reflect,",
    "#first?kernel=9x9": "spans 9 cells",
    "#first?input=99999x99999": "its input is not a grid of 1 to 16 by 1 to 16 numbers",
    "#first?padding=3&mode=reflect": "padding 3 is too much for mode reflect",
    "#first?stride=%E0%A4%A": "its stride is not a pair",
    "#first?input=" + "1," * 20_000: "its input is not a grid",
}
TOLD = {
    "#nolab?x=1": "this page has no lab named nolab that can be set",
    "#asks?x=1": "this page has no lab named asks that can be set",
    "#end?x=1": "this page has no lab named end that can be set",
    "#%E0%A4%A?x=1": "this page has no lab named %E0%A4%A that can be set",
    "#<b>no</b>?x=1": "this page has no lab named <b>no</b> that can be set",
    "#lab=nolab&s=e30": "this page has no lab named nolab that can be set",
    "#lab=asks&s=e30": "this page has no lab named asks that can be set",
    "#lab=<b>&s=e30": "this page has no lab named <b> that can be set",
    "#lab=&s=e30": "the link names no lab",
    "#s=e30": "the link names no lab",
    "#first?stride": "“stride” does not read SETTING=VALUE",
    "#first?stride=2&stride=3": "it sets stride twice",
}


def test_an_address_that_a_lab_does_not_take_is_refused_in_a_sentence(driven):
    it = driven()
    it.lab().scroll_into_view_if_needed()
    it.shows(19, 25, 37, 43)
    message = it.lab().locator(".cnl-message")
    for address, words in REFUSED_BY_LAB.items():
        it.page.evaluate("address => { location.hash = address; }", address)
        expect(message, address[:60]).to_contain_text(words)
        expect(message).to_contain_text(
            re.compile("^The link’s settings were not used: .* its own.$")
        )
        it.shows(19, 25, 37, 43)
    expect(it.undo()).to_have_count(0)
    assert it.page.evaluate("({}).polluted === undefined && !document.querySelector('[src=x]')")


def test_an_address_that_is_for_no_lab_says_so_to_all(driven):
    it = driven()
    for address, words in TOLD.items():
        it.page.evaluate("address => { location.hash = address; }", address)
        expect(it.told, address).to_have_text(f"The link’s settings were not used: {words}.")
        box = it.told.bounding_box()
        assert box["width"] > 200 and box["height"] > 20, "it is to be seen"
    assert it.told.locator("*").count() == 0
    it.lab().scroll_into_view_if_needed()
    it.shows(19, 25, 37, 43)


@BOTH
@pytest.mark.parametrize("address", ["#nolab?stride=2", "#lab=nolab&s=e30"])
def test_a_page_that_is_opened_with_a_link_to_no_lab_says_so(driven, place, address):
    it = driven(place, address)
    expect(it.told).to_have_text(
        "The link’s settings were not used: this page has no lab named nolab that can be set."
    )
    expect(it.told).to_have_attribute("role", "status")
    assert it.told.bounding_box()["width"] > 200, "it is to be seen"


@BOTH
@pytest.mark.parametrize("rest", ["", "&s=", "&s=e3", "&s=%%%"])
def test_a_shared_link_that_is_cut_off_is_refused_by_its_lab(driven, place, rest):
    it = driven(place, f"#lab=first{rest}")
    expect(it.lab().locator(".cnl-message")).to_have_text(
        "The link’s settings were not used: it is damaged or incomplete. The lab keeps its own."
    )
    it.sees()
    it.shows(19, 25, 37, 43)
    expect(it.told).to_have_text("")


@pytest.mark.parametrize("address", ["#end", "#lab", "#labs", "#nowhere"])
def test_an_address_that_sets_no_lab_is_no_concern_of_theirs(driven, address):
    it = driven(end=address)
    it.lab().scroll_into_view_if_needed()
    it.shows(19, 25, 37, 43)
    expect(it.told).to_have_text("")


MOTION = """() => {
  window.moved = [];
  const { scrollIntoView, animate } = Element.prototype;
  Element.prototype.scrollIntoView = function (how) {
    moved.push(how.behavior);
    return scrollIntoView.call(this, how);
  };
  Element.prototype.animate = function (frames, time) {
    moved.push(time);
    return animate.call(this, frames, time);
  };
}"""


@pytest.mark.parametrize(
    ("motion", "moved"), [("no-preference", ["smooth", 300]), ("reduce", ["instant"])]
)
def test_a_link_moves_what_the_reader_wants_moved(driven, motion, moved):
    it = driven(motion=motion)
    it.page.evaluate(MOTION)
    it.press("stride")
    it.shows(19)
    it.sees()

    def check():
        assert it.page.evaluate("moved") == moved

    soon(check)
    it.page.go_back()
    it.stands(0)
    assert it.page.evaluate("moved") == moved


def test_a_lab_that_is_in_view_stays_where_it_is(driven):
    it = driven(height=1400)
    it.page.evaluate("document.querySelector('#lab-first').before(document.querySelector('p'))")
    it.lab().scroll_into_view_if_needed()
    it.shows(19, 25, 37, 43)
    before = it.lab().locator(".cnl").bounding_box()
    it.press("stride")
    it.shows(19)
    it.undo().wait_for()
    assert it.lab().locator(".cnl").bounding_box()["y"] == before["y"]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_no_fault_in_what_links_bring(driven, theme):
    it = driven(width=390, height=844, touch=True, motion="reduce")
    it.page.evaluate("theme => { document.documentElement.dataset.theme = theme; }", theme)
    it.press("stride")
    it.undo().wait_for()
    it.page.evaluate("location.hash = '#nolab?x=1'")
    expect(it.told).to_contain_text("nolab")
    assert it.page.evaluate("document.documentElement.scrollWidth") <= 390
    assert faults(it.page) == []


# Playwright's own click may scroll first.
CLICK = "link => { const { top } = link.getBoundingClientRect(); link.click(); return top; }"
DRIVING_PAGES = ("cross-correlation", "convolution", "image-kernels", "padding-stride", "pooling")


@pytest.mark.parametrize("name", DRIVING_PAGES)
def test_every_such_link_of_a_chapter_is_obeyed_and_taken_back(open_page, book_http, name):
    page = open_page(f"{book_http}chapters/{name}.html", motion="reduce", wait="networkidle")
    it, links = Driven(page), page.locator("a.cnl-drive")
    assert links.count() >= 3
    for link in links.all():
        link.evaluate("link => link.scrollIntoView({ block: 'center', behavior: 'instant' })")
        page.wait_for_timeout(200)  # labs that come near are mounted
        it.told.evaluate("told => { told.textContent = ''; }")
        before, top = page.url, link.evaluate(CLICK)
        expect(it.told).to_have_text(re.compile(r"^Set in the lab: .*\.$"))
        assert page.locator(".cnl-message.wrong").count() == 0
        lab = re.match(r"#([\w-]+)\?", link.get_attribute("href"))[1]
        it.sees(lab)
        if page.url == before:
            continue  # it was set so already
        page.go_back()
        expect(it.undo(lab)).to_have_count(0)
        soon(lambda link=link, top=top: in_place(link, top))


def in_place(link, top):
    assert abs(link.bounding_box()["y"] - top) <= 1
