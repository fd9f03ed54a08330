"""A question about code, whose result is to be predicted."""

import ast
from collections.abc import Mapping
from contextlib import redirect_stdout
from io import StringIO
from math import isfinite
from textwrap import dedent
from typing import Any, Self

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from .base import _Question, code_html, demand_explanations

MOST = 6  # rows and columns of a grid that is filled in
CLOSE = 0.005  # of the largest number: how far off an answer with fractions may be
# What code can use without an import.
USUAL = {"torch": torch, "F": F, "nn": nn, "np": np}


class PredictQuestion(_Question):
    """A code cell whose result the reader predicts; Python runs it when the page is built.

    The result is the value of the last line, or what is printed where that has none. It may be a
    number; a shape, which is a tuple or list of whole numbers; a grid, which is a matrix or vector
    of at most 6×6 numbers, filled in cell by cell; or a text. `code` may use torch, F, nn, np and
    what `given` names, such as `given={"corr2d": corr2d}`, or all of a page, `given=globals()`.

    `wrong` maps foreseen wrong results to an explanation (a grid as nested tuples), `otherwise` is
    the hint for all others, `right` says why the result is what it is. Whole numbers must be exact;
    with fractions, an answer may be off by half a percent of the largest, or by `tolerance`.
    `response` is the number, list, grid or text that the reader gave. Raises ValueError if the code
    stops with an error or its result is none of these.
    """

    def __init__(
        self,
        name: str,
        prompt: str,
        code: str,
        right: str,
        otherwise: str,
        wrong: Mapping[Any, str] | None = None,
        given: Mapping[str, Any] | None = None,
        tolerance: float | None = None,
    ) -> None:
        code = dedent(code).strip()
        form, answer = _answer(name, _result(name, code, given or {}))
        known = [
            {"value": _foreseen(name, form, answer, value), "why": why}
            for value, why in (wrong or {}).items()
        ]
        if tolerance is None:
            tolerance = _tolerance(form, answer)
        if any(_agree(item["value"], answer, tolerance) for item in known):
            raise ValueError(f"{name}: the right result {answer} also stands among the wrong ones")
        demand_explanations(name, [right, otherwise, *(item["why"] for item in known)])
        content = {"code": code, "form": form, "answer": answer, "tolerance": tolerance}
        content |= {"right": right, "otherwise": otherwise, "wrong": known}
        super().__init__(name=name, kind="predict", prompt=prompt, content=content)

    @classmethod
    def example(cls) -> Self:
        """Return a question about a matrix of four numbers."""
        code = """
            x = torch.arange(6).reshape(2, 3)
            x[:, 1:] * 2
        """
        texts = {"right": "Columns 1 and 2, twice as large.", "otherwise": "Write out `x` first."}
        wrong = {((0, 2), (6, 8)): "Those are columns 0 and 1; `1:` begins with column 1."}
        return cls("example-6", "What does the last line give?", code, **texts, wrong=wrong)

    def _still_body(self) -> str:
        return code_html(self.content["code"])


def _result(name: str, code: str, given: Mapping[str, Any]) -> Any:
    """Run code and return the value of its last line, or else what it prints."""
    space, printed, value = USUAL | dict(given), StringIO(), None
    try:
        body = ast.parse(code).body
        last = body.pop() if body and isinstance(body[-1], ast.Expr) else None
        with redirect_stdout(printed):
            exec(compile(ast.Module(body, []), "<cell>", "exec"), space)
            if last is not None:
                value = eval(compile(ast.Expression(last.value), "<cell>", "eval"), space)
    except (Exception, SystemExit) as error:
        what = f"{type(error).__name__}: {error}"
        raise ValueError(f"{name}: the code stops with an error: {what}") from error
    if value is not None:
        return value
    if text := printed.getvalue().strip():
        return _read(text)
    raise ValueError(f"{name}: the code prints nothing, and its last line has no value")


def _read(text: str) -> Any:
    """Return the number or shape that a printed text is, or the text."""
    try:
        value = ast.literal_eval(text.removeprefix("torch.Size"))
    except (ValueError, SyntaxError):
        return text
    return value if isinstance(value, int | float | tuple | list) else text


def _answer(name: str, value: Any) -> tuple[str, Any]:
    """Return the form of an answer and the answer, as JSON can hold it."""
    if isinstance(value, str | bool):
        return "text", str(value)
    is_shape = isinstance(value, tuple | list) and all(_is_whole(side) for side in value)
    if is_shape:
        return "shape", [int(side) for side in value]
    try:
        numbers = value.detach() if isinstance(value, Tensor) else np.asarray(value)
        numbers = torch.as_tensor(numbers)
    except (TypeError, ValueError, RuntimeError):
        numbers = torch.zeros(0)
    if numbers.dtype is torch.bool and numbers.ndim == 0:
        return "text", str(numbers.item())
    suits = numbers.ndim <= 2 and all(1 <= side <= MOST for side in numbers.shape)
    if not suits or numbers.dtype is torch.bool or numbers.is_complex():
        shape = f" of shape {tuple(value.shape)}" if hasattr(value, "shape") else ""
        raise ValueError(
            f"{name}: the result is a {type(value).__name__}{shape}; it must be a number, a shape, "
            f"a matrix or vector of at most {MOST}×{MOST} numbers, or a text"
        )
    if not all(map(isfinite, numbers.flatten().tolist())):
        raise ValueError(f"{name}: the result is not finite: {value}")
    if numbers.ndim == 0:
        return "number", numbers.item()
    return "grid", torch.atleast_2d(numbers).tolist()


def _is_whole(value: Any) -> bool:
    return isinstance(value, int | np.integer) and not isinstance(value, bool)


def _foreseen(name: str, form: str, answer: Any, value: Any) -> Any:
    """Return a wrong result as the page compares it: it must be one that a reader can give."""
    nested = isinstance(value, tuple) and form == "grid"
    its_form, given = _answer(name, torch.tensor(value) if nested else value)
    fits = form != "grid" or [len(row) for row in given] == [len(row) for row in answer]
    if its_form != form or not fits:
        raise ValueError(f"{name}: the wrong result {value} is no {form} like {answer}")
    return given


def _tolerance(form: str, answer: Any) -> float:
    """How far off a number may be: not at all where all are whole."""
    if form not in ("number", "grid"):
        return 0.0
    numbers = np.asarray(answer, dtype=float)
    is_whole = (numbers == numbers.round()).all()
    return 0.0 if is_whole else CLOSE * float(abs(numbers).max())


def _agree(one: Any, other: Any, tolerance: float) -> bool:
    if isinstance(one, str):
        return one == other
    return np.shape(one) == np.shape(other) and bool(
        (abs(np.asarray(one) - np.asarray(other)) <= tolerance).all()
    )
