"""Checkers of the gradients of a convolution and of max pooling."""

import torch
import torch.nn.functional as F
from hypothesis import strategies as st
from torch import Tensor
from torch.nn import grad

from .engine import LONGEST, Case, Checker, Misconception, numbers, or_fixed

CHAPTER = "Gradients through a convolution"


def correlate(x: Tensor, k: Tensor) -> Tensor:
    """Cross-correlate matrices: (n_h, n_w), (k_h, k_w) -> (n_h - k_h + 1, n_w - k_w + 1)."""
    return F.conv2d(x[None, None], k[None, None])[0, 0]


def stamp(dy: Tensor, k: Tensor, stride: int = 1) -> Tensor:
    """Add a copy of k for each number of dy, `stride` pixels apart: (h, w), (k_h, k_w) -> (…)."""
    return F.conv_transpose2d(dy[None, None], k[None, None], stride=stride)[0, 0]


# ---- the weights ----


@st.composite
def pictures_and_gradients(draw: st.DrawFn) -> Case:
    """Draw a picture and the gradient of an output that a kernel of at most 3×3 makes of it."""
    (n_h, n_w), (k_h, k_w) = (
        (draw(st.integers(low, high)), draw(st.integers(low, high)))
        for low, high in ((3, LONGEST), (1, 3))
    )
    return {"x": draw(numbers(n_h, n_w)), "dy": draw(numbers(n_h - k_h + 1, n_w - k_w + 1))}


def of_weights(x: Tensor, dy: Tensor) -> Tensor:
    """Return the gradient of the kernel of a cross-correlation: (n_h, n_w), (h, w) -> (…)."""
    (n_h, n_w), (h, w) = x.shape, dy.shape
    shape = (1, 1, n_h - h + 1, n_w - w + 1)
    return grad.conv2d_weight(x[None, None], shape, dy[None, None])[0, 0]


weight_gradient = Checker(
    name="weight_gradient",
    oracle=of_weights,
    draw=pictures_and_gradients,
    chapter=CHAPTER,
    misconceptions=[
        Misconception(
            "the gradient of the output is turned by 180°",
            lambda x, dy: correlate(x, dy.flip(0, 1)),
            "A weight meets pixels and outputs in the same direction: output (i, j) goes with "
            "pixel (i + a, j + b). Only the gradient of the pixels turns something around.",
        ),
        Misconception(
            "the result is turned by 180°",
            lambda x, dy: correlate(x, dy).flip(0, 1),
            "The first weight's gradient comes first: its pixels begin in row 0, column 0.",
        ),
        Misconception(
            "the products are averaged over the outputs",
            lambda x, dy: correlate(x, dy) / dy.numel(),
            "A weight is used at every output, and what it does there adds up. If the loss is a "
            "mean, its δ hold the division already.",
        ),
        Misconception(
            "the windows that stick out count, too",
            lambda x, dy: correlate(F.pad(x, (dy.shape[1] - 1,) * 2 + (dy.shape[0] - 1,) * 2), dy),
            "That is as many numbers as pixels and more; a kernel has n − h + 1 rows.",
        ),
        Misconception(
            "the sum of the output's gradient is all that counts",
            lambda x, dy: (
                x[: x.shape[0] - dy.shape[0] + 1, : x.shape[1] - dy.shape[1] + 1] * dy.sum()
            ),
            "Each δ meets a pixel of its own: multiply before you add.",
        ),
    ],
)


# ---- the pixels ----


