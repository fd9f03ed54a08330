"""Normalisation from scratch is PyTorch's, forwards, backwards and in what it keeps."""

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from torch.testing import assert_close

from book_utils.models import NormLeNet
from book_utils.normalisation import (
    BatchNorm,
    batch_norm,
    batch_norm_backward,
    batch_norm_eval,
    group_norm,
    normalise,
    running_average,
)

EPS = st.sampled_from([1e-5, 1e-3, 0.5])


@st.composite
def batches(draw, channels=None):
    """Draw (n, c) or (n, c, h, w) with two numbers a channel or more, off zero, of any scale."""
    places = draw(st.sampled_from([(), (2, 3), (1, 1), (4, 1)]))
    shape = (
        draw(st.integers(2, 5)),
        draw(st.integers(1, 6) if channels is None else channels),
        *places,
    )
    generator = torch.Generator().manual_seed(draw(st.integers(0, 99)))
    scale, shift = draw(st.sampled_from([(1, 0), (100, 5), (0.1, -3)]))
    return scale * torch.randn(shape, generator=generator, dtype=torch.float64) + shift


def learned(x):
    generator = torch.Generator().manual_seed(7)
    return torch.randn(2, x.shape[1], generator=generator, dtype=x.dtype)


@settings(max_examples=100)
@given(batches(), EPS)
def test_batch_norm_is_pytorchs(x, eps):
    gamma, beta = learned(x)
    wanted = F.batch_norm(x, None, None, gamma, beta, training=True, eps=eps)
    assert_close(batch_norm(x, gamma, beta, eps), wanted)


@settings(max_examples=100)
@given(batches(), EPS)
def test_batch_norm_eval_is_pytorchs(x, eps):
    gamma, beta = learned(x)
    mean, var = gamma + 1, beta**2
    wanted = F.batch_norm(x, mean, var, gamma, beta, eps=eps)
    assert_close(batch_norm_eval(x, mean, var, gamma, beta, eps), wanted)


@settings(max_examples=100)
@given(batches(st.sampled_from([2, 4, 6])), st.sampled_from([1, 2]), EPS)
def test_group_norm_is_pytorchs(x, groups, eps):
    assert_close(group_norm(x, groups, eps), F.group_norm(x, groups, eps=eps))
    assert_close(group_norm(x, x.shape[1], eps), F.group_norm(x, x.shape[1], eps=eps))


def test_one_function_makes_the_relatives():
    x = torch.randn(3, 4, 5, 6, dtype=torch.float64)
    assert_close(normalise(x, (1, 2, 3)), F.layer_norm(x, x.shape[1:]))
    assert_close(normalise(x, (2, 3)), F.instance_norm(x))
    assert_close(normalise(x, (0, 2, 3)), F.batch_norm(x, None, None, training=True))
    assert_close(normalise(x, (1, 2, 3)), group_norm(x, 1))


@pytest.mark.parametrize("groups", [0, 3, 5, -1])
def test_channels_that_cannot_be_split_are_refused(groups):
    with pytest.raises(ValueError, match=f"4 channels cannot be split into {groups} groups"):
        group_norm(torch.ones(1, 4, 2, 2), groups)


@settings(max_examples=60)
@given(batches(), EPS)
def test_the_backward_is_autograds(x, eps):
    gamma, beta = learned(x)
    inputs = [t.clone().requires_grad_() for t in (x, gamma, beta)]
    y = F.batch_norm(inputs[0], None, None, *inputs[1:], training=True, eps=eps)
    dy = torch.randn(y.shape, generator=torch.Generator().manual_seed(1), dtype=y.dtype)
    y.backward(dy)
    for ours, t in zip(batch_norm_backward(dy, x, gamma, eps), inputs, strict=True):
        assert_close(ours, t.grad)


def test_gradcheck_agrees():
    x = torch.randn(2, 3, 2, 2, dtype=torch.float64, requires_grad=True)
    gamma, beta = (t.requires_grad_() for t in learned(x))
    assert torch.autograd.gradcheck(batch_norm, (x, gamma, beta))


