"""What an exercise declares: its right answer, its cases and its known misconceptions."""

import inspect
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import torch

from .cases import Case, Cases
from .mistakes import Misconception, Tried, slips_with
from .trial import Trial
from .verdict import Verdict


@dataclass(frozen=True, repr=False, eq=False)
class Checker:
    """An exercise that checks itself: call it with the function to be checked.

    `oracle` is the right answer, by PyTorch. `draw` makes the strategy of cases; it takes by
    keyword the parameters that an exercise may fix. `fixed` are those fixed unless asked for; a
    fixed parameter is not passed to the reader's function. `observe` takes what the reader's
    function returned and what it was given, and returns what is compared with the oracle.
    """

    name: str
    oracle: Callable
    draw: Callable[..., Cases]
    misconceptions: Sequence[Misconception]
    chapter: str
    fixed: dict[str, Any] = field(default_factory=dict)
    observe: Callable[[Any, Case], Any] | None = None

    def __call__(self, function: Callable, **fixed: Any) -> Verdict:
        """Check a function on up to 100 cases in about 5 seconds at most.

        Whatever the function does, this returns a verdict. Raises TypeError if it is no function,
        or if there is no such parameter to fix.
        """
        if not callable(function):
            raise TypeError(
                f"check.{self.name} takes the function itself, got {type(function).__name__}; "
                f"write check.{self.name}(f), without calling f"
            )
        with self._trial(function, fixed) as trial:
            return trial.verdict()

    def tried(self, function: Callable, **fixed: Any) -> list[Tried]:
        """Return each case with the right result and what the function makes of it.

        Raises TypeError if there is no such parameter to fix.
        """
        with self._trial(function, fixed) as trial:
            return [trial.try_on(case) for case in trial.drawn]

    @contextmanager
    def _trial(self, function: Callable, fixed: dict[str, Any]) -> Iterator[Trial]:
        """Give a trial of a function, on one thread and with random numbers of its own."""
        fixed = self.fixed | fixed
        free = list(inspect.signature(self.draw).parameters)
        unknown = sorted(set(fixed) - set(free))
        if unknown:
            raise TypeError(
                f"check.{self.name} cannot fix {', '.join(unknown)}; "
                f"it can fix {', '.join(free) or 'nothing'}"
            )
        threads = torch.get_num_threads()
        torch.set_num_threads(1)  # cases are small: more threads would only wait for one another
        try:
            with torch.random.fork_rng(devices=[]):
                torch.manual_seed(0)
                yield Trial(self, function, fixed)
        finally:
            torch.set_num_threads(threads)

    @property
    def known(self) -> list[Misconception]:
        """The mistakes that a verdict can name: its own, then slips that anyone can make."""
        return [*self.misconceptions, *slips_with(self.oracle)]

    @property
    def parameters(self) -> list[str]:
        """The names of all parameters, in order, as the oracle takes them."""
        return list(inspect.signature(self.oracle).parameters)

    def __repr__(self) -> str:
        passed = [name for name in self.parameters if name not in self.fixed]
        return f"check.{self.name}(f), f({', '.join(passed)}): {self.oracle.__doc__}"
