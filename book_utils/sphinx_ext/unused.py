"""Leave out of the theme's style sheet what the book has no use for.

The theme brings all of Bootstrap to every page. A rule stays if each class that one of its
selectors needs is the class of something on a page, or a word of a script, which may set it.
"""

import re
from collections.abc import Iterable
from pathlib import Path

from sphinx.application import Sphinx

from .icons import STYLES

CLASSES = re.compile(r'class="([^"]*)"')
WORD = re.compile(r"[\w-]+")
RULE = re.compile(r"(?P<selectors>[^{};]*)(?P<body>\{[^{}]*\})")
NEGATED = re.compile(r":not\([^()]*\)")
CLASS = re.compile(r"\.((?:[A-Za-z_-]|\\.)(?:[\w-]|\\.)*)")
COMMENT = re.compile(r"(/\*.*?\*/)", re.DOTALL)  # licences, which stay
BETWEEN = re.compile(r",(?![^(]*\))")  # not a comma inside of :is(…)


def names_in(pages: Iterable[str], scripts: Iterable[str]) -> set[str]:
    """Return the classes of pages, and every word of scripts."""
    found = {name for page in pages for names in CLASSES.findall(page) for name in names.split()}
    return found | {word for script in scripts for word in WORD.findall(script)}


def without_unused(css: str, names: set[str]) -> str:
    """Return a style sheet without the selectors that need a class which is none of `names`."""

    def needed(selector: str) -> bool:
        if ":is(" in selector or ":where(" in selector:
            return True  # one of several classes may do
        classes = CLASS.findall(NEGATED.sub("", selector))
        return all(name.replace("\\", "") in names for name in classes)

    def write(rule: re.Match[str]) -> str:
        kept = [each for each in BETWEEN.split(rule["selectors"]) if needed(each)]
        return ",".join(kept) + rule["body"] if kept else ""

    parts = COMMENT.split(css)
    return "".join(part if COMMENT.fullmatch(part) else RULE.sub(write, part) for part in parts)


def drop_rules(app: Sphinx) -> None:
    """Rewrite the theme's style sheet in the built book."""
    out = Path(app.outdir)
    pages, scripts = out.rglob("*.html"), out.glob("_static/**/*.js")
    names = names_in(*((path.read_text("utf-8") for path in paths) for paths in (pages, scripts)))
    path = out / STYLES
    path.write_text(without_unused(path.read_text(encoding="utf-8"), names), encoding="utf-8")
