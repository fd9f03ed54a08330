"""Checkers of batch normalisation in training and in evaluation, and of its relatives."""

from collections.abc import Callable
from functools import partial
from typing import Any

import torch
import torch.nn.functional as F
from hypothesis import strategies as st
from torch import Tensor

from .engine import Case, Checker, Misconception, numbers, or_fixed
from .standardising import (
    BIASED_AND_NOT,
    DIVISIONS,
    EPSILONS,
    NO_BRACKETS,
    OWN_EPS,
    WRONG_AXES,
    Divide,
    Slip,
    across,
    affine,
    as_they_come,
    batches,
    by_deviation,
    standard,
    statistics,
    without_brackets,
)

CHAPTER = "Batch normalisation and its relatives"
BATCH = (0, 2, 3)  # the axes that a channel's statistics are over
SELDOM = st.sampled_from([False] * 4 + [True])  # for a channel without a spread: ε is all it has
MOMENTA = st.sampled_from([0.1, 0.25, 0.75, 0.9])  # 0.5 would not tell the conventions apart
FORGOTTEN = "γ and β are the two numbers that each channel learns: y = γ·x̂ + β."
ALONG_WIDTH = "γ and β have a number for each channel: reshape them to (1, c, 1, 1)."
SCALED_BETA = Slip("β is scaled by γ as well", "Scale first, then shift: y = γ·x̂ + β.")


def batch_statistics(x: Tensor, less: int = 0) -> tuple[Tensor, Tensor]:
    """Return mean and variance of each channel, (c,) and (c,)."""
    mean, var = statistics(x, BATCH, less)
    return mean.flatten(), var.flatten()


def along_width(
    x: Tensor, mean: Tensor, var: Tensor, gamma: Tensor, beta: Tensor, eps: float, way: Divide
) -> Tensor:
    """Use numbers (c,) as they are, so that they meet the columns."""
    return gamma * way(x - mean, var, eps) + beta


def along_batch(v: Tensor) -> Tensor:
    """Lay one number for each channel along axis 0."""
    return v[:, None, None, None]


# ---- in training ----


def train(x: Tensor, gamma: Tensor, beta: Tensor, eps: float) -> Tensor:
    """Normalise each channel of (n, c, h, w) by its batch, then scale by γ and shift by β."""
    return F.batch_norm(x, None, None, gamma, beta, training=True, eps=eps)


@st.composite
def training(draw: st.DrawFn, eps: float | None = None) -> Case:
    """Draw a batch of two images or more, γ, β and ε."""
    x = draw(batches(2, st.integers(1, 3)))
    if draw(SELDOM):
        x[:, -1] = x[0, -1, 0, 0]
    gamma, beta = draw(numbers(x.shape[1])), draw(numbers(x.shape[1]))
    return {"x": x, "gamma": gamma, "beta": beta, "eps": or_fixed(draw, eps, EPSILONS)}


def train_over(dims: tuple[int, ...] = BATCH) -> Callable[..., Tensor]:
    """Return training over some axes, which takes `less` and `way` as `standard` does."""

    def wrong(
        x: Tensor, g: Tensor, b: Tensor, eps: float, less: int = 0, way: Divide = by_deviation
    ) -> Tensor:
        return affine(standard(x, dims, eps, less, way), g, b)

    return wrong


