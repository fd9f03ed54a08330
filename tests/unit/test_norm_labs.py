"""The three labs of normalisation in Python: PyTorch's layers give their output."""

import pytest
import torch
import torch.nn.functional as F
from torch import nn
from torch.testing import assert_close
from traitlets import TraitError

from book_utils.explorables import NormaliseLab, NormsLab, RunningLab

SIX = torch.arange(12.0).reshape(2, 6, 1, 1)
ONE = torch.tensor([7.0, 2, 5, 4]).reshape(1, 4, 1, 1)


def test_the_eight_numbers():
    """2, 2, 5, 5, 5, 6, 7, 8: mean 5, standard deviation 2; and ten times that."""
    lab = NormaliseLab()
    y = lab.output.transpose(0, 1).flatten(1)
    near = {"rtol": 1e-4, "atol": 1e-4}
    assert_close(y[0], torch.tensor([-1.5, -1.5, 0, 0, 0, 0.5, 1, 1.5]), **near)
    assert_close(y[0].sort()[0], y[1].sort()[0], **near)
    assert lab.gamma == [1, 1] and lab.beta == [0, 0]


def test_each_channel_is_scaled_and_shifted_by_its_own_numbers():
    lab = NormaliseLab(gamma=[2], beta=[1, -3], eps=0.5)
    x = torch.tensor(lab.input).float()
    weight, bias = torch.tensor([2.0, 1]), torch.tensor([1.0, -3])
    assert_close(lab.output, F.batch_norm(x, None, None, weight, bias, training=True, eps=0.5))
    assert lab.module.eps == 0.5 and not lab.output.requires_grad
    lab.input = x[:, :1]  # the second β has no channel, and waits
    assert lab.output.shape == (2, 1, 2, 2) and lab.beta == [1, -3]


def test_a_channel_of_one_number_is_refused():
    with pytest.raises(ValueError, match="more than 1 value per channel"):
        _ = NormaliseLab(ONE).output
    assert "Expected more than 1 value per channel" in NormaliseLab(ONE).still()


def test_the_worked_cell():
    """(7 − 4.25) / √(3.1875 + 0.00001) = 1.54, and both variances of its channel."""
    lab = RunningLab()
    cells = lab.block[:, 0]
    assert cells.mean() == 4.25 and cells.var(correction=0) == 3.1875
    assert lab.output[0, 0, 0, 0].item() == pytest.approx(2.75 / 3.18751**0.5, rel=1e-6)
    assert lab.module.running_mean[0].item() == pytest.approx(0.425)
    assert lab.module.running_var[0].item() == pytest.approx(0.9 + 0.1 * 3.1875 * 12 / 11)
    assert_close(NormsLab().output, lab.output)


def test_each_norm_is_pytorchs_layer():
    kinds = {"batch": nn.BatchNorm2d, "layer": nn.LayerNorm, "instance": nn.InstanceNorm2d}
    for norm in ("batch", "layer", "instance", "group"):
        lab = NormsLab(norm=norm, gamma=2, beta=-1, eps=0.5)
        assert isinstance(lab.module, kinds.get(norm, nn.GroupNorm))
        assert lab.module.eps == 0.5 and not lab.output.requires_grad
        assert set(lab.module.weight.flatten().tolist()) == {2}
        assert set(lab.module.bias.flatten().tolist()) == {-1}
    x = lab.block
    assert_close(NormsLab(norm="layer").output, F.layer_norm(x, x.shape[1:]))
    assert_close(NormsLab(norm="instance").output, F.instance_norm(x))
    assert_close(NormsLab(norm="group", groups=4).output, F.group_norm(x, 4))
    assert_close(NormsLab(norm="group", groups=1).output, NormsLab(norm="layer").output)


def test_evaluation_takes_the_mean_and_the_unbiased_variance_of_the_population():
    population = torch.arange(24.0).reshape(6, 4, 1, 1) ** 2 % 11
    lab = NormsLab(population=population, training=False)
    mean, var = population.mean((0, 2, 3)), population.var((0, 2, 3))
    assert_close(lab.output, F.batch_norm(lab.block, mean, var))
    lab.input = ONE
    assert_close(lab.output, F.batch_norm(ONE, mean, var))  # what else is there does not matter
    lab.norm = "layer"
    assert_close(lab.output, F.layer_norm(ONE, ONE.shape[1:]))


@pytest.mark.parametrize("momentum", [0, 0.1, 1, None])
def test_running_averages_are_those_of_a_loop(momentum):
    lab = RunningLab(momentum=momentum, seen=5)
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
    lab = RunningLab(seen=60, momentum=None)
    true = lab.drawn(1).transpose(0, 1).flatten(1)
    error = (lab.module.running_mean - true.mean(1)).abs()
    assert (error < 4 * true.std(1, correction=0) / (60 * 12) ** 0.5).all()


def test_batches_come_from_the_population_and_the_seed():
    population = torch.tensor([[[[1.0]], [[10.0]]], [[[2.0]], [[20.0]]]])
    lab = RunningLab(torch.zeros(3, 2, 2, 1), population=population, training=False, batch=7)
    assert (RunningLab(torch.zeros(3, 2, 2, 1)).drawn(7) == 0).all()
    cells = torch.cat([lab.drawn(number) for number in range(2, 9)])
    assert set(cells[:, 0].flatten().tolist()) == {1, 2}
    assert set(cells[:, 1].flatten().tolist()) == {10, 20}
    other = RunningLab(lab.input, population=population, seed=1)
    assert torch.equal(lab.block, lab.drawn(7)) and not torch.equal(lab.block, other.drawn(7))
    assert torch.equal(lab.drawn(1), torch.zeros(3, 2, 2, 1))


