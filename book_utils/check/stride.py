"""Checker of cross-correlation with padding and stride."""

import torch.nn.functional as F
from hypothesis import strategies as st
from torch import Tensor

from .correlation import correlate
from .engine import LONGEST, Case, Checker, Misconception, numbers, or_fixed

CHAPTER = "Padding and stride"


@st.composite
def strided_layers(draw: st.DrawFn, stride: int | None = None, padding: int | None = None) -> Case:
    """Draw a picture, a kernel that fits in it when padded, stride and padding per side."""
    stride = or_fixed(draw, stride, st.integers(1, 3))
    padding = or_fixed(draw, padding, st.integers(0, 2))
    k_h, k_w = draw(st.integers(1, 3)), draw(st.integers(1, 3))
    n_h = draw(st.integers(max(1, k_h - 2 * padding), LONGEST))
    n_w = draw(st.integers(max(1, k_w - 2 * padding), LONGEST))
    x, k = draw(numbers(n_h, n_w)), draw(numbers(k_h, k_w))
    return {"x": x, "k": k, "stride": stride, "padding": padding}


def strided(x: Tensor, k: Tensor, stride: int, padding: int) -> Tensor:
    """Cross-correlate with stride and padding per side: (n_h, n_w), (k_h, k_w) -> (h, w)."""
    return F.conv2d(x[None, None], k[None, None], None, stride, padding)[0, 0]


def padded(x: Tensor, before: int, after: int) -> Tensor:
    """Put zeros before and after the rows and the columns of a matrix."""
    return F.pad(x, (before, after, before, after))


def _overlapping(x: Tensor, k: Tensor, s: int, p: int) -> Tensor:
    h, w = strided(x, k, s, p).shape
    return strided(x, k, 1, p)[:h, :w]


def _windows_cut_off(x: Tensor, k: Tensor, s: int, p: int) -> Tensor:
    """Round up: zeros complete the last window where some of its pixels are missing."""
    (n_h, n_w), (k_h, k_w) = x.shape, k.shape
    right, bottom = -(n_w + 2 * p - k_w) % s, -(n_h + 2 * p - k_h) % s
    return correlate(F.pad(x, (p, p + right, p, p + bottom)), k)[::s, ::s]


corr2d_strided = Checker(
    name="corr2d_strided",
    oracle=strided,
    draw=strided_layers,
    chapter=CHAPTER,
    misconceptions=[
        Misconception(
            "the stride is applied to the input",
            lambda x, k, s, p: correlate(padded(x, p, p)[::s, ::s], k),
            "Skipping pixels first changes what lies under the window: the window moves s pixels, "
            "but it sees all pixels under it.",
        ),
        Misconception(
            "the stride is applied to the input",
            lambda x, k, s, p: correlate(padded(x[::s, ::s], p, p), k),
            "Skipping pixels first changes what lies under the window: the window moves s pixels, "
            "but it sees all pixels under it.",
        ),
        Misconception(
            "the stride is forgotten",
            lambda x, k, s, p: strided(x, k, 1, p),
            "The window moves on by one; with stride s it moves on by s.",
        ),
        Misconception(
            "the stride is only along the rows",
            lambda x, k, s, p: strided(x, k, 1, p)[::s],
            "Going down, the window moves s pixels; going right it moves one. It is s both ways.",
        ),
        Misconception(
            "the stride is only along the columns",
            lambda x, k, s, p: strided(x, k, 1, p)[:, ::s],
            "Going right, the window moves s pixels; going down it moves one. It is s both ways.",
        ),
        Misconception(
            "the windows lie one pixel apart",
            _overlapping,
            "The size is right, but output (i, j) belongs to the window at (i · s, j · s).",
        ),
        Misconception(
            "the stride spreads the kernel",
            lambda x, k, s, p: F.conv2d(x[None, None], k[None, None], padding=p, dilation=s)[0, 0],
            "That is dilation: it moves the weights apart; the stride moves the windows apart.",
        ),
        Misconception(
            "padding is on one side only",
            lambda x, k, s, p: strided(padded(x, p, 0), k, s, 0),
            "Zeros stand above and to the left; those below and to the right are missing.",
        ),
        Misconception(
            "padding is on one side only",
            lambda x, k, s, p: strided(padded(x, 0, p), k, s, 0),
            "Zeros stand below and to the right; those above and to the left are missing.",
        ),
        Misconception(
            "padding is counted as a total",
            lambda x, k, s, p: strided(padded(x, p // 2, p - p // 2), k, s, 0),
            "Padding is given per side, as in PyTorch: p zeros before and p after.",
        ),
        Misconception(
            "padding is counted as a total",
            lambda x, k, s, p: strided(padded(x, p - p // 2, p // 2), k, s, 0),
            "Padding is given per side, as in PyTorch: p zeros before and p after.",
        ),
        Misconception(
            "padding is not applied",
            lambda x, k, s, p: strided(x, k, s, 0),
            "The window never leaves the picture; padding puts p zeros on every side of it.",
        ),
        Misconception(
            "only rows are padded",
            lambda x, k, s, p: strided(F.pad(x, (0, 0, p, p)), k, s, 0),
            "Columns of zeros belong to the left and to the right as well.",
        ),
        Misconception(
            "only columns are padded",
            lambda x, k, s, p: strided(F.pad(x, (p, p, 0, 0)), k, s, 0),
            "Rows of zeros belong above and below as well.",
        ),
        Misconception(
            "it is rounded up instead of down",
            _windows_cut_off,
            "A last window that sticks out is not counted: the pixels it would see are left over.",
        ),
        Misconception(
            "the kernel is flipped",
            lambda x, k, s, p: strided(x, k.flip(0, 1), s, p),
            "You compute a convolution: here picture and kernel are read in the same direction.",
        ),
        Misconception(
            "the kernel lies on its side",
            lambda x, k, s, p: strided(x, k.T, s, p),
            "The kernel's rows are taken for its columns: k[a, b] belongs to x[i + a, j + b].",
        ),
    ],
)
