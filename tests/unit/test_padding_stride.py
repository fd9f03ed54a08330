"""Padding and stride from scratch against PyTorch, and the worked sizes of the chapter."""

from itertools import product

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from torch.testing import assert_close

from book_utils import ops
from book_utils.shapes import output_size

X = torch.arange(9.0).reshape(3, 3)
K = torch.arange(4.0).reshape(2, 2)


@st.composite
def layers(draw):
    """Draw an input, a kernel that fits when padded, stride and padding (numbers or pairs)."""
    padding = (draw(st.integers(0, 3)), draw(st.integers(0, 3)))
    stride = (draw(st.integers(1, 4)), draw(st.integers(1, 4)))
    n = [draw(st.integers(1, 8)) for _ in range(2)]
    k = [draw(st.integers(1, min(5, side + 2 * p))) for side, p in zip(n, padding, strict=True)]
    g = torch.Generator().manual_seed(draw(st.integers(0, 2**31)))
    x, w = (torch.randn(*shape, generator=g, dtype=torch.double) for shape in (n, k))
    return x, w, stride, padding


@settings(max_examples=200)
@given(layers())
def test_strided_equals_torch_forward_and_backward(layer):
    x, k, stride, padding = layer
    results = []
    for way in ("torch", "ops"):
        a, b = (t.clone().requires_grad_() for t in (x, k))
        if way == "torch":
            y = F.conv2d(a[None, None], b[None, None], stride=stride, padding=padding)[0, 0]
        else:
            y = ops.corr2d_strided(a, b, stride, padding)
        (y * torch.arange(y.numel()).reshape(y.shape)).sum().backward()
        results.append((y.detach(), a.grad, b.grad))
    assert_close(results[1], results[0])


@settings(max_examples=100)
@given(st.lists(st.integers(0, 4), min_size=4, max_size=4), st.integers(1, 5), st.integers(1, 5))
def test_pad2d_is_f_pad_with_rows_first(sides, height, width):
    top, bottom, left, right = sides
    x = torch.randn(height, width)
    assert_close(ops.pad2d(x, top, bottom, left, right), F.pad(x, (left, right, top, bottom)))


def test_one_number_holds_for_both_axes_and_types_are_kept():
    assert ops.as_pair(3) == (3, 3) and ops.as_pair((1, 2)) == (1, 2)
    y = ops.corr2d_strided(X.long(), K.long(), 2, 1)
    assert y.dtype == torch.long
    assert_close(y.float(), ops.corr2d_strided(X, K, (2, 2), (1, 1)))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: ops.pad2d(X, 1, 1, -1, 1), r"2-D and \(1, 1, -1, 1\)"),
        (lambda: ops.pad2d(X[0], 1, 1, 1, 1), "got 1-D"),
        (lambda: ops.corr2d_strided(X, K, stride=0), "stride 0: the window must move"),
        (lambda: ops.corr2d_strided(X, K, stride=(1, -2)), r"stride \(1, -2\)"),
        (lambda: ops.corr2d_strided(X, torch.ones(6, 6), padding=1), "6×6 kernel does not fit a 5"),
    ],
)
def test_bad_input_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_padding_by_one_gives_four_by_four():
    y = ops.corr2d_strided(X, K, padding=1)
    assert y.tolist() == [[0, 3, 8, 4], [9, 19, 25, 10], [21, 37, 43, 16], [6, 7, 8, 0]]


def test_stride_three_down_two_across():
    assert ops.corr2d_strided(X, K, (3, 2), 1).tolist() == [[0, 8], [6, 8]]


SIZES = [  # the worked sizes: input side, layer, output
    (8, {"kernel_size": 3, "padding": 1}, (8, 8)),
    (8, {"kernel_size": (5, 3), "padding": (2, 1)}, (8, 8)),
    (8, {"kernel_size": 3, "padding": 1, "stride": 2}, (4, 4)),
    (8, {"kernel_size": (3, 5), "padding": (0, 1), "stride": (3, 4)}, (2, 2)),
    (8, {"kernel_size": (3, 5), "stride": (3, 4)}, (2, 1)),
    (5, {"kernel_size": 3, "padding": 1, "stride": 1}, (5, 5)),
    (5, {"kernel_size": 3, "stride": 2}, (2, 2)),
    (6, {"kernel_size": 3, "stride": 2}, (2, 2)),
]


@pytest.mark.parametrize(("n", "layer", "size"), SIZES)
def test_worked_sizes(n, layer, size):
    conv = nn.Conv2d(1, 1, **layer).double()
    x = torch.rand(n, n, dtype=torch.float64)
    assert conv(x[None, None]).shape[2:] == size
    y = ops.corr2d_strided(x, conv.weight[0, 0], conv.stride, conv.padding) + conv.bias
    assert_close(y, conv(x[None, None])[0, 0])


def walk(n, k, s, p, d):
    """Count the stops one by one, as long as the last weight lies inside."""
    count, first = 0, 0
    while first + d * (k - 1) < n + 2 * p:
        count, first = count + 1, first + s
    return count


def by_torch(n, k, s, p, d):
    row, kernel = torch.zeros(1, 1, n), torch.zeros(1, 1, k)
    return F.conv1d(row, kernel, None, s, p, d).shape[-1]


def per_side(n, k, s, p, d):
    return (n + 2 * p - d * (k - 1) - 1) // s + 1


def in_total(n, k, s, p, d):
    span, both = d * (k - 1) + 1, 2 * p
    return (n - span + both + s) // s


WAYS = (by_torch, walk, per_side, in_total, output_size)


def test_five_ways_to_count_the_stops_agree():
    ranges = range(1, 13), range(1, 6), range(1, 5), range(4), (1, 2, 3)
    fits = [case for case in product(*ranges) if case[4] * (case[1] - 1) < case[0] + 2 * case[3]]
    assert len(fits) > 2000
    for case in fits:
        assert len({way(*case) for way in WAYS}) == 1, case


def test_same_padding_and_a_stride_that_divides_give_the_quotient():
    for n, k, s in product(range(1, 25), (1, 3, 5, 7), range(1, 6)):
        assert output_size(n, k, s, (k - 1) // 2) == -(-n // s)


def test_ten_layers_take_forty_pixels():
    x = torch.zeros(1, 1, 240, 240)
    for _ in range(10):
        x = F.conv2d(x, torch.zeros(1, 1, 5, 5))
    assert x.shape[2:] == (200, 200)
