"""A Chromium, the built book over http and from disk, and pages that are watched while they run.

    def test_something(open_page, book_http):
        page = open_page(book_http + "chapters/lenet.html", width=390, theme="dark")

    def test_of_a_lab(open_labs):
        page = open_labs(CorrelationLab(), width=390)

A test that opened pages this way fails if any of them logged a warning or an error, raised,
opened a dialog or asked for anything that is neither the test's own nor of the book it opened.
"""

import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import expect

from book_utils.explorables.platform.base import DIST
from tests.browser.lab_page import write_page
from tests.built_book import HTML, built_html

HTTP = "http://127.0.0.1:"  # where the tests serve what they serve
CLIPBOARD = ["clipboard-read", "clipboard-write"]
# How long a test waits for a state that must come: only a failure takes so long, and a machine that
# is five times slower, or busy, is no failure.
PATIENCE = 60_000  # milliseconds
expect.set_options(timeout=PATIENCE)


class QuietHandler(SimpleHTTPRequestHandler):
    """Serves files and says nothing."""

    def log_message(self, *args):
        pass


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
        self.homes = set(homes)
        self.requests: list[str] = []
        self.foreign: list[str] = []
        self.complaints: list[str] = []
        self.events = {
            "request": self.on_request,
            "console": self.on_console,
            "weberror": self.on_error,
            "dialog": self.on_dialog,
        }

    def is_foreign(self, url: str) -> bool:
        return not url.startswith((*self.homes, "data:", "blob:", "about:"))

    def refuse(self, route):
        route.abort()

    def on_request(self, request):
        self.requests.append(request.url)
        if self.is_foreign(request.url):
            self.foreign.append(request.url)

    def on_console(self, message):
        if message.type in ("error", "warning"):
            self.complaints.append(f"{message.type}: {message.text} ({message.page.url})")

    def on_error(self, error):
        self.complaints.append(f"raised: {error.error}")

    def on_dialog(self, dialog):
        self.complaints.append(f"a dialog: {dialog.message}")
        dialog.dismiss()

    def attach(self, context):
        context.route(self.is_foreign, self.refuse)
        for event, note in self.events.items():
            context.on(event, note)

    def detach(self, context):
        context.unroute_all()
        for event, note in self.events.items():
            context.remove_listener(event, note)


@pytest.fixture
def watch(tmp_path):
    """The record of the pages opened so far: .requests, .foreign, .complaints.

    At home are the folder of the test and the bundles; open_page adds the book that it opens.
    """
    return Watch(tmp_path.as_uri() + "/", DIST.as_uri() + "/")


def new_context(
    browser,
    *,
    width=1280,
    height=800,
    theme="light",
    motion="no-preference",
    touch=False,
    **options,
):
    """Make a browser context for a reader.

    width and height in CSS pixels; theme "light" or "dark"; motion "reduce" for readers who ask
    for less of it; touch for a phone. Further options go to playwright's new_context.
    """
    context = browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme=theme,
        reduced_motion=motion,
        has_touch=touch,
        **options,
    )
    context.set_default_timeout(PATIENCE)
    return context


@pytest.fixture
def open_page(browser, watch):
    """Open an address in a fresh, watched browser context and return playwright's page.

    wait is playwright's wait_until; first is a script that runs before those of the page;
    offline=True cuts the network (use with book_file). For the other options see new_context.
    """
    contexts = []

    def open_page(url, *, wait="load", first="", **options):
        watch.homes.update(home for home in (HTTP, HTML.as_uri() + "/") if url.startswith(home))
        context = new_context(browser, **options)
        contexts.append(context)
        watch.attach(context)
        context.add_init_script(first)
        page = context.new_page()
        page.goto(url, wait_until=wait)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert watch.foreign == [], "a page asked for something outside the book"
    assert watch.complaints == [], "a page complained in the browser console"


@pytest.fixture(scope="module")
def kept_pages(browser):
    """The pages that the tests of a module use one after the other, by their options."""
    pages = {}
    yield pages
    for page in pages.values():
        page.context.close()


@pytest.fixture
def open_labs(browser, watch, tmp_path, kept_pages, open_page):
    """Open a page that holds these labs and nothing else, and return playwright's page.

    A new context takes as long as the test of a small lab: the tests of a module that ask for the
    same options get the same page, empty and in its first state, and load their labs into it. So
    the labs that a test opened before with these options are gone; use open_page for two at once.
    """
    used = []

    def open_labs(*labs, fragment="", theme="light", **options):
        options = {"width": 1280, "height": 800} | options
        options |= {"theme": theme, "permissions": CLIPBOARD}
        key = repr(sorted(options.items()))
        page = kept_pages.get(key) or new_context(browser, **options).new_page()
        if page not in used:
            kept_pages[key] = page
            used.append(page)
            watch.attach(page.context)
        empty(page)
        if (size := {"width": options["width"], "height": options["height"]}) != page.viewport_size:
            page.set_viewport_size(size)
        page.goto(write_page(tmp_path, *labs, theme=theme) + fragment)
        return page

    yield open_labs  # open_page looks at the watch afterwards
    for page in used:
        empty(page)
        watch.detach(page.context)


def empty(page):
    """Take what it shows from a page, and put back what belongs to no document."""
    page.goto("about:blank")
    page.emulate_media(media="null")
    page.mouse.move(0, 0)
