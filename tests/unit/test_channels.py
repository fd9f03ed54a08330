"""The operators of the chapter on channels against PyTorch, and its worked numbers."""

import warnings

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.testing import assert_close

from book_utils import ops

X = torch.arange(9.0).reshape(3, 3) + torch.arange(2.0)[:, None, None]
K = torch.arange(4.0).reshape(2, 2) + torch.arange(2.0)[:, None, None]


@st.composite
def layers(draw, one_by_one=False):
    """Draw an input (c_i, n_h, n_w) and kernels (c_o, c_i, k_h, k_w) that fit, float64."""
    c_i, c_o, n_h, n_w = (draw(st.integers(1, most)) for most in (4, 4, 7, 7))
    k_h, k_w = (1, 1) if one_by_one else (draw(st.integers(1, n)) for n in (n_h, n_w))
    g = torch.Generator().manual_seed(draw(st.integers(0, 2**31)))
    shapes = (c_i, n_h, n_w), (c_o, c_i, k_h, k_w)
    return tuple(torch.randn(shape, generator=g, dtype=torch.float64) for shape in shapes)


@settings(max_examples=100)
@given(layers())
def test_both_loops_equal_pytorch(layer):
    x, k = layer
    y = F.conv2d(x[None], k)[0]
    assert_close(ops.corr2d_multi_in_out(x, k), y)
    assert_close(ops.corr2d_multi_in(x, k[0]), y[0])


@settings(max_examples=100)
@given(layers(one_by_one=True))
def test_one_by_one_is_a_product_of_matrices(layer):
    x, k = layer
    by_matmul = ops.corr2d_multi_in_out_1x1(x, k)
    assert (by_matmul - ops.corr2d_multi_in_out(x, k)).abs().max() < 1e-6
    assert_close(by_matmul, F.conv2d(x[None], k)[0])


def test_the_worked_numbers():
    assert ops.corr2d_multi_in(X, K).tolist() == [[56, 72], [104, 120]]
    kernels = torch.stack([K, K + 1, K + 2])
    assert kernels.shape == (3, 2, 2, 2)
    assert ops.corr2d_multi_in_out(X, kernels).tolist() == [
        [[56, 72], [104, 120]],
        [[76, 100], [148, 172]],
        [[96, 128], [192, 224]],
    ]


def test_four_images_of_two_channels_under_five_kernels_with_same_padding():
    images, kernels = (torch.randn(n, 2, 2, 3, dtype=torch.float64) for n in (4, 5))
    y = F.conv2d(F.pad(images, (1, 1, 0, 1)), kernels)
    assert y.shape == (4, 5, 2, 3) and y.permute(0, 2, 3, 1).shape == (4, 2, 3, 5)
    with warnings.catch_warnings(action="ignore"):  # PyTorch warns of the copy it makes
        assert_close(y, F.conv2d(images, kernels, padding="same"))


@pytest.mark.parametrize(
    ("operator", "x", "k", "message"),
    [
        (ops.corr2d_multi_in, X, K[:1], r"slice for each channel.*\(2, 3, 3\) and \(1, 2, 2\)"),
        (ops.corr2d_multi_in, X[0], K[0], r"got \(3, 3\) and \(2, 2\)"),
        (ops.corr2d_multi_in, X[:0], K[:0], "slice for each channel"),
        (ops.corr2d_multi_in, X[:, :1], K, "2×2 kernel does not fit a 1×3 input"),
        (ops.corr2d_multi_in_out, X, torch.ones(3, 1, 2, 2), "slice for each channel"),
        (ops.corr2d_multi_in_out_1x1, X, torch.ones(3, 2, 2, 1), r"\(c_o, c_i, 1, 1\), got"),
        (ops.corr2d_multi_in_out_1x1, X, torch.ones(3, 3, 1, 1), r"got \(2, 3, 3\) and \(3, 3"),
        (ops.corr2d_multi_in_out_1x1, X[0], torch.ones(3, 3, 1, 1), r"need \(c_i, h, w\)"),
    ],
)
def test_bad_input_is_refused(operator, x, k, message):
    with pytest.raises(ValueError, match=message):
        operator(x, k)
