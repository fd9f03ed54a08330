"""Checkers of batch normalisation, in training and in evaluation, and of its relatives."""

import math
from collections.abc import Callable

import torch
import torch.nn.functional as F
from hypothesis import strategies as st
from torch import Tensor

from .cases import Case, numbers, or_fixed
from .engine import Checker
from .mistakes import Misconception

CHAPTER = "Batch normalisation and its relatives"
EPSILONS = st.sampled_from([0.25, 1.0, 2.0])  # large, so that it matters where they are added
MOMENTA = st.sampled_from([0.1, 0.25, 0.75, 0.9])  # 0.5 would not tell the conventions apart


# ---- right answers and cases ----


def train(x: Tensor, gamma: Tensor, beta: Tensor, eps: float) -> Tensor:
    """Normalise each channel of (n, c, h, w) by its batch, then scale by γ and shift by β."""
    return F.batch_norm(x, None, None, gamma, beta, training=True, eps=eps)


def evaluate(
    x: Tensor, mean: Tensor, var: Tensor, gamma: Tensor, beta: Tensor, eps: float
) -> Tensor:
    """Normalise each channel of (n, c, h, w) by running averages, then scale by γ, shift by β."""
    return F.batch_norm(x, mean, var, gamma, beta, eps=eps)


def kept(x: Tensor, mean: Tensor, var: Tensor, momentum: float) -> tuple[Tensor, Tensor]:
    """Return running mean and variance after one batch (n, c, h, w), by PyTorch's momentum."""
    mean, var = mean.clone(), var.clone()
    F.batch_norm(x, mean, var, training=True, momentum=momentum)
    return mean, var


def grouped(x: Tensor, groups: int, eps: float) -> Tensor:
    """Normalise each picture of (n, c, h, w) over groups of neighbouring channels."""
    return torch.group_norm(x, groups, eps=eps)  # F.group_norm refuses sets of one number


def layered(x: Tensor, eps: float) -> Tensor:
    """Normalise each picture of (n, c, h, w) over all its channels and places."""
    return F.layer_norm(x, x.shape[1:], eps=eps)


def batches(least: int, channels: st.SearchStrategy[int]) -> st.SearchStrategy[Tensor]:
    """Return the strategy of batches (n, c, h, w) with at least `least` pictures."""
    side = st.integers(1, 3)
    shapes = st.tuples(st.integers(least, 3), channels, side, side)
    return shapes.flatmap(lambda shape: numbers(*shape))


@st.composite
def training(draw: st.DrawFn, eps: float | None = None) -> Case:
    """Draw a batch of two pictures or more, γ, β and ε."""
    x = draw(batches(2, st.integers(1, 3)))
    gamma, beta = draw(numbers(x.shape[1])), draw(numbers(x.shape[1]))
    return {"x": x, "gamma": gamma, "beta": beta, "eps": or_fixed(draw, eps, EPSILONS)}


@st.composite
def evaluation(draw: st.DrawFn, eps: float | None = None) -> Case:
    """Draw a batch of one picture or more, running averages, γ, β and ε."""
    x = draw(batches(1, st.integers(1, 3)))
    mean, gamma, beta = (draw(numbers(x.shape[1])) for _ in range(3))
    var = draw(numbers(x.shape[1])).abs() + 1
    averages = {"running_mean": mean, "running_var": var}
    return {"x": x, **averages, "gamma": gamma, "beta": beta, "eps": or_fixed(draw, eps, EPSILONS)}


@st.composite
def updates(draw: st.DrawFn, momentum: float | None = None) -> Case:
    """Draw a batch of two pictures or more, running averages and a momentum."""
    x = draw(batches(2, st.integers(1, 3)))
    mean, var = draw(numbers(x.shape[1])), draw(numbers(x.shape[1])).abs() + 1
    averages = {"running_mean": mean, "running_var": var}
    return {"x": x, **averages, "momentum": or_fixed(draw, momentum, MOMENTA)}


