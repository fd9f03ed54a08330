"""Fit the head of each page to its body: styles and scripts it uses, what others show of it."""

import itertools
import re
from html import escape
from pathlib import Path
from textwrap import shorten
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

STORAGE = Path(__file__).with_name("storage.js")
SEARCH = Path(__file__).with_name("search.js")
# Styles and scripts that extensions add to every page, by the classes they are for.
WHAT_FOR = {
    "katex": ("katex/katex.min.css", "katex-math.css"),
    "sd-": ("sphinx-design.min.css", "design-tabs.js"),
    "toggle|dropdown": ("togglebutton.css", "togglebutton.js"),
    "proof": ("proof.css",),
    "exercise|solution": ("exercise.css",),
}


def fit(
    app: Sphinx,
    pagename: str,
    templatename: str,
    context: dict[str, Any],
    doctree: nodes.document | None,
) -> None:
    """Fit the head of a page to its body."""
    if pagename == "search":
        app.add_js_file(None, body=SEARCH.read_text(encoding="utf-8"), priority=600)
    unused = files_without_use(context.get("body", ""))
    for kind in ("css_files", "script_files"):
        context[kind] = [file for file in context[kind] if not str(file.filename).endswith(unused)]
    if doctree is not None:
        context["metatags"] += metatags(app, pagename, doctree)
    # The theme puts these before its first script.
    guard = f"<script>{STORAGE.read_text(encoding='utf-8')}</script>"
    context["metatags"] = context.get("metatags", "") + guard


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
