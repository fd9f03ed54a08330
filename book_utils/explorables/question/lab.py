"""Questions that answer back: a choice, a number or a cell, each wrong answer explained.

Further kinds have a file each beside this one.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Self

from ..platform.still import grids_svg
from ..platform.traits import Matrix
from .base import _Question, demand_explanations, options_html, shuffled
from .order import OrderQuestion
from .predict import PredictQuestion
from .slip import SlipQuestion

__all__ = [
    "CellQuestion",
    "ChoiceQuestion",
    "NumberQuestion",
    "OrderQuestion",
    "PredictQuestion",
    "SlipQuestion",
]

At = tuple[int, int]


class ChoiceQuestion(_Question):
    """One right choice among several.

    `options` holds (text, is it right, explanation) triples, exactly one of them right; every one
    has an explanation. Raises ValueError otherwise. They are shown in an order that the question's
    name decides; `response` counts them as they are given here.
    """

    def __init__(self, name: str, prompt: str, options: Sequence[tuple[str, bool, str]]) -> None:
        if len(options) < 2 or sum(right for _, right, _ in options) != 1:
            raise ValueError(f"{name}: give two or more options, exactly one of them right")
        demand_explanations(name, [why for _, _, why in options])
        listed = [{"text": text, "right": right, "why": why} for text, right, why in options]
        content = {"options": listed, "order": shuffled(name, len(listed))}
        super().__init__(name=name, kind="choice", prompt=prompt, content=content)

    @classmethod
    def example(cls) -> Self:
        """Return a question with two options."""
        options = [("Three.", True, "It fits in three places."), ("Four.", False, "One too many.")]
        return cls("example-1", "How often does a `2`-wide window fit into 4 cells?", options)

    def _still_body(self) -> str:
        return options_html(self.content)


class NumberQuestion(_Question):
    """A number to work out; `answer` may be off by `tolerance`.

    `wrong` maps numbers that come from a known mistake to an explanation of it, `otherwise` is the
    hint for all others, `right` says why the answer is right.
    """

    def __init__(
        self,
        name: str,
        prompt: str,
        answer: float,
        right: str,
        otherwise: str,
        wrong: Mapping[float, str] | None = None,
        tolerance: float = 0.0,
    ) -> None:
        known = [{"value": value, "why": why} for value, why in (wrong or {}).items()]
        if any(abs(item["value"] - answer) <= tolerance for item in known):
            raise ValueError(f"{name}: the right answer {answer} also stands among the wrong ones")
        demand_explanations(name, [right, otherwise, *(item["why"] for item in known)])
        content = {"answer": answer, "tolerance": tolerance, "right": right, "wrong": known}
        content["otherwise"] = otherwise
        super().__init__(name=name, kind="number", prompt=prompt, content=content)

    @classmethod
    def example(cls) -> Self:
        """Return a question with one known mistake."""
        answer = {"answer": 3, "right": "4 − 2 + 1.", "otherwise": "Count the places."}
        return cls(
            "example-2", "4 cells, a window of 2: how many outputs?", **answer, wrong={4: "+ 1?"}
        )


class CellQuestion(_Question):
    """A cell of a grid to point at.

    `grid` is (height, width); `answer` is the (row, column) of the right cell, or a list of them;
    `wrong` maps cells that come from a known mistake to its explanation.
    """

    grid = Matrix(16).tag(sync=True, data=True)

    def __init__(
        self,
        name: str,
        prompt: str,
        grid: Any,
        answer: At | Sequence[At],
        right: str,
        otherwise: str,
        wrong: Mapping[At, str] | None = None,
    ) -> None:
        answers = [list(at) for at in ([answer] if isinstance(answer[0], int) else answer)]
        known = [{"at": list(at), "why": why} for at, why in (wrong or {}).items()]
        demand_explanations(name, [right, otherwise, *(item["why"] for item in known)])
        content = {"answers": answers, "right": right, "wrong": known, "otherwise": otherwise}
        super().__init__(name=name, kind="cell", prompt=prompt, content=content, grid=grid)
        for row, column in [*answers, *(item["at"] for item in known)]:
            if not (0 <= row < len(self.grid) and 0 <= column < len(self.grid[0])):
                raise ValueError(f"{name}: the grid has no cell ({row}, {column})")

    @classmethod
    def example(cls) -> Self:
        """Return a question about four cells."""
        answer = {"answer": (1, 0), "right": "It holds 2.", "otherwise": "Look for the 2."}
        return cls("example-3", "Which cell holds 2?", [[0, 1], [2, 3]], **answer)

    def _still_body(self) -> str:
        return grids_svg([("", self.grid)], f"A grid: {self.grid}")
