"""A Chromium, the built book over http and from disk, and pages that are watched while they run.

    def test_something(open_page, book_http):
        page = open_page(book_http + "chapters/lenet.html", width=390, theme="dark")

A test that opened pages this way fails if any of them logged a warning or an error, raised,
or asked for anything outside the book.
"""

import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import sync_playwright

from book_utils.explorables.base import DIST
from tests.built_book import HTML, built_html
from tests.chromium import FLAGS, find_chromium


class QuietHandler(SimpleHTTPRequestHandler):
    """Serves files and says nothing."""

    def log_message(self, *args):
        pass


@pytest.fixture(scope="session")
def browser():
    """One Chromium for the whole session."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=find_chromium(), args=list(FLAGS))
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def book_http():
    """The built book on a loopback web server: its address, with a slash at the end."""
    handler = partial(QuietHandler, directory=str(built_html()))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


@pytest.fixture(scope="session")
def book_file():
    """The built book on disk: its file:// address, with a slash at the end."""
    return built_html().as_uri() + "/"


class Watch:
    """What the pages of one test asked for and complained about."""

    def __init__(self, *homes):
        self.homes = homes
        self.requests: list[str] = []
        self.foreign: list[str] = []
        self.complaints: list[str] = []

    def is_foreign(self, url: str) -> bool:
        return not url.startswith((*self.homes, "data:", "blob:", "about:"))

    def on_request(self, request):
        self.requests.append(request.url)
        if self.is_foreign(request.url):
            self.foreign.append(request.url)

    def on_console(self, message):
        if message.type in ("error", "warning"):
            self.complaints.append(f"{message.type}: {message.text} ({message.page.url})")

    def attach(self, context):
        context.route(self.is_foreign, lambda route: route.abort())
        context.on("request", self.on_request)
        context.on("console", self.on_console)
        context.on("weberror", lambda error: self.complaints.append(f"raised: {error.error}"))


@pytest.fixture
def watch(tmp_path):
    """The record of the pages opened so far: .requests, .foreign, .complaints.

    At home are the built book, over http or from disk, and pages that a test writes itself.
    """
    homes = [folder.as_uri() + "/" for folder in (HTML, DIST, tmp_path)]
    return Watch("http://127.0.0.1:", *homes)


@pytest.fixture
def open_page(browser, watch):
    """Open an address in a fresh, watched browser context and return playwright's page.

    width and height in CSS pixels; theme "light" or "dark"; motion "reduce" for readers who ask
    for less of it; touch for a phone; offline cuts the network (use with book_file); wait is
    playwright's wait_until. Further options go to playwright's new_context.
    """
    contexts = []

    def open_page(
        url,
        *,
        width=1280,
        height=800,
        theme="light",
        motion="no-preference",
        touch=False,
        offline=False,
        wait="load",
        **options,
    ):
        context = browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme=theme,
            reduced_motion=motion,
            has_touch=touch,
            offline=offline,
            **options,
        )
        contexts.append(context)
        watch.attach(context)
        page = context.new_page()
        page.goto(url, wait_until=wait)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert watch.foreign == [], "a page asked for something outside the book"
    assert watch.complaints == [], "a page complained in the browser console"
