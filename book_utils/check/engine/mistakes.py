"""What can be wrong with an answer: faults of one case, and mistakes that explain all of them."""

import copy
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, NamedTuple

import torch
import torch.nn.functional as F

from .calling import Answer
from .cases import Case
from .values import as_tensor, fits, same, same_shape

ENOUGH = 8  # cases on which a wrong variant must be defined before its name is given


class Tried(NamedTuple):
    """A case, the right result and what the reader's function did."""

    case: Case
    truth: Any
    answer: Answer

    @property
    def fault(self) -> str:
        """What is wrong with the answer, in one word; nothing if it is right."""
        value, error = self.answer.value, self.answer.error
        if self.answer.unfinished:
            return "unfinished"
        if value is None or value is Ellipsis:
            return "nothing" if error is None else type(error).__name__
        if as_tensor(value) is None:
            return "type"
        if not same_shape(value, self.truth):
            return "shape"
        if not same(value, self.truth):
            return "values"
        if not fits(value, self.truth):
            return "type"
        return "changed" if self.answer.changed else ""


@dataclass(frozen=True)
class Misconception:
    """A known mistake: its name, the function that makes it, and one sentence that explains it.

    `name` completes "It looks as if …". `wrong` takes what the oracle takes; where it raises, it
    has no opinion. It is a list of functions where the mistake has several forms. With `shape_only`
    the numbers may be any: the shape gives the mistake away.
    """

    name: str
    wrong: Callable | Sequence[Callable]
    why: str
    shape_only: bool = False

    @property
    def forms(self) -> Sequence[Callable]:
        """The functions that make this mistake, each in a form of its own."""
        return [self.wrong] if callable(self.wrong) else self.wrong

    def explains(self, tried: Sequence[Tried]) -> bool:
        """Whether one form of this mistake is behind all answers."""
        return any(self.gives(form, tried) for form in self.forms)

    def is_possible(self, tried: Sequence[Tried]) -> bool:
        """Whether one form of this mistake gives a wrong result in one of these cases."""
        agree = same_shape if self.shape_only else same
        wrongs = ((one.truth, self.result(one.case)) for one in tried)
        return any(wrong is not None and not agree(wrong, truth) for truth, wrong in wrongs)

    def result(self, case: Case) -> Any:
        """Return what this mistake makes of a case, in the first form that has an opinion."""
        for form in self.forms:
            with suppress(Exception):
                return form(*copy.deepcopy(case).values())
        return None

    def gives(self, form: Callable, tried: Sequence[Tried]) -> bool:
        """Whether a form gives every answer where it has one, and is a mistake somewhere."""
        agree = same_shape if self.shape_only else same
        defined, mistaken = 0, False
        for case, truth, answer in tried:
            try:
                wrong = form(*case.values())
            except Exception:
                continue
            if answer.error is not None or not agree(answer.value, wrong):
                return False
            defined += 1
            mistaken = mistaken or not agree(wrong, truth)
        return mistaken and defined >= min(ENOUGH, len(tried))


def slips_with(oracle: Callable) -> list[Misconception]:
    """Return the slips that anyone can make with a result that was right, whatever its topic."""

    def after(change: Callable) -> Callable:
        return lambda *values: change(_result(oracle(*values)))

    return [Misconception(name, after(change), why) for name, change, why in SLIPS] + [
        Misconception(name, after(change), why, shape_only=True)
        for name, change, why in SHAPE_SLIPS
    ]


def _result(truth: Any) -> torch.Tensor:
    """Return a true result as a tensor of at least one axis; slips with numbers are no slips."""
    if not isinstance(truth, torch.Tensor):
        raise TypeError("no tensor")
    return truth


def _resized(y: torch.Tensor, by: int) -> torch.Tensor:
    """Return a matrix with rows and columns added at the end, or taken off."""
    if y.ndim < 2:
        raise ValueError("no matrix")
    return F.pad(y, (0, by, 0, by))


SLIPS = [
    (
        "fractions are cut off",
        torch.trunc,
        "Look for int(…), .long() or an output made with an integer type.",
    ),
    ("fractions are rounded down", torch.floor, "Look for // where / is meant."),
    (
        "rows and columns are swapped",
        lambda y: y.mT,
        "Your result is the right one on its side: the row comes first, in shapes as in indices.",
    ),
    (
        "an axis is left over",
        lambda y: y[None],
        "The numbers are right, but an axis of length 1 stands in front of them; [0] takes it off.",
    ),
    (
        "two axes are left over",
        lambda y: y[None, None],
        "The numbers are right, but two axes of length 1 stand in front; [0, 0] takes them off.",
    ),
    ("the result is never filled in", torch.zeros_like, "Is each output assigned to its place?"),
]

SHAPE_SLIPS = [
    (
        "the output is one too small",
        lambda y: _resized(y, -1),
        "Both sides are one short: among n pixels a window of k has n - k + 1 places, "
        "the first and the last included.",
    ),
    (
        "the output is one too large",
        lambda y: _resized(y, 1),
        "Both sides are one too long: the last window must still lie inside.",
    ),
]
