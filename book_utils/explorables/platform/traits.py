"""Trait types of the explorables: what a setting may be, and a clear error when it is not."""

import math
import re
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import numpy as np
from traitlets import HasTraits, TraitError, TraitType, Undefined

from book_utils.numbers import thousands

LONE = re.compile("[\ud800-\udfff]")
LARGEST = 10**6  # no cell holds more, so that every product and sum stays exact and readable


class Setting(TraitType):
    """A trait that says in JSON what it takes: its `kind`, its limits, None, its default.

    A link may carry any setting of a lab. What a lab holds besides (pictures, weights, recorded
    curves, texts) is no setting: such a trait is tagged `data=True`.
    """

    kind: ClassVar[str]

    def __init__(self, default: Any = Undefined, *, slider: int | None = None, **kw: Any) -> None:
        self.slider = slider  # as far as a slider goes, where that is less than what is allowed
        super().__init__(default_value=default, **kw)

    def limits(self) -> dict[str, Any]:
        """Return what is allowed besides None, as JSON can hold it."""
        return {}

    def schema(self) -> dict[str, Any]:
        """Return the kind and the limits, `"none": true` where None is allowed, and the default.

        A default that depends on the lab is left out here: see `Explorable.schema`.
        """
        found = {"type": self.kind} | self.limits()
        if self.allow_none:
            found["none"] = True
        if self.slider is not None:
            found["slider"] = self.slider
        if self.default_value is not Undefined:
            found["default"] = self.as_json(self.default_value)
        if "missing" in self.metadata:  # in links that are older than the setting
            found["missing"] = self.metadata["missing"]
        return found

    def as_json(self, value: Any, obj: HasTraits | None = None) -> Any:
        """Return a value that is allowed as JSON holds it; a TraitError says why another is not."""
        kept = None if value is None and self.allow_none else self.validate(obj, value)
        return list(kept) if isinstance(kept, tuple) else kept


def _refuse(trait: TraitType, obj: HasTraits, given: str, allowed: str) -> TraitError:
    where = f"{type(obj).__name__}.{trait.name}"
    return TraitError(f"{where} was given {given}; allowed: {allowed}")


def is_whole(value: Any) -> bool:
    """Tell whether a value is a whole number; True and False are not, though Python counts them."""
    return isinstance(value, int | np.integer) and not isinstance(value, bool)


class Matrix(Setting):
    """A 2-D grid of finite numbers, kept as nested lists: row by row, as JSON has it.

    Takes nested sequences, NumPy arrays and PyTorch tensors of shape (height, width), of any
    real dtype. `largest` is the greatest height and width allowed.
    """

    kind = "grid"

    def __init__(self, largest: int, default: Any = Undefined, **kwargs: Any) -> None:
        self.largest = largest
        super().__init__(default, **kwargs)

    def limits(self) -> dict[str, Any]:
        """Return the greatest height and width."""
        return {"most": self.largest}

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


class Block(Setting):
    """Finite numbers in an array of any number of axes, kept as nested lists.

    Takes what `Matrix` takes. `axes` names each axis and gives the greatest size it may have, such
    as Block({"channels": 4, "height": 8, "width": 8}); with `exact` it must have that size. With
    `cells` there may be no more numbers than that in all.
    """

    kind = "block"

    def __init__(
        self,
        axes: Mapping[str, int],
        default: Any = Undefined,
        *,
        exact: bool = False,
        cells: int | None = None,
        **kwargs: Any,
    ) -> None:
        self.axes, self.exact, self.cells = dict(axes), exact, cells
        super().__init__(default, **kwargs)

    def limits(self) -> dict[str, Any]:
        """Return the greatest size along each axis, whether it is the only one, and all in all."""
        exact = {"exact": True} if self.exact else {}
        return {"axes": self.axes} | exact | ({"cells": self.cells} if self.cells else {})

    def validate(self, obj: HasTraits, value: Any) -> Any:
        """Return `value` as nested lists, or raise a TraitError that says what is wrong."""
        least = {axis: most if self.exact else 1 for axis, most in self.axes.items()}
        each = [str(n) if self.exact else f"1 to {n}" for n in self.axes.values()]
        allowed = f"numbers of shape ({', '.join(self.axes)}), {' by '.join(each)}"
        array = _array(self, obj, value, allowed)
        fits = array.ndim == len(self.axes) and all(
            least[axis] <= n <= self.axes[axis]
            for n, axis in zip(array.shape, self.axes, strict=True)
        )
        if not fits:
            raise _refuse(self, obj, f"an array of shape {array.shape}", allowed)
        if self.cells and array.size > self.cells:
            given = f"{array.size} numbers in a block of shape {array.shape}"
            raise _refuse(self, obj, given, f"at most {self.cells}")
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
        allowed = f"finite numbers from {thousands(-LARGEST)} to {thousands(LARGEST)}"
        raise _refuse(trait, obj, f"a cell of {wrong.flat[0]}", allowed)
    return array


