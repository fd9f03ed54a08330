"""The norm lab in Python: PyTorch's layers give its output; bad settings are refused by name."""

import pytest
import torch
import torch.nn.functional as F
from torch import nn
from torch.testing import assert_close
from traitlets import TraitError

from book_utils.explorables import NormLab

SIX = torch.arange(12.0).reshape(2, 6, 1, 1)


def test_the_worked_cell():
    """(7 − 4.25) / √(3.1875 + 0.00001) = 1.54, and both variances of its channel."""
    lab = NormLab()
    cells = lab.block[:, 0]
    assert cells.mean() == 4.25 and cells.var(correction=0) == 3.1875
    assert lab.output[0, 0, 0, 0].item() == pytest.approx(2.75 / 3.18751**0.5, rel=1e-6)
    assert lab.module.running_mean[0].item() == pytest.approx(0.425)
    assert lab.module.running_var[0].item() == pytest.approx(0.9 + 0.1 * 3.1875 * 12 / 11)


def test_each_norm_is_pytorchs_layer():
    kinds = {"batch": nn.BatchNorm2d, "layer": nn.LayerNorm, "instance": nn.InstanceNorm2d}
    for norm in ("batch", "layer", "instance", "group"):
        lab = NormLab(norm=norm, gamma=2, beta=-1, eps=0.5)
        assert isinstance(lab.module, kinds.get(norm, nn.GroupNorm))
        assert lab.module.eps == 0.5 and not lab.output.requires_grad
        assert set(lab.module.weight.flatten().tolist()) == {2}
        assert set(lab.module.bias.flatten().tolist()) == {-1}
    x = lab.block
    assert_close(NormLab(norm="layer").output, F.layer_norm(x, x.shape[1:]))
    assert_close(NormLab(norm="instance").output, F.instance_norm(x))
    assert_close(NormLab(norm="group", groups=4).output, F.group_norm(x, 4))
    assert_close(NormLab(norm="group", groups=1).output, NormLab(norm="layer").output)


@pytest.mark.parametrize("momentum", [0, 0.1, 1, None])
def test_running_averages_are_those_of_a_loop(momentum):
    lab = NormLab(momentum=momentum, seen=5)
    mean, var = torch.zeros(4), torch.ones(4)
    for number in range(1, 6):
        batch = lab.drawn(number).transpose(0, 1).flatten(1)
        m = 1 / number if momentum is None else momentum
        mean, var = (1 - m) * mean + m * batch.mean(1), (1 - m) * var + m * batch.var(1)
    assert_close(lab.module.running_mean, mean)
    assert_close(lab.module.running_var, var)
    lab.training, lab.batch = False, 30
    each = (1, 4, 1, 1)
    by_hand = (lab.block - mean.reshape(each)) / (var.reshape(each) + 1e-5).sqrt()
    assert_close(lab.output, by_hand)


def test_the_running_mean_comes_near_the_true_one():
    lab = NormLab(seen=60, momentum=None)
    true = lab.drawn(1).transpose(0, 1).flatten(1)
    error = (lab.module.running_mean - true.mean(1)).abs()
    assert (error < 4 * true.std(1, correction=0) / (60 * 12) ** 0.5).all()


def test_batches_come_from_the_population_and_the_seed():
    population = torch.tensor([[[[1.0]], [[10.0]]], [[[2.0]], [[20.0]]]])
    lab = NormLab(torch.zeros(3, 2, 2, 1), population=population, training=False, batch=7)
    assert (NormLab(torch.zeros(3, 2, 2, 1)).drawn(7) == 0).all()
    cells = torch.cat([lab.drawn(number) for number in range(2, 9)])
    assert set(cells[:, 0].flatten().tolist()) == {1, 2}
    assert set(cells[:, 1].flatten().tolist()) == {10, 20}
    other = NormLab(lab.input, population=population, seed=1)
    assert torch.equal(lab.block, lab.drawn(7)) and not torch.equal(lab.block, other.drawn(7))
    assert torch.equal(lab.drawn(1), torch.zeros(3, 2, 2, 1))


