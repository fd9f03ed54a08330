"""Checkers of output sizes, padding and "same" padding."""

import math

import torch
import torch.nn.functional as F
from hypothesis import strategies as st
from torch import Tensor

from .engine import Case, Checker, Misconception, numbers, or_fixed

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
            "Part of a step is no step: divide with //, which always rounds down.",
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
            "dilation is multiplied with the whole kernel",
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
            lambda x, up, down, left, right: pad(x, up, 0, left, 0),
            "Zeros stand above and to the left; those below and to the right are missing.",
        ),
        Misconception(
            "padding is on one side only",
            lambda x, up, down, left, right: pad(x, 0, down, 0, right),
            "Zeros stand below and to the right; those above and to the left are missing.",
        ),
        Misconception(
            "all padding is on one side",
            lambda x, up, down, left, right: pad(x, 0, up + down, 0, left + right),
            "The size is right, but the picture must begin at row top and column left.",
        ),
        Misconception(
            "all padding is on one side",
            lambda x, up, down, left, right: pad(x, up + down, 0, left + right, 0),
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
def same_layers(draw: st.DrawFn, stride: int | None = None) -> Case:
    """Draw sizes of a layer to be padded so that stride alone makes its output smaller."""
    n, k = draw(st.integers(1, 12)), draw(st.integers(1, 6))
    return {"n": n, "k": k, "stride": or_fixed(draw, stride, st.integers(1, 4))}


def same_total(n: int, k: int, stride: int) -> int:
    """Return how many zeros give ceil(n / stride) outputs, at least 0."""
    return max((math.ceil(n / stride) - 1) * stride + k - n, 0)


def split(total: int) -> tuple[int, int]:
    """Split padding evenly, what is left over going to the end."""
    return total // 2, total - total // 2


def same_before_after(n: int, k: int, stride: int) -> tuple[int, int]:
    """Give SAME padding as TensorFlow does, at stride 1 also PyTorch: -> (before, after)."""
    return split(same_total(n, k, stride))


same_padding = Checker(
    name="same_padding",
    oracle=same_before_after,
    draw=same_layers,
    chapter=CHAPTER,
    misconceptions=[
        Misconception(
            "stride is forgotten",
            lambda n, k, s: split(k - 1),
            "k - 1 zeros in all is right for stride 1; with a stride the windows may need fewer.",
        ),
        Misconception(
            "the odd zero comes first",
            lambda n, k, s: same_before_after(n, k, s)[::-1],
            "Where the zeros cannot be split evenly, one more goes to the end.",
        ),
        Misconception(
            "both ends get the smaller half",
            lambda n, k, s: (same_total(n, k, s) // 2,) * 2,
            "An odd number of zeros is not split evenly: the end gets what is left over.",
        ),
        Misconception(
            "both ends get the larger half",
            lambda n, k, s: (same_before_after(n, k, s)[1],) * 2,
            "An odd number of zeros is not split evenly: the beginning gets one fewer.",
        ),
        Misconception(
            "both ends get k // 2",
            lambda n, k, s: (k // 2,) * 2,
            "That is the habit for odd kernels at stride 1; SAME counts what the windows need.",
        ),
        Misconception(
            "both ends get (k - 1) // 2",
            lambda n, k, s: ((k - 1) // 2,) * 2,
            "That is the habit for odd kernels at stride 1; SAME counts what the windows need.",
        ),
        Misconception(
            "both ends get the total",
            lambda n, k, s: (same_total(n, k, s),) * 2,
            "Split the zeros between the two ends.",
        ),
        Misconception(
            "all padding is on one side",
            lambda n, k, s: (0, same_total(n, k, s)),
            "Split the zeros between the two ends.",
        ),
        Misconception(
            "padding becomes negative",
            lambda n, k, s: split((math.ceil(n / s) - 1) * s + k - n),
            "Where the windows already fit, nothing is needed: no less than 0.",
        ),
        Misconception(
            "the output is as long as the input",
            lambda n, k, s: split((n - 1) * s + k - n),
            "SAME keeps the length at stride 1; with stride s it gives n / s outputs, rounded up.",
        ),
    ],
)