def _nested(values: Any) -> Any:
    """Turn every number of nested lists into what travels best."""
    return [_nested(v) for v in values] if isinstance(values, list) else _number(values)


def _number(value: float) -> float | int:
    """Whole numbers as int, so that they travel as `3` and not `3.0`."""
    return int(value) if math.floor(value) == value else float(value)


class Whole(Setting):
    """One whole number between `low` and `high`; `low` is the default unless another is given.

    With `high` None the lab itself says how far it goes, in its `schema` and in its errors.
    """

    kind = "whole"

    def __init__(self, low: int, high: int | None, default: Any = None, **kwargs: Any) -> None:
        self.low, self.high = low, high
        super().__init__(low if default is None else default, **kwargs)

    def limits(self) -> dict[str, Any]:
        """Return the smallest and the largest number."""
        return {"low": self.low, "high": self.high}

    def validate(self, obj: HasTraits, value: Any) -> int:
        """Return `value` as an int, or raise a TraitError that says what is allowed."""
        if not is_whole(value) or value < self.low or (self.high is not None and value > self.high):
            allowed = f"a whole number from {self.low} " + (
                "up" if self.high is None else f"to {self.high}"
            )
            raise _refuse(self, obj, repr(value), allowed)
        return int(value)


class Real(Setting):
    """One number between `low` and `high`; with `above`, `low` itself is not allowed.

    In its place may stand one of `words`, such as "inf".
    """

    kind = "real"

    def __init__(
        self,
        low: float,
        high: float,
        default: float,
        *,
        above: bool = False,
        words: Sequence[str] = (),
        **kwargs: Any,
    ) -> None:
        self.low, self.high, self.above, self.words = low, high, above, tuple(words)
        super().__init__(default, **kwargs)

    def limits(self) -> dict[str, Any]:
        """Return the smallest and the largest number, and the words, if any."""
        words = {"words": list(self.words)} if self.words else {}
        return {"above" if self.above else "low": self.low, "high": self.high} | words

    def validate(self, obj: HasTraits, value: Any) -> float | str:
        """Return `value` as a float, or raise a TraitError that says what is allowed."""
        if isinstance(value, str) and value in self.words:
            return value
        real = isinstance(value, int | float | np.number) and not isinstance(value, bool)
        if not real or not self.low <= value <= self.high or (self.above and value == self.low):
            none = ", or None" if self.allow_none else ""
            span = "above {:g} and at most {:g}" if self.above else "from {:g} to {:g}"
            allowed = f"a number {span.format(self.low, self.high)}{none}"
            raise _refuse(self, obj, repr(value), allowed)
        return float(value)


class Pair(Setting):
    """Two whole numbers, (height, width), each between `low` and `high`; one number means both.

    The default is `low` unless another is given. In the place of both may stand one of `words`,
    such as "same".
    """

    kind = "pair"

    def __init__(
        self,
        low: int,
        high: int,
        default: Any = Undefined,
        *,
        words: Sequence[str] = (),
        **kwargs: Any,
    ) -> None:
        self.low, self.high, self.words = low, high, tuple(words)
        super().__init__((low, low) if default is Undefined else default, **kwargs)

    def limits(self) -> dict[str, Any]:
        """Return the smallest and the largest number, and the words, if any."""
        words = {"words": list(self.words)} if self.words else {}
        return {"low": self.low, "high": self.high} | words

    def validate(self, obj: HasTraits, value: Any) -> tuple[int, int] | str:
        """Return `value` as a pair of ints, or raise a TraitError that says what is allowed."""
        if isinstance(value, str) and value in self.words:
            return value
        pair = value if isinstance(value, list | tuple) else (value, value)
        whole = all(map(is_whole, pair))
        if len(pair) != 2 or not whole or not all(self.low <= v <= self.high for v in pair):
            allowed = f"a whole number from {self.low} to {self.high}, or a (height, width) pair"
            allowed += "".join(f", or {word!r}" for word in self.words)
            raise _refuse(self, obj, repr(value), allowed)
        return int(pair[0]), int(pair[1])


