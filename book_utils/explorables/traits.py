"""Trait types of the explorables: what a setting may be, and a clear error when it is not."""

import math
import re
from collections.abc import Mapping
from typing import Any

import numpy as np
from traitlets import HasTraits, TraitError, TraitType

LARGEST = 1e6  # no cell holds more, so that every product and sum stays exact and readable


def _refuse(trait: TraitType, obj: HasTraits, given: str, allowed: str) -> TraitError:
    where = f"{type(obj).__name__}.{trait.name}"
    return TraitError(f"{where} was given {given}; allowed: {allowed}")


class Matrix(TraitType):
    """A 2-D grid of finite numbers, kept as nested lists: row by row, as JSON has it.

    Takes nested sequences, NumPy arrays and PyTorch tensors of shape (height, width), of any
    real dtype. `largest` is the greatest height and width allowed.
    """

    def __init__(self, largest: int, **kwargs: Any) -> None:
        self.largest = largest
        super().__init__(**kwargs)

    def validate(self, obj: HasTraits, value: Any) -> list[list[float]]:
        """Return `value` as nested lists, or raise a TraitError that says what is wrong."""
        allowed = f"a (height, width) grid of 1 to {self.largest} by 1 to {self.largest} numbers"
        array = _array(self, obj, value, allowed)
        if array.ndim != 2:
            hint = "" if array.ndim < 2 else " (choose one channel, such as x[0])"
            given = f"an array of shape {array.shape}"
            raise _refuse(self, obj, given, allowed + hint)
        if not 1 <= min(array.shape) <= max(array.shape) <= self.largest:
            hint = f" (crop it, such as x[:{self.largest}, :{self.largest}])"
            raise _refuse(self, obj, f"an array of shape {array.shape}", allowed + hint)
        return _nested(_finite(self, obj, array).tolist())


class Block(TraitType):
    """Finite numbers in an array of any number of axes, kept as nested lists.

    Takes what `Matrix` takes. `axes` names each axis and gives the greatest size it may have, such
    as Block({"channels": 4, "height": 8, "width": 8}).
    """

    def __init__(self, axes: Mapping[str, int], **kwargs: Any) -> None:
        self.axes = dict(axes)
        super().__init__(**kwargs)

    def validate(self, obj: HasTraits, value: Any) -> Any:
        """Return `value` as nested lists, or raise a TraitError that says what is wrong."""
        sizes = " by ".join(f"1 to {most}" for most in self.axes.values())
        allowed = f"numbers of shape ({', '.join(self.axes)}), {sizes}"
        array = _array(self, obj, value, allowed)
        fits = array.ndim == len(self.axes) and all(
            1 <= n <= most for n, most in zip(array.shape, self.axes.values(), strict=True)
        )
        if not fits:
            raise _refuse(self, obj, f"an array of shape {array.shape}", allowed)
        return _nested(_finite(self, obj, array).tolist())


def _array(trait: TraitType, obj: HasTraits, value: Any, allowed: str) -> np.ndarray:
    """Return nested sequences, an array or a tensor as an array of real numbers."""
    try:
        array = np.asarray(value.tolist() if hasattr(value, "tolist") else value)
    except ValueError:
        raise _refuse(trait, obj, "rows of unequal length", allowed) from None
    if array.dtype.kind not in "biuf":
        raise _refuse(trait, obj, f"{value!r:.60}, which is not all real numbers", allowed)
    return array


def _finite(trait: TraitType, obj: HasTraits, array: np.ndarray) -> np.ndarray:
    wrong = array[~(np.abs(array) <= LARGEST)]  # ~(≤) is true for NaN too
    if wrong.size:
        allowed = f"finite numbers from {-LARGEST:,.0f} to {LARGEST:,.0f}"
        raise _refuse(trait, obj, f"a cell of {wrong.flat[0]}", allowed)
    return array


def _nested(values: Any) -> Any:
    """Turn every number of nested lists into what travels best."""
    return [_nested(v) for v in values] if isinstance(values, list) else _number(values)


def _number(value: float) -> float | int:
    """Whole numbers as int, so that they travel as `3` and not `3.0`."""
    return int(value) if math.floor(value) == value else float(value)