batch_norm = Checker(
    name="batch_norm",
    oracle=train,
    draw=training,
    chapter=CHAPTER,
    misconceptions=[
        *(
            WRONG_AXES[dims].by(*as_they_come(train_over(dims)))
            for dims in ((0,), (0, 1, 2, 3), (1, 2, 3), (2, 3), (0, 2), (1,))
        ),
        WRONG_AXES[0, 1, 2].by(
            *as_they_come(train_over((0, 1, 2))),
            *as_they_come(
                lambda x, g, b, eps, less, way: g * standard(x, (0, 1, 2), eps, less, way) + b
            ),
        ),
        *(slip.by(partial(train_over(), **options)) for slip, options in BIASED_AND_NOT),
        OWN_EPS.by(lambda x, g, b, eps: train(x, g, b, 1e-5)),
        Misconception(
            "the mean is not subtracted",
            lambda x, g, b, eps: affine(x / (statistics(x, BATCH)[1] + eps).sqrt(), g, b),
            "First subtract the mean of the channel, then divide.",
        ),
        Misconception(
            "the variance is the mean of the squares as they are",
            lambda x, g, b, eps: affine(
                (x - x.mean(BATCH, True)) / (x.square().mean(BATCH, True) + eps).sqrt(), g, b
            ),
            "Square the distances from the mean: (x − μ)².",
        ),
        NO_BRACKETS.by(
            *as_they_come(
                lambda x, g, b, eps, less, way: affine(
                    without_brackets(x, *statistics(x, BATCH, less), eps, way), g, b
                )
            )
        ),
        Misconception(
            "γ and β are forgotten",
            as_they_come(lambda x, g, b, eps, less, way: standard(x, BATCH, eps, less, way)),
            FORGOTTEN,
        ),
        Misconception(
            "γ is forgotten",
            lambda x, g, b, eps: standard(x, BATCH, eps) + across(b),
            FORGOTTEN,
        ),
        Misconception(
            "β is forgotten",
            lambda x, g, b, eps: across(g) * standard(x, BATCH, eps),
            FORGOTTEN,
        ),
        Misconception("γ and β are swapped", lambda x, g, b, eps: train(x, b, g, eps), FORGOTTEN),
        SCALED_BETA.by(lambda x, g, b, eps: train(x, g, g * b, eps)),
        Misconception(
            "γ and β lie along the width",
            lambda x, g, b, eps: g * standard(x, BATCH, eps) + b,
            ALONG_WIDTH,
        ),
        Misconception(
            "γ and β lie along the batch",
            lambda x, g, b, eps: along_batch(g) * standard(x, BATCH, eps) + along_batch(b),
            ALONG_WIDTH,
        ),
        Misconception(
            "the channels' numbers lie along the width",
            as_they_come(
                lambda x, g, b, eps, less, way: along_width(
                    x, *batch_statistics(x, less), g, b, eps, way
                )
            ),
            "They have the shape (c,), which meets the last axis. Keep the axes with "
            "`keepdim=True`, and reshape γ and β to (1, c, 1, 1).",
        ),
    ],
)


# ---- what is kept ----


def kept(x: Tensor, mean: Tensor, var: Tensor, momentum: float) -> tuple[Tensor, Tensor]:
    """Return running mean and variance after one batch (n, c, h, w), by PyTorch's momentum."""
    mean, var = mean.clone(), var.clone()
    F.batch_norm(x, mean, var, training=True, momentum=momentum)
    return mean, var


@st.composite
def updates(draw: st.DrawFn, momentum: float | None = None) -> Case:
    """Draw a batch of two images or more, running averages and a momentum."""
    x = draw(batches(2, st.integers(1, 3)))
    mean, var = draw(numbers(x.shape[1])), draw(numbers(x.shape[1])).abs() + 1
    averages = {"running_mean": mean, "running_var": var}
    return {"x": x, **averages, "momentum": or_fixed(draw, momentum, MOMENTA)}


def moved(mean: Tensor, var: Tensor, batch: tuple[Tensor, Tensor], momentum: float) -> tuple:
    """Move both running averages towards the batch's statistics."""
    pairs = zip((mean, var), batch, strict=True)
    return tuple((1 - momentum) * old + momentum * new for old, new in pairs)


def by_pictures(x: Tensor) -> tuple[Tensor, Tensor]:
    """Return mean and variance of each channel, corrected as if m were the number of images."""
    mean, var = batch_statistics(x)
    return mean, var * len(x) / (len(x) - 1)


SWAPPED = (
    "In PyTorch momentum is the part of the new batch, 0.1 unless you say otherwise; in TensorFlow "
    "it is the part that stays."
)
BIASED = (
    "What is kept is the unbiased variance, divided by m − 1: it is to represent all images to "
    "come, not for this batch."
)


def unbiased_or_not(wrong: Callable) -> list[Callable]:
    """Return the forms of a mistake made with the unbiased variance, as `var` gives it, or not."""
    return [partial(wrong, less=less) for less in (1, 0)]


