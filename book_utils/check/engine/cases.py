"""Cases on which a reader's function is tried: drawn and made small by hypothesis.

A case maps parameter names to values. The numbers are whole or quarters between -9 and 9 and no
side is longer than six, so that a failing case can be followed with pencil and paper.
"""

import math
import random
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import hypothesis
import torch
from hypothesis import strategies as st
from hypothesis.configuration import set_hypothesis_home_dir
from hypothesis.errors import HypothesisException, NoSuchExample

Case = dict[str, Any]
Cases = st.SearchStrategy[Case]

COUNT = 100
LONGEST = 6
SETTINGS = hypothesis.settings(
    max_examples=COUNT,
    database=None,
    deadline=None,
    phases=[hypothesis.Phase.generate, hypothesis.Phase.shrink],
)


VALUES = torch.tensor([*range(10), *range(-1, -10, -1)], dtype=torch.float32)


@st.composite
def numbers(draw: st.DrawFn, *shape: int) -> torch.Tensor:
    """Draw a float32 tensor of this shape, of whole numbers or of quarters, signs as they come.

    The simplest one, which hypothesis tries often and makes others alike, is 0, 1, 2, … as in the
    book's examples: with zeros, most mistakes would not show. All is one draw of bytes, which is
    ten times as fast as drawing number by number.
    """
    parts = draw(st.sampled_from([1, -1, 4, -4]))
    count = math.prod(shape)
    shifts = draw(st.binary(min_size=count, max_size=count))
    places = [(i % 10 + shift) % len(VALUES) for i, shift in enumerate(shifts)]
    return VALUES[places].reshape(shape) / parts


def or_fixed(draw: st.DrawFn, value: Any, strategy: st.SearchStrategy) -> Any:
    """Return the value that the exercise fixes, or draw one where it leaves the choice."""
    return draw(strategy) if value is None else value


@contextmanager
def _no_files_here() -> Iterator[None]:
    """Keep hypothesis from making a folder of its own beside the reader's notebook."""
    set_hypothesis_home_dir(Path(tempfile.gettempdir(), "book_utils-hypothesis"))
    try:
        yield
    finally:
        set_hypothesis_home_dir(None)


def smallest(cases: Cases, condition: Callable[[Case], bool]) -> Case | None:
    """Return the simplest case found that meets the condition, the same one on every run.

    None where no case does, or where the condition changes its mind.
    """
    try:
        with _no_files_here():
            return hypothesis.find(cases, condition, settings=SETTINGS, random=random.Random(0))
    except (NoSuchExample, HypothesisException):
        return None


def sample(cases: Cases) -> list[Case]:
    """Return up to `COUNT` cases, the same on every run, small ones first."""
    drawn: list[Case] = []
    smallest(cases, lambda case: bool(drawn.append(case)))
    return sorted(drawn, key=size)


def size(case: Case) -> int:
    """Count the numbers that a case is made of."""
    return sum(v.numel() if isinstance(v, torch.Tensor) else 1 for v in case.values())