def test_evaluation_does_not_need_a_second_value():
    one = torch.tensor([7.0, 2, 5, 4]).reshape(1, 4, 1, 1)
    with pytest.raises(ValueError, match="more than 1 value per channel"):
        _ = NormLab(one).output
    assert_close(NormLab(one, training=False).output, one, rtol=1e-4, atol=0)
    assert "Expected more than 1 value per channel" in NormLab(one).still()
    with pytest.raises(ValueError, match="more than 1 spatial element"):
        _ = NormLab(one, norm="instance", training=False).output
    assert NormLab(one, norm="layer").output.mean().item() == pytest.approx(0, abs=1e-6)


def test_groups_follow_the_channels_unless_given():
    assert NormLab().groups == 2
    assert NormLab(SIX[:, :3]).groups == 1
    assert NormLab(SIX, norm="group", groups=3).output[0, :2, 0, 0].tolist() == pytest.approx(
        [-1, 1], rel=1e-4
    )


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"input": SIX[0]}, r"NormLab\.input was given an array of shape.*examples, channels"),
        ({"input": torch.ones(9, 1, 1, 1)}, "1 to 8 by 1 to 8 by 1 to 3"),
        ({"input": [[[[1, 2], [3]]]]}, r"NormLab\.input was given rows of unequal length"),
        ({"input": torch.ones(8, 8, 3, 1)}, "192 numbers in a block of shape.*at most 128"),
        ({"input": torch.full((1, 1, 1, 2), torch.nan)}, "a cell of nan; allowed: finite"),
        ({"population": torch.ones(1, 5, 1, 1)}, "a population of 5 channels for an input of 6"),
        ({"norm": "weight"}, "norm"),
        ({"norm": "group", "groups": 4}, "4 groups for 6 channels; allowed: a divisor, 1, 2, 3, 6"),
        ({"groups": 0}, "a whole number from 1 to 8"),
        ({"momentum": 1.5}, "momentum was given 1.5; allowed: a number from 0 to 1, or None"),
        ({"momentum": "0.1"}, "momentum was given '0.1'"),
        ({"eps": 0}, "eps was given 0; allowed: a number from 1e-12 to 10"),
        ({"gamma": True}, "gamma was given True"),
        ({"beta": float("nan")}, "beta was given nan; allowed: a number from -10 to 10"),
        ({"seen": 0}, "a whole number from 1 to 60"),
        ({"batch": 121}, "a whole number from 1 to 120"),
        ({"seed": -1}, "a whole number from 0 to 2147483647"),
        ({"picked": [0, 0, 0]}, r"None or \[examples, channels, height, width\]"),
        ({"picked": [0, 0, 3, 0]}, "0 to 7 by 0 to 7 by 0 to 2 by 0 to 2"),
    ],
)
def test_bad_settings_are_refused_by_name(settings, message):
    with pytest.raises(TraitError, match=message):
        NormLab(**{"input": SIX, **settings})


def test_a_refused_change_leaves_the_lab_as_it_was():
    lab = NormLab(SIX)
    before = lab.settings()
    with pytest.raises(TraitError, match="hold_trait_notifications"):
        lab.input = torch.ones(2, 4, 1, 1)
    lab.groups = 4  # no harm before the norm is group
    with pytest.raises(TraitError, match="4 groups for 6 channels"):
        lab.norm = "group"
    lab.groups = before["groups"]
    assert lab.settings() == before


def test_a_front_end_changes_several_settings_in_one_message():
    lab = NormLab()
    block = [[[[1]], [[2]], [[3]]], [[[4]], [[5]], [[6]]]]
    lab.set_state({"input": block, "population": block, "norm": "group", "groups": 3, "eps": 1e-3})
    assert lab.output.abs().max() < 1e-4  # each alone in its group
    lab.set_state({"groups": 1, "momentum": None, "picked": None})
    assert lab.momentum is None and lab.output[0].flatten().sum().item() == pytest.approx(0)


def test_the_still_picture_says_every_number():
    still = NormLab([[[[1, 3]], [[2, 2]]]], name="still").still()
    assert still.count("<svg") == 2 and "After batch norm, in training:" in still
    assert "Example 0 of x, channel 0: 1, 3; channel 1: 2, 2." in still
    assert "Example 0 of y, channel 0: −1, 1; channel 1: 0, 0." in still