def test_evaluation_does_not_need_a_second_value():
    with pytest.raises(ValueError, match="more than 1 value per channel"):
        _ = RunningLab(ONE).output
    for lab in (RunningLab, NormsLab):
        assert_close(lab(ONE, training=False).output, ONE, rtol=1e-4, atol=0)
        assert "Expected more than 1 value per channel" in lab(ONE).still()
    with pytest.raises(ValueError, match="more than 1 spatial element"):
        _ = NormsLab(ONE, norm="instance", training=False).output
    assert NormsLab(ONE, norm="layer").output.mean().item() == pytest.approx(0, abs=1e-6)


def test_groups_follow_the_channels_unless_given():
    assert NormsLab().groups == 2
    assert NormsLab(SIX[:, :3]).groups == 1
    assert NormsLab(SIX, norm="group", groups=3).output[0, :2, 0, 0].tolist() == pytest.approx(
        [-1, 1], rel=1e-4
    )


BLOCKS = [
    ({"input": SIX[0]}, r"\.input was given an array of shape.*examples, channels"),
    ({"input": torch.ones(9, 1, 1, 1)}, r"1 to 8 by 1 to \d by 1 to 3"),
    ({"input": [[[[1, 2], [3]]]]}, r"\.input was given rows of unequal length"),
    ({"input": torch.ones(8, 4, 3, 3)}, "288 numbers in a block of shape.*at most 128"),
    ({"input": torch.full((1, 1, 1, 2), torch.nan)}, "a cell of nan; allowed: finite"),
    ({"eps": 0}, "eps was given 0; allowed: a number from 1e-12 to 10"),
    ({"picked": [0, 0, 0]}, r"None or \[examples, channels, height, width\]"),
    ({"picked": [0, 0, 3, 0]}, r"0 to 7 by 0 to \d by 0 to 2 by 0 to 2"),
]
STREAMS = [
    ({"population": torch.ones(1, 5, 1, 1)}, "a population of 5 channels for an input of 6"),
    ({"momentum": 1.5}, "momentum was given 1.5; allowed: a number from 0 to 1, or None"),
    ({"momentum": "0.1"}, "momentum was given '0.1'"),
    ({"seen": 0}, "a whole number from 1 to 60"),
    ({"batch": 121}, "a whole number from 1 to 120"),
    ({"seed": -1}, "a whole number from 0 to 2147483647"),
]
NORMS = [
    ({"population": torch.ones(1, 5, 1, 1)}, "a population of 5 channels for an input of 6"),
    ({"norm": "weight"}, "norm"),
    ({"norm": "group", "groups": 4}, "4 groups for 6 channels; allowed: a divisor, 1, 2, 3, 6"),
    ({"groups": 0}, "a whole number from 1 to 8"),
    ({"gamma": True}, "gamma was given True"),
    ({"beta": float("nan")}, "beta was given nan; allowed: a number from -10 to 10"),
]
STEPS = [
    ({"gamma": 2}, "gamma was given an array of shape.*1 to 4"),
    ({"beta": [0] * 5}, "beta was given an array of shape.*1 to 4"),
    ({"input": SIX}, r"\.input was given an array of shape \(2, 6, 1, 1\)"),
]
BAD = [
    *((NormaliseLab, SIX[:, :4], *each) for each in BLOCKS + STEPS),
    *((RunningLab, SIX, *each) for each in BLOCKS + STREAMS),
    *((NormsLab, SIX, *each) for each in BLOCKS + NORMS),
]


@pytest.mark.parametrize(("lab", "block", "settings", "message"), BAD)
def test_bad_settings_are_refused_by_name(lab, block, settings, message):
    with pytest.raises(TraitError, match=message):
        lab(**{"input": block, **settings})


def test_a_refused_change_leaves_the_lab_as_it_was():
    lab = NormsLab(SIX)
    before = lab.settings()
    with pytest.raises(TraitError, match="hold_trait_notifications"):
        lab.input = torch.ones(2, 4, 1, 1)
    lab.groups = 4  # no harm before the norm is group
    with pytest.raises(TraitError, match="4 groups for 6 channels"):
        lab.norm = "group"
    lab.groups = before["groups"]
    assert lab.settings() == before


def test_a_front_end_changes_several_settings_in_one_message():
    lab = NormsLab()
    block = [[[[1]], [[2]], [[3]]], [[[4]], [[5]], [[6]]]]
    lab.set_state({"input": block, "population": block, "norm": "group", "groups": 3, "eps": 1e-3})
    assert lab.output.abs().max() < 1e-4  # each alone in its group
    lab.set_state({"groups": 1, "picked": None})
    assert lab.picked is None and lab.output[0].flatten().sum().item() == pytest.approx(0)
    running = RunningLab()
    running.set_state({"input": block, "population": block, "momentum": None})
    assert running.momentum is None and running.output.shape == (2, 3, 1, 1)


@pytest.mark.parametrize(
    ("lab", "words"),
    [
        (NormaliseLab, "After batch normalisation:"),
        (RunningLab, "After 1 batch the running means are 0.2, 0.2, the running variances"),
        (NormsLab, "After batch norm, in training:"),
    ],
)
def test_the_still_picture_says_every_number(lab, words):
    still = lab([[[[1, 3]], [[2, 2]]]], name="still").still()
    assert still.count("<svg") == 2 and words in still
    assert "Example 0 of x, channel 0: 1, 3; channel 1: 2, 2." in still
    assert "Example 0 of y, channel 0: −1, 1; channel 1: 0, 0." in still
