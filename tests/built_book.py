"""Where the built book is, for the tests that read or open it."""

import gzip
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
HTML = ROOT / "_build" / "html"


def built_html() -> Path:
    """Return the folder of built pages; fail with what to do where there is none."""
    if not (HTML / "index.html").exists():
        pytest.fail(f"There is no built book in {HTML}: run `make book` first.", pytrace=False)
    return HTML


def page_paths() -> list[str]:
    """Return the address of every page of the book; index.html only sends readers to the first."""
    pages = {path.relative_to(HTML).as_posix() for path in HTML.rglob("*.html")} - {"index.html"}
    return sorted(page for page in pages if not page.startswith("_"))


def weight(path: Path) -> int:
    """Return how many bytes a file takes on its way, compressed; fonts are compressed already."""
    content = path.read_bytes()
    return len(content) if path.suffix == ".woff2" else len(gzip.compress(content, 6))
