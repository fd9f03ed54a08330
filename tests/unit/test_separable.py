"""Grouped, depthwise and separable convolution are PyTorch's; so are their counts."""

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given
from hypothesis import strategies as st
from torch import nn
from torch.testing import assert_close

from book_utils import ops, shapes


@st.composite
def grouped_layers(draw):
    groups = draw(st.integers(1, 3))
    c_i, c_o = groups * draw(st.integers(1, 3)), groups * draw(st.integers(1, 3))
    k_h, k_w = draw(st.integers(1, 3)), draw(st.integers(1, 3))
    n_h, n_w = k_h + draw(st.integers(0, 3)), k_w + draw(st.integers(0, 3))
    g = torch.Generator().manual_seed(draw(st.integers(0, 99)))
    x = torch.randn(c_i, n_h, n_w, generator=g, dtype=torch.double)
    return x, torch.randn(c_o, c_i // groups, k_h, k_w, generator=g, dtype=torch.double), groups


@given(grouped_layers())
def test_a_grouped_convolution_is_pytorchs(layer):
    x, k, groups = layer
    wanted = F.conv2d(x[None], k, groups=groups)[0]
    assert_close(ops.corr2d_grouped(x, k, groups), wanted)
    assert_close(ops.conv_forward(x[None], k, groups=groups)[0], wanted)


@given(grouped_layers(), st.integers(1, 4))
def test_depthwise_and_separable_are_pytorchs(layer, c_o):
    x, k, _ = layer
    k = k[:1, 0].expand(len(x), -1, -1) * torch.arange(1, len(x) + 1)[:, None, None]
    depthwise = F.conv2d(x[None], k[:, None], groups=len(x))
    assert_close(ops.corr2d_depthwise(x, k), depthwise[0])
    mix = torch.arange(c_o * len(x), dtype=torch.double).reshape(c_o, len(x), 1, 1)
    assert_close(ops.corr2d_separable(x, k, mix), F.conv2d(depthwise, mix)[0])


@given(st.integers(1, 5), st.integers(1, 5))
def test_a_shuffle_is_pytorchs_and_undone_by_the_other_number_of_groups(groups, each):
    x = torch.arange(float(groups * each)).reshape(-1, 1, 1)
    dealt = ops.channel_shuffle(x, groups)
    assert_close(dealt, nn.ChannelShuffle(groups)(x[None])[0])
    assert_close(ops.channel_shuffle(dealt, each), x)


@given(grouped_layers())
def test_weights_are_counted_as_pytorch_makes_them(layer):
    x, k, groups = layer
    sizes = len(x), len(k), tuple(k.shape[2:])
    conv = nn.Conv2d(*sizes, groups=groups, bias=False)
    assert shapes.conv_weights(*sizes, groups) == shapes.parameters(conv)
    separable = nn.Sequential(
        nn.Conv2d(len(x), len(x), sizes[2], groups=len(x), bias=False),
        nn.Conv2d(len(x), len(k), 1, bias=False),
    )
    assert shapes.separable_weights(*sizes) == shapes.parameters(separable)


def test_the_worked_counts():
    assert shapes.conv_weights(3, 4, 3) == 108
    assert shapes.conv_weights(3, 3, 3, groups=3) == 27
    assert shapes.conv_weights(3, 4, 1) == 12
    assert shapes.separable_weights(3, 4, 3) == 39


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: shapes.conv_weights(3, 4, 3, groups=2), "groups = 2 must divide .* 3 and 4"),
        (lambda: shapes.conv_weights(6, 4, 3, groups=4), "such as 2"),
        (lambda: shapes.conv_weights(6, 4, 0), "all from 1 up"),
        (lambda: shapes.conv_weights(6, 4, 3, groups=0), "all from 1 up"),
        (lambda: ops.corr2d_grouped(torch.ones(3, 4, 4), torch.ones(4, 1, 2, 2), 2), "must divide"),
        (lambda: ops.corr2d_grouped(torch.ones(4, 4, 4), torch.ones(4, 4, 2, 2), 2), "slices; got"),
        (
            lambda: ops.corr2d_depthwise(torch.ones(3, 4, 4), torch.ones(2, 2, 2)),
            "shorter|argument",
        ),
        (lambda: ops.channel_shuffle(torch.ones(6, 1, 1), 4), "4 groups do not divide 6 channels"),
    ],
)
def test_what_does_not_go_together_is_refused_by_name(call, words):
    with pytest.raises(ValueError, match=words):
        call()
