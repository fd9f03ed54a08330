"""Pages for the labs, kept from one lab to the next: a new context takes as long as a check."""

import pytest

from book_utils.explorables.platform.base import DIST
from tests.browser.conftest import Watch, new_context
from tests.labs.looks import AXE
from tests.labs.stand import HANDS, SIZES, Stand


@pytest.fixture(scope="module")
def pages(browser):
    """A page of each size, and one on which no scripts run, by name."""
    options = {**SIZES, "still": {"java_script_enabled": False}}
    found = {}
    for name, option in options.items():
        context = new_context(browser, **option)
        context.add_init_script(HANDS)
        found[name] = context.new_page()
    yield found
    for page in found.values():
        page.context.close()


@pytest.fixture
def stand_for(pages, tmp_path):
    """Put a lab, given as what makes it, on the page of a size."""
    watch = Watch(tmp_path.as_uri() + "/", DIST.as_uri() + "/", AXE.as_uri())
    used = [pages["still"]]
    watch.attach(pages["still"].context)

    def stand_for(make, size):
        page = pages[size]
        page.goto("about:blank")
        if page not in used:
            used.append(page)
            watch.attach(page.context)
        return Stand(make, page, pages["still"], watch, tmp_path)

    yield stand_for
    for page in used:
        page.goto("about:blank")
        watch.detach(page.context)
    assert watch.foreign == [], "a page asked for something outside the lab"
