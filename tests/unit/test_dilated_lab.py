"""The dilated lab in Python: its paths are a real gradient, and what it is told is checked."""

import re

import pytest
import torch
from traitlets import TraitError

from book_utils.explorables import DilatedLab
from book_utils.shapes import coverage


@pytest.mark.parametrize(
    ("rates", "read", "field"), [((2, 2, 2), 7, 13), ((1, 2, 3), 13, 13), ((1, 2, 4, 8), 31, 31)]
)
def test_stacks_of_the_chapter_read_so_many_of_their_field(rates, read, field):
    lab = DilatedLab(*rates)
    assert lab.field == field
    assert lab.output.shape == (field, field)
    assert int((lab.output > 0).sum()) == read**2


@pytest.mark.parametrize("kernel", range(2, 6))
def test_paths_are_the_product_of_both_axes(kernel):
    lab = DilatedLab(3, 1, 2, kernel=kernel)
    axis = torch.tensor(coverage((kernel, 1, rate) for rate in lab.rates)).float()
    assert torch.equal(lab.output, torch.outer(axis, axis))


def test_a_fourth_rate_of_0_is_no_layer():
    assert DilatedLab(1, 2, 4).rates == (1, 2, 4)
    assert DilatedLab(1, 2, 4, 1).rates == (1, 2, 4, 1)


@pytest.mark.parametrize(
    ("setting", "value"), [("rate1", 0), ("rate2", 9), ("rate4", -1), ("kernel", 1), ("at", [0])]
)
def test_what_is_no_rate_is_refused_by_name_and_the_lab_keeps_what_it_had(setting, value):
    lab = DilatedLab()
    before = lab.settings()
    with pytest.raises(TraitError, match=f"DilatedLab.{setting} was given"):
        setattr(lab, setting, value)
    assert lab.settings() == before


def test_the_still_says_what_is_read():
    still = DilatedLab(2, 2, 2).still()
    assert "7 of 13 are read, by up to 49 paths" in re.sub(r"\s+", " ", still)
    assert still.count("<img") == 1
