"""Checkers of what a race is made of: errors of a mean, white patches, an image seen twice."""

import math
import re
from collections.abc import Callable
from typing import Any

import torch
from hypothesis import strategies as st
from torch import Tensor

from .engine import Case, Checker, Misconception, as_tensor, numbers

CHAPTER = "The speedrun"

# ---- how sure is a mean? ----


@st.composite
def finishes(draw: st.DrawFn) -> Case:
    """Draw the test accuracies of a few seeds, in percent."""
    n = draw(st.integers(2, 6))
    return {"accuracies": 94 + draw(numbers(n)) / 4}


def error_of_mean(accuracies: Tensor) -> float:
    """Return the standard error of the mean: (n,) -> one number."""
    return accuracies.std().item() / len(accuracies) ** 0.5


standard_error = Checker(
    name="standard_error",
    oracle=error_of_mean,
    draw=finishes,
    chapter=CHAPTER,
    misconceptions=[
        Misconception(
            "the standard deviation of the seeds is returned",
            lambda a: a.std(),
            "That is how far single seeds lie apart. Their mean is surer: divide by √n.",
        ),
        Misconception(
            "it is divided by n, not by its root",
            lambda a: a.std() / len(a),
            "The variance of a mean is 1/n of that of a seed; the standard error is its root.",
        ),
        Misconception(
            "the squares are divided by n, not by n − 1",
            lambda a: a.std(correction=0) / len(a) ** 0.5,
            "The seeds lie nearer to their own mean than to the true one; n − 1 makes up for it.",
        ),
        Misconception(
            "the variance of the mean is returned",
            lambda a: a.var() / len(a),
            "Take the root, so that it can be compared with the mean.",
        ),
        Misconception(
            "half the range is taken for the standard deviation",
            lambda a: (a.max() - a.min()) / 2 / len(a) ** 0.5,
            "The extremes move apart as seeds are added; the standard deviation does not.",
        ),
        Misconception(
            "the root is taken of n − 1",
            lambda a: a.std() / (len(a) - 1) ** 0.5,
            "n − 1 belongs to the standard deviation of the seeds; their mean is one of n.",
        ),
    ],
)

EDGE = 0.02  # a whole number of seeds is not so near that rounding decides


@st.composite
def recipes(draw: st.DrawFn) -> Case:
    """Draw the standard deviation of a seed and a difference to be told, in points."""

    def is_clear(pair: tuple[int, int]) -> bool:
        return EDGE < math.modf(seeds_for_two(*pair))[0] < 1 - EDGE

    pairs = st.tuples(st.integers(5, 50), st.integers(3, 60)).filter(is_clear)
    deviation, difference = draw(pairs)
    return {"deviation": deviation / 100, "difference": difference / 100}


def seeds_for_two(deviation: float, difference: float, factor: float = 8.0) -> float:
    """Return how many seeds each of two recipes needs, not rounded."""
    return factor * (deviation / difference) ** 2


seeds_needed = Checker(
    name="seeds_needed",
    oracle=lambda deviation, difference: math.ceil(seeds_for_two(deviation, difference)),
    draw=recipes,
    chapter=CHAPTER,
    misconceptions=[
        Misconception(
            "only one of the two means is unsure",
            lambda s, d: math.ceil(seeds_for_two(s, d, 4)),
            "Both are: the variance of the difference is the sum of theirs.",
        ),
        Misconception(
            "one standard error is thought to be enough",
            lambda s, d: math.ceil(seeds_for_two(s, d, 2)),
            "Two are asked for: one is passed by chance in every third comparison.",
        ),
        Misconception(
            "the two standard deviations are added, not their squares",
            lambda s, d: math.ceil(seeds_for_two(s, d, 16)),
            "The errors of two means are independent: their variances add up.",
        ),
        Misconception(
            "it is rounded down",
            lambda s, d: math.floor(seeds_for_two(s, d)),
            "With one seed fewer than needed the difference is less than two standard errors.",
        ),
        Misconception(
            "the square is forgotten",
            lambda s, d: math.ceil(8 * s / d),
            "The error falls with the root of n, so n grows with the square of what you ask.",
        ),
        Misconception(
            "the two are in each other's place",
            lambda s, d: math.ceil(seeds_for_two(d, s)),
            "More seeds are needed for a smaller difference.",
        ),
    ],
)

# ---- white patches ----


@st.composite
def patches(draw: st.DrawFn) -> Case:
    """Draw patches of two or three pixels, more of them than pixels and none redundant."""
    d = draw(st.integers(2, 3))
    x = draw(numbers(2 * d, d))
    # A multiple of the unit matrix below makes sure that no direction is empty.
    return {"patches": torch.cat([x, 4 * torch.eye(d)])}


def second_moments(value: Any, given: Case) -> Any:
    """Turn filters (d, d), one a column, into the mean products of their outputs, (d, d).

    Without their signs: a direction turned round is as good.
    """
    filters, x = as_tensor(value), next(iter(given.values()))
    if filters is None or filters.shape != (x.shape[1], x.shape[1]):
        return value
    return moments(x @ filters.to(x.dtype)).abs()


