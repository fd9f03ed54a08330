"""How long after a slider's move a lab has painted, as tests/browser/test_latency.py takes it."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import sync_playwright

from benchmarks.rows import Row
from tests.browser.lab_page import LabHand, write_page
from tests.browser.test_latency import LABS, SLIDERS, Timer, percentile
from tests.chromium import FLAGS, find_chromium


def measure() -> list[Row]:
    """Move every slider of the timed labs; return the 95th percentile of each, taken both ways."""
    works, walls = {}, {}
    with sync_playwright() as playwright, TemporaryDirectory() as folder:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=list(FLAGS))
        for name, lab in LABS.items():
            page = browser.new_page(viewport={"width": 1280, "height": 800})
            page.goto(write_page(Path(folder), lab))
            LabHand(page)  # waits until it is there
            timer = Timer(page)
            for slider in SLIDERS[lab.view]:
                place = f"{lab.view.replace('_', ' ')}, {name}: {slider}"
                times = timer.least(slider)
                works[place], walls[place] = (percentile(each, 0.95) for each in times)
            page.close()
        browser.close()
    return [
        Row(f"slider to paint, 95th percentile, {how}", "ms", [*found.values()], [*found])
        for how, found in (("by the clock", walls), ("the page's own computing", works))
    ]
