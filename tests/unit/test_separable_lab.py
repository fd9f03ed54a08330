"""The separable lab in Python: PyTorch's layers, and what it refuses, by name."""

import pytest
import torch
from traitlets import TraitError

from book_utils.explorables import SeparableLab

EIGHT = {"channels_in": 8, "channels_out": 8}


@pytest.mark.parametrize(
    ("settings", "weights"),
    [
        ({}, 108),
        ({"family": "separable"}, 27 + 12),
        ({"family": "separable", "channels_out": 1}, 27 + 3),  # more than the 27 of standard
        ({"family": "grouped", "groups": 4, **EIGHT}, 8 * 8 * 9 // 4),
        ({"family": "twice", "groups": 4, **EIGHT}, 2 * 8 * 8 * 9 // 4),
    ],
)
def test_the_layer_has_the_worked_number_of_weights(settings, weights):
    lab = SeparableLab(**settings)
    assert lab.weights == weights
    x = torch.rand(1, lab.channels_in, 5, 5)
    assert lab.layer(x).shape == (1, lab.channels_out, 5, 5)
    assert str(weights) in lab.still()


def test_groups_never_meet_unless_they_are_shuffled():
    lab = SeparableLab(family="twice", groups=2, **EIGHT)
    assert lab.sees.sum(1).tolist() == [4] * 8
    lab.shuffle = True
    assert lab.sees.all()


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"groups": 2}, r"groups: 2 groups of 3 channels in and 4 out; allowed: 1$"),
        ({"groups": 8, "channels_in": 4, "channels_out": 8}, "allowed: 1, 2, 4$"),
        ({"channels_in": 9}, "channels_in was given 9; allowed: a whole number from 1 to 8"),
        ({"kernel": 1}, "kernel was given 1"),
        ({"family": "dilated"}, "one of 'standard', 'grouped', 'separable', 'twice'"),
    ],
)
def test_what_cannot_be_is_refused_by_name(settings, words):
    with pytest.raises(TraitError, match=words):
        SeparableLab(**settings)


def test_a_refused_setting_leaves_the_old_one():
    lab = SeparableLab(family="grouped", groups=4, **EIGHT)
    with pytest.raises(TraitError, match="4 groups of 6 channels in"):
        lab.channels_in = 6
    assert lab.channels_in == 8
    with lab.hold_trait_notifications():
        lab.channels_in, lab.groups = 6, 2
    assert lab.weights == 8 * 6 * 9 // 2
