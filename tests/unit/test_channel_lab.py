"""The channel lab in Python: PyTorch says what it must give; bad settings are refused by name."""

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.testing import assert_close
from traitlets import TraitError

from book_utils.explorables import ChannelLab

X = torch.arange(9).reshape(3, 3) + torch.arange(2)[:, None, None]
K = torch.arange(4).reshape(2, 2) + torch.arange(2)[:, None, None]


@st.composite
def labs(draw):
    """Draw a lab of any possible sizes, with small whole numbers."""
    c_i, c_o = draw(st.integers(1, 4)), draw(st.integers(1, 3))
    padding = draw(st.tuples(st.integers(0, 4), st.integers(0, 4)))
    n = draw(st.tuples(st.integers(1, 8), st.integers(1, 8)))
    k = tuple(draw(st.integers(1, min(5, n[d] + 2 * padding[d]))) for d in (0, 1))
    g = torch.Generator().manual_seed(draw(st.integers(0, 2**31)))
    x, w, b = (
        torch.randint(-9, 10, shape, generator=g) for shape in ((c_i, *n), (c_o, c_i, *k), (c_o,))
    )
    stride = draw(st.tuples(st.integers(1, 8), st.integers(1, 8)))
    return ChannelLab(x, w, b, stride=stride, padding=padding, channel=c_o - 1)


def test_the_worked_numbers():
    lab = ChannelLab()
    assert lab.output.tolist() == [[[56, 72], [104, 120]]]
    assert lab.partial.tolist() == [[[[19, 25], [37, 43]], [[37, 47], [67, 77]]]]
    three = ChannelLab(X, torch.stack([K, K + 1, K + 2]))
    assert three.output.tolist() == [
        [[56, 72], [104, 120]],
        [[76, 100], [148, 172]],
        [[96, 128], [192, 224]],
    ]


@settings(max_examples=100)
@given(labs())
def test_partial_maps_and_bias_add_up_to_pytorchs_output(lab):
    x, k, b = (torch.tensor(t, dtype=torch.float32) for t in (lab.input, lab.kernel, lab.bias))
    y = F.conv2d(x[None], k, b, stride=lab.stride, padding=lab.padding)[0]
    assert_close(lab.output, y)
    assert_close(lab.partial.sum(1) + b[:, None, None], y)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"input": X[0]}, r"ChannelLab\.input was given an array of shape \(3, 3\).*c_i, height"),
        ({"input": torch.ones(5, 3, 3)}, "1 to 4 by 1 to 8"),
        ({"input": torch.full((2, 3, 3), torch.nan)}, "a cell of nan; allowed: finite"),
        ({"input": [[[1, 2], [3]], [[1, 2], [3, 4]]]}, "rows of unequal length"),
        ({"kernel": torch.ones(1, 3, 2, 2)}, "kernel for 3 channels on an input of 2 channels"),
        ({"kernel": torch.ones(1, 2, 4, 2)}, r"kernel of height 4 spans 4.* 3 \+ 2·0 = 3"),
        ({"kernel": torch.ones(2, 2, 2, 2), "bias": [1]}, "1 biases for 2 channels of output"),
        ({"channel": 1}, "1 of 1 channel of output; allowed: 0 to 0"),
        ({"stride": 0}, "a whole number from 1 to 8"),
        ({"padding": (1, 5)}, "a whole number from 0 to 4"),
        ({"picked": ["input 4", 0, 0]}, "grid is one of output, input 0"),
    ],
)
def test_bad_settings_are_refused_by_name(settings, message):
    with pytest.raises(TraitError, match=message):
        ChannelLab(**{"input": X, "kernel": K[None], **settings})


def test_a_refused_change_leaves_the_lab_as_it_was():
    lab = ChannelLab(X, K[None])
    before = lab.settings()
    with pytest.raises(TraitError, match="hold_trait_notifications"):
        lab.input = torch.ones(3, 3, 3)
    with pytest.raises(TraitError):
        lab.kernel = torch.ones(1, 2, 5, 5)
    assert lab.settings() == before


def test_the_number_of_channels_changes_when_both_change():
    lab = ChannelLab(X, K[None])
    with lab.hold_trait_notifications():
        lab.input, lab.kernel = torch.ones(4, 3, 3), torch.ones(3, 4, 3, 3)
        lab.bias = [0, 1, 2]
    assert lab.output.flatten().tolist() == [36, 37, 38]


def test_the_still_picture_says_every_sum():
    still = ChannelLab(X, torch.stack([K, K + 1]), [0, 5], channel=1).still()
    assert still.count("<svg") == 3
    assert "Input channel 1" in still and "partial 1" in still
    assert "with bias 5, are output channel 1" in still
    assert str(ChannelLab(X, torch.stack([K, K + 1]), [0, 5]).output.tolist()) in still


def test_a_front_end_changes_several_settings_in_one_message():
    lab = ChannelLab(X, torch.stack([K, K + 1]), channel=1)
    one = {"input": [[[1, 2], [3, 4]]], "kernel": [[[[1]]]], "bias": [5], "channel": 0}
    lab.set_state(one)
    assert lab.output.tolist() == [[[6, 7], [8, 9]]]
    with pytest.raises(TraitError):
        lab.set_state({"kernel": [[[[1]], [[2]]]]})
    assert lab.output.tolist() == [[[6, 7], [8, 9]]]
