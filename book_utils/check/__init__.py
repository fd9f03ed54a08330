"""Exercises that check themselves: `check.corr2d(f)` tries f on many cases against PyTorch.

Each checker takes the reader's function and returns a `Verdict`, which shows itself: whether all
cases are right, and if not, the smallest that is wrong and the misconception, if it is a known one.
A parameter that an exercise leaves out is fixed by keyword: `check.max_pool2d(f, padding=0)` calls
f(x, k, stride).

One file a chapter, by the chapter's name; a checker is its oracle, its cases and its
misconceptions. Every checker of every file here is offered as `check.NAME`.
"""

from importlib import import_module
from pkgutil import iter_modules

from .engine import Checker, Counterexample, Misconception, Verdict

# All files come first, then the checkers: a checker may have the name of its file, as batch_norm.
_files = [import_module(f".{file.name}", __name__) for file in iter_modules(__path__)]
_checkers = {
    name: value
    for file in _files
    for name, value in vars(file).items()
    if isinstance(value, Checker)
}
globals().update(_checkers)

__all__ = ["Checker", "Counterexample", "Misconception", "Verdict", *_checkers]


def __getattr__(name: str) -> Checker:
    raise AttributeError(f"there is no check.{name}; there are {', '.join(sorted(_checkers))}")
