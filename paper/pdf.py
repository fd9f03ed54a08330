"""Print the built book into one PDF: `python -m paper.pdf`, or some pages of it, by their names.

Chromium prints twice. No style can say on which sheet a chapter begins: the first print tells, and
the second has it in its contents. Sheets are counted from the cover, as readers of PDFs count.
"""

import argparse
from collections.abc import Iterable, Sequence
from pathlib import Path

import yaml
from playwright.sync_api import Browser, Page, sync_playwright
from pypdf import PdfReader

from tests.chromium import FLAGS, find_chromium

from . import book

FOLDER = book.BUILD / "paper"  # book.py's addresses of pictures and styles begin here
TARGET = FOLDER / "convnets-live.pdf"
COLUMN = 642  # CSS pixels between the margins of print.css, 170 mm


def print_book(browser: Browser, names: Iterable[str], target: Path = TARGET) -> dict[str, int]:
    """Print pages of the built book; return the sheet on which each begins, by its anchor."""
    pages = book.read(names)
    print_once(browser, pages, {}, target)
    numbers = sheets(target, [page.anchor for page in pages])
    print_once(browser, pages, numbers, target)
    return numbers


def print_once(
    browser: Browser, pages: Sequence[book.Page], numbers: dict[str, int], target: Path
) -> None:
    """Print pages, with these numbers in their contents."""
    tab = lay_out(browser, pages, numbers)
    tab.pdf(
        path=target, prefer_css_page_size=True, print_background=True, tagged=True, outline=True
    )
    tab.close()


def lay_out(browser: Browser, pages: Sequence[book.Page], numbers: dict[str, int]) -> Page:
    """Return a tab that shows pages as they will be printed, in one column as wide as a sheet's."""
    title = yaml.safe_load((book.ROOT / "_config.yml").read_text(encoding="utf-8"))["title"]
    source = FOLDER / "book.html"
    source.parent.mkdir(parents=True, exist_ok=True)
    source.write_text(book.as_one(pages, title, numbers), encoding="utf-8")
    tab = browser.new_page(viewport={"width": COLUMN, "height": 900})
    tab.emulate_media(media="print", color_scheme="light")
    tab.goto(source.as_uri(), timeout=0)
    tab.evaluate("document.fonts.ready")
    return tab


def sheets(pdf: Path, anchors: Sequence[str]) -> dict[str, int]:
    """Return the sheet on which each anchor stands, counted from 1."""
    reader = PdfReader(pdf)
    places = reader.named_destinations
    return {each: reader.get_destination_page_number(places[f"/{each}"]) + 1 for each in anchors}


def main() -> None:
    """Print the pages that are named, or all."""
    parser = argparse.ArgumentParser(prog="python -m paper.pdf", description=__doc__)
    parser.add_argument("pages", nargs="*", help="names as in _toc.yml; none for the whole book")
    names = parser.parse_args().pages or list(book.parts())
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=list(FLAGS))
        print_book(browser, names)
        browser.close()
    print(f"The book is printed in {TARGET}")


if __name__ == "__main__":
    main()
