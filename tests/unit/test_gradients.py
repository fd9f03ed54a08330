"""The operators backward, against PyTorch's autograd: random settings, worked numbers, refusals."""

import pytest
import torch
import torch.nn.functional as F
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from torch.testing import assert_close

from book_utils import ops

X = torch.arange(9.0).reshape(3, 3)
K = torch.arange(4.0).reshape(2, 2)
ONES = torch.ones(2, 2)

pairs = st.tuples(st.integers(1, 4), st.integers(1, 4))
paddings = st.tuples(st.integers(0, 3), st.integers(0, 3))


def normal(draw, *shape):
    """Draw float64 numbers of a shape from a seed."""
    g = torch.Generator().manual_seed(draw(st.integers(0, 2**31)))
    return torch.randn(shape, generator=g, dtype=torch.float64)


def gradients(operator, dy, *operands):
    """Return the gradients of operands by autograd where the output's is dy."""
    operands = [each.clone().requires_grad_() for each in operands]
    return torch.autograd.grad(operator(*operands), operands, dy)


@st.composite
def layers(draw):
    """Draw x, w, bias and settings of a layer that PyTorch takes."""
    groups = draw(st.integers(1, 3))
    c_i, c_o = groups * draw(st.integers(1, 2)), groups * draw(st.integers(1, 3))
    given = {"stride": draw(pairs), "padding": draw(paddings), "dilation": draw(pairs)}
    k = draw(st.integers(1, 3)), draw(st.integers(1, 3))
    n = draw(st.integers(1, 7)), draw(st.integers(1, 7))
    for size, window, p, d in zip(n, k, given["padding"], given["dilation"], strict=True):
        assume(d * (window - 1) + 1 <= size + 2 * p)
    x = normal(draw, draw(st.integers(1, 2)), c_i, *n)
    w = normal(draw, c_o, c_i // groups, *k)
    return x, w, normal(draw, c_o), given | {"groups": groups}


@settings(max_examples=200)
@given(layers(), st.data())
def test_a_layer_equals_torch_forward_and_backward(layer, data):
    x, w, bias, given = layer
    y = F.conv2d(x, w, bias, **given)
    assert_close(ops.conv_forward(x, w, bias, **given), y)
    assert_close(ops.conv_forward(x, w, **given), F.conv2d(x, w, **given))
    dy = normal(data.draw, *y.shape)
    by_torch = gradients(lambda *operands: F.conv2d(*operands, **given), dy, x, w, bias)
    assert_close(ops.conv_backward(x, w, dy, **given), by_torch)


@st.composite
def matrices(draw):
    """Draw an input, a kernel that fits, stride and padding."""
    n, k = (draw(st.integers(1, 7)), draw(st.integers(1, 7))), draw(pairs)
    stride, padding = draw(pairs), draw(paddings)
    for size, window, p in zip(n, k, padding, strict=True):
        assume(window <= size + 2 * p)
    return normal(draw, *n), normal(draw, *k), stride, padding


@settings(max_examples=150)
@given(matrices(), st.data())
def test_one_channel_and_its_matrix_equal_torch(case, data):
    x, k, stride, padding = case
    y = ops.corr2d_strided(x, k, stride, padding)
    dy = normal(data.draw, *y.shape)

    def by_torch(x, k):
        return F.conv2d(x[None, None], k[None, None], stride=stride, padding=padding)[0, 0]

    dx, dk = gradients(by_torch, dy, x, k)
    assert_close(ops.corr2d_backward(x, k, dy, stride, padding), (dx, dk))
    matrix = ops.conv_matrix(k, tuple(x.shape), stride, padding)
    assert_close(matrix @ x.flatten(), y.flatten())
    assert_close(matrix.T @ dy.flatten(), dx.flatten())


@settings(max_examples=60)
@given(pairs, pairs, st.data())
def test_zeros_are_put_between(shape, stride, data):
    dy = normal(data.draw, *shape)
    wide = ops.insert_zeros(dy, stride)
    want = F.conv_transpose2d(dy[None, None], torch.ones(1, 1, 1, 1).double(), stride=stride)[0, 0]
    assert_close(wide, want)


@settings(max_examples=200)
@given(st.data(), pairs, st.none() | pairs, st.sampled_from(["max", "average"]), st.booleans())
def test_pooling_equals_torch_backward(data, size, stride, mode, has_ties):
    padding = tuple(data.draw(st.integers(0, k // 2)) for k in size)
    n = [data.draw(st.integers(max(1, k - 2 * p), 8)) for k, p in zip(size, padding, strict=True)]
    x = normal(data.draw, 2, *n)
    x = x.round() if has_ties else x
    given = {"kernel_size": size, "stride": stride, "padding": padding}
    pool = F.max_pool2d if mode == "max" else F.avg_pool2d
    dy = normal(data.draw, *pool(x, **given).shape)
    (dx,) = gradients(lambda x: pool(x, **given), dy, x)
    assert_close(ops.pool2d_backward(x, dy, size, mode, stride, padding), dx)


def test_the_worked_numbers():
    dx, dk = ops.corr2d_backward(X, K, ONES)
    assert dk.tolist() == [[8, 12], [20, 24]]
    assert dx.tolist() == [[0, 1, 1], [2, 6, 4], [2, 5, 3]]
    assert ops.conv_matrix(torch.ones(3, 3), 4).shape == (4, 16)
    overlap = ops.pool2d_backward(X, ONES, 2, "average", 1)
    assert (4 * overlap).tolist() == [[1, 2, 1], [2, 4, 2], [1, 2, 1]]


def test_a_window_that_skips_the_last_row_sends_nothing_back_there():
    dx, _ = ops.corr2d_backward(torch.ones(4, 4), torch.ones(2, 2), torch.ones(1, 1), stride=3)
    assert dx.sum() == 4 and not dx[2:].any() and not dx[:, 2:].any()


LAYER = torch.ones(1, 4, 5, 5), torch.ones(2, 2, 3, 3)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: ops.conv_forward(*LAYER), r"got \(1, 4, 5, 5\), \(2, 2, 3, 3\) and groups = 1"),
        (lambda: ops.conv_forward(*LAYER, groups=0), "groups = 0"),
        (lambda: ops.conv_forward(torch.ones(1, 6, 5, 5), LAYER[1], groups=3), "groups = 3"),
        (lambda: ops.conv_forward(X, LAYER[1], groups=2), r"got \(3, 3\)"),
        (lambda: ops.conv_forward(LAYER[0], K, groups=2), r"\(2, 2\) and groups = 2"),
        (lambda: ops.conv_forward(LAYER[0], torch.ones(2)), r"\(2,\) and groups = 1"),
        (lambda: ops.conv_forward(*LAYER, groups=2, dilation=3), "reaches over 7 pixels"),
        (lambda: ops.conv_forward(*LAYER, groups=2, stride=0), "stride = 0"),
        (lambda: ops.conv_forward(*LAYER, groups=2, padding=(0, -1)), "padding = -1"),
        (
            lambda: ops.conv_backward(*LAYER, torch.ones(1, 2, 5, 5), groups=2),
            r"dy is \(1, 2, 5, 5\), and the output \(1, 2, 3, 3\)",
        ),
        (lambda: ops.conv_backward(*LAYER, torch.ones(1, 4, 3, 3), groups=2), r"dy is \(1, 4"),
        (lambda: ops.conv_backward(*LAYER, torch.ones(2, 2, 3, 3), groups=2), r"dy is \(2, 2"),
        (lambda: ops.corr2d_backward(X, K, X), r"dy is \(3, 3\), and the output \(2, 2\)"),
        (lambda: ops.corr2d_backward(K, X, K), "3 pixels .* does not fit into 2"),
        (lambda: ops.conv_matrix(X, 2), "3×3 kernel does not fit a 2×2 input"),
        (lambda: ops.pool2d_backward(X, X, 2), r"dy is \(3, 3\), and the output \(1, 1\)"),
        (lambda: ops.pool2d_backward(X, ONES, 2, "mean", 1), "mode max or average"),
        (lambda: ops.pool2d_backward(X, ONES, 2, padding=2), "at most half a window"),
    ],
)
def test_what_has_no_answer_is_refused_by_name(call, message):
    with pytest.raises(ValueError, match=message):
        call()
