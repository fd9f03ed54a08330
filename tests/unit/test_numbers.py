"""Numbers as the book writes them: what a reader sees."""

import math

import numpy as np
import pytest
import torch

from book_utils.numbers import plural, short, significant, thousands


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (-0.0, "0"),
        (7, "7"),
        (-12, "−12"),
        (9999, "9999"),
        (10_000, "10000"),
        (12_345, "12300"),
        (123_456, "1.23e5"),
        (0.25, "0.25"),
        (-0.4356, "−0.436"),
        (0.125, "0.125"),
        (1.125, "1.13"),  # a half goes away from zero, as on the page
        (-1.125, "−1.13"),
        (0.001, "0.001"),
        (0.0005, "5e−4"),
        (-1.5e-7, "−1.5e−7"),
        (math.inf, "∞"),
        (-math.inf, "−∞"),
        (math.nan, "NaN"),
        (np.float32(0.1), "0.1"),
        (torch.tensor(2.0), "2"),
    ],
)
def test_a_number_in_a_cell(value, text):
    assert short(value) == text


def test_more_digits_for_a_sum():
    assert significant(1 / 3, 7) == "0.3333333"
    assert significant(-1_234_567.8, 7) == "−1234568"
    assert significant(2.5, 1) == "3"


def test_thousands():
    assert thousands(61_706) == "61,706"
    assert thousands(-1_000_000) == "−1,000,000"
    assert thousands(999) == "999"


def test_how_many():
    assert plural(0, "cell") == "0 cells"
    assert plural(1, "cell") == "1 cell"
    assert plural(1024, "cell") == "1,024 cells"
    assert [plural(n, "batch", "batches") for n in (1, 2)] == ["1 batch", "2 batches"]
