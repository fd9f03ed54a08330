"""Numbers are written the same on the page and in Python."""

import random

import pytest

from book_utils import numbers
from book_utils.explorables.platform import traits
from tests import SEED
from tests.parity.front_end import evaluate

DRAW = random.Random(SEED)
EDGES = [0, 0.001, 0.01, 0.125, 1.005, 9.995, 999.5, 9999, 9999.5, 10_000, 99_949, 99_950, 1e5, 1e6]
EDGES += [1e7, 12_345_678, 9_999_999.5, 0.00099949, 0.0009995, 1 / 3, 1e-7, 2e-300, 1.8e308, 1e21]


def many_numbers():
    """Draw numbers of every size, halves to be rounded, and the edges of each form."""
    yield from (DRAW.gauss(0, 1) * 10 ** DRAW.uniform(-12, 12) for _ in range(2000))
    yield from (DRAW.randrange(10**6) / 2 ** DRAW.randrange(12) for _ in range(2000))
    yield from (float(DRAW.randrange(10**5)) for _ in range(500))
    yield from map(float, EDGES)
    yield from (float("inf"), float("nan"))


NUMBERS = [sign * value for value in many_numbers() for sign in (1, -1)]
SPELLED = [str(v).replace("inf", "Infinity").replace("nan", "NaN") for v in NUMBERS]  # for JSON


@pytest.mark.parametrize("digits", [1, 2, 3, 4, 7])
def test_rounded_numbers(digits):
    page = evaluate([("significant", text, digits) for text in SPELLED])
    assert page == [numbers.significant(value, digits) for value in NUMBERS]


def test_numbers_in_cells():
    page = evaluate([("short", text) for text in SPELLED])
    assert page == [numbers.short(value) for value in NUMBERS]


def test_thousands_and_how_many():
    wholes = [DRAW.randrange(10 ** DRAW.randrange(1, 16)) for _ in range(500)]
    wholes += [0, 1, 2, 999, 1000, 1001, 10**6 - 1, 10**6, 2**53 - 1, 10**20]
    wholes += [-whole for whole in wholes]
    assert evaluate([("thousands", n) for n in wholes]) == list(map(numbers.thousands, wholes))
    things = [abs(n) for n in wholes]
    page = evaluate([("plural", n, "cell") for n in things])
    assert page == [numbers.plural(n, "cell") for n in things]


def test_the_largest_number_of_a_cell():
    (refused,) = evaluate([("parseNumber", str(traits.LARGEST + 1))])
    assert numbers.thousands(traits.LARGEST) in refused["error"]
    assert evaluate([("parseNumber", str(traits.LARGEST))]) == [{"value": traits.LARGEST}]
