"""Checkers of output sizes, padding, strides and what fills a border."""

import math

import torch
import torch.nn.functional as F
from hypothesis import strategies as st
from torch import Tensor

from .cross_correlation import correlate
from .engine import LONGEST, Case, Checker, Misconception, numbers, or_fixed

CHAPTER = "Padding and stride"


@st.composite
def layers(
    draw: st.DrawFn,
    stride: int | None = None,
    padding: int | None = None,
    dilation: int | None = None,
) -> Case:
    """Draw the sizes of a layer whose kernel fits in its padded input."""
    k = draw(st.integers(1, 5))
    stride = or_fixed(draw, stride, st.integers(1, 4))
    padding = or_fixed(draw, padding, st.integers(0, 3))
    dilation = or_fixed(draw, dilation, st.integers(1, 3))
    least = max(1, dilation * (k - 1) + 1 - 2 * padding)
    n = draw(st.integers(least, least + 12))
    return {"n": n, "k": k, "stride": stride, "padding": padding, "dilation": dilation}


def size(n: int, k: int, stride: int, padding: int, dilation: int) -> int:
    """Count the outputs of a layer along one side, with so much padding on either end: -> int."""
    row = torch.zeros(1, 1, n)
    return F.conv1d(row, torch.zeros(1, 1, k), None, stride, padding, dilation).shape[-1]


output_size = Checker(
    name="output_size",
    oracle=size,
    draw=layers,
    chapter=CHAPTER,
    misconceptions=[
        Misconception(
            "it is rounded up instead of down",
            lambda n, k, s, p, d: math.ceil((n + 2 * p - d * (k - 1) - 1) / s) + 1,
            "A last step that does not fit whole is not taken: the remaining pixels are left over.",
        ),
        Misconception(
            "it is not rounded",
            lambda n, k, s, p, d: (n + 2 * p - d * (k - 1) - 1) / s + 1,
            "There is no part of an output: divide with //, which rounds down.",
        ),
        Misconception(
            "it is rounded to the nearest whole number",
            lambda n, k, s, p, d: round((n + 2 * p - d * (k - 1) - 1) / s) + 1,
            "A partial step does not count: divide with //, which always rounds down.",
        ),
        Misconception(
            "the first window is not counted",
            lambda n, k, s, p, d: (n + 2 * p - d * (k - 1) - 1) // s,
            "You count the steps; there is one window more, the one before the first step: + 1.",
        ),
        Misconception(
            "padding is counted as a total",
            lambda n, k, s, p, d: (n + p - d * (k - 1) - 1) // s + 1,
            "Padding is given per side, as in PyTorch, so it comes twice: n + 2 · padding.",
        ),
        Misconception(
            "padding is forgotten",
            lambda n, k, s, p, d: (n - d * (k - 1) - 1) // s + 1,
            "Padding makes the input longer at both ends: n + 2 · padding.",
        ),
        Misconception(
            "dilation is forgotten",
            lambda n, k, s, p, d: (n + 2 * p - k) // s + 1,
            "A dilated kernel reaches over dilation · (k - 1) + 1 pixels.",
        ),
        Misconception(
            "dilation multiplies the whole kernel size",
            lambda n, k, s, p, d: (n + 2 * p - d * k) // s + 1,
            "The gaps lie between weights: dilation · (k - 1) + 1 pixels, not dilation · k.",
        ),
        Misconception(
            "dilation is taken for the number of empty pixels",
            lambda n, k, s, p, d: (n + 2 * p - (d + 1) * (k - 1) - 1) // s + 1,
            "Dilation is the distance from one weight to the next: 1 leaves no pixel between them.",
        ),
        Misconception(
            "stride is forgotten",
            lambda n, k, s, p, d: n + 2 * p - d * (k - 1),
            "With stride s only every s-th place is taken.",
        ),
        Misconception(
            "the one is added before the division",
            lambda n, k, s, p, d: (n + 2 * p - d * (k - 1)) // s,
            "Divide the steps by the stride first, then add the first window.",
        ),
    ],
)


@st.composite
def margins(draw: st.DrawFn) -> Case:
    """Draw a picture and how many zeros go on each of its sides."""
    x = draw(numbers(draw(st.integers(1, 4)), draw(st.integers(1, 4))))
    return {"x": x} | {side: draw(st.integers(0, 3)) for side in ("top", "bottom", "left", "right")}


def pad(x: Tensor, top: int, bottom: int, left: int, right: int) -> Tensor:
    """Put zeros around a matrix: (n_h, n_w) -> (top + n_h + bottom, left + n_w + right)."""
    return F.pad(x, (left, right, top, bottom))


ALL_SIDES = "Zeros go above and below the picture, to its left and to its right."

