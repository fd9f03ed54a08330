"""Print the built book into one PDF: `python -m paper.pdf`, or some pages of it, by their names.

Chromium prints twice. No style can say on which sheet a chapter begins; the first print tells,
and the second has it in its contents.
"""

import argparse
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

import yaml
from playwright.sync_api import Page as Tab
from playwright.sync_api import sync_playwright
from pypdf import PdfReader

from tests.chromium import FLAGS, find_chromium

from . import book

FOLDER = book.BUILD / "paper"
TARGET = FOLDER / "convnets-live.pdf"
COLUMN = 642  # CSS pixels between the margins of print.css, 170 mm
MINUTES = 10 * 60 * 1000
# What is wider than its column is made smaller, to a width that it has then.
SHRINK = """() => {
  const column = document.body.clientWidth;
  for (const box of document.querySelectorAll("table, pre, img, svg, .katex-display, .cnl-case")) {
    if (box.closest("svg") !== box && box.closest("svg")) continue;
    const room = box.parentElement.getBoundingClientRect();
    const right = Math.min(column, room.right) - box.getBoundingClientRect().left;
    const width = Math.max(box.scrollWidth, box.getBoundingClientRect().width);
    if (width > right + 1) box.style.zoom = Math.floor((100 * right) / width) / 100;
  }
}"""


def print_book(names: Iterable[str], target: Path = TARGET) -> dict[str, int]:
    """Print pages of the built book; return the sheet on which each begins, counted from 1."""
    title = yaml.safe_load((book.ROOT / "_config.yml").read_text(encoding="utf-8"))["title"]
    target.parent.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=list(FLAGS))
        tab = browser.new_page(viewport={"width": COLUMN, "height": 900})
        tab.set_default_timeout(MINUTES)
        tab.emulate_media(media="print", color_scheme="light")
        with tempfile.TemporaryDirectory() as folder:
            first = Path(folder, "first.pdf")
            pages = book.read(names)
            print_file(tab, book.as_one(pages, title, {}), first)
            numbers = sheets(first, [page.anchor for page in pages])
        print_file(tab, book.as_one(book.read(names), title, numbers), target)
        browser.close()
    return numbers


def print_file(tab: Tab, html: str, target: Path) -> None:
    """Print HTML, which is kept beside the PDF, since its pictures are found from there."""
    source = FOLDER / "book.html"
    source.parent.mkdir(parents=True, exist_ok=True)
    source.write_text(html, encoding="utf-8")
    tab.goto(source.as_uri())
    tab.evaluate("document.fonts.ready")
    tab.evaluate(SHRINK)
    tab.pdf(path=target, prefer_css_page_size=True, print_background=True, outline=True, tagged=True)


def sheets(pdf: Path, anchors: Sequence[str]) -> dict[str, int]:
    """Return the sheet on which each anchor stands, counted from 1."""
    reader = PdfReader(pdf)
    places = reader.named_destinations
    return {each: reader.get_destination_page_number(places[f"/{each}"]) + 1 for each in anchors}


def main() -> None:
    """Print the pages that are named, or all."""
    parser = argparse.ArgumentParser(prog="python -m paper.pdf", description=__doc__)
    parser.add_argument("pages", nargs="*", help="names as in _toc.yml; none for the whole book")
    names = parser.parse_args().pages or list(book.names_by_part())
    print_book(names)
    print(f"The book is printed in {TARGET}")


if __name__ == "__main__":
    main()
