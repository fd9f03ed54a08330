"""What every kind of question is."""

import html
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any

from traitlets import Any as AnyTrait
from traitlets import Dict, Unicode

from ..platform.base import Explorable
from ..platform.still import text_html


class _Question(Explorable):
    """What all kinds share. Texts are plain, with `code` in backticks.

    `name` is unique in the book, CHAPTER-N: answers are kept under it in the browser's storage.
    `response` is what the reader answered last: a choice's index, a number, a (row, column) pair,
    or None.
    """

    view = "question"
    kind = Unicode().tag(sync=True, data=True)
    prompt = Unicode().tag(sync=True, data=True)
    content = Dict().tag(sync=True, data=True)
    response = AnyTrait(None, allow_none=True).tag(sync=True, data=True)

    def still(self) -> str:
        """Return the question without its answer, as HTML."""
        return f"<p>{text_html(self.prompt)}</p>{self._still_body()}"

    def _still_body(self) -> str:
        return ""


def demand_explanations(name: str, texts: Sequence[str]) -> None:
    """Raise ValueError, which names the question, if one of its texts is missing."""
    if not all(isinstance(text, str) and text.strip() for text in texts):
        raise ValueError(f"{name}: every answer needs an explanation")


def shuffled(name: str, count: int, deal: int = 0) -> list[int]:
    """Return 0 … count − 1 in an order that the question's name decides.

    It is the same for every reader, in every build and version; `deal` asks for another one.
    """
    return sorted(range(count), key=lambda i: sha256(f"{name} {deal} {i}".encode()).digest())


def options_html(content: Mapping[str, Any]) -> str:
    """Return a list of the `options` to choose from, in the `order` in which they are shown."""
    texts = (content["options"][i]["text"] for i in content["order"])
    return f"<ul>{''.join(f'<li>{text_html(text)}</li>' for text in texts)}</ul>"


def code_html(code: str) -> str:
    """Return code as HTML."""
    return f'<pre class="cnl-code"><code>{html.escape(code)}</code></pre>'
