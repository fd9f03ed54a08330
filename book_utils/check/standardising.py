"""What the checkers of batch_norm.py share: batches to try, ways to divide, axes to mistake."""

import math
from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

from hypothesis import strategies as st
from torch import Tensor

from .engine import Misconception, numbers

EPSILONS = st.sampled_from([0.25, 1.0, 2.0])  # large, so that it matters where they are added


def batches(least: int, channels: st.SearchStrategy[int]) -> st.SearchStrategy[Tensor]:
    """Return the strategy of batches (n, c, h, w) with at least `least` images."""
    side = st.integers(1, 3)
    shapes = st.tuples(st.integers(least, 3), channels, side, side)
    return shapes.flatmap(lambda shape: numbers(*shape))


def across(v: Tensor) -> Tensor:
    """Lay one number for each channel along axis 1: (c,) -> (1, c, 1, 1)."""
    return v[None, :, None, None]


def affine(y: Tensor, gamma: Tensor, beta: Tensor) -> Tensor:
    """Scale and shift each channel."""
    return across(gamma) * y + across(beta)


# How numbers are divided, given their variance and ε.
Divide = Callable[[Tensor, Tensor, float], Tensor]


def by_deviation(d: Tensor, var: Tensor, eps: float) -> Tensor:
    """Divide as it should be done."""
    return d / (var + eps).sqrt()


def statistics(x: Tensor, dims: tuple[int, ...], less: int = 0) -> tuple[Tensor, Tensor]:
    """Return mean and variance over some axes, which stay as axes of length 1."""
    mean = x.mean(dims, True)
    count = math.prod(x.shape[d] for d in dims)
    return mean, (x - mean).square().sum(dims, True) / (count - less)  # 0 / 0: not a number


def standard(
    x: Tensor, dims: tuple[int, ...], eps: float, less: int = 0, way: Divide = by_deviation
) -> Tensor:
    """Standardise over some axes, the variance by m or m − 1, in the right or a wrong way."""
    mean, var = statistics(x, dims, less)
    return way(x - mean, var, eps)


def without_brackets(
    x: Tensor, mean: Tensor, var: Tensor, eps: float, way: Divide = by_deviation
) -> Tensor:
    """Compute x − (μ / σ)."""
    return x - way(mean, var, eps)


class Slip(NamedTuple):
    """A mistake that can be made in several exercises: its name, and why it is one."""

    name: str
    why: str

    def by(self, *forms: Callable) -> Misconception:
        """Return the mistake as these functions make it."""
        return Misconception(self.name, forms, self.why)


# What else than its standard deviation a number may be divided by.
DIVISIONS: list[tuple[Slip, Divide]] = [
    (
        Slip(
            "ε is added after the root",
            "ε belongs inside: √(σ² + ε). PyTorch, and the paper, add it to the variance.",
        ),
        lambda d, var, eps: d / (var.sqrt() + eps),
    ),
    (
        Slip(
            "ε is left out",
            "Without ε a channel whose numbers are all alike divides 0 by 0.",
        ),
        lambda d, var, eps: d / var.sqrt(),
    ),
    (
        Slip(
            "the root is missing",
            "Divide by the standard deviation, which is the root of the variance.",
        ),
        lambda d, var, eps: d / (var + eps),
    ),
    (
        Slip(
            "the root and ε are missing",
            "Divide by the standard deviation, the root of the variance, with ε added before the "
            "root.",
        ),
        lambda d, var, eps: d / var,
    ),
    (
        Slip(
            "the numbers are multiplied by the standard deviation",
            "Divide by the standard deviation: wide channels are to become narrower.",
        ),
        lambda d, var, eps: d * (var + eps).sqrt(),
    ),
    (
        Slip("the standard deviation is not divided by", "The mean is gone, the width stays."),
        lambda d, var, eps: d,
    ),
]
UNBIASED = Slip(
    "the unbiased variance normalises",
    "Divide the squares by their number m, not by m − 1: `correction=0` in `var`. The unbiased one "
    "is for the running average alone.",
)
# Each way to divide as options of `standard`; `x.var()` divides by m − 1 unless told not to.
BIASED_AND_NOT: list[tuple[Slip, dict[str, Any]]] = [
    (UNBIASED, {"less": 1}),
    *((slip, {"way": way}) for slip, way in DIVISIONS),
    *(
        (
            Slip(f"{UNBIASED.name}, and {slip.name}", f"{UNBIASED.why} {slip.why}"),
            {"less": 1, "way": way},
        )
        for slip, way in DIVISIONS[:4]
    ),
]


def as_they_come(wrong: Callable) -> list[Callable]:
    """Return the forms of a mistake made with the right variance, with `var` and with `std`.

    `wrong` takes `less` and `way`, options of `standard`.
    """
    after_root = DIVISIONS[0][1]
    ways = ((0, by_deviation), (1, by_deviation), (1, after_root))
    return [partial(wrong, less=less, way=way) for less, way in ways]


# Axes of (n, c, h, w) that a mean may wrongly be over.
WRONG_AXES = {
    (0, 1, 2): Slip(
        "the last axis is taken for the channels",
        "That is TensorFlow's order. Here the channels are axis 1: average over 0, 2 and 3.",
    ),
    (0,): Slip(
        "each position has statistics of its own",
        "The mean is over the batch and over all positions of the channel: axes 0, 2 and 3.",
    ),
    (0, 1, 2, 3): Slip(
        "all channels share their statistics",
        "Each channel has a mean and a variance of its own: leave axis 1 out.",
    ),
    (1, 2, 3): Slip(
        "each image is normalised by itself",
        "That is layer normalisation. Batch normalisation averages over all images of the batch.",
    ),
    (2, 3): Slip(
        "each image and channel is normalised by itself",
        "That is instance normalisation. Batch normalisation averages over all images as well.",
    ),
    (0, 2): Slip(
        "the columns are kept apart", "The mean runs over rows and columns: axes 0, 2 and 3."
    ),
    (0, 2, 3): Slip(
        "the batch is averaged over",
        "That is batch normalisation. Here no image may depend on another.",
    ),
    (1,): Slip(
        "each position is normalised by itself",
        "The statistics are over the rows and columns as well, not over the channels alone.",
    ),
    (3,): Slip("each row is normalised by itself", "The statistics are over whole channels."),
}
NO_BRACKETS = Slip(
    "the mean alone is divided by the standard deviation",
    "Division comes before subtraction: put brackets around x − μ.",
)
OWN_EPS = Slip(
    "ε is not the one that is given",
    "Use the argument `eps`, not a number of your own such as 1e-5.",
)
