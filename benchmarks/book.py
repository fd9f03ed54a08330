"""How long the book takes to build, and what its pages weigh.

The book is built in a folder of its own that starts empty: once with everything to do, once with
nothing. The environment is there; fetching it depends on the network, and is not measured.
"""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.rows import Row
from tests.built_book import ROOT, page_paths, transferred, with_every_lab

KIB = 1024


def build(folder: Path) -> float:
    """Build the book into a folder as `make book` does, and return the seconds it took.

    Raises RuntimeError, with the end of what it said, if the build fails.
    """
    command = [Path(sys.executable).with_name("jupyter-book"), "build", ROOT, "-W", "-n"]
    start = time.perf_counter()
    done = subprocess.run(
        [*command, "--keep-going", "--path-output", folder],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"the book does not build:\n{(done.stdout + done.stderr)[-2000:]}")
    return time.perf_counter() - start


def chapter_times(folder: Path) -> dict[str, float]:
    """Return the seconds that each page's cells took in the last build, by the name of the page."""
    cache = folder / "_build" / ".jupyter_cache" / "global.db"
    with closing(sqlite3.connect(cache)) as database:
        found = database.execute("SELECT uri, data FROM nbcache").fetchall()
    return {Path(uri).stem: json.loads(told)["execution_seconds"] for uri, told in found}


def page_weights(html: Path, weigh: Callable[[Path], int]) -> dict[str, float]:
    """Return what each page weighs in KiB, gzipped, before its pictures and fonts."""
    return {page.removesuffix(".html"): weigh(html / page) / KIB for page in page_paths(html)}


def measure() -> list[Row]:
    """Build twice and weigh."""
    with TemporaryDirectory() as folder:
        cold, warm = build(Path(folder)), build(Path(folder))
        times = chapter_times(Path(folder))
        html = Path(folder) / "_build" / "html"
        pages, with_labs = page_weights(html, transferred), page_weights(html, with_every_lab)
    labelled = (
        ("cells of a page, run for the build", "s", times),
        ("a page with its styles and scripts, gzipped", "KiB", pages),
        ("the same when every lab on it has been reached", "KiB", with_labs),
    )
    return [
        Row("build of the whole book, nothing there but the environment", "s", [cold]),
        Row("the same with nothing changed since", "s", [warm]),
        *(Row(what, unit, [*v.values()], [*v]) for what, unit, v in labelled),
    ]