@pytest.mark.parametrize(
    "shape, theirs", [((6, 3, 4, 4), nn.BatchNorm2d), ((6, 3), nn.BatchNorm1d)]
)
@pytest.mark.parametrize("momentum", [0.1, 0.01])
def test_the_layer_keeps_what_pytorchs_keeps(shape, theirs, momentum):
    ours, theirs = (layer(3, momentum=momentum).double() for layer in (BatchNorm, theirs))
    for _ in range(5):
        x = 3 * torch.randn(shape, dtype=torch.float64) + 1
        assert_close(ours(x), theirs(x))
        assert_close(ours.running_mean, theirs.running_mean)
        assert_close(ours.running_var, theirs.running_var)
    state = theirs.state_dict()
    del state["num_batches_tracked"]
    ours.load_state_dict(state)
    assert_close(ours.eval()(x), theirs.eval()(x))
    assert_close(ours.running_mean, theirs.running_mean)  # nothing is kept in evaluation


def test_the_layer_keeps_no_graph():
    layer = BatchNorm(2)
    layer(torch.randn(4, 2, requires_grad=True))
    assert not layer.running_mean.requires_grad and not layer.running_var.requires_grad


def test_one_number_a_channel_is_refused_in_training_only():
    layer = BatchNorm(2)
    for x in (torch.ones(1, 2), torch.ones(1, 2, 1, 1)):
        with pytest.raises(ValueError, match="one number per channel"):
            layer.train()(x)
        assert layer.eval()(x).shape == x.shape
    assert layer.train()(torch.ones(1, 2, 1, 2)).shape == (1, 2, 1, 2)


def test_the_two_conventions_of_momentum():
    kept, batch = torch.tensor([4.0]), torch.tensor([10.0])
    keras = 0.99 * kept + (1 - 0.99) * batch
    assert_close(running_average(kept, batch, 0.01), keras)


def test_lenet_takes_the_layer():
    ours, theirs = NormLeNet(BatchNorm, BatchNorm), NormLeNet()
    assert sum(p.numel() for p in ours.parameters()) == 62_158
    ours.load_state_dict(theirs.state_dict(), strict=False)
    ours, theirs = ours.double(), theirs.double()  # in float32 four layers of sums differ by chance
    x = torch.rand(4, 1, 28, 28, dtype=torch.float64)
    assert_close(ours(x), theirs(x))
    assert_close(ours.eval()(x), theirs.eval()(x))


# What the chapter's questions claim


def test_question_1_numbers_under_one_mean():
    x = torch.rand(32, 14, 14, 16).permute(0, 3, 1, 2)
    assert x[:, 0].numel() == 32 * 14 * 14
    assert nn.BatchNorm2d(16)(x).shape == x.shape


def test_question_2_what_reaches_the_output():
    x = torch.rand(8, 2, 6, 6, dtype=torch.float64)
    conv, norm = nn.Conv2d(2, 3, 3).double(), nn.BatchNorm2d(3, eps=1e-9).double()
    before = norm(conv(x))

    def after(weight=1.0, bias=0.0):
        return norm(F.conv2d(x, conv.weight * weight, conv.bias + bias))

    assert_close(after(weight=0.5), before, atol=1e-4, rtol=0)
    assert_close(after(bias=10), before, atol=1e-4, rtol=0)
    assert_close(after(weight=0.5, bias=10), before, atol=1e-4, rtol=0)
    assert_close(after(weight=-1), -before, atol=1e-4, rtol=0)


def test_question_3_the_momentum_of_the_other_framework():
    kept, batch = torch.randn(2, 5)
    assert_close(running_average(kept, batch, 0.1), 0.9 * kept + 0.1 * batch)


def test_question_4_looking_moves_the_averages():
    layer, x = nn.BatchNorm2d(2), torch.rand(4, 2, 3, 3)
    with torch.no_grad():
        layer(x)
    assert layer.running_mean.abs().min() > 0


def test_question_5_means_of_groups():
    split = torch.rand(8, 32, 14, 14).reshape(8, 4, 8, 14, 14)
    assert split.mean((2, 3, 4)).numel() == 32