pad2d = Checker(
    name="pad2d",
    oracle=pad,
    draw=margins,
    chapter=CHAPTER,
    misconceptions=[
        Misconception(
            "padding is not applied",
            lambda x, up, down, left, right: x,
            "The picture comes back as it was.",
        ),
        Misconception(
            "rows and columns are swapped",
            lambda x, up, down, left, right: pad(x, left, right, up, down),
            "top and bottom add rows, left and right columns; F.pad takes the last axis first.",
        ),
        Misconception(
            "padding is on one side only",
            [
                lambda x, up, down, left, right: pad(x, up, 0, left, 0),
                lambda x, up, down, left, right: pad(x, 0, down, 0, right),
            ],
            ALL_SIDES,
        ),
        Misconception(
            "all padding is on one side",
            [
                lambda x, up, down, left, right: pad(x, 0, up + down, 0, left + right),
                lambda x, up, down, left, right: pad(x, up + down, 0, left + right, 0),
            ],
            "The size is right, but the picture must begin at row top and column left.",
        ),
        Misconception(
            "before and after are swapped",
            lambda x, up, down, left, right: pad(x, down, up, right, left),
            "top and left come before the picture, bottom and right after it.",
        ),
        Misconception(
            "only rows are padded",
            lambda x, up, down, left, right: pad(x, up, down, 0, 0),
            "left and right add columns.",
        ),
        Misconception(
            "only columns are padded",
            lambda x, up, down, left, right: pad(x, 0, 0, left, right),
            "top and bottom add rows.",
        ),
        Misconception(
            "the edge is repeated",
            lambda x, up, down, left, right: F.pad(
                x[None], (left, right, up, down), mode="replicate"
            )[0],
            "That is the mode replicate; here the padding is zeros.",
        ),
        Misconception(
            "one number serves all four sides",
            lambda x, up, down, left, right: pad(x, up, up, up, up),
            "Each side has its own number of zeros.",
        ),
    ],
)


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
            [
                lambda x, k, s, p: correlate(padded(x, p, p)[::s, ::s], k),
                lambda x, k, s, p: correlate(padded(x[::s, ::s], p, p), k),
            ],
            "Skipping pixels first changes what lies under the window: the window moves s pixels, "
            "but it sees all pixels under it.",
        ),
        Misconception(
            "the stride is forgotten",
            lambda x, k, s, p: strided(x, k, 1, p),
            "The window moves on by one; with stride s it moves on by s.",
        ),
        Misconception(
            "only rows are skipped",
            lambda x, k, s, p: strided(x, k, 1, p)[::s],
            "Going down, the window moves s pixels; going right it moves one. It is s both ways.",
        ),
        Misconception(
            "only columns are skipped",
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
            [
                lambda x, k, s, p: strided(padded(x, p, 0), k, s, 0),
                lambda x, k, s, p: strided(padded(x, 0, p), k, s, 0),
            ],
            ALL_SIDES,
        ),
        Misconception(
            "padding is counted as a total",
            [
                lambda x, k, s, p: strided(padded(x, p // 2, p - p // 2), k, s, 0),
                lambda x, k, s, p: strided(padded(x, p - p // 2, p // 2), k, s, 0),
            ],
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


@st.composite
def rows_to_mirror(draw: st.DrawFn, p: int | None = None) -> Case:
    """Draw a row and how many cells of its mirror image go on each side: fewer than it has."""
    n = draw(st.integers(2 if p is None else p + 1, LONGEST))
    p = or_fixed(draw, p, st.integers(0, n - 1))
    return {"row": draw(numbers(n)), "p": p}


def filled(row: Tensor, p: int, mode: str = "reflect") -> Tensor:
    """Pad a row on both sides by PyTorch: (n,) -> (n + 2p,)."""
    return F.pad(row[None], (p, p), mode)[0]


def _edges_repeated(row: Tensor, p: int) -> Tensor:
    return torch.cat([row[:p].flip(0), row, row[len(row) - p :].flip(0)])


def _not_turned(row: Tensor, p: int) -> Tensor:
    return torch.cat([row[1 : p + 1], row, row[len(row) - 1 - p : -1]])


pad_reflect = Checker(
    name="pad_reflect",
    oracle=filled,
    draw=rows_to_mirror,
    chapter=CHAPTER,
    misconceptions=[
        Misconception(
            "the mirror image includes the edge cell",
            _edges_repeated,
            "Counting back begins beside the edge: position −1 copies cell 1, not cell 0.",
        ),
        Misconception(
            "the copies are not turned round",
            _not_turned,
            "The right cells are there, in the wrong order: −1 copies cell 1, −2 copies cell 2.",
        ),
        Misconception(
            "that is the mode circular",
            lambda row, p: filled(row, p, "circular"),
            "It wraps around to the other end of the row; reflect counts back from the near one.",
        ),
        Misconception(
            "that is the mode replicate",
            lambda row, p: filled(row, p, "replicate"),
            "Only the edge cell is copied; reflect counts on from there, back into the row.",
        ),
        Misconception(
            "padding holds zeros",
            lambda row, p: filled(row, p, "constant"),
            "Each padding cell copies a cell of the row.",
        ),
        Misconception(
            "padding is on one side only",
            [
                lambda row, p: filled(row, p)[: len(row) + p],
                lambda row, p: filled(row, p)[p:],
            ],
            "The row gets p cells at either end.",
        ),
        Misconception(
            "padding is not applied",
            lambda row, p: row,
            "The row comes back as it was.",
        ),
    ],
)
