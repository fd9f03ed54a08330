"""What all exercise checkers share: cases, calling, comparing, naming mistakes, and the verdict."""

from .cases import LONGEST, Case, numbers, or_fixed
from .checker import Checker
from .mistakes import Misconception
from .values import as_tensor, same
from .verdict import Counterexample, Verdict

__all__ = [
    "LONGEST",
    "Case",
    "Checker",
    "Counterexample",
    "Misconception",
    "Verdict",
    "as_tensor",
    "numbers",
    "or_fixed",
    "same",
]
