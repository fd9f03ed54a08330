"""Put the pages of the built book into one HTML file that can be printed: cover, contents, pages.

Each page is fitted to paper (`book_utils/sphinx_ext/paper.py`). In one file every name may be there
once, so each gets the name of its page in front; links from page to page become links inside of
the file, and those to what is not in it lead to the published book.
"""

import posixpath
import re
from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from html import escape
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import yaml
from bs4 import BeautifulSoup, Tag

from book_utils.sphinx_ext import paper

ROOT = Path(__file__).parent.parent
BUILD = ROOT / "_build"
SHEETS = (
    "../html/_static/explorables/theme.css",
    "../html/_static/katex/katex.min.css",
    "../html/_static/pygments.css",
    "../../paper/paper.css",
    "../../paper/print.css",
)
COVER = ROOT / "chapters" / "cross-correlation.svg"


@dataclass(frozen=True)
class Page:
    """A page of the built book: its name, its title, the part it is in, where it is published."""

    name: str
    title: str
    part: str
    address: str
    article: Tag

    @property
    def anchor(self) -> str:
        """What the page is called in the file."""
        return anchor_of(self.name)


def anchor_of(name: str) -> str:
    """Return what the page of a name is called in the file: chapters/pooling is pooling."""
    return name.rpartition("/")[2]


def parts() -> dict[str, str]:
    """Return the part of each page of the book, in reading order; the first page has none."""
    toc = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
    inner = {page["file"]: part["caption"] for part in toc["parts"] for page in part["chapters"]}
    return {toc["root"]: "", **inner}


def read(names: Iterable[str], html: Path = BUILD / "html") -> list[Page]:
    """Return pages of the built book, in reading order, fitted to paper.

    Raises FileNotFoundError where no book is built, KeyError for a page that the book lacks.
    """
    wanted, known = set(names), parts()
    if unknown := wanted - set(known):
        raise KeyError(f"no page {', '.join(unknown)}; there are: {', '.join(known)}")
    return [read_page(name, part, html) for name, part in known.items() if name in wanted]


def read_page(name: str, part: str, html: Path) -> Page:
    """Return one page of the built book, fitted to paper."""
    path = html / f"{name}.html"
    if not path.exists():
        raise FileNotFoundError(f"There is no {path}: run `make book` first.")
    page = BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")
    address = page.select_one("link[rel=canonical]")["href"]
    article = page.select_one("article")
    paper.fit(article, address, read=lambda file: (path.parent / file).read_text("utf-8"))
    return Page(name, article.h1.get_text().strip(), part, address, article)


def as_one(pages: Sequence[Page], title: str, numbers: Mapping[str, int]) -> str:
    """Return pages as one HTML file; `numbers` has the sheet on which each begins, by its anchor.

    Where a number is not known yet, its room is kept.
    """
    known = {page.name: page for page in pages}
    articles = "".join(str(joined(page, known)) for page in pages)
    sheets = "".join(f'<link rel="stylesheet" href="{sheet}">' for sheet in SHEETS)
    return (
        f'<!DOCTYPE html><html lang="en" data-theme="light"><head><meta charset="utf-8">'
        f"<title>{escape(title)}</title>{sheets}<style>{heads(pages)}</style></head><body>"
        f"{cover(title, pages)}{contents(pages, numbers)}{articles}</body></html>"
    )


def joined(page: Page, known: Mapping[str, Page]) -> Tag:
    """Return the article of a page with its names and links as they have to be in one file."""
    article = copy(page.article)
    article.attrs = {"id": page.anchor, "style": f"page: {page.anchor}"}
    for tag in article.find_all(True):
        if "id" in tag.attrs:
            tag["id"] = f"{page.anchor}--{tag['id']}"
        tag.attrs.pop("loading", None)  # all of it is printed
        if "src" in tag.attrs:
            tag["src"] = beside(page.name, tag["src"])
        for name, value in tag.attrs.items():
            if isinstance(value, str) and "url(#" in value:
                tag[name] = value.replace("url(#", f"url(#{page.anchor}--")
        for name in ("href", "xlink:href"):
            if name in tag.attrs:
                tag[name] = target(page, tag[name], known)
    return article


def target(page: Page, address: str, known: Mapping[str, Page]) -> str:
    """Return where something on a page leads, from within the one file."""
    parts = urlsplit(address)
    if parts.scheme:
        return address
    path = posixpath.normpath(posixpath.join(posixpath.dirname(page.name), parts.path))
    there = known.get(path.removesuffix(".html")) if parts.path else page
    if there:
        return f"#{there.anchor}--{parts.fragment}" if parts.fragment else f"#{there.anchor}"
    if path.endswith(".html"):
        return urljoin(page.address, address)
    return beside(page.name, address)


def beside(name: str, address: str) -> str:
    """Return the address of a file that the page `name` names, from beside the built pages."""
    if urlsplit(address).scheme:
        return address
    return posixpath.normpath(posixpath.join("../html", posixpath.dirname(name), address))


def heads(pages: Sequence[Page]) -> str:
    """Return the styles that put the title of a page at the head of its sheets."""
    return "".join(
        f"@page {page.anchor} {{ @top-right {{ content: {css_text(page.title)}; "
        'font: 9pt "Liberation Sans", Helvetica, Arial, sans-serif; color: #4d5763 } }'
        for page in pages
    )


def css_text(text: str) -> str:
    """Return text as a string of CSS, within a style element."""
    return '"' + re.sub(r'["\\<]', lambda sign: f"\\{ord(sign[0]):x} ", text) + '"'


def cover(title: str, pages: Sequence[Page]) -> str:
    """Return the cover: the title, a picture of the operation, where the book is alive."""
    address = pages[0].address.removesuffix(f"{pages[0].name}.html")
    picture = COVER.read_text(encoding="utf-8")
    return (
        f'<div class="cover"><p class="title">{escape(title)}</p>'
        "<p>A course on convolutional neural networks, in Python and PyTorch.</p>"
        f'<div class="picture">{picture}</div>'
        "<p>Every picture of a control in this print has an address under it: there you can "
        "touch it.</p>"
        f'<p><a href="{address}">{address}</a></p>'
        "<p>Text and pictures: CC BY 4.0. Code: MIT licence.</p></div>"
    )


def contents(pages: Sequence[Page], numbers: Mapping[str, int]) -> str:
    """Return the list of contents, part by part, with the sheet on which each page begins."""
    by_part: dict[str, list[str]] = {}
    for page in pages:
        number = numbers.get(page.anchor, "000")
        by_part.setdefault(page.part, []).append(
            f'<li><a href="#{page.anchor}">{escape(page.title)}'
            f'<span class="page">{number}</span></a></li>'
        )
    lists = "".join(
        (f"<h3>{escape(part)}</h3>" if part else "") + f"<ol>{''.join(items)}</ol>"
        for part, items in by_part.items()
    )
    return f'<nav class="contents"><h1>Contents</h1>{lists}</nav>'
