"""Each declared misconception is named when a wrong answer, written another way, makes it."""

import numpy as np
import pytest

from book_utils import check
from tests.unit.answers import WRONG
from tests.unit.answers.pooling import pool
from tests.unit.answers.sliding import around

CASES = [
    pytest.param(checker, place, *wrong, id=f"{checker.name}-{place}")
    for checker, answers in WRONG.items()
    for place, wrong in enumerate(answers)
    if wrong is not None
]


@pytest.fixture(autouse=True)
def no_search_for_smaller_cases(monkeypatch):
    """Save the time: that search has its own tests, and does not change what is named."""
    monkeypatch.setattr(check.engine.trial.Trial, "smallest", lambda trial, fault, wrong: wrong[0])


@pytest.mark.parametrize(("checker", "place", "name", "wrong"), CASES)
def test_a_known_mistake_is_named(checker, place, name, wrong):
    verdict = checker(wrong)
    assert not verdict.passed
    assert verdict.misconception == name
    assert checker.misconceptions[place].why in verdict.message
    assert f"It looks as if {name}." in str(verdict)


def test_padding_that_should_not_count_but_does():
    def divides_by_all(x, k, stride, padding):
        return pool(around(x, padding), k, stride, np.mean)

    verdict = check.avg_pool2d(divides_by_all, count_include_pad=False)
    assert verdict.misconception == "padding is counted in the average"
    assert check.avg_pool2d.misconceptions[1].why in verdict.message
    assert check.avg_pool2d(divides_by_all).passed


def test_every_checker_and_every_misconception_is_tested():
    checkers = [c for c in map(check.__dict__.get, check.__all__) if isinstance(c, check.Checker)]
    assert set(checkers) == set(WRONG)
    for checker, answers in WRONG.items():
        assert len(answers) == len(checker.misconceptions), checker.name
