"""One function under check: what it answers, case by case, and what that says of it."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any

import torch

from . import calling, cases, wording
from .calling import Answer, Clock
from .cases import Case
from .mistakes import Tried
from .verdict import Counterexample, Verdict

if TYPE_CHECKING:
    from .checker import Checker

SECONDS = 5.0


@cache
def sample(checker: Checker, fixed: tuple[tuple[str, Any], ...]) -> list[Case]:
    """Return the cases of a checker with some parameters fixed; they are drawn once."""
    return cases.sample(checker.draw(**dict(fixed)))


class Trial:
    """One function under check: its answers, remembered, and what they say about it."""

    def __init__(self, checker: Checker, function: Callable, fixed: dict[str, Any]) -> None:
        self.checker, self.function = checker, function
        self.strategy = checker.draw(**fixed)
        self.drawn = sample(checker, tuple(fixed.items()))
        self.given = [name for name in self.drawn[0] if name not in fixed]
        self.names = calling.own_names(function, self.given)
        self.clock = Clock(SECONDS)
        self.seen: dict[str, Tried] = {}

    def arguments(self, case: Case) -> Case:
        """Return what the reader's function is given of a case, by the names it has for it."""
        values = [case[name] for name in self.given]
        return dict(zip(self.names, values, strict=True))

    def call(self, case: Case) -> Answer:
        """Return what the reader's function makes of a case."""
        arguments, observe = self.arguments(case), self.checker.observe
        return calling.call(self.function, arguments, self.clock, observe)

    def try_on(self, case: Case) -> Tried:
        """Return the outcome of a case, from memory if it was tried before.

        Memory keeps the search for the smallest case steady even where the function is not.
        """
        key = repr([v.tolist() if isinstance(v, torch.Tensor) else v for v in case.values()])
        if key not in self.seen:
            self.seen[key] = Tried(case, self.checker.oracle(*case.values()), self.call(case))
        return self.seen[key]

    def verdict(self) -> Verdict:
        """Try the cases in turn and put the outcome into words."""
        if calling.is_blank(self.function, self.try_on(self.drawn[0]).answer):
            return self.say("not written yet", wording.not_written(self.function, len(self.drawn)))
        if not calling.accepts(self.function, self.given):
            return self.say("not yet", wording.wrong_parameters(self.function, self.given))
        tried = []
        for case in self.drawn:
            tried.append(self.try_on(case))
            if tried[-1].fault == "unfinished" or self.clock.is_up:
                break
        right = sum(one.fault == "" for one in tried)
        if right == len(self.drawn):
            return self.say("right", f"All {right} cases agree with PyTorch.", right)
        if tried[-1].fault == "unfinished" or len(tried) < len(self.drawn):
            return self.too_slow(tried, right)
        return self.explain(tried, right)

    def too_slow(self, tried: list[Tried], right: int) -> Verdict:
        """Say how far the function came before its time was over."""
        last = tried[-1]
        message = wording.too_slow(SECONDS, right, len(self.drawn))
        example = self.example(last) if last.fault == "unfinished" else None
        return self.say("not yet", message, right, "it takes too long", example)

    def explain(self, tried: list[Tried], right: int) -> Verdict:
        """Name the mistake if it is known, and show the smallest case that goes wrong."""
        wrong = [one for one in tried if one.fault]
        if not wrong[0].answer.repeats(self.call(wrong[0].case)):
            return self.say("not yet", wording.UNSTEADY, right, "it differs from call to call")
        known = self.known(tried)
        if known:  # a wrong number shows a mistake better than the error that it can lead to
            wrong.sort(key=lambda one: one.fault not in ("values", "shape"))
        smallest = self.smallest(wrong[0].fault, wrong)
        name, why = known or wording.about(smallest, self.function)
        score = f"{right} of {len(tried)} cases are right." if right else "No case is right so far."
        return self.say("not yet", f"{score} {why}", right, name, self.example(smallest))

    def known(self, tried: list[Tried]) -> tuple[str, str] | None:
        """Return name and explanation of the misconception that gives all answers, if one does."""
        for known in self.checker.known:
            if known.explains(tried):
                look = f"Look again at the chapter “{self.checker.chapter}”."
                return known.name, f"It looks as if {known.name}. {known.why} {look}"
        return None

    def smallest(self, fault: str, wrong: list[Tried]) -> Tried:
        """Return the smallest case with this fault that can be found in the time that is left."""
        found = cases.smallest(self.strategy, lambda case: self.try_on(case).fault == fault)
        if found is not None:
            return self.try_on(found)
        return next(one for one in wrong if one.fault == fault)

    def example(self, one: Tried) -> Counterexample:
        """Return a case as the verdict shows it."""
        instead = wording.instead_of_a_result(one, self.function)
        inputs = self.arguments(one.case)
        answer = one.answer
        return Counterexample(inputs, one.truth, answer.value, instead, answer.printed, one.case)

    def say(
        self,
        status: str,
        message: str,
        right: int = 0,
        misconception: str | None = None,
        example: Counterexample | None = None,
    ) -> Verdict:
        """Return a verdict of this checker."""
        return Verdict(self.checker.name, status, right, message, misconception, example)