class Whole(TraitType):
    """One whole number between `low` and `high`; `low` is the default unless another is given."""

    def __init__(self, low: int, high: int, default: int | None = None, **kwargs: Any) -> None:
        self.low, self.high = low, high
        super().__init__(default_value=low if default is None else default, **kwargs)

    def validate(self, obj: HasTraits, value: Any) -> int:
        """Return `value` as an int, or raise a TraitError that says what is allowed."""
        whole = isinstance(value, int | np.integer) and not isinstance(value, bool)
        if not whole or not self.low <= value <= self.high:
            allowed = f"a whole number from {self.low} to {self.high}"
            raise _refuse(self, obj, repr(value), allowed)
        return int(value)


class Real(TraitType):
    """One number between `low` and `high`."""

    def __init__(self, low: float, high: float, default: float, **kwargs: Any) -> None:
        self.low, self.high = low, high
        super().__init__(default_value=default, **kwargs)

    def validate(self, obj: HasTraits, value: Any) -> float:
        """Return `value` as a float, or raise a TraitError that says what is allowed."""
        real = isinstance(value, int | float | np.number) and not isinstance(value, bool)
        if not real or not self.low <= value <= self.high:
            none = ", or None" if self.allow_none else ""
            allowed = f"a number from {self.low:g} to {self.high:g}{none}"
            raise _refuse(self, obj, repr(value), allowed)
        return float(value)


class Pair(TraitType):
    """Two whole numbers, (height, width), each between `low` and `high`; one number means both."""

    def __init__(self, low: int, high: int, **kwargs: Any) -> None:
        self.low, self.high = low, high
        super().__init__(default_value=(low, low), **kwargs)

    def validate(self, obj: HasTraits, value: Any) -> tuple[int, int]:
        """Return `value` as a pair of ints, or raise a TraitError that says what is allowed."""
        pair = value if isinstance(value, list | tuple) else (value, value)
        whole = all(isinstance(v, int | np.integer) and not isinstance(v, bool) for v in pair)
        if len(pair) != 2 or not whole or not all(self.low <= v <= self.high for v in pair):
            allowed = f"a whole number from {self.low} to {self.high}, or a (height, width) pair"
            raise _refuse(self, obj, repr(value), allowed)
        return int(pair[0]), int(pair[1])


class Slug(TraitType):
    """A name for links: small letters, digits and hyphens, beginning with a letter."""

    def validate(self, obj: HasTraits, value: Any) -> str:
        """Return `value`, or raise a TraitError."""
        if isinstance(value, str) and re.fullmatch(r"[a-z][a-z0-9-]{0,40}", value):
            return value
        allowed = "small letters, digits and hyphens, a letter first, at most 41 characters"
        raise _refuse(self, obj, repr(value), allowed)


class Picked(TraitType):
    """The picked cell as [grid, row, column] or None; rows and columns are negative in padding."""

    def __init__(self, grids: tuple[str, ...], **kwargs: Any) -> None:
        self.grids = grids
        super().__init__(allow_none=True, **kwargs)

    def validate(self, obj: HasTraits, value: Any) -> list[Any]:
        """Return `value` as a list, or raise a TraitError."""
        if (
            isinstance(value, list | tuple)
            and len(value) == 3
            and value[0] in self.grids
            and all(isinstance(v, int) and not isinstance(v, bool) for v in value[1:])
        ):
            return list(value)
        allowed = f"None or [grid, row, column], where grid is one of {', '.join(self.grids)}"
        raise _refuse(self, obj, repr(value), allowed)


class Position(TraitType):
    """A cell of a block as a list with one whole number for each axis, or None."""

    def __init__(self, axes: Mapping[str, int], **kwargs: Any) -> None:
        self.axes = dict(axes)
        super().__init__(allow_none=True, **kwargs)

    def validate(self, obj: HasTraits, value: Any) -> list[int]:
        """Return `value` as a list, or raise a TraitError."""
        if (
            isinstance(value, list | tuple)
            and len(value) == len(self.axes)
            and all(isinstance(v, int) and not isinstance(v, bool) for v in value)
            and all(0 <= v < n for v, n in zip(value, self.axes.values(), strict=True))
        ):
            return list(value)
        limits = " by ".join(f"0 to {n - 1}" for n in self.axes.values())
        raise _refuse(self, obj, repr(value), f"None or [{', '.join(self.axes)}], {limits}")