class Choice(Setting):
    """One of a few texts; the first is the default unless another is given."""

    kind = "choice"

    def __init__(self, of: Sequence[str], default: Any = None, **kwargs: Any) -> None:
        self.of = tuple(of)
        super().__init__(self.of[0] if default is None else default, **kwargs)

    def limits(self) -> dict[str, Any]:
        """Return the values there are."""
        return {"of": list(self.of)}

    def validate(self, obj: HasTraits, value: Any) -> str:
        """Return `value`, or raise a TraitError that says what is allowed."""
        if isinstance(value, str) and value in self.of:
            return value
        raise _refuse(self, obj, repr(value), f"one of {', '.join(map(repr, self.of))}")


class WholeChoice(Choice):
    """One of a few whole numbers; the first is the default unless another is given."""

    def __init__(self, of: Sequence[int], default: int | None = None, **kwargs: Any) -> None:
        super().__init__(of, default, **kwargs)

    def validate(self, obj: HasTraits, value: Any) -> int:
        """Return `value` as an int, or raise a TraitError that says what is allowed."""
        if is_whole(value) and value in self.of:
            return int(value)
        raise _refuse(self, obj, repr(value), f"one of {', '.join(map(str, self.of))}")


class Text(Setting):
    """A text that a reader types, of at most `most` characters."""

    kind = "text"

    def __init__(self, most: int, default: str, **kwargs: Any) -> None:
        self.most = most
        super().__init__(default, **kwargs)

    def limits(self) -> dict[str, Any]:
        """Return how many characters there may be."""
        return {"most": self.most}

    def validate(self, obj: HasTraits, value: Any) -> str:
        """Return `value`, or raise a TraitError that says what is allowed."""
        is_text = isinstance(value, str) and not LONE.search(value)  # half a character is none
        if is_text and len(value) <= self.most:
            return value
        given = f"{len(value)} characters" if is_text else f"{value!r:.60}"
        raise _refuse(self, obj, given, f"a text of at most {self.most} characters")


class Switch(Setting):
    """True or False."""

    kind = "switch"

    def validate(self, obj: HasTraits, value: Any) -> bool:
        """Return `value` as a bool, or raise a TraitError."""
        if isinstance(value, bool | np.bool_):
            return bool(value)
        raise _refuse(self, obj, repr(value), "True or False")


class Slug(TraitType):
    """A name for links: small letters, digits and hyphens, beginning with a letter."""

    def validate(self, obj: HasTraits, value: Any) -> str:
        """Return `value`, or raise a TraitError."""
        if isinstance(value, str) and re.fullmatch(r"[a-z][a-z0-9-]{0,40}", value):
            return value
        allowed = "small letters, digits and hyphens, a letter first, at most 41 characters"
        raise _refuse(self, obj, repr(value), allowed)


class Names(TraitType):
    """Names, as a list without repetition."""

    def validate(self, obj: HasTraits, value: Any) -> list[str]:
        """Return `value` as a list, or raise a TraitError."""
        if isinstance(value, list | tuple) and all(isinstance(name, str) for name in value):
            return list(dict.fromkeys(value))
        raise _refuse(self, obj, repr(value), "a list of names")


class Picked(Setting):
    """The picked cell as [grid, row, column] or None; rows and columns are negative in padding."""

    kind = "cell"

    def __init__(self, grids: tuple[str, ...], default: Any = None, **kwargs: Any) -> None:
        self.grids = grids
        super().__init__(default, allow_none=True, **kwargs)

    def limits(self) -> dict[str, Any]:
        """Return the names of the grids."""
        return {"grids": list(self.grids)}

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


