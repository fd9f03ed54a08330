"""Mend the folder of built pages: nothing idle, nothing stale, names that a screen reader needs."""

import re
import shutil
from html import escape
from pathlib import Path

from bs4 import BeautifulSoup
from sphinx.application import Sphinx
from sphinx.builders import Builder

from . import folds

CONTENTS = "#pst-page-toc-nav"  # what is on this page
ICON_SCRIPT = "_static/scripts/fontawesome.js"
# Names, punctuation and spaces of code have the colour of the code around them.
PLAIN_CODE = re.compile(r'<span class="(?:n|nn|p|w)">([^<]*)</span>')
CHINESE = re.compile(r"[\u4e00-\u9fff]+")


def clear_assets(app: Sphinx, builder: Builder) -> None:
    """Empty the folder of styles, scripts and fonts, so that nothing of an earlier build stays."""
    shutil.rmtree(Path(app.outdir, "_static"), ignore_errors=True)


def offer_clean_notebooks(app: Sphinx) -> None:
    """Let the download buttons hand out the notebooks of the repository, not the executed ones.

    The executed ones hold widgets without a kernel, which show as errors until they are run.
    """
    for name in app.env.found_docs:
        clean = Path(app.srcdir, f"{name}.ipynb")
        offered = Path(app.outdir, "_sources", f"{name}.ipynb")
        if clean.exists() and offered.exists():
            shutil.copy(clean, offered)


def drop_leftovers(app: Sphinx) -> None:
    """Remove pages of an earlier build that are no longer part of the book."""
    out = Path(app.outdir)
    ours = {*app.env.found_docs, "index", "search"}
    for path in out.rglob("*.html"):
        name = path.relative_to(out).with_suffix("").as_posix()
        if name not in ours and not name.startswith("_"):
            path.unlink()


def mend_written(app: Sphinx) -> None:
    """Mend the pages that this build wrote: those that still ask for the theme's icon script."""
    out = Path(app.outdir)
    for path in out.rglob("*.html"):
        html = path.read_text(encoding="utf-8")
        if ICON_SCRIPT in html:
            path.write_text(mend(html), encoding="utf-8")
    # 1.4 MB, and its icons are drawn by the theme's fonts just as well.
    (out / ICON_SCRIPT).unlink(missing_ok=True)
    (out / f"{ICON_SCRIPT}.map").unlink(missing_ok=True)


def mend(html: str) -> str:
    """Return a page without idle elements, with names and roles that say what things are."""
    page = BeautifulSoup(PLAIN_CODE.sub(r"\1", html), "html.parser")
    for script in page.find_all("script", src=lambda src: src and ICON_SCRIPT in src):
        script.decompose()
    folds.lay_below(page)
    # These are named by the text in them; a label that says something else hides it.
    for named in page.select(".search-button-field, details.hide > summary"):
        del named["aria-label"]
    # The theme calls its buttons by its own words.
    for button in page.select(".primary-toggle"):
        button["title"] = "Chapters"
    for button in page.select(".secondary-toggle"):
        del button["title"]  # which would be shown beside the word
        button["aria-label"] = "Contents"
        button.append(BeautifulSoup('<span class="word">Contents</span>', "html.parser"))
    # The title and the search field stand outside every landmark otherwise.
    for sidebar in page.select("#pst-primary-sidebar"):
        sidebar["role"] = "complementary"
        sidebar["aria-label"] = "Book"
    # The theme's script marks where the reader is in a list that the theme does not make. Without
    # one it marks every link of the page, and stops at those that set a lab.
    if page.body and page.select_one(CONTENTS):
        page.body["data-bs-target"] = CONTENTS
    elif page.body:
        del page.body["data-bs-spy"]
    # A list has list items; the role that Sphinx gives to entries is no longer in the standard.
    for citation in page.select(".citation-list > [role=doc-biblioentry]"):
        citation["role"] = "listitem"
    # Chinese terms are to be read, and drawn, as Chinese.
    for text in page.body.find_all(string=CHINESE) if page.body else []:
        if text.parent.name not in ("script", "style", "title"):
            text.replace_with(BeautifulSoup(mark_chinese(text), "html.parser"))
    return str(page)


def mark_chinese(text: str) -> str:
    """Return text as HTML in which each run of Chinese says what language it is."""
    return CHINESE.sub(r'<span lang="zh-Hans">\g<0></span>', escape(text, quote=False))
