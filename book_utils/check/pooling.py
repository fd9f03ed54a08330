"""Checkers of max and average pooling over one channel."""

import torch
import torch.nn.functional as F
from hypothesis import strategies as st
from torch import Tensor

from .engine import LONGEST, Case, Checker, Misconception, numbers, or_fixed

CHAPTER = "Pooling"


@st.composite
def pooled_images(
    draw: st.DrawFn,
    k: int | None = None,
    stride: int | None = None,
    padding: int | None = None,
    count_include_pad: bool | None = None,
) -> Case:
    """Draw an image, a square window, stride and padding of at most half a window per side."""
    k = or_fixed(draw, k, st.integers(1, 4))
    stride = or_fixed(draw, stride, st.integers(1, 4))
    padding = or_fixed(draw, padding, st.integers(0, k // 2))
    sides = st.integers(max(1, k - 2 * padding), max(LONGEST, k))
    x = draw(numbers(draw(sides), draw(sides)))
    case = {"x": x, "k": k, "stride": stride, "padding": padding}
    return case if count_include_pad is None else case | {"count_include_pad": count_include_pad}


def largest(x: Tensor, k: int, stride: int, padding: int) -> Tensor:
    """Take the largest number of each k×k window: (n_h, n_w) -> (h, w)."""
    return F.max_pool2d(x[None], k, stride, padding)[0]


def mean(x: Tensor, k: int, stride: int, padding: int, count_include_pad: bool) -> Tensor:
    """Average each k×k window: (n_h, n_w) -> (h, w)."""
    options = {"count_include_pad": count_include_pad}
    return F.avg_pool2d(x[None], k, stride, padding, **options)[0]


def zeros_around(x: Tensor, before: int, after: int) -> Tensor:
    """Put zeros before and after the rows and the columns of a matrix."""
    return F.pad(x, (before, after, before, after))


def lowest_around(x: Tensor, before: int, after: int) -> Tensor:
    """Put -∞ before and after the rows and the columns of a matrix."""
    return F.pad(x, (before, after, before, after), value=-torch.inf)


STRIDE_IGNORED = "The window moves on by one; with a stride of s it moves on by s."
STRIDE_IS_WINDOW = "The stride is taken for the size of the window; here it is given on its own."
CEIL = "A last window that sticks out is not counted: the pixels it would see are left over."
NO_PADDING = "The window never leaves the image; padding widens it on every side."
ONE_SIDE = "Padding goes on all four sides."
ON_INPUT = "Skipping pixels first hides them from the window; skip windows instead."
LARGEST = "Max pooling keeps the largest number of each window."

max_pool2d = Checker(
    name="max_pool2d",
    oracle=largest,
    draw=pooled_images,
    chapter=CHAPTER,
    misconceptions=[
        Misconception(
            "the padding is zeros instead of -∞",
            lambda x, k, s, p: largest(zeros_around(x, p, p), k, s, 0),
            "Where all pixels are negative, a zero wins that is not in the image.",
        ),
        Misconception(
            "the stride is ignored", lambda x, k, s, p: largest(x, k, 1, p), STRIDE_IGNORED
        ),
        Misconception(
            "the stride is always the window",
            lambda x, k, s, p: largest(x, k, k, p),
            STRIDE_IS_WINDOW,
        ),
        Misconception(
            "the stride is applied to the input",
            lambda x, k, s, p: largest(lowest_around(x, p, p)[::s, ::s], k, 1, 0),
            ON_INPUT,
        ),
        Misconception(
            "the windows are averaged",
            lambda x, k, s, p: mean(x, k, s, p, True),
            LARGEST,
        ),
        Misconception(
            "the smallest number is taken",
            lambda x, k, s, p: -largest(-x, k, s, p),
            LARGEST,
        ),
        Misconception(
            "signs are lost",
            lambda x, k, s, p: largest(x.abs(), k, s, p),
            "The largest number counts, not the one farthest from 0.",
        ),
        Misconception(
            "negative numbers become 0",
            lambda x, k, s, p: largest(x, k, s, p).clamp(min=0),
            "Begin with -∞ or with the first pixel of the window, not with 0.",
        ),
        Misconception("padding is not applied", lambda x, k, s, p: largest(x, k, s, 0), NO_PADDING),
        Misconception(
            "padding is on one side only",
            [
                lambda x, k, s, p: largest(lowest_around(x, p, 0), k, s, 0),
                lambda x, k, s, p: largest(lowest_around(x, 0, p), k, s, 0),
            ],
            ONE_SIDE,
        ),
        Misconception(
            "it is rounded up instead of down",
            lambda x, k, s, p: F.max_pool2d(x[None], k, s, p, ceil_mode=True)[0],
            CEIL,
        ),
    ],
)

avg_pool2d = Checker(
    name="avg_pool2d",
    oracle=mean,
    draw=pooled_images,
    chapter=CHAPTER,
    fixed={"count_include_pad": True},
    misconceptions=[
        Misconception(
            "padding is not counted in the average",
            lambda x, k, s, p, counted: mean(x, k, s, p, False),
            "Here the zeros of the padding count as pixels, as they do in PyTorch unless you say "
            "count_include_pad=False: divide by k · k.",
        ),
        Misconception(
            "padding is counted in the average",
            lambda x, k, s, p, counted: mean(x, k, s, p, True),
            "Here only pixels of the image count: divide by their number, not by k · k.",
        ),
        Misconception(
            "the sum is not divided",
            lambda x, k, s, p, counted: mean(x, k, s, p, True) * k * k,
            "The mean is the sum divided by the number of pixels.",
        ),
        Misconception(
            "the sum is divided by the side of the window",
            lambda x, k, s, p, counted: mean(x, k, s, p, True) * k,
            "A k×k window has k · k pixels.",
        ),
        Misconception(
            "the stride is ignored",
            lambda x, k, s, p, counted: mean(x, k, 1, p, counted),
            STRIDE_IGNORED,
        ),
        Misconception(
            "the stride is always the window",
            lambda x, k, s, p, counted: mean(x, k, k, p, counted),
            STRIDE_IS_WINDOW,
        ),
        Misconception(
            "the stride is applied to the input",
            lambda x, k, s, p, counted: mean(zeros_around(x, p, p)[::s, ::s], k, 1, 0, counted),
            ON_INPUT,
        ),
        Misconception(
            "the largest number is taken",
            lambda x, k, s, p, counted: largest(x, k, s, p),
            "Average pooling takes the mean of each window.",
        ),
        Misconception(
            "padding is not applied",
            lambda x, k, s, p, counted: mean(x, k, s, 0, counted),
            NO_PADDING,
        ),
        Misconception(
            "padding is on one side only",
            [
                lambda x, k, s, p, counted: mean(zeros_around(x, p, 0), k, s, 0, counted),
                lambda x, k, s, p, counted: mean(zeros_around(x, 0, p), k, s, 0, counted),
            ],
            ONE_SIDE,
        ),
        Misconception(
            "it is rounded up instead of down",
            lambda x, k, s, p, counted: F.avg_pool2d(
                x[None], k, s, p, ceil_mode=True, count_include_pad=counted
            )[0],
            CEIL,
        ),
    ],
)