def kept_instead(keep: Callable[[Tensor, int], tuple[Tensor, Tensor]]) -> list[Callable]:
    """Return the forms of moving the averages towards something else, by x and 0 or 1 less."""

    def wrong(x: Tensor, m: Tensor, v: Tensor, part: float, less: int) -> tuple:
        batch = keep(x, less)
        old = (m, v) if batch[0].ndim == 1 else (across(m), across(v))
        return moved(*old, batch, part)

    return unbiased_or_not(wrong)


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
            "m is taken for the number of images",
            lambda x, m, v, part: moved(m, v, by_pictures(x), part),
            "The variance is over m = n·h·w numbers: all images and all positions.",
        ),
        Misconception(
            "mean and variance are returned in the other order",
            lambda x, m, v, part: kept(x, m, v, part)[::-1],
            "The mean comes first. (`torch.var_mean` returns the variance first.)",
        ),
        Misconception(
            "the old averages are overwritten",
            unbiased_or_not(lambda x, m, v, part, less: batch_statistics(x, less)),
            "One batch moves them a little: (1 − momentum)·old + momentum·new.",
        ),
        Misconception(
            "nothing is updated",
            lambda x, m, v, part: (m, v),
            "Return the new averages; the old ones stay where they are.",
        ),
        Misconception(
            "the mean alone is updated",
            lambda x, m, v, part: (kept(x, m, v, part)[0], v),
            "Both are kept: move the variance as well.",
        ),
        Misconception(
            "the old averages are not shrunk",
            unbiased_or_not(
                lambda x, m, v, part, less: tuple(
                    old + part * new
                    for old, new in zip((m, v), batch_statistics(x, less), strict=True)
                )
            ),
            "The two parts add up to 1: (1 − momentum)·old + momentum·new.",
        ),
        Misconception(
            "the standard deviation is kept",
            kept_instead(
                lambda x, less: (batch_statistics(x)[0], batch_statistics(x, less)[1].sqrt())
            ),
            "The layer keeps the variance; the root is taken when it is used.",
        ),
        WRONG_AXES[0, 1, 2, 3].by(
            *kept_instead(
                lambda x, less: tuple(v.flatten() for v in statistics(x, (0, 1, 2, 3), less))
            )
        ),
        Misconception(
            "each position has averages of its own",
            kept_instead(lambda x, less: statistics(x, (0,), less)),
            "One mean and one variance for each channel: average over axes 0, 2 and 3.",
        ),
        Misconception(
            "the axes of length 1 are kept",
            kept_instead(lambda x, less: statistics(x, BATCH, less)),
            "The averages have the shape (c,): leave `keepdim` out here.",
        ),
    ],
)


# ---- in evaluation ----


def evaluate(
    x: Tensor, mean: Tensor, var: Tensor, gamma: Tensor, beta: Tensor, eps: float
) -> Tensor:
    """Normalise each channel of (n, c, h, w) by running averages, then scale by γ, shift by β."""
    return F.batch_norm(x, mean, var, gamma, beta, eps=eps)


@st.composite
def evaluation(draw: st.DrawFn, eps: float | None = None) -> Case:
    """Draw a batch of one image or more, running averages, γ, β and ε."""
    x = draw(batches(1, st.integers(1, 3)))
    mean, gamma, beta = (draw(numbers(x.shape[1])) for _ in range(3))
    var = draw(numbers(x.shape[1])).abs() + 1
    if draw(SELDOM):
        var[-1] = 0
    averages = {"running_mean": mean, "running_var": var}
    return {"x": x, **averages, "gamma": gamma, "beta": beta, "eps": or_fixed(draw, eps, EPSILONS)}


Averages = tuple[Tensor, Tensor]


def replaced(replace: Callable[[Averages, Averages], Averages]) -> list[Callable]:
    """Return the forms of using something else, given the running averages and the batch's own."""

    def wrong(
        x: Tensor, m: Tensor, v: Tensor, g: Tensor, b: Tensor, eps: float, less: int, way: Divide
    ) -> Tensor:
        mean, var = map(across, replace((m, v), batch_statistics(x, less)))
        return affine(way(x - mean, var, eps), g, b)

    return as_they_come(wrong)


def evaluate_by(way: Divide) -> Callable[..., Tensor]:
    """Return evaluation with another way to divide."""
    return lambda x, m, v, g, b, eps: affine(way(x - across(m), across(v), eps), g, b)


BOTH_RUNNING = "Mean and variance are both the running ones."
BELONG = "They belong to the layer and stay what they were in training: y = γ·x̂ + β."

