"""How long after a slider's move a lab has painted, as tests/labs/timing.py takes it."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import sync_playwright

from benchmarks.rows import Row
from tests.browser.conftest import Watch
from tests.chromium import FLAGS, find_chromium
from tests.labs.kinds import KINDS
from tests.labs.stand import HANDS, Stand
from tests.labs.timing import percentile, timed

ROUNDS = 3  # of each slider's moves


def measure() -> list[Row]:
    """Move every slider of every lab; return the 95th percentile of each, taken both ways."""
    works, walls = {}, {}
    with sync_playwright() as playwright, TemporaryDirectory() as folder:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=list(FLAGS))
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        page.add_init_script(HANDS)
        for kind in KINDS:
            stand = Stand(kind.large, page, page, Watch(), Path(folder))
            for slider, times, _ in timed(stand, ROUNDS):
                place = f"{kind.__name__}: {slider}"
                works[place], walls[place] = (percentile(each, 0.95) for each in times)
        browser.close()
    return [
        Row(f"slider to paint, 95th percentile, {how}", "ms", [*found.values()], [*found])
        for how, found in (("by the clock", walls), ("the page's own computing", works))
    ]
