"""Where the built book is, for the tests that read or open it."""

import gzip
import re
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from bs4 import BeautifulSoup

ROOT = Path(__file__).parent.parent
HTML = ROOT / "_build" / "html"
# What a browser fetches by itself, as opposed to links that a reader follows.
FETCHED = {
    "script": "src",
    "img": "src",
    "source": "src",
    "iframe": "src",
    "embed": "src",
    "video": "src",
    "audio": "src",
    "object": "data",
    "link": "href",
}
STYLE_ADDRESS = re.compile(r"""(?:url\(|@import\s+)\s*["']?([^"')\s;]+)""")


def built_html() -> Path:
    """Return the folder of built pages; fail with what to do where there is none."""
    if not (HTML / "index.html").exists():
        pytest.fail(f"There is no built book in {HTML}: run `make book` first.", pytrace=False)
    return HTML


def page_paths(html: Path = HTML) -> list[str]:
    """Return the address of every page of the book; index.html only sends readers to the first."""
    pages = {path.relative_to(html).as_posix() for path in html.rglob("*.html")} - {"index.html"}
    return sorted(page for page in pages if not page.startswith("_"))


def weight(path: Path) -> int:
    """Return how many bytes a file takes on its way, compressed; fonts are compressed already."""
    content = path.read_bytes()
    return len(content) if path.suffix == ".woff2" else len(gzip.compress(content, 6))


def fetched(soup: BeautifulSoup) -> list[str]:
    """Return the addresses that a page has the browser fetch."""
    found = []
    for tag in soup.find_all(list(FETCHED)):
        address = tag.get(FETCHED[tag.name])
        if address and tag.get("rel") not in (["canonical"], ["next"], ["prev"], ["search"]):
            found.append(address)
    styles = [tag.get_text() for tag in soup.find_all("style")]
    styles += [tag["style"] for tag in soup.find_all(style=True)]
    return found + [address for style in styles for address in STYLE_ADDRESS.findall(style)]


def file_at(page: Path, address: str) -> Path:
    """Return the file that an address on a page names."""
    path = unquote(urlsplit(address).path)
    return (page.parent / path).resolve() if path else page.resolve()


def before_pictures(page: Path) -> set[Path]:
    """Return a page and the styles and scripts that it has the browser fetch."""
    soup = BeautifulSoup(page.read_text(encoding="utf-8"), "html.parser")
    files = {file_at(page, each) for each in fetched(soup) if not each.startswith("data:")}
    return {page.resolve()} | {file for file in files if file.suffix in (".css", ".js")}


def transferred(page: Path) -> int:
    """Return how many bytes a page takes on its way, compressed, before pictures and fonts."""
    return sum(map(weight, before_pictures(page)))


def states(page: Path) -> set[Path]:
    """Return the states that the labs of a page load when a reader comes near them."""
    soup = BeautifulSoup(page.read_text(encoding="utf-8"), "html.parser")
    near = soup.select('[data-from]:is(:not([data-later]), [data-later="near"])')
    return {file_at(page, place["data-from"]) for place in near}


def scripts_for_later(page: Path) -> set[Path]:
    """Return the scripts that the labs of a page load when a reader comes near them."""
    soup = BeautifulSoup(page.read_text(encoding="utf-8"), "html.parser")
    places = soup.select("[data-script]")
    return {file_at(page, place["data-script"].partition("?")[0]) for place in places}


def started(page: Path) -> set[Path]:
    """Return the files that the labs of a page load when a reader starts them."""
    soup = BeautifulSoup(page.read_text(encoding="utf-8"), "html.parser")
    later = soup.select('[data-later]:not([data-later="near"])')
    return {file_at(page, place["data-from"]) for place in later}


def with_every_lab(page: Path) -> int:
    """Return how many bytes a page has taken, compressed, once all its labs have been reached."""
    return transferred(page) + sum(map(weight, states(page) | scripts_for_later(page)))