@st.composite
def groupings(draw: st.DrawFn, groups: int | None = None, eps: float | None = None) -> Case:
    """Draw a batch, a number of groups that divides its channels, and ε."""
    groups = or_fixed(draw, groups, st.integers(1, 3))
    x = draw(batches(1, st.integers(1, 3).map(lambda size: size * groups)))
    return {"x": x, "groups": groups, "eps": or_fixed(draw, eps, EPSILONS)}


@st.composite
def pictures(draw: st.DrawFn, eps: float | None = None) -> Case:
    """Draw a batch of one picture or more, and ε."""
    x = draw(batches(1, st.integers(1, 4)))
    return {"x": x, "eps": or_fixed(draw, eps, EPSILONS)}


# ---- how it goes wrong ----


def across(v: Tensor) -> Tensor:
    """Lay one number for each channel along axis 1: (c,) -> (1, c, 1, 1)."""
    return v[None, :, None, None]


def standard(x: Tensor, dims: tuple[int, ...], eps: float, correction: int = 0) -> Tensor:
    """Standardise over some axes."""
    difference = x - x.mean(dims, True)
    count = math.prod(x.shape[d] for d in dims)
    var = difference.square().sum(dims, True) / (count - correction)  # 0 / 0: not a number
    return difference / (var + eps).sqrt()


# One number for each set of cells: what else than its standard deviation it may be divided by.
# Each is (name, how to divide, why it is wrong).
Divide = Callable[[Tensor, Tensor, float], Tensor]
DIVISIONS: list[tuple[str, Divide, str]] = [
    (
        "ε is added after the root",
        lambda d, var, eps: d / (var.sqrt() + eps),
        "ε belongs inside: √(σ² + ε). PyTorch, and the paper, add it to the variance.",
    ),
    (
        "ε is left out",
        lambda d, var, eps: d / var.sqrt(),
        "Without ε a channel whose numbers are all alike divides 0 by 0.",
    ),
    (
        "the root is missing",
        lambda d, var, eps: d / (var + eps),
        "Divide by the standard deviation, which is the root of the variance.",
    ),
    (
        "the numbers are multiplied by the deviation",
        lambda d, var, eps: d * (var + eps).sqrt(),
        "Divide by the deviation: wide channels are to become narrower.",
    ),
    (
        "the deviation is not divided by",
        lambda d, var, eps: d,
        "The mean is gone, the width stays.",
    ),
]
UNBIASED = (
    "the unbiased variance normalises",
    "Divide the squares by their number m, not by m − 1: `correction=0` in `var`. The unbiased one "
    "is for the running average alone.",
)
# Each division as (how, by m or m − 1, name, why); `x.std()` divides by m − 1 unless told not to.
BIASED_AND_NOT = [
    *((way, 0, name, why) for name, way, why in DIVISIONS),
    *(
        (way, 1, f"{UNBIASED[0]}, and {name}", f"{UNBIASED[1]} {why}")
        for name, way, why in DIVISIONS[:2]
    ),
]
WRONG_AXES = {
    (0,): (
        "each place has statistics of its own",
        "The mean is over the batch and over all places of the channel: axes 0, 2 and 3.",
    ),
    (0, 1, 2, 3): (
        "all channels share their statistics",
        "Each channel has a mean and a variance of its own: leave axis 1 out.",
    ),
    (1, 2, 3): (
        "each picture is normalised by itself",
        "That is layer normalisation. Batch normalisation averages over all pictures of the batch.",
    ),
    (2, 3): (
        "each picture and channel is normalised by itself",
        "That is instance normalisation. Batch normalisation averages over all pictures as well.",
    ),
    (0, 2): ("the columns are kept apart", "The mean runs over rows and columns: axes 0, 2 and 3."),
    (0, 2, 3): (
        "the batch is averaged over",
        "That is batch normalisation. Here no picture may depend on another.",
    ),
    (1,): (
        "each place is normalised by itself",
        "The statistics are over the rows and columns as well, not over the channels alone.",
    ),
    (3,): ("each row is normalised by itself", "The statistics are over whole channels."),
}


