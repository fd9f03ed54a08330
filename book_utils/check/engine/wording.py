"""The sentences of a verdict."""

import inspect
from collections.abc import Callable
from typing import Any

import torch

from . import calling
from .mistakes import Tried
from .values import as_tensor, same

UNSTEADY = (
    "It gives different results for the same input. Does it use random numbers, or keep something "
    "from one call to the next?"
)


def name_of(function: Callable) -> str:
    """Return what to call a function in a sentence."""
    return getattr(function, "__name__", type(function).__name__)


def not_written(function: Callable, count: int) -> str:
    """Invite the reader to begin."""
    return f"Fill in {name_of(function)} and run the cell again: it will be tried on {count} cases."


def wrong_parameters(function: Callable, needed: list[str]) -> str:
    """Say how the function is called, and what it takes instead."""
    return (
        f"Your function is called as {name_of(function)}({', '.join(needed)}), "
        f"but it takes {inspect.signature(function)}."
    )


def too_slow(seconds: float, right: int, count: int) -> str:
    """Say how far a slow function came."""
    return (
        f"Stopped after {seconds:g} seconds: {right} of {count} cases were right by then. "
        "Does a loop never end?"
    )


def instead_of_a_result(one: Tried, function: Callable) -> str:
    """Say what there is in place of a result: an error, or time that ran out."""
    if one.answer.unfinished:
        return "nothing in the time there was"
    if one.answer.error is None:
        return ""
    line = calling.failing_line(function, one.answer.error)
    return f"an error in the line: {line}" if line else "an error"


def about(one: Tried, function: Callable) -> tuple[str | None, str]:
    """Return name and words for what is wrong with a case when no misconception explains it."""
    if one.answer.error is not None:
        return None, f"It stops with an error: {one.answer.error_line}"
    if one.fault == "nothing" and one.answer.printed:
        return "it prints and does not return", (
            "It prints something and returns nothing. What a function prints is seen, but lost to "
            "the code that called it: end with a return line."
        )
    if one.fault == "nothing":
        return "nothing is returned", "It returns None. Does every way through it end in a return?"
    if one.answer.changed:
        return "the input is changed", (
            f"It changes its input {', '.join(one.answer.changed)}, which the caller may need "
            "again: work on a copy, such as x.clone()."
        )
    if one.fault == "type":
        return _about_type(one.answer.value, one.truth)
    if one.fault == "shape":
        return (
            None,
            f"Its result has the shape {_shape(one.answer.value)}, not {_shape(one.truth)}.",
        )
    return None, "Its result has the right shape and wrong numbers."


def _about_type(value: Any, truth: Any) -> tuple[str | None, str]:
    kind = type(value).__name__
    if not same(value, truth):
        return "the result is of the wrong type", f"It returns a {kind}, which holds no numbers."
    if isinstance(truth, torch.Tensor):
        return "the result is not a tensor", (
            f"The numbers are right, but they come as a {kind}: return a tensor."
        )
    return "the result is not a whole number by type", (
        "The numbers are right, but a size must be an int: 2.0 rows cannot be made. "
        "Divide with // where you divide."
    )


def _shape(value: Any) -> str:
    tensor = as_tensor(value)
    return "()" if tensor is None else str(tuple(tensor.shape))
