"""How many questions of each chapter the reader has answered."""

from collections.abc import Sequence
from typing import Any, Self

from traitlets import Any as AnyTrait
from traitlets import Bool

from ..platform.base import Explorable
from ..platform.still import text_html
from ..platform.traits import Slug


class Progress(Explorable):
    """How many questions of each chapter have been answered rightly, as the browser remembers.

    `chapters` holds (title, page without extension, number of questions) triples in reading order;
    the questions of chapter `chapters/pooling` are named pooling-1, pooling-2 … With `cards`, the
    page shows the chapters as cards, each of which is told its number, and the lab the sum alone.
    """

    name = Slug("progress").tag(sync=True)
    chapters = AnyTrait().tag(sync=True, data=True)
    cards = Bool(False).tag(sync=True, data=True)

    def __init__(self, chapters: Sequence[tuple[str, str, int]], **settings: Any) -> None:
        super().__init__(chapters=[list(chapter) for chapter in chapters], **settings)

    @classmethod
    def example(cls) -> Self:
        """Return the progress in two chapters."""
        return cls([("Pooling", "chapters/pooling", 2), ("Padding", "chapters/padding_stride", 3)])

    def still(self) -> str:
        """Return the chapters and their numbers of questions, as HTML."""
        if self.cards:
            return f"<p>{sum(n for *_, n in self.chapters)} questions</p>"
        items = (f"<li>{text_html(title)}: {n} questions</li>" for title, _, n in self.chapters)
        return f"<ul>{''.join(items)}</ul>"

    def _room_kept(self) -> str:
        return f' style="--rows:{0 if self.cards else len(self.chapters)}"'
