"""Checkers of dilated convolution: the largest rate, spread kernels, windows, what stacks read."""

import torch
import torch.nn.functional as F
from hypothesis import strategies as st
from torch import Tensor

from book_utils.shapes import coverage, effective_size

from .engine import Case, Checker, Misconception, numbers, or_fixed

CHAPTER = "Dilated convolution"


@st.composite
def windows(draw: st.DrawFn, padding: int | None = None) -> Case:
    """Draw an axis and a window of two taps or more that fits it undilated."""
    padding = or_fixed(draw, padding, st.integers(0, 3))
    k = draw(st.integers(2, 5))
    least = max(1, k - 2 * padding)
    return {"n": draw(st.integers(least, least + 20)), "k": k, "padding": padding}


def largest(n: int, k: int, padding: int) -> int:
    """Try ever larger dilations: -> int."""
    d = 1
    while effective_size(k, d + 1) <= n + 2 * padding:
        d += 1
    return d


largest_dilation = Checker(
    name="largest_dilation",
    oracle=largest,
    draw=windows,
    chapter=CHAPTER,
    misconceptions=[
        Misconception(
            "a tap takes a whole step",
            lambda n, k, p: (n + 2 * p) // k,
            "Between k taps there are k - 1 gaps, and the last tap takes one pixel.",
        ),
        Misconception(
            "the last tap is forgotten",
            lambda n, k, p: (n + 2 * p) // (k - 1),
            "The window has d(k - 1) + 1 pixels: the last tap needs one of its own.",
        ),
        Misconception(
            "padding is forgotten",
            lambda n, k, p: (n - 1) // (k - 1),
            "The window slides over the padded axis, of n + 2p pixels.",
        ),
        Misconception(
            "padding is counted as a total",
            lambda n, k, p: (n + p - 1) // (k - 1),
            "Padding is given per side: the padded axis has n + 2p pixels.",
        ),
        Misconception(
            "the dilation counts the pixels between two taps",
            lambda n, k, p: (n + 2 * p - 1) // (k - 1) - 1,
            "A dilation of d leaves d - 1 pixels between two taps; 1 leaves none.",
        ),
    ],
)


@st.composite
def spread_kernels(draw: st.DrawFn, dilation: int | None = None) -> Case:
    """Draw a kernel and a dilation."""
    k = draw(numbers(draw(st.integers(1, 3)), draw(st.integers(1, 3))))
    return {"k": k, "dilation": or_fixed(draw, dilation, st.integers(1, 3))}


def spread(k: Tensor, dilation: int) -> Tensor:
    """Put zeros between weights: (k_h, k_w) -> (d (k_h - 1) + 1, d (k_w - 1) + 1)."""
    one = torch.ones(1, 1, 1, 1)
    return F.conv_transpose2d(k[None, None], one, stride=dilation)[0, 0]


dilated_kernel = Checker(
    name="dilated_kernel",
    oracle=spread,
    draw=spread_kernels,
    chapter=CHAPTER,
    misconceptions=[
        Misconception(
            "zeros follow the last weight, too",
            lambda k, d: F.pad(spread(k, d), (0, d - 1, 0, d - 1)),
            "Zeros go between weights: the last row and column hold weights.",
        ),
        Misconception(
            "d zeros are put between two weights",
            lambda k, d: spread(k, d + 1),
            "Neighbours are d apart, so d - 1 zeros lie between them.",
        ),
        Misconception(
            "the weights are repeated",
            lambda k, d: k.repeat_interleave(d, 0).repeat_interleave(d, 1),
            "Between the weights are zeros, not copies.",
        ),
        Misconception(
            "only columns are spread",
            lambda k, d: torch.stack([spread(row[None], d)[0] for row in k]),
            "Rows are spread as columns are.",
        ),
    ],
)


@st.composite
def dilated_layers(draw: st.DrawFn, dilation: int | None = None) -> Case:
    """Draw an image, and a kernel that fits it at some dilation."""
    dilation = or_fixed(draw, dilation, st.integers(1, 3))
    sides = [draw(st.integers(1, 3)) for _ in range(2)]
    x = draw(numbers(*(effective_size(k, dilation) + draw(st.integers(0, 2)) for k in sides)))
    return {"x": x, "k": draw(numbers(*sides)), "dilation": dilation}


def dilated(x: Tensor, k: Tensor, dilation: int, stride: int = 1) -> Tensor:
    """Cross-correlate with taps apart: (n_h, n_w), (k_h, k_w) -> (h, w)."""
    return F.conv2d(x[None, None], k[None, None], None, stride, 0, dilation)[0, 0]


corr2d_dilated = Checker(
    name="corr2d_dilated",
    oracle=dilated,
    draw=dilated_layers,
    chapter=CHAPTER,
    misconceptions=[
        Misconception(
            "the dilation moves the stops apart",
            lambda x, k, d: dilated(x, k, 1, d),
            "That is a stride. A dilation moves the taps apart, inside each window.",
        ),
        Misconception(
            "the dilation is ignored",
            lambda x, k, d: dilated(x, k, 1),
            "At dilation d each tap reads d pixels further on than the last.",
        ),
        Misconception(
            "taps and stops are both apart",
            lambda x, k, d: dilated(x, k, d, d),
            "The taps are d apart; the window itself moves on by one pixel.",
        ),
        Misconception(
            "the kernel is flipped",
            lambda x, k, d: dilated(x, k.flip(0, 1), d),
            "The first weight meets the top left pixel of the window.",
        ),
        Misconception(
            "the size is that of a layer without dilation",
            lambda x, k, d: F.pad(
                dilated(x, k, d), (0, (d - 1) * (k.shape[1] - 1), 0, (d - 1) * (len(k) - 1))
            ),
            "A window of d(k - 1) + 1 pixels has fewer stops than one of k.",
        ),
    ],
)


@st.composite
def stacks(draw: st.DrawFn) -> Case:
    """Draw the rates of up to four layers."""
    return {"rates": tuple(draw(st.lists(st.integers(1, 5), min_size=1, max_size=4)))}


def positions(rates: tuple[int, ...], k: int = 3) -> tuple[int, ...]:
    """Say which positions of the field are read: -> whole numbers in order."""
    counts = coverage((k, 1, rate) for rate in rates)
    return tuple(i for i, paths in enumerate(counts) if paths)


positions_read = Checker(
    name="positions_read",
    oracle=positions,
    draw=stacks,
    chapter=CHAPTER,
    misconceptions=[
        Misconception(
            "all of the field is read",
            lambda rates: list(range(1 + 2 * sum(rates))),
            "The field goes from the first to the last; in between some may have no path.",
        ),
        Misconception(
            "only the last layer reads",
            lambda rates: positions(rates[-1:]),
            "Each layer reads the outputs of the one before, which read further on.",
        ),
        Misconception(
            "a layer has two taps",
            lambda rates: positions(rates, 2),
            "Three taps: at 0, d and 2d.",
        ),
        Misconception(
            "every step is the largest rate",
            lambda rates: list(range(0, 1 + 2 * sum(rates), max(rates))),
            "Steps of all the rates are added up, each taken 0, 1 or 2 times.",
        ),
        Misconception(
            "an input is named once for each path",
            lambda rates: [
                i
                for i, paths in enumerate(coverage((3, 1, rate) for rate in rates))
                for _ in range(paths)
            ],
            "Several paths may end at one input: name it once.",
        ),
    ],
)
