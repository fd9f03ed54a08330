"""Checkers of softmax and cross-entropy: from scores to a loss."""

from collections.abc import Callable

import torch
import torch.nn.functional as F
from hypothesis import strategies as st
from torch import Tensor

from .engine import Case, Checker, Misconception, numbers

CHAPTER = "LeNet"
LARGE = 20.0


@st.composite
def score_tables(draw: st.DrawFn) -> Case:
    """Draw the scores of a few examples, some of them too large for their exponentials."""
    n, classes = draw(st.integers(1, 4)), draw(st.integers(2, 5))
    return {"scores": draw(numbers(n, classes)) * draw(st.sampled_from([1, 1, LARGE]))}


@st.composite
def labelled_scores(draw: st.DrawFn) -> Case:
    """Draw scores, and the number of the true class for each example."""
    scores = draw(score_tables())["scores"]
    n, classes = scores.shape
    labels = draw(st.lists(st.integers(0, classes - 1), min_size=n, max_size=n))
    return {"scores": scores, "labels": torch.tensor(labels)}


def on_small_scores(wrong: Callable) -> Callable:
    """Leave scores out on which a naive exponential overflows: that is a mistake of its own."""

    def with_an_opinion(scores: Tensor, *labels: Tensor) -> Tensor:
        if scores.abs().max() > LARGE:
            raise ValueError("no opinion on large scores")
        return wrong(scores, *labels)

    return with_an_opinion


def probabilities(scores: Tensor) -> Tensor:
    """Turn the scores of each row into probabilities: (n, classes) -> (n, classes)."""
    return F.softmax(scores, 1)


def surprise(scores: Tensor, labels: Tensor) -> Tensor:
    """Take the mean of -log p over the true classes: (n, classes), (n,) -> one number."""
    return F.cross_entropy(scores, labels)


def of_truth(values: Tensor, labels: Tensor) -> Tensor:
    """Pick the value at the true class of each row: (n, classes), (n,) -> (n,)."""
    return values.gather(1, labels[:, None])[:, 0]


def naive(scores: Tensor) -> Tensor:
    """Softmax as the formula says it, without regard for what a float can hold."""
    return scores.exp() / scores.exp().sum(1, keepdim=True)


OVERFLOW = (
    "Beyond e^88 a 32-bit number is infinite, and infinity by infinity is no number: subtract "
    "the largest score of each row first. It cancels out."
)
ROWS = "Each row holds the scores of one example, and its probabilities add up to 1: dim=1."

softmax = Checker(
    name="softmax",
    oracle=probabilities,
    draw=score_tables,
    chapter=CHAPTER,
    misconceptions=[
        Misconception("large scores overflow", naive, OVERFLOW),
        Misconception(
            "one maximum serves all rows",
            lambda z: naive(z - z.max()),
            "A row far below the largest of all underflows to zeros; take the largest of each row.",
        ),
        Misconception(
            "the sum runs over examples instead of classes",
            on_small_scores(lambda z: z.softmax(0)),
            ROWS,
        ),
        Misconception(
            "the sum runs over all numbers",
            on_small_scores(lambda z: z.flatten().softmax(0).reshape(z.shape)),
            ROWS,
        ),
        Misconception(
            "the exponentials are not divided by their sum",
            on_small_scores(torch.exp),
            "Probabilities add up to 1: divide by the sum of the row.",
        ),
        Misconception(
            "the scores are divided without an exponential",
            on_small_scores(lambda z: z / z.sum(1, keepdim=True)),
            "Scores may be negative; e to the power of a score is not.",
        ),
        Misconception(
            "each score is squashed by itself",
            on_small_scores(torch.sigmoid),
            "A sigmoid knows nothing of the other classes, and its results do not add up to 1.",
        ),
        Misconception(
            "logarithms of the probabilities are returned",
            on_small_scores(lambda z: z.log_softmax(1)),
            "Probabilities are positive; their logarithms belong into the loss.",
        ),
        Misconception(
            "the signs are turned round",
            on_small_scores(lambda z: (-z).softmax(1)),
            "The largest score gets the largest probability.",
        ),
    ],
)

cross_entropy = Checker(
    name="cross_entropy",
    oracle=surprise,
    draw=labelled_scores,
    chapter=CHAPTER,
    misconceptions=[
        Misconception(
            "large scores overflow", lambda z, y: -of_truth(naive(z), y).log().mean(), OVERFLOW
        ),
        Misconception(
            "a probability becomes 0 before its logarithm is taken",
            lambda z, y: -of_truth(probabilities(z), y).log().mean(),
            "A small probability is rounded to 0. Write log p as the score minus the logarithm of "
            "the sum, and leave the division out.",
        ),
        Misconception(
            "the losses are added up, not averaged",
            on_small_scores(lambda z, y: surprise(z, y) * len(y)),
            "With the mean, the gradient does not grow with the size of the batch.",
        ),
        Misconception(
            "the loss is divided by the number of classes too",
            on_small_scores(lambda z, y: surprise(z, y) / z.shape[1]),
            "There is one loss for each example: divide by the number of examples alone.",
        ),
        Misconception(
            "the losses are not averaged",
            on_small_scores(lambda z, y: F.cross_entropy(z, y, reduction="none")),
            "backward() starts from one number: take the mean.",
        ),
        Misconception(
            "softmax is taken twice",
            on_small_scores(lambda z, y: surprise(probabilities(z), y)),
            "The loss takes scores and does the softmax itself; probabilities as scores can never "
            "be far apart, and learning is slow.",
        ),
        Misconception(
            "the scores are taken for probabilities",
            on_small_scores(lambda z, y: -of_truth(z, y).log().mean()),
            "Scores may be negative, and do not add up to 1: softmax comes first.",
        ),
        Misconception(
            "the loss is that of the class with the largest score",
            on_small_scores(lambda z, y: -z.log_softmax(1).amax(1).mean()),
            "What counts is the probability of the true class, whatever the network prefers.",
        ),
        Misconception(
            "the loss of all classes is added up",
            on_small_scores(lambda z, y: -z.log_softmax(1).sum(1).mean()),
            "What counts is the probability of the true class alone: pick it by its label.",
        ),
        Misconception(
            "the minus sign is missing",
            on_small_scores(lambda z, y: -surprise(z, y)),
            "The logarithm of a probability is negative; a loss is to be made small.",
        ),
        Misconception(
            "the logarithm is missing",
            on_small_scores(lambda z, y: -of_truth(probabilities(z), y).mean()),
            "The surprise at a probability is the negative of its logarithm.",
        ),
        Misconception(
            "the logarithm is taken of the mean",
            on_small_scores(lambda z, y: -of_truth(probabilities(z), y).mean().log()),
            "Each example has its own surprise: first the logarithms, then their mean.",
        ),
        Misconception(
            "the sum runs over examples instead of classes",
            on_small_scores(lambda z, y: -of_truth(z.log_softmax(0), y).mean()),
            ROWS,
        ),
    ],
)
