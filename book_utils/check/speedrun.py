"""Checkers of what a race is made of: errors of a mean, a schedule, an image seen twice."""

import math
from collections.abc import Callable

import torch
from hypothesis import strategies as st
from torch import Tensor

from .engine import Case, Checker, Misconception, numbers

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

# ---- the rate over a run ----


@st.composite
def moments(draw: st.DrawFn) -> Case:
    """Draw a step of a run, and where in the run the rate is highest."""
    steps = draw(st.integers(2, 20))
    return {
        "step": draw(st.integers(0, steps - 1)),
        "steps": steps,
        "peak": draw(st.sampled_from([0.25, 0.2, 0.4, 0.6])),
    }


def tent(at: float, peak: float) -> float:
    """Return the share of the highest rate at a place in a run, 0 to 1."""
    return at / peak if at < peak else (1 - at) / (1 - peak)


one_cycle = Checker(
    name="one_cycle",
    oracle=lambda step, steps, peak: tent((step + 0.5) / steps, peak),
    draw=moments,
    chapter=CHAPTER,
    misconceptions=[
        Misconception(
            "a step counts at its beginning",
            lambda step, steps, peak: tent(step / steps, peak),
            "Then the first step has a rate of 0 and is lost. Half a step further is its middle.",
        ),
        Misconception(
            "a step counts at its end",
            lambda step, steps, peak: tent((step + 1) / steps, peak),
            "Then the last step has a rate of 0 and is lost. Half a step earlier is its middle.",
        ),
        Misconception(
            "the rate never rises",
            lambda step, steps, peak: 1 - (step + 0.5) / steps,
            "Before the peak it goes up from 0: at / peak.",
        ),
        Misconception(
            "the rate never falls",
            lambda step, steps, peak: min(1.0, (step + 0.5) / steps / peak),
            "Behind the peak it goes down to 0 at the end of the run.",
        ),
        Misconception(
            "the fall is as long as the run",
            lambda step, steps, peak: min((step + 0.5) / steps / peak, 1 - (step + 0.5) / steps),
            "It begins at the peak with 1: divide what is left of the run by 1 − peak.",
        ),
        Misconception(
            "the peak is in the middle of the run",
            lambda step, steps, peak: tent((step + 0.5) / steps, 0.5),
            "The peak is where the third argument says.",
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
        return f"scores relu((image * w).sum()), one for each w in {self.weight.tolist()}"


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