def divided(
    x: Tensor, mean: Tensor, var: Tensor, eps: float, way: Divide, gamma: Tensor, beta: Tensor
) -> Tensor:
    """Normalise with a wrong division, scale and shift."""
    return across(gamma) * way(x - across(mean), across(var), eps) + across(beta)


def batch_statistics(x: Tensor, correction: int = 0) -> tuple[Tensor, Tensor]:
    """Return mean and variance of each channel."""
    return x.mean((0, 2, 3)), x.var((0, 2, 3), correction=correction)


def over(*dims: int) -> Misconception:
    """Return the mistake of averaging over these axes in training."""
    name, why = WRONG_AXES[dims]
    return Misconception(
        name, lambda x, g, b, eps: across(g) * standard(x, dims, eps) + across(b), why
    )


FORGOTTEN = "γ and β are the two numbers that each channel learns: y = γ·x̂ + β."
ALONG_WIDTH = "γ and β have a number for each channel: reshape them to (1, c, 1, 1)."

batch_norm = Checker(
    name="batch_norm",
    oracle=train,
    draw=training,
    chapter=CHAPTER,
    misconceptions=[
        Misconception(
            UNBIASED[0],
            lambda x, g, b, eps: across(g) * standard(x, (0, 2, 3), eps, 1) + across(b),
            UNBIASED[1],
        ),
        over(0),
        over(0, 1, 2, 3),
        over(1, 2, 3),
        over(2, 3),
        over(0, 2),
        *(
            Misconception(
                name,
                lambda x, g, b, eps, way=way, less=less: divided(
                    x, *batch_statistics(x, less), eps, way, g, b
                ),
                why,
            )
            for way, less, name, why in BIASED_AND_NOT
        ),
        Misconception(
            "the mean is not subtracted",
            lambda x, g, b, eps: (
                across(g) * x / across(batch_statistics(x)[1] + eps).sqrt() + across(b)
            ),
            "First subtract the mean of the channel, then divide.",
        ),
        Misconception(
            "γ and β are forgotten", lambda x, g, b, eps: standard(x, (0, 2, 3), eps), FORGOTTEN
        ),
        Misconception(
            "γ is forgotten",
            lambda x, g, b, eps: standard(x, (0, 2, 3), eps) + across(b),
            FORGOTTEN,
        ),
        Misconception(
            "β is forgotten",
            lambda x, g, b, eps: across(g) * standard(x, (0, 2, 3), eps),
            FORGOTTEN,
        ),
        Misconception("γ and β are swapped", lambda x, g, b, eps: train(x, b, g, eps), FORGOTTEN),
        Misconception(
            "β is scaled by γ as well",
            lambda x, g, b, eps: train(x, g, g * b, eps),
            "Scale first, then shift: y = γ·x̂ + β.",
        ),
        Misconception(
            "γ and β lie along the width",
            lambda x, g, b, eps: g * standard(x, (0, 2, 3), eps) + b,
            ALONG_WIDTH,
        ),
    ],
)

batch_norm_eval = Checker(
    name="batch_norm_eval",
    oracle=evaluate,
    draw=evaluation,
    chapter=CHAPTER,
    misconceptions=[
        Misconception(
            "the batch's own statistics are used",
            lambda x, m, v, g, b, eps: train(x, g, b, eps),
            "In evaluation the running averages take their place, so that no picture depends on "
            "its neighbours.",
        ),
        Misconception(
            "the batch's own statistics are used",
            lambda x, m, v, g, b, eps: across(g) * standard(x, (0, 2, 3), eps, 1) + across(b),
            "In evaluation the running averages take their place, and nothing is computed anew.",
        ),
        Misconception(
            "the batch's own mean is used",
            lambda x, m, v, g, b, eps: evaluate(x, batch_statistics(x)[0], v, g, b, eps),
            "Mean and variance are both the running ones.",
        ),
        Misconception(
            "the batch's own variance is used",
            lambda x, m, v, g, b, eps: evaluate(x, m, batch_statistics(x)[1], g, b, eps),
            "Mean and variance are both the running ones.",
        ),
        *(
            Misconception(
                name,
                lambda x, m, v, g, b, eps, way=way: divided(x, m, v, eps, way, g, b),
                why,
            )
            for name, way, why in DIVISIONS
        ),
        Misconception(
            "the mean is not subtracted",
            lambda x, m, v, g, b, eps: evaluate(x, torch.zeros_like(m), v, g, b, eps),
            "First subtract the running mean, then divide.",
        ),
        Misconception(
            "γ and β are forgotten",
            lambda x, m, v, g, b, eps: F.batch_norm(x, m, v, eps=eps),
            "They belong to the layer and stay what they were in training: y = γ·x̂ + β.",
        ),
        Misconception(
            "γ and β are swapped",
            lambda x, m, v, g, b, eps: evaluate(x, m, v, b, g, eps),
            FORGOTTEN,
        ),
        Misconception(
            "the channels' numbers lie along the width",
            lambda x, m, v, g, b, eps: g * (x - m) / (v + eps).sqrt() + b,
            "All four have a number for each channel: reshape them to (1, c, 1, 1).",
        ),
    ],
)


