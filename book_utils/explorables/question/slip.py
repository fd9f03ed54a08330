"""A question about a wrong answer to an exercise, whose mistake is to be named."""

from __future__ import annotations

import html
import inspect
import re
from collections.abc import Callable, Mapping
from textwrap import dedent
from typing import TYPE_CHECKING, Any, Self

from book_utils.numbers import significant

from .base import _Question, code_html, demand_explanations, options_html, shuffled

if TYPE_CHECKING:
    from book_utils.check import Checker, Counterexample, Misconception

OTHERS = 3  # options that are not right
WIDE = 6  # columns of a grid, from which on its cells are smaller
WRITTEN_OUT = 16  # numbers, at most, of a result that a sentence holds


class SlipQuestion(_Question):
    """A wrong answer to an exercise and its smallest failing case; the reader names the mistake.

    `answer` is a function with the mistake, tried by the exercise's `checker` with the same `fixed`
    as on the page: the checker names the mistake, finds the case, and lends three of its other
    misconceptions as options. The page shows the function's source, by the name that the exercise
    has for it, `called`, or else the checker's. What is said of an option comes from its
    misconception and from what that would give in this case; `because` maps names of misconceptions
    to other words. `response` is the number of the option chosen, the right one being 0.

    Raises ValueError if the answer is right, if the checker does not know its mistake, or if its
    source cannot be found; TypeError if `checker` is no checker.
    """

    def __init__(
        self,
        name: str,
        checker: Checker,
        answer: Callable,
        prompt: str = "",
        called: str = "",
        because: Mapping[str, str] | None = None,
        **fixed: Any,
    ) -> None:
        if not hasattr(checker, "misconceptions"):
            raise TypeError(f"{name} takes a checker such as check.corr2d, got {checker!r}")
        verdict = checker(answer, **fixed)
        known = {mistake.name: mistake for mistake in checker.known}
        if verdict.passed or verdict.misconception not in known or not verdict.counterexample:
            raise ValueError(
                f"{name}: check.{checker.name} knows no mistake in this answer; it says: {verdict}"
            )
        right, example = known[verdict.misconception], verdict.counterexample
        chosen = [right, *_others(name, checker, answer, right, fixed)]
        told = [_told(mistake, example, mistake is right) for mistake in chosen]
        texts = {mistake.name: why for mistake, why in zip(chosen, told, strict=True)}
        if unknown := sorted(set(because or {}) - set(known)):
            raise ValueError(
                f"{name}: check.{checker.name} has no misconception {unknown[0]!r}; it has: "
                f"{'; '.join(known)}"
            )
        texts |= {key: why for key, why in (because or {}).items() if key in texts}
        demand_explanations(name, list(texts.values()))
        content = {
            "code": _source(name, answer, called or checker.name),
            "case": [part._asdict() for part in example.shown()],
            "options": [
                {"text": text, "right": text == right.name, "why": why}
                for text, why in texts.items()
            ],
            "order": shuffled(name, len(texts)),
        }
        asked = prompt or f"This `{called or checker.name}` is wrong. It looks as if …"
        super().__init__(name=name, kind="slip", prompt=asked, content=content)

    @classmethod
    def example(cls) -> Self:
        """Return a question about a kernel that is flipped."""
        from book_utils import check

        return cls("example-5", check.corr2d, _flipped)

    def _still_body(self) -> str:
        parts = self.content["case"]
        first = next(i for i, part in enumerate(parts) if part["label"].startswith("expected"))
        code, options = code_html(self.content["code"]), options_html(self.content)
        case = "".join(
            f'<div class="cnl-case">{"".join(map(_part_html, row))}</div>'
            for row in (parts[:first], parts[first:])
        )
        return f"{code}<p>{CASE}</p>{case}{options}"


CASE = "The smallest case in which it goes wrong:"


def _flipped(x, k):  # noqa: ANN001, ANN202 (it is read by readers of the example)
    h, w = x.shape[0] - k.shape[0] + 1, x.shape[1] - k.shape[1] + 1
    y = x.new_zeros(h, w)
    for i in range(h):
        for j in range(w):
            window = x[i : i + k.shape[0], j : j + k.shape[1]]
            y[i, j] = (window * k.flip(0, 1)).sum()
    return y


def _others(
    name: str, checker: Checker, answer: Callable, right: Misconception, fixed: Mapping[str, Any]
) -> list[Misconception]:
    """Return mistakes that the answer does not make, though somebody could: the checker's first."""
    tried = checker.tried(answer, **fixed)
    order = shuffled(name, len(checker.misconceptions))
    own = [checker.misconceptions[i] for i in order]
    general = checker.known[len(own) :]
    wrong = (
        mistake
        for mistake in [*own, *general]
        if mistake.name != right.name and not mistake.explains(tried) and mistake.is_possible(tried)
    )
    return [mistake for mistake, _ in zip(wrong, range(OTHERS), strict=False)]


def _told(mistake: Misconception, example: Counterexample, is_right: bool) -> str:
    """Return what is said to a reader who chooses this mistake."""
    hint = f"The checker would tell its author: “{mistake.why}”"
    if is_right:
        return hint.replace("would tell", "tells")
    return " ".join(filter(None, [_instead(mistake, example), hint]))


def _instead(mistake: Misconception, example: Counterexample) -> str:
    """Say what a mistake would make of the case shown, where that is known."""
    from book_utils.check.engine import as_tensor, same

    result = None if mistake.shape_only else mistake.result(example.case)
    if result is None:
        return ""
    if same(result, example.expected):
        return "With that mistake, this case would be right."
    if same(result, example.got):
        return "With that mistake this case would give the same; the code tells them apart."
    tensor, truth = as_tensor(result), as_tensor(example.expected)
    if tensor is None or truth is None:
        return ""
    if tensor.numel() <= WRITTEN_OUT:
        return f"With that mistake, this case would give `{_written(tensor.tolist())}`."
    if tensor.shape != truth.shape:
        return f"With that mistake, the result would have the shape {tuple(tensor.shape)}."
    wrong = int((tensor != truth).sum())
    return f"With that mistake, {wrong} of the {truth.numel()} numbers would be wrong."


def _written(value: Any) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(_written, value))}]"
    return significant(value, 4)


def _source(name: str, answer: Callable, called: str) -> str:
    """Return the source of a function under another name."""
    try:
        source = dedent(inspect.getsource(answer)).strip()
    except (OSError, TypeError):
        source = ""
    if not source.startswith("def "):
        raise ValueError(f"{name}: the answer has no source to show; define it with def")
    source = re.sub(r"  # noqa.*", "", source)
    return re.sub(rf"\b{answer.__name__}\b", called, source)


def _part_html(part: Mapping[str, Any]) -> str:
    label = html.escape(part["label"])
    if not part["rows"]:
        return f"<p>{label} = <code>{html.escape(part['words'])}</code></p>"
    rows = zip(part["rows"], part["wrong"], strict=True)
    cells = (
        "".join(f"<td{' class=wrong' * w}>{text}</td>" for text, w in zip(*row, strict=True))
        for row in rows
    )
    body = "".join(f"<tr>{row}</tr>" for row in cells)
    is_wide = len(part["rows"][0]) > WIDE
    table = f"<table{' class=wide' * is_wide}>{body}</table>"
    return f"<div><p>{label}</p>{table}</div>"