batch_norm_eval = Checker(
    name="batch_norm_eval",
    oracle=evaluate,
    draw=evaluation,
    chapter=CHAPTER,
    misconceptions=[
        Misconception(
            "the batch's own statistics are used",
            replaced(lambda kept, own: own),
            "In evaluation the running averages take their place, so that no image depends on "
            "its neighbours.",
        ),
        Misconception(
            "the batch's own mean is used",
            replaced(lambda kept, own: (own[0], kept[1])),
            BOTH_RUNNING,
        ),
        Misconception(
            "the batch's own variance is used",
            replaced(lambda kept, own: (kept[0], own[1])),
            BOTH_RUNNING,
        ),
        Misconception(
            "the running averages are moved first",
            replaced(lambda kept, own: moved(*kept, own, 0.1)),
            "In evaluation nothing is learned from the batch: use them as they are.",
        ),
        Misconception(
            "each image is normalised by itself",
            as_they_come(
                lambda x, m, v, g, b, eps, less, way: affine(
                    standard(x, (2, 3), eps, less, way), g, b
                )
            ),
            "In evaluation nothing is averaged over: the running averages are given.",
        ),
        *(slip.by(evaluate_by(way)) for slip, way in DIVISIONS),
        OWN_EPS.by(lambda x, m, v, g, b, eps: evaluate(x, m, v, g, b, 1e-5)),
        Misconception(
            "the mean is not subtracted",
            lambda x, m, v, g, b, eps: evaluate(x, torch.zeros_like(m), v, g, b, eps),
            "First subtract the running mean, then divide.",
        ),
        NO_BRACKETS.by(
            lambda x, m, v, g, b, eps: affine(without_brackets(x, across(m), across(v), eps), g, b)
        ),
        Misconception(
            "γ and β are forgotten",
            lambda x, m, v, g, b, eps: F.batch_norm(x, m, v, eps=eps),
            BELONG,
        ),
        Misconception(
            "γ is forgotten",
            lambda x, m, v, g, b, eps: F.batch_norm(x, m, v, bias=b, eps=eps),
            BELONG,
        ),
        Misconception(
            "β is forgotten",
            lambda x, m, v, g, b, eps: F.batch_norm(x, m, v, weight=g, eps=eps),
            BELONG,
        ),
        Misconception(
            "γ and β are swapped",
            lambda x, m, v, g, b, eps: evaluate(x, m, v, b, g, eps),
            FORGOTTEN,
        ),
        SCALED_BETA.by(lambda x, m, v, g, b, eps: evaluate(x, m, v, g, g * b, eps)),
        Misconception(
            "the channels' numbers lie along the width",
            lambda x, m, v, g, b, eps: along_width(x, m, v, g, b, eps, by_deviation),
            "All four have a number for each channel: reshape them to (1, c, 1, 1).",
        ),
        Misconception(
            "the channels' numbers lie along the batch",
            lambda x, m, v, g, b, eps: (
                along_batch(g) * (x - along_batch(m)) / (along_batch(v) + eps).sqrt()
                + along_batch(b)
            ),
            "All four have a number for each channel, and channels are axis 1: (1, c, 1, 1).",
        ),
    ],
)


# ---- groups of channels ----


def grouped(x: Tensor, groups: int, eps: float) -> Tensor:
    """Normalise each image of (n, c, h, w) over groups of neighbouring channels."""
    return torch.group_norm(x, groups, eps=eps)  # F.group_norm refuses sets of one number


@st.composite
def groupings(draw: st.DrawFn, groups: int | None = None, eps: float | None = None) -> Case:
    """Draw a batch, a number of groups that divides its channels, and ε."""
    groups = or_fixed(draw, groups, st.integers(1, 3))
    x = draw(batches(1, st.integers(1, 3).map(lambda size: size * groups)))
    return {"x": x, "groups": groups, "eps": or_fixed(draw, eps, EPSILONS)}


def split(x: Tensor, groups: int) -> Tensor:
    """Split the channels into groups of neighbours: (n, c, h, w) -> (n, groups, c/groups, h, w)."""
    return x.unflatten(1, (groups, -1))


def in_groups(
    x: Tensor,
    groups: int,
    eps: float,
    dims: tuple[int, ...] = (2, 3, 4),
    less: int = 0,
    way: Divide = by_deviation,
) -> Tensor:
    """Standardise groups of neighbouring channels over some axes of (n, g, c/g, h, w)."""
    return standard(split(x, groups), dims, eps, less, way).flatten(1, 2)


def interleaved(x: Tensor, groups: int, eps: float, less: int, way: Divide) -> Tensor:
    """Put every groups-th channel into one group, as a reshape the wrong way round does."""
    return standard(x.unflatten(1, (-1, groups)), (1, 3, 4), eps, less, way).flatten(1, 2)


