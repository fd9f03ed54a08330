"""No checker forgives: one case in a hundred, or a number off by twice what rounding excuses."""

import itertools

import pytest
import torch

from book_utils import check
from book_utils.check.engine import same
from tests.unit.answers import RIGHT

# What rounding excuses, written once more: a looser checker must not pass its own test.
ABSOLUTE, RELATIVE = 1e-3, 1e-4


def leaves(value):
    """Count the numbers and tensors of a result."""
    return sum(map(leaves, value)) if isinstance(value, tuple) else 1


def off(value, leaf):
    """Return a result with one number wrong: by 2 tolerances, or by 1 where it is whole."""
    if isinstance(value, tuple):
        counts = [leaves(part) for part in value]
        starts = itertools.accumulate(counts, initial=0)
        parts = zip(value, starts, counts, strict=False)
        return type(value)(
            off(part, leaf - start) if start <= leaf < start + count else part
            for part, start, count in parts
        )
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 1
    wrong = torch.as_tensor(value).clone()
    step = 2 * (ABSOLUTE + RELATIVE * wrong.abs().max()) if wrong.is_floating_point() else 1
    wrong.view(-1)[-1] += step
    return wrong


def wrong_once(answer, at, leaf):
    """Return the answer, spoiled in its call number `at`."""
    calls = itertools.count()

    def spoiled(*given):
        value = answer(*given)
        return off(value, leaf) if next(calls) == at else value

    return spoiled


@pytest.mark.parametrize("name", RIGHT)
def test_an_answer_that_is_right_on_all_cases_but_one_is_refused(name):
    checker, answer = getattr(check, name), RIGHT[name][0]
    values = results(checker, answer)
    # The last case with something in its result, and each part of that result.
    at = max(at for at, value in enumerate(values) if torch.as_tensor(first(value)).numel())
    for leaf in range(leaves(values[at])):
        verdict = checker(wrong_once(answer, at, leaf))
        assert not verdict.passed, (leaf, values[at])


def first(value):
    return first(value[0]) if isinstance(value, tuple) else value


def results(checker, answer):
    """Return what an answer gives, call by call."""
    given = []

    def noting(*values):
        given.append(answer(*values))
        return given[-1]

    assert checker(noting).passed
    return given


@pytest.mark.parametrize("size", [0.0, 1.0, -3.25, 1000.0])
def test_what_rounding_excuses(size):
    truth = torch.tensor([0.5, size], dtype=torch.float64)
    excused = ABSOLUTE + RELATIVE * abs(size)
    for sign in (1, -1):
        assert same(truth + sign * torch.tensor([0, 0.95 * excused]), truth)
        assert not same(truth + sign * torch.tensor([0, 1.05 * excused]), truth)
