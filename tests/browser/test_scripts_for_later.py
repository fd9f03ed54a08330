"""The script of a lab far down a page comes when the lab is wanted; what fails says so."""

import re
import threading
import time
from functools import partial
from http.server import ThreadingHTTPServer

import pytest
from playwright.sync_api import expect

from book_utils.explorables import UnitLab
from book_utils.sphinx_ext.explorables import FOLDER
from tests.browser.conftest import HTTP, QuietHandler
from tests.browser.lab_page import fragment
from tests.built_book import built_html

PAGE = "chapters/inside.html"
WORKBENCH = "chapters/workbench.html"


def fetched(watch):
    """The names of the scripts of labs that the page has asked for."""
    found = (re.search(rf"/{FOLDER}/(\w+)\.static\.js", url) for url in watch.requests)
    return {match[1] for match in found if match}


@pytest.mark.parametrize("home", ["http", "file"])
def test_a_script_comes_when_its_lab_comes_near(open_page, request, watch, home):
    page = open_page(request.getfixturevalue(f"book_{home}") + PAGE, wait="networkidle")
    assert {"platform", "attribution"} <= fetched(watch)
    assert not {"units", "ascent", "teach"} & fetched(watch)
    place = page.locator("#lab-units")
    assert place.get_attribute("tabindex") == "0", "Tab stops at it, which brings it near"
    place.scroll_into_view_if_needed()
    place.locator(".cnl").wait_for()
    assert "units" in fetched(watch) and place.get_attribute("tabindex") is None


def test_a_link_that_sets_a_lab_far_away_brings_its_script(open_page, book_file):
    page = open_page(book_file + PAGE + "#units?unit=score,4", wait="networkidle")
    expect(page.locator("#lab-units .cnl-sum")).to_contain_text("4")


def test_a_shared_link_to_a_lab_far_away_brings_its_script(open_page, book_file):
    settings = UnitLab(unit=["score", 4]).settings()
    page = open_page(book_file + PAGE + fragment("units", settings), wait="networkidle")
    expect(page.locator("#lab-units .cnl-sum")).to_contain_text("4")


def test_a_script_that_cannot_be_had_says_what_to_do_and_the_others_go_on(
    open_page, book_http, watch
):
    page = open_page(book_http + PAGE, wait="networkidle")
    page.route("**/units.static.js*", lambda route: route.abort())
    place = page.locator("#lab-units")
    with page.context.expect_console_message():
        place.scroll_into_view_if_needed()
    expect(place.get_by_role("status")).to_contain_text("could not be loaded")
    assert place.locator(".cnl-still").is_visible()
    other = page.locator("#lab-ascent")
    other.scroll_into_view_if_needed()
    other.locator(".cnl").wait_for()
    (complaint,) = watch.complaints
    assert "ERR_FAILED" in complaint
    watch.complaints.clear()


class Slow(QuietHandler):
    """Serves what all labs share later than the rest."""

    def send_head(self):
        if "parts.static.js" in self.path:
            time.sleep(1)
        return super().send_head()


@pytest.fixture
def slow_http():
    """The built book on such a server: its address, with a slash at the end."""
    handler = partial(Slow, directory=str(built_html()))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"{HTTP}{server.server_port}/"
        server.shutdown()


def test_a_script_for_later_waits_for_what_it_builds_on(slow_http, open_page):
    """A link to a lab asks for its script at once, maybe before the shared parts have come."""
    page = open_page(slow_http + WORKBENCH + fragment("image", {}))
    page.locator("#lab-image .cnl").wait_for()