def moments(x: Tensor) -> Tensor:
    """Return the mean products of the columns: (n, d) -> (d, d)."""
    return x.T @ x / len(x)


def axes_of(x: Tensor) -> tuple[Tensor, Tensor]:
    """Return how strong the patches are in each direction, (d,), and the directions, a column each.

    In float64: strengths may differ by a factor of a hundred.
    """
    return torch.linalg.eigh(moments(x.double()))


def white_filters(patches: Tensor, power: float = -0.5) -> Tensor:
    """Return directions, scaled by a power of their strengths: (n, d) -> (d, d)."""
    strengths, directions = axes_of(patches)
    return (directions * strengths**power).float()


whitening_filters = Checker(
    name="whitening_filters",
    oracle=lambda patches: moments(patches @ white_filters(patches)).abs(),
    observe=second_moments,
    draw=patches,
    chapter=CHAPTER,
    misconceptions=[
        Misconception(
            "the directions are not scaled",
            lambda patches: moments(patches @ white_filters(patches, 0)).abs(),
            "The outputs are uncorrelated, but some are stronger: divide by the roots.",
        ),
        Misconception(
            "they are divided by the strengths, not by their roots",
            lambda patches: moments(patches @ white_filters(patches, -1)).abs(),
            "Eigenvalues are mean squares; a filter's output scales with its weights.",
        ),
        Misconception(
            "they are multiplied where they should be divided",
            lambda patches: moments(patches @ white_filters(patches, 0.5)).abs(),
            "Strong directions are to be damped, weak ones raised.",
        ),
        Misconception(
            "each pixel is scaled by itself",
            lambda patches: moments(patches / moments(patches).diag().sqrt()).abs(),
            "Then all pixels are equally strong, and neighbours still alike. Turn to the "
            "directions in which they are not, the eigenvectors.",
        ),
        Misconception(
            "the number of patches is forgotten",
            lambda patches: torch.eye(patches.shape[1]) / len(patches),
            "Take the mean of the products, not their sum: divide by n.",
        ),
        Misconception(
            "the mean of the patches is taken away first",
            lambda patches: moments(patches @ white_filters(patches - patches.mean(0))).abs(),
            "That would make the variances 1. Asked for are mean squares of 1, since the filters "
            "will see patches as they are.",
        ),
    ],
)

# ---- an image and its mirror image ----


class Scorer:
    """A network of one layer: the scores are ReLUs of weighted sums of the pixels."""

    def __init__(self, weight: Tensor) -> None:
        self.weight = weight  # (classes, h, w)

    def __call__(self, images: Tensor) -> Tensor:  # (n, 1, h, w) -> (n, classes)
        """Return the scores."""
        return torch.einsum("nhw,chw->nc", images[:, 0], self.weight).relu()

    def __repr__(self) -> str:
        weights = re.sub(r"\.0\b", "", str(self.weight.tolist()))  # short, to be shown in full
        return f"relu((image * w).sum()) for each w in {weights}"


@st.composite
def seen_twice(draw: st.DrawFn) -> Case:
    """Draw a network and a few images, no side of which is a single pixel."""
    n, h, w, classes = (draw(st.integers(2, 3)) for _ in range(4))
    return {"model": Scorer(draw(numbers(classes, h, w))), "images": draw(numbers(n, 1, h, w))}


def averaged(
    model: Callable[[Tensor], Tensor], images: Tensor, axis: int = 3, share: float = 0.5
) -> Tensor:
    """Average the scores of images and of their flipped copies: (n, 1, h, w) -> (n, classes)."""
    return share * (model(images) + model(images.flip(axis)))


mirrored_scores = Checker(
    name="mirrored_scores",
    oracle=lambda model, images: averaged(model, images),
    draw=seen_twice,
    chapter=CHAPTER,
    misconceptions=[
        Misconception(
            "the images are turned upside down",
            lambda model, images: averaged(model, images, axis=2),
            "A mirror swaps left and right: flip the last axis, the width.",
        ),
        Misconception(
            "the batch is turned round",
            lambda model, images: averaged(model, images, axis=0),
            "flip(0) swaps whole images; flip the last axis, the width.",
        ),
        Misconception(
            "the scores are flipped, not the images",
            lambda model, images: (model(images) + model(images).flip(1)) / 2,
            "Flip what goes in. The classes stay where they are.",
        ),
        Misconception(
            "only the mirror image is seen",
            lambda model, images: model(images.flip(3)),
            "Both are asked for: the image itself and its mirror image.",
        ),
        Misconception(
            "the two images are averaged, not their scores",
            lambda model, images: model((images + images.flip(3)) / 2),
            "A blend of both is an image that nobody has seen: average what the network says.",
        ),
        Misconception(
            "the scores are added up",
            lambda model, images: averaged(model, images, share=1.0),
            "The class would be the same; asked for is the mean.",
        ),
    ],
)
