"""The transposed lab in Python: PyTorch's output, and what it refuses, by name."""

import pytest
import torch
from traitlets import TraitError

from book_utils.explorables import TransposedLab


@pytest.mark.parametrize(
    ("setting", "wanted"),
    [
        ({}, [[0, 0, 1], [0, 4, 6], [4, 12, 9]]),
        ({"padding": 1}, [[4]]),
        ({"stride": 2}, [[0, 0, 0, 1], [0, 0, 2, 3], [0, 2, 0, 3], [4, 6, 6, 9]]),
    ],
)
@pytest.mark.parametrize("show", ["scatter", "gather", "matrix", "overlaps"])
def test_the_worked_numbers_whatever_is_shown(setting, wanted, show):
    assert TransposedLab(show=show, **setting).output.tolist() == wanted


@pytest.mark.parametrize(
    ("setting", "words"),
    [
        ({"output_padding": 1}, r"output_padding.*height: output_padding = 1 is not below the str"),
        ({"padding": 2}, "leaves -1 pixels of the 3 .*: use less padding"),
        ({"stride": 8, "input": [[0] * 4]}, "an output of width 26; allowed: at most 16"),
        ({"dilation": 5}, "TransposedLab.dilation was given 5"),
        ({"show": "stamps"}, "one of 'scatter', 'gather', 'matrix', 'overlaps'"),
        ({"input": torch.ones(9, 2)}, "1 to 8 by 1 to 8 numbers"),
        ({"kernel": torch.ones(1, 2, 2)}, "choose one channel"),
    ],
)
def test_what_cannot_be_is_refused_by_name(setting, words):
    with pytest.raises(TraitError, match=words):
        TransposedLab(**setting)


def test_a_refused_setting_leaves_the_old_one():
    lab = TransposedLab(stride=2, output_padding=1)
    with pytest.raises(TraitError, match="not below the stride"):
        lab.stride = 1
    assert lab.stride == (2, 2) and lab.output.shape == (5, 5)
    with lab.hold_trait_notifications():
        lab.stride, lab.output_padding = 1, 0
    assert lab.output.shape == (3, 3)