def moved(mean: Tensor, var: Tensor, batch: tuple[Tensor, Tensor], momentum: float) -> tuple:
    """Move both running averages towards the batch's statistics."""
    pairs = zip((mean, var), batch, strict=True)
    return tuple((1 - momentum) * old + momentum * new for old, new in pairs)


SWAPPED = (
    "In PyTorch momentum is the part of the new batch, 0.1 unless you say otherwise; in TensorFlow "
    "it is the part that stays."
)
BIASED = (
    "What is kept is the unbiased variance, divided by m − 1: it shall stand for all pictures to "
    "come, not for this batch."
)

running_stats = Checker(
    name="running_stats",
    oracle=kept,
    draw=updates,
    chapter=CHAPTER,
    misconceptions=[
        Misconception(
            "the two conventions of momentum are swapped",
            lambda x, m, v, part: kept(x, m, v, 1 - part),
            SWAPPED,
        ),
        Misconception(
            "the biased variance is kept",
            lambda x, m, v, part: moved(m, v, batch_statistics(x), part),
            BIASED,
        ),
        Misconception(
            "the conventions are swapped and the biased variance is kept",
            lambda x, m, v, part: moved(m, v, batch_statistics(x), 1 - part),
            f"{SWAPPED} {BIASED}",
        ),
        Misconception(
            "the old averages are overwritten",
            lambda x, m, v, part: batch_statistics(x, 1),
            "One batch moves them a little: (1 − momentum)·old + momentum·new.",
        ),
        Misconception(
            "nothing is updated",
            lambda x, m, v, part: (m, v),
            "Return the new averages; the old ones stay where they are.",
        ),
        Misconception(
            "the old averages are not shrunk",
            lambda x, m, v, part: tuple(
                old + part * new for old, new in zip((m, v), batch_statistics(x, 1), strict=True)
            ),
            "The two parts add up to 1: (1 − momentum)·old + momentum·new.",
        ),
        Misconception(
            "the standard deviation is kept",
            lambda x, m, v, part: moved(m, v, (x.mean((0, 2, 3)), x.std((0, 2, 3))), part),
            "The layer keeps the variance; the root is taken when it is used.",
        ),
        Misconception(
            "all channels share their statistics",
            lambda x, m, v, part: moved(m, v, (x.mean().expand_as(m), x.var().expand_as(v)), part),
            "Each channel has a mean and a variance of its own: leave axis 1 out.",
        ),
        Misconception(
            "each place has averages of its own",
            lambda x, m, v, part: moved(
                across(m), across(v), (x.mean(0, True), x.var(0, keepdim=True)), part
            ),
            "One mean and one variance for each channel: average over axes 0, 2 and 3.",
        ),
    ],
)


def split(x: Tensor, groups: int) -> Tensor:
    """Split the channels into groups of neighbours: (n, c, h, w) -> (n, groups, c/groups, h, w)."""
    return x.unflatten(1, (groups, -1))


