"""Checkers of edges of every direction, and of kernels that sharpen."""

import torch
from hypothesis import strategies as st
from torch import Tensor

from book_utils.ops import KERNELS

from .cross_correlation import correlate
from .engine import LONGEST, Case, Checker, Misconception, numbers

CHAPTER = "Image kernels"

SOBEL_X, SOBEL_Y = KERNELS["Sobel x"].weights, KERNELS["Sobel y"].weights
PREWITT_X = torch.tensor([[-1.0, 0, 1]] * 3)


@st.composite
def pictures(draw: st.DrawFn) -> Case:
    """Draw a picture of at least 3×3 pixels."""
    n_h, n_w = draw(st.integers(3, LONGEST)), draw(st.integers(3, LONGEST))
    return {"x": draw(numbers(n_h, n_w))}


def slopes(x: Tensor, k_x: Tensor = SOBEL_X, k_y: Tensor = SOBEL_Y) -> tuple[Tensor, Tensor]:
    """Return how brightness grows to the right and downwards: (h, w) -> (h - 2, w - 2), twice."""
    return correlate(x, k_x), correlate(x, k_y)


edge_strength = Checker(
    name="edge_strength",
    oracle=lambda x: torch.hypot(*slopes(x)),
    draw=pictures,
    chapter=CHAPTER,
    misconceptions=[
        Misconception(
            "only one direction counts",
            [lambda x: slopes(x)[0].abs(), lambda x: slopes(x)[1].abs()],
            "An edge that runs along your direction leaves no trace: use both Sobel kernels.",
        ),
        Misconception(
            "the two maps are added with their signs",
            [lambda x: sum(slopes(x)), lambda x: sum(slopes(x)).abs()],
            "Where one is positive and the other negative they cancel: square each first.",
        ),
        Misconception(
            "the sizes of the two maps are added",
            lambda x: sum(slope.abs() for slope in slopes(x)),
            "The two are the legs of a right triangle: its hypotenuse is shorter than their sum.",
        ),
        Misconception(
            "the square root is missing",
            lambda x: sum(slope**2 for slope in slopes(x)),
            "That is the square of the hypotenuse.",
        ),
        Misconception(
            "the middle row counts once",
            lambda x: torch.hypot(*slopes(x, PREWITT_X, PREWITT_X.T)),
            "Sobel's middle row and middle column count twice: (−2, 0, 2).",
        ),
    ],
)


@st.composite
def blurs_and_amounts(draw: st.DrawFn) -> Case:
    """Draw a square kernel with a middle, and how much is to be added of what it takes away."""
    n = draw(st.sampled_from([3, 5]))
    return {"blur": draw(numbers(n, n)), "amount": draw(st.sampled_from([2.0, 1.0, 0.5]))}


def identity_like(k: Tensor) -> Tensor:
    """Return the kernel of this size that leaves a picture as it is: (n, n) -> (n, n), n odd."""
    k = torch.zeros_like(k)
    k[len(k) // 2, len(k) // 2] = 1
    return k


def sharpened(blur: Tensor, amount: float) -> Tensor:
    """Return identity + amount · (identity - blur): (n, n) -> (n, n)."""
    return identity_like(blur) + amount * (identity_like(blur) - blur)


sharpener = Checker(
    name="sharpener",
    oracle=sharpened,
    draw=blurs_and_amounts,
    chapter=CHAPTER,
    misconceptions=[
        Misconception(
            "the blur is mixed in instead of taken away",
            lambda blur, amount: sharpened(blur, -amount),
            "What the blur loses is identity − blur, in this order.",
        ),
        Misconception(
            "the image itself is missing",
            lambda blur, amount: sharpened(blur, amount) - identity_like(blur),
            "You return what is to be added; add it to the identity.",
        ),
        Misconception(
            "the amount is left out",
            lambda blur, amount: sharpened(blur, 1.0),
            "Multiply what the blur loses by the amount.",
        ),
        Misconception(
            "the brightness is not kept",
            lambda blur, amount: identity_like(blur) - amount * blur,
            "With a blur that sums to 1, yours sums to 1 − amount: the identity comes twice.",
        ),
        Misconception(
            "the identity has a 1 everywhere",
            lambda blur, amount: 1 + amount * (1 - blur),
            "The identity is 1 in the middle and 0 elsewhere.",
        ),
    ],
)
