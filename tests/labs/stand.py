"""One lab on a page of its own, as a check finds it: in its first state, and watched."""

import json
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

from book_utils.explorables import Explorable
from tests import SEED
from tests.browser.conftest import Watch
from tests.browser.lab_page import fragment, write_page
from tests.labs.states import Probe, State

HANDS = (Path(__file__).parent / "hands.js").read_text(encoding="utf-8")
SIZES = {
    "desktop": {"width": 1280, "height": 800},
    "phone": {"width": 390, "height": 844, "touch": True, "is_mobile": True},
}
STATES = 6  # that are drawn for a lab


class Stand:
    """A page with a lab and nothing else, the lab in Python beside it, and a hand on both.

    `make` makes the lab; the page has `hands.js`; `without_scripts` is a page on which none run.
    `.home` is the end of a link to its first state, as the lab gives it where it gives links.
    """

    def __init__(
        self,
        make: Callable[[], Explorable],
        page: Page,
        without_scripts: Page,
        watch: Watch,
        folder: Path,
    ) -> None:
        self.make, self.lab, self.page, self.watch = make, make(), page, watch
        self.address, self.without_scripts = write_page(folder, self.lab), without_scripts
        self.load()
        self.schema = self.lab.schema()
        own = self.link(self.probe.start) if self.schema and not self.copies else None
        self.home = self.hand("link") if self.copies else own

    def load(self) -> None:
        """Load the page anew and wait for the lab."""
        self.page.goto("about:blank")
        self.page.goto(self.address)
        self.page.locator(".cnl").wait_for()
        self.hand("painted")
        self.hand("open")

    def hand(self, what: str, *arguments: Any) -> Any:
        """Call one of `hands.js` and return what it returns."""
        return self.page.evaluate(f"given => hands.{what}(...given)", list(arguments))

    @property
    def copies(self) -> bool:
        """Whether the lab can be asked for a link."""
        return self.page.evaluate("!!hands.button('Copy link')")

    def link(self, state: State) -> str:
        """The end of a link to a state."""
        return fragment(self.lab.name, state)

    def own(self, text: str) -> State:
        """The settings among what a link holds, which may have the page's data beside them."""
        carried = json.loads(text)
        return {name: carried[name] for name in self.schema if name in carried}

    @cached_property
    def probe(self) -> Probe:
        """The same lab once more, which is told settings to see whether Python takes them."""
        return Probe(self.make())

    @cached_property
    def states(self) -> list[State]:
        """States that the lab must take, the same in every run."""
        return self.probe.drawn(STATES, SEED)

    @cached_property
    def walk(self) -> dict[str, Any]:
        """Every control moved to its ends and back: see `hands.js`."""
        found = self.hand("walk", self.home)
        self.back()
        return found

    def back(self) -> None:
        """Bring the lab back to its first state."""
        if self.home:
            self.hand("arrive", self.home)

    def run(self, check: Callable[["Stand"], list[str]]) -> list[str]:
        """Run a check; return its complaints and those of the page's console."""
        before = len(self.watch.complaints)
        found = check(self)
        found += [f"console: {text}" for text in self.watch.complaints[before:]]
        if found:
            self.load()  # nothing that a check left behind is held against the next
        else:
            self.back()
        return found
