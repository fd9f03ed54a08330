"""Show a list of chapters as cards: each with its picture, its minutes and its questions.

A list whose items begin with links to chapters is one, wherever it stands: `chapter_lists` writes
those of the front page, one for each part of the book. The picture is the file beside the chapter,
`chapters/NAME.svg`. How many questions were answered the explorable `Progress` writes into the
card. A paragraph that is nothing but a link in bold to a chapter is where to start.
"""

import re
from pathlib import Path
from typing import Any, ClassVar

from docutils import nodes
from sphinx import addnodes
from sphinx.transforms import SphinxTransform

CHAPTER = re.compile(r"(?:.*/)?(?P<name>[\w-]+)(?:\.md)?")
QUESTIONS = re.compile(r"(\d+) questions?")


def chapter_of(node: nodes.Node) -> str | None:
    """Return the name of the chapter that a node links to, if it does."""
    if not isinstance(node, addnodes.pending_xref):
        return None
    target = node.get("reftarget", "")
    found = CHAPTER.fullmatch(target)
    return found["name"] if found and target.startswith("chapters/") else None


class Cards(SphinxTransform):
    """Turns lists of links to chapters into cards, and finds where to start."""

    default_priority: ClassVar[int] = 860

    def apply(self, **_: Any) -> None:
        """Change the lists of one page."""
        for each in list(self.document.findall(nodes.enumerated_list)):
            first = [chapter_of(item[0][0]) if item[0].children else None for item in each]
            if first and all(first):
                each["classes"].append("chapter-cards")
                for item, name in zip(each, first, strict=True):
                    self.make_card(item, name)
        for paragraph in self.document.findall(nodes.paragraph):
            words = [child for child in paragraph if child.astext()]
            bold = words[0] if len(words) == 1 and isinstance(words[0], nodes.strong) else ()
            if any(chapter_of(link) for link in bold):
                paragraph["classes"].append("start")

    def make_card(self, item: nodes.list_item, name: str) -> None:
        """Give an item its picture; its title, its summary and its figures become paragraphs."""
        title, *rest = item[0].children
        *summary, figures = rest
        if summary and isinstance(summary[0], nodes.Text):
            summary[0] = nodes.Text(summary[0].lstrip(": "))
        item["classes"].append("chapter-card")
        item.clear()
        item += nodes.paragraph("", "", title, classes=["card-title"])
        if picture := self.picture(name):
            item += nodes.raw("", f'<div class="card-picture">{picture}</div>', format="html")
        item += nodes.paragraph("", "", *summary, classes=["card-summary"])
        item += nodes.raw("", f'<p class="card-figures">{marked(figures, name)}</p>', format="html")

    def picture(self, name: str) -> str:
        """Return the SVG beside a chapter, or nothing where there is none."""
        path = Path(self.env.srcdir, "chapters", f"{name}.svg")
        self.env.note_dependency(str(path))
        return path.read_text(encoding="utf-8").strip() if path.exists() else ""


def marked(figures: nodes.Node, name: str) -> str:
    """Return the minutes and questions of a chapter as HTML in which the questions can be found."""
    return QUESTIONS.sub(
        lambda found: f'<span data-questions-of="{name}">{found[0]}</span>', figures.astext()
    )