class Position(Setting):
    """A cell of a block as a list with one whole number for each axis, or None."""

    kind = "position"

    def __init__(self, axes: Mapping[str, int], default: Any = None, **kwargs: Any) -> None:
        self.axes = dict(axes)
        super().__init__(default, allow_none=True, **kwargs)

    def limits(self) -> dict[str, Any]:
        """Return how many places each axis has."""
        return {"axes": self.axes}

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


class Wholes(Setting):
    """A list of `least` to `most` whole numbers, each from `low` to `high`; with `gaps` or None."""

    kind = "wholes"

    def __init__(
        self,
        length: tuple[int, int],
        low: int,
        high: int,
        default: Any = Undefined,
        *,
        gaps: bool = False,
        **kwargs: Any,
    ) -> None:
        self.least, self.most = length
        self.low, self.high, self.gaps = low, high, gaps
        super().__init__(default, **kwargs)

    def limits(self) -> dict[str, Any]:
        """Return how many numbers there may be, the smallest and the largest."""
        gaps = {"gaps": True} if self.gaps else {}
        return {"least": self.least, "most": self.most, "low": self.low, "high": self.high} | gaps

    def validate(self, obj: HasTraits, value: Any) -> list[int | None]:
        """Return `value` as a list of ints, or raise a TraitError that says what is allowed."""
        found = list(value) if isinstance(value, list | tuple) else []
        numbers = [v for v in found if not (self.gaps and v is None)]
        fits = all(map(is_whole, numbers)) and all(self.low <= v <= self.high for v in numbers)
        if isinstance(value, list | tuple) and self.least <= len(found) <= self.most and fits:
            return [None if v is None else int(v) for v in found]
        many = str(self.most) if self.least == self.most else f"{self.least} to {self.most}"
        allowed = f"a list of {many} whole numbers from {self.low} to {self.high}"
        raise _refuse(self, obj, f"{value!r:.60}", allowed)


class Records(Setting):
    """A list of records, each of a kind: [{"kind": "Linear", "features": 10, "bias": True}, …].

    `kinds` has for each kind what its fields may be, by name. A record has all fields of its kind
    and no other, but may have those of `besides`; there are 1 to `most` records.
    """

    kind = "records"

    def __init__(
        self,
        kinds: Mapping[str, Mapping[str, Setting]],
        most: int,
        default: Any = Undefined,
        *,
        besides: Mapping[str, Setting] | None = None,
        **kwargs: Any,
    ) -> None:
        self.kinds, self.most, self.besides = kinds, most, besides or {}
        super().__init__(default, **kwargs)

    def limits(self) -> dict[str, Any]:
        """Return how many records there may be, and the fields of each kind."""
        kinds = {kind: _schemas(fields) for kind, fields in self.kinds.items()}
        return {"most": self.most, "kinds": kinds, "besides": _schemas(self.besides)}

    def validate(self, obj: HasTraits, value: Any) -> list[dict[str, Any]]:
        """Return `value` as JSON holds it, or raise a TraitError that says what is wrong."""
        if not isinstance(value, list | tuple) or not 1 <= len(value) <= self.most:
            given = f"{len(value)} records" if isinstance(value, list) else f"{value!r:.60}"
            raise _refuse(self, obj, given, f"a list of 1 to {self.most} records")
        return [self._record(obj, i, record) for i, record in enumerate(value)]

    def _record(self, obj: HasTraits, i: int, record: Any) -> dict[str, Any]:
        kind = record.get("kind") if isinstance(record, Mapping) else None
        if not isinstance(kind, str) or kind not in self.kinds:
            allowed = f"a record whose kind is one of {', '.join(self.kinds)}"
            raise _refuse(self, obj, f"{record!r:.60} at place {i}", allowed)
        fields = self.kinds[kind]
        if not {"kind", *fields} <= set(record) <= {"kind", *fields, *self.besides}:
            allowed = f"the fields {', '.join(fields) or 'none'}"
            raise _refuse(self, obj, f"a {kind} with {', '.join(map(repr, record))}", allowed)
        kept = {"kind": kind}
        for name, value in record.items():
            if name == "kind":
                continue
            field = fields.get(name) or self.besides[name]
            field.name = f"{self.name}[{i}].{name}"  # for its error
            kept[name] = field.as_json(value, obj)
        return kept


def _schemas(fields: Mapping[str, Setting]) -> dict[str, dict[str, Any]]:
    return {name: field.schema() for name, field in fields.items()}