@st.composite
def strided_layers(draw: st.DrawFn, stride: int | None = None, padding: int | None = None) -> Case:
    """Draw a picture, a kernel of at most 3×3, stride, padding, and the output's gradient."""
    stride = or_fixed(draw, stride, st.integers(1, 3))
    padding = or_fixed(draw, padding, st.integers(0, 2))
    k_h, k_w = draw(st.integers(1, 3)), draw(st.integers(1, 3))
    n_h, n_w = (draw(st.integers(max(1, k - 2 * padding), LONGEST)) for k in (k_h, k_w))
    h, w = ((n + 2 * padding - k) // stride + 1 for n, k in ((n_h, k_h), (n_w, k_w)))
    return {
        "x": draw(numbers(n_h, n_w)),
        "k": draw(numbers(k_h, k_w)),
        "dy": draw(numbers(h, w)),
        "stride": stride,
        "padding": padding,
    }


def of_pixels(x: Tensor, k: Tensor, dy: Tensor, stride: int, padding: int) -> Tensor:
    """Return the gradient of the pixels of a cross-correlation, of the shape of x."""
    operands = (1, 1, *x.shape), k[None, None], dy[None, None]
    return grad.conv2d_input(*operands, stride=stride, padding=padding)[0, 0]


def _cut(full: Tensor, x: Tensor, padding: int) -> Tensor:
    """Fill up or cut what has been stamped to the shape of x, from the padding on."""
    (n_h, n_w), p = x.shape, padding
    room = F.pad(full, (0, max(0, n_w + p - full.shape[1]), 0, max(0, n_h + p - full.shape[0])))
    return room[p : p + n_h, p : p + n_w]


input_gradient = Checker(
    name="input_gradient",
    oracle=of_pixels,
    draw=strided_layers,
    chapter=CHAPTER,
    misconceptions=[
        Misconception(
            "the kernel is turned where it is stamped, or not turned where it slides",
            lambda x, k, dy, s, p: _cut(stamp(dy, k.flip(0, 1), s), x, p),
            "Each δ stamps the kernel as it is. Written as a sliding window it is the other way "
            "round: then the kernel is turned by 180°.",
        ),
        Misconception(
            "the stride is forgotten: no zeros are put between the δ",
            lambda x, k, dy, s, p: _cut(stamp(dy, k), x, p),
            "Neighbouring outputs read windows s pixels apart: put s − 1 zeros between the δ.",
        ),
        Misconception(
            "one zero too many is put between the δ",
            lambda x, k, dy, s, p: _cut(stamp(dy, k, s + 1), x, p),
            "Windows are s pixels apart, so s − 1 zeros stand between two δ; at stride 1 none.",
        ),
        Misconception(
            "the gradient of the padding is not cropped",
            [
                lambda x, k, dy, s, p: _cut(stamp(dy, k, s), F.pad(x, (p, p, p, p)), 0),
                lambda x, k, dy, s, p: stamp(dy, k, s),
            ],
            "The first and last rows and columns are those of the padding: cut p off each side.",
        ),
        Misconception(
            "the padding is cropped behind, not in front",
            lambda x, k, dy, s, p: _cut(stamp(dy, k, s), x, 0),
            "Row 0 of what you have stamped is padding; the picture begins in row p.",
        ),
        Misconception(
            "the pixels that no window reads are left out",
            lambda x, k, dy, s, p: stamp(dy, k, s)[p : p + len(x), p : p + len(x[0])],
            "The result has the shape of x: a pixel that no window reads has the gradient 0.",
        ),
    ],
)


# ---- max pooling ----


@st.composite
def pooled_pictures(draw: st.DrawFn, k: int | None = None, stride: int | None = None) -> Case:
    """Draw a picture, a square window, a stride, and the gradient of the output."""
    k = or_fixed(draw, k, st.integers(1, 3))
    stride = or_fixed(draw, stride, st.integers(1, 3))
    n_h, n_w = draw(st.integers(k, LONGEST)), draw(st.integers(k, LONGEST))
    h, w = ((n - k) // stride + 1 for n in (n_h, n_w))
    return {
        "x": draw(numbers(n_h, n_w)),
        "dy": draw(numbers(h, w)),
        "k": k,
        "stride": stride,
    }


def of_max_pool(x: Tensor, dy: Tensor, k: int, stride: int) -> Tensor:
    """Return the gradient of the pixels of a max pooling, of the shape of x."""
    x = x.clone().requires_grad_()
    return torch.autograd.grad(F.max_pool2d(x[None], k, stride)[0], x, dy)[0]


def _windows(x: Tensor, dy: Tensor, k: int, stride: int):  # noqa: ANN202
    """Go over the windows: the part of x, the same part of a zero dx, and the δ."""
    dx = torch.zeros_like(x)
    parts = [
        (slice(i * stride, i * stride + k), slice(j * stride, j * stride + k), dy[i, j])
        for i in range(dy.shape[0])
        for j in range(dy.shape[1])
    ]
    return dx, [(x[rows, columns], dx[rows, columns], d) for rows, columns, d in parts]


def _shared(x: Tensor, dy: Tensor, k: int, stride: int, *, whole: bool) -> Tensor:
    """Give each of the largest numbers the whole δ, or an equal share of it."""
    dx, windows = _windows(x, dy, k, stride)
    for window, target, d in windows:
        largest = window == window.max()
        target += largest * d / (1 if whole else largest.sum())
    return dx


def _overwritten(x: Tensor, dy: Tensor, k: int, stride: int) -> Tensor:
    dx, windows = _windows(x, dy, k, stride)
    for window, target, d in windows:
        target[divmod(int(window.argmax()), k)] = d
    return dx


def _last_wins(x: Tensor, dy: Tensor, k: int, stride: int) -> Tensor:
    dx, windows = _windows(x, dy, k, stride)
    for window, target, d in windows:
        last = k * k - 1 - int(window.flip(0, 1).argmax())
        target[divmod(last, k)] += d
    return dx


def _even(x: Tensor, dy: Tensor, k: int, stride: int) -> Tensor:
    dx, windows = _windows(x, dy, k, stride)
    for _, target, d in windows:
        target += d / k**2
    return dx


max_pool_gradient = Checker(
    name="max_pool_gradient",
    oracle=of_max_pool,
    draw=pooled_pictures,
    chapter=CHAPTER,
    misconceptions=[
        Misconception(
            "where windows overlap the last one overwrites the others",
            _overwritten,
            "A pixel that wins several windows gets the sum of their δ: add, do not assign.",
        ),
        Misconception(
            "of several largest numbers each gets the whole δ",
            lambda x, dy, k, s: _shared(x, dy, k, s, whole=True),
            "A tie has one winner in PyTorch, the first in reading order; the δ comes once.",
        ),
        Misconception(
            "of several largest numbers each gets a share",
            lambda x, dy, k, s: _shared(x, dy, k, s, whole=False),
            "That is a fair answer, and not PyTorch's: the first in reading order gets it all.",
        ),
        Misconception(
            "the last of several largest numbers wins",
            _last_wins,
            "A tie is won by the first in reading order: take >, not ≥, when you compare.",
        ),
        Misconception(
            "the δ are spread evenly over the window",
            _even,
            "That is average pooling. The maximum depends on the winner alone.",
        ),
        Misconception(
            "the δ are multiplied by the numbers that won",
            lambda x, dy, k, s: of_max_pool(x, dy, k, s) * x,
            "The winner is handed on as it is: its derivative is 1, whatever its size.",
        ),
    ],
)


# ---- the bias ----


@st.composite
def batches_of_gradients(draw: st.DrawFn) -> Case:
    """Draw the gradient of the output of a layer: at most 3 images, 3 channels, 3×3."""
    return {"dy": draw(numbers(*(draw(st.integers(1, 3)) for _ in range(4))))}


def of_bias(dy: Tensor) -> Tensor:
    """Return the gradient of the biases of a layer: (n, c, h, w) -> (c,)."""
    return dy.sum((0, 2, 3))


bias_gradient = Checker(
    name="bias_gradient",
    oracle=of_bias,
    draw=batches_of_gradients,
    chapter=CHAPTER,
    misconceptions=[
        Misconception(
            "the mean is taken instead of the sum",
            lambda dy: dy.mean((0, 2, 3)),
            "A bias is added at every position of every image: what it does there adds up.",
        ),
        Misconception(
            "the images are averaged",
            lambda dy: dy.sum((2, 3)).mean(0),
            "If the loss is a mean over the images, the δ hold the division already.",
        ),
        Misconception(
            "the images are kept apart",
            lambda dy: dy.sum((2, 3)),
            "One bias serves all images of the batch: add over the first axis, too.",
        ),
        Misconception(
            "the positions are kept apart",
            lambda dy: dy.sum(0),
            "One bias serves all positions of a channel: add over rows and columns, too.",
        ),
        Misconception(
            "all channels are added",
            lambda dy: dy.sum(),
            "Each output channel has a bias of its own: keep the second axis.",
        ),
    ],
)