def in_groups(x: Tensor, groups: int, eps: float, *dims: int, correction: int = 0) -> Tensor:
    """Standardise groups of neighbouring channels over some axes of (n, g, c/g, h, w)."""
    return standard(split(x, groups), dims, eps, correction).flatten(1, 2)


def interleaved(x: Tensor, groups: int, eps: float) -> Tensor:
    """Put every groups-th channel into one group, as a reshape the wrong way round does."""
    return standard(x.unflatten(1, (-1, groups)), (1, 3, 4), eps).flatten(1, 2)


def divided_in_groups(x: Tensor, groups: int, eps: float, way: Divide, correction: int) -> Tensor:
    """Normalise groups with a wrong division."""
    y, dims = split(x, groups), (2, 3, 4)
    difference = y - y.mean(dims, True)
    var = difference.square().sum(dims, True) / (y[0, 0].numel() - correction)  # 0 / 0 as it is
    return way(difference, var, eps).flatten(1, 2)


group_norm = Checker(
    name="group_norm",
    oracle=grouped,
    draw=groupings,
    chapter=CHAPTER,
    misconceptions=[
        Misconception(
            "the groups reach over the batch",
            lambda x, groups, eps: in_groups(x, groups, eps, 0, 2, 3, 4),
            "Each picture by itself: leave the batch out of the axes.",
        ),
        Misconception(
            "the channels of a group are interleaved",
            interleaved,
            "A group is a run of neighbours: reshape to (n, groups, c // groups, h, w), in this "
            "order.",
        ),
        Misconception(
            "the number of groups is taken for their size",
            lambda x, groups, eps: grouped(x, x.shape[1] // groups, eps),
            "`groups` says how many there are; each has c // groups channels.",
        ),
        Misconception(
            "each channel is a group",
            lambda x, groups, eps: standard(x, (2, 3), eps),
            "That is instance normalisation. A group averages over its channels as well.",
        ),
        Misconception(
            "all channels are one group",
            lambda x, groups, eps: layered(x, eps),
            "That is layer normalisation. Split the channels first.",
        ),
        Misconception(
            WRONG_AXES[0, 2, 3][0],
            lambda x, groups, eps: standard(x, (0, 2, 3), eps),
            WRONG_AXES[0, 2, 3][1],
        ),
        Misconception(
            WRONG_AXES[1,][0],
            lambda x, groups, eps: in_groups(x, groups, eps, 2),
            WRONG_AXES[1,][1],
        ),
        Misconception(
            UNBIASED[0],
            lambda x, groups, eps: in_groups(x, groups, eps, 2, 3, 4, correction=1),
            UNBIASED[1],
        ),
        *(
            Misconception(
                name,
                lambda x, groups, eps, way=way, less=less: divided_in_groups(
                    x, groups, eps, way, less
                ),
                why,
            )
            for way, less, name, why in BIASED_AND_NOT
        ),
    ],
)

layer_norm = Checker(
    name="layer_norm",
    oracle=layered,
    draw=pictures,
    chapter=CHAPTER,
    misconceptions=[
        *(
            Misconception(
                WRONG_AXES[dims][0],
                lambda x, eps, dims=dims: standard(x, dims, eps),
                WRONG_AXES[dims][1],
            )
            for dims in ((0, 2, 3), (1,), (3,))
        ),
        Misconception(
            "all pictures share their statistics",
            lambda x, eps: standard(x, (0, 1, 2, 3), eps),
            "Each picture by itself: leave axis 0 out.",
        ),
        Misconception(
            "each channel is normalised by itself",
            lambda x, eps: standard(x, (2, 3), eps),
            "That is instance normalisation. A layer's mean is over its channels as well.",
        ),
        Misconception(UNBIASED[0], lambda x, eps: standard(x, (1, 2, 3), eps, 1), UNBIASED[1]),
        *(
            Misconception(
                name,
                lambda x, eps, way=way, less=less: divided_in_groups(x, 1, eps, way, less),
                why,
            )
            for way, less, name, why in BIASED_AND_NOT
        ),
    ],
)