def pictures_grouped(x: Tensor, groups: int, eps: float, less: int, way: Divide) -> Tensor:
    """Cut the batch into groups, as `chunk` does where no axis is named."""
    return torch.cat([standard(part, (0, 1, 2, 3), eps, less, way) for part in x.chunk(groups)])


def groups_over(*dims: int) -> list[Callable]:
    """Return the forms of averaging over other axes of (n, g, c/g, h, w)."""
    return as_they_come(partial(in_groups, dims=dims))


group_norm = Checker(
    name="group_norm",
    oracle=grouped,
    draw=groupings,
    chapter=CHAPTER,
    misconceptions=[
        Misconception(
            "the channels of a group are interleaved",
            as_they_come(interleaved),
            "A group is a run of neighbours: reshape to (n, groups, c // groups, h, w), in this "
            "order.",
        ),
        Misconception(
            "the number of groups is taken for their size",
            as_they_come(
                lambda x, groups, eps, less, way: in_groups(
                    x, x.shape[1] // groups, eps, less=less, way=way
                )
            ),
            "`groups` says how many there are; each has c // groups channels.",
        ),
        Misconception(
            "the groups reach over the batch",
            groups_over(0, 2, 3, 4),
            "Each image by itself: leave the batch out of the axes.",
        ),
        Misconception(
            "each channel is a group",
            groups_over(3, 4),
            "That is instance normalisation. A group averages over its channels as well.",
        ),
        Misconception(
            "all channels are one group",
            groups_over(1, 2, 3, 4),
            "That is layer normalisation. Split the channels first.",
        ),
        WRONG_AXES[0, 2, 3].by(*groups_over(0, 3, 4)),
        WRONG_AXES[1,].by(*groups_over(2)),
        Misconception(
            "the axes are counted as before the split",
            groups_over(2, 3) + groups_over(1, 2, 3),
            "After it there are five: (n, groups, c // groups, h, w). Average over 2, 3 and 4.",
        ),
        Misconception(
            "the mean runs over the groups, not within them",
            groups_over(1, 3, 4),
            "After the split axis 1 counts the groups and axis 2 the channels of a group: average "
            "over 2, 3 and 4.",
        ),
        Misconception(
            "the images are grouped, not the channels",
            as_they_come(pictures_grouped),
            "Cut axis 1: `chunk` and `split` cut the batch unless you say `dim=1`.",
        ),
        *(slip.by(partial(in_groups, **options)) for slip, options in BIASED_AND_NOT),
        OWN_EPS.by(lambda x, groups, eps: grouped(x, groups, 1e-5)),
        NO_BRACKETS.by(
            lambda x, groups, eps: without_brackets(
                split(x, groups), *statistics(split(x, groups), (2, 3, 4)), eps
            ).flatten(1, 2)
        ),
        Misconception(
            "the result is still split",
            lambda x, groups, eps: split(grouped(x, groups, eps), groups),
            "The numbers are right; reshape them to the shape of x at the end.",
        ),
    ],
)


# ---- all channels ----


def layered(x: Tensor, eps: float) -> Tensor:
    """Normalise each image of (n, c, h, w) over all its channels and positions."""
    return F.layer_norm(x, x.shape[1:], eps=eps)


@st.composite
def pictures(draw: st.DrawFn, eps: float | None = None) -> Case:
    """Draw a batch of one image or more, and ε."""
    x = draw(batches(1, st.integers(1, 4)))
    return {"x": x, "eps": or_fixed(draw, eps, EPSILONS)}


def layer_over(dims: tuple[int, ...], x: Tensor, eps: float, **options: Any) -> Tensor:
    """Standardise over other axes, or in another way."""
    return standard(x, dims, eps, **options)


layer_norm = Checker(
    name="layer_norm",
    oracle=layered,
    draw=pictures,
    chapter=CHAPTER,
    misconceptions=[
        *(WRONG_AXES[dims].by(partial(layer_over, dims)) for dims in ((0, 2, 3), (1,), (3,))),
        Misconception(
            "all images share their statistics",
            partial(layer_over, (0, 1, 2, 3)),
            "Each image by itself: leave axis 0 out.",
        ),
        Misconception(
            "each channel is normalised by itself",
            partial(layer_over, (2, 3)),
            "That is instance normalisation. A layer's mean is over its channels as well.",
        ),
        *(slip.by(partial(layer_over, (1, 2, 3), **options)) for slip, options in BIASED_AND_NOT),
    ],
)
