"""Take out of each page what it does not use, and mend what a screen reader would trip over."""

import itertools
import re
import shutil
from html import escape
from pathlib import Path
from textwrap import shorten
from typing import Any

from bs4 import BeautifulSoup
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.builders import Builder

ICON_SCRIPT = "_static/scripts/fontawesome.js"
# Names, punctuation and spaces of code have the colour of the code around them.
PLAIN_CODE = re.compile(r'<span class="(?:n|nn|p|w)">([^<]*)</span>')
CHINESE = re.compile(r"[\u4e00-\u9fff]+")
# The search page shows a few words of each page it finds, which it may not read from a disk.
NO_EXCERPTS_FROM_DISK = (
    'if (location.protocol === "file:") DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY = false;'
)
# Styles and scripts that extensions add to every page, by the classes they are for.
WHAT_FOR = {
    "katex": ("katex/katex.min.css", "katex-math.css"),
    "sd-": ("sphinx-design.min.css", "design-tabs.js"),
    "toggle|dropdown": ("togglebutton.css", "togglebutton.js"),
    "proof": ("proof.css",),
    "exercise|solution": ("exercise.css",),
}


def clear_assets(app: Sphinx, builder: Builder) -> None:
    """Empty the folder of styles, scripts and fonts, so that nothing of an earlier build stays."""
    shutil.rmtree(Path(app.outdir, "_static"), ignore_errors=True)


def prepare(
    app: Sphinx,
    pagename: str,
    templatename: str,
    context: dict[str, Any],
    doctree: nodes.document | None,
) -> None:
    """Fit the head of a page to what is on it."""
    if pagename == "search":
        app.add_js_file(None, body=NO_EXCERPTS_FROM_DISK, priority=600)
    unused = files_without_use(context.get("body", ""))
    for kind in ("css_files", "script_files"):
        context[kind] = [file for file in context[kind] if not str(file.filename).endswith(unused)]
    if doctree is not None:
        context["metatags"] += metatags(app, pagename, doctree)
        offer_clean_notebook(app, pagename)


def files_without_use(body: str) -> tuple[str, ...]:
    """Return the styles and scripts of `WHAT_FOR` whose classes nothing in the HTML has."""
    found = [re.search(rf'class="([^"]* )?({classes})', body) for classes in WHAT_FOR]
    files = [files for files, use in zip(WHAT_FOR.values(), found, strict=True) if not use]
    return tuple(itertools.chain.from_iterable(files))


def metatags(app: Sphinx, pagename: str, doctree: nodes.document) -> str:
    """Return what search engines and chat windows show of a page: its title and first words."""
    title = app.env.titles[pagename].astext()
    words = next((text.astext() for text in doctree.findall(nodes.paragraph)), "")
    described = {
        "og:type": "article",
        "og:site_name": app.config.html_title,
        "og:title": title,
        "og:description": shorten(words, width=200, placeholder=" …"),
        "og:url": f"{app.config.html_baseurl}{app.builder.get_target_uri(pagename)}",
    }
    tags = [f'<meta property="{name}" content="{escape(it)}">' for name, it in described.items()]
    tags.append(f'<meta name="description" content="{escape(described["og:description"])}">')
    return "\n".join(tags)


def offer_clean_notebook(app: Sphinx, pagename: str) -> None:
    """Let the download button hand out the notebook of the repository, not the executed one.

    The executed one holds widgets without a kernel, which show as errors until they are run.
    """
    clean = Path(app.srcdir, f"{pagename}.ipynb")
    offered = Path(app.outdir, "_sources", f"{pagename}.ipynb")
    if clean.exists() and offered.exists():
        shutil.copy(clean, offered)


def drop_leftovers(app: Sphinx, exception: Exception | None) -> None:
    """Remove pages of an earlier build that are no longer part of the book."""
    if exception is not None or app.builder.format != "html":
        return
    out = Path(app.outdir)
    ours = {*app.env.found_docs, "index", "search"}
    for path in out.rglob("*.html"):
        name = path.relative_to(out).with_suffix("").as_posix()
        if name not in ours and not name.startswith("_"):
            path.unlink()


def mend_written(app: Sphinx, exception: Exception | None) -> None:
    """Mend the pages that this build wrote: those that still ask for the theme's icon script."""
    if exception is not None or app.builder.format != "html":
        return
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
    # These are named by the text in them; a label that says something else hides it.
    for named in page.select(".search-button-field, details.hide > summary"):
        del named["aria-label"]
    # The title and the search field stand outside every landmark otherwise.
    for sidebar in page.select("#pst-primary-sidebar"):
        sidebar["role"] = "complementary"
        sidebar["aria-label"] = "Book"
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
