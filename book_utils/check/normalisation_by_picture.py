"""Checkers of group and layer normalisation, which take each picture by itself."""

from functools import partial

import torch
import torch.nn.functional as F
from hypothesis import strategies as st
from torch import Tensor

from .engine import Case, Checker, Misconception, or_fixed
from .standardising import (
    AS_THEY_COME,
    BIASED_AND_NOT,
    CHAPTER,
    EPSILONS,
    NO_BRACKETS,
    OWN_EPS,
    UNBIASED,
    WRONG_AXES,
    Divide,
    batches,
    by_deviation,
    standard,
    statistics,
    without_brackets,
)

# ---- groups of channels ----


def grouped(x: Tensor, groups: int, eps: float) -> Tensor:
    """Normalise each picture of (n, c, h, w) over groups of neighbouring channels."""
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
    x: Tensor, groups: int, eps: float, *dims: int, less: int = 0, way: Divide = by_deviation
) -> Tensor:
    """Standardise groups of neighbouring channels over some axes of (n, g, c/g, h, w)."""
    return standard(split(x, groups), dims, eps, less, way).flatten(1, 2)


def interleaved(
    x: Tensor, groups: int, eps: float, less: int = 0, way: Divide = by_deviation
) -> Tensor:
    """Put every groups-th channel into one group, as a reshape the wrong way round does."""
    return standard(x.unflatten(1, (-1, groups)), (1, 3, 4), eps, less, way).flatten(1, 2)


def pictures_grouped(
    x: Tensor, groups: int, eps: float, less: int = 0, way: Divide = by_deviation
) -> Tensor:
    """Cut the batch into groups, as `chunk` does where no axis is named."""
    return torch.cat([standard(part, (0, 1, 2, 3), eps, less, way) for part in x.chunk(groups)])


AS_BEFORE = (
    "the axes are counted as before the split",
    "After it there are five: (n, groups, c // groups, h, w). Average over 2, 3 and 4.",
)
# The groups' wrong axes of (n, g, c/g, h, w): (axes, name, why).
GROUP_AXES = [
    (
        (0, 2, 3, 4),
        "the groups reach over the batch",
        "Each picture by itself: leave the batch out of the axes.",
    ),
    (
        (3, 4),
        "each channel is a group",
        "That is instance normalisation. A group averages over its channels as well.",
    ),
    (
        (1, 2, 3, 4),
        "all channels are one group",
        "That is layer normalisation. Split the channels first.",
    ),
    ((0, 3, 4), *WRONG_AXES[0, 2, 3]),
    ((2,), *WRONG_AXES[1,]),
    ((2, 3), *AS_BEFORE),
    ((1, 2, 3), *AS_BEFORE),
    (
        (1, 3, 4),
        "the mean runs over the groups, not within them",
        "After the split axis 1 counts the groups and axis 2 the channels of a group: average "
        "over 2, 3 and 4.",
    ),
]

group_norm = Checker(
    name="group_norm",
    oracle=grouped,
    draw=groupings,
    chapter=CHAPTER,
    misconceptions=[
        *(
            Misconception(
                "the channels of a group are interleaved",
                partial(interleaved, less=less, way=way),
                "A group is a run of neighbours: reshape to (n, groups, c // groups, h, w), in "
                "this order.",
            )
            for less, way in AS_THEY_COME
        ),
        *(
            Misconception(
                "the number of groups is taken for their size",
                lambda x, groups, eps, less=less, way=way: in_groups(
                    x, x.shape[1] // groups, eps, 2, 3, 4, less=less, way=way
                ),
                "`groups` says how many there are; each has c // groups channels.",
            )
            for less, way in AS_THEY_COME
        ),
        *(
            Misconception(
                name,
                lambda x, groups, eps, dims=dims, less=less, way=way: in_groups(
                    x, groups, eps, *dims, less=less, way=way
                ),
                why,
            )
            for dims, name, why in GROUP_AXES
            for less, way in AS_THEY_COME
        ),
        *(
            Misconception(
                "the pictures are grouped, not the channels",
                partial(pictures_grouped, less=less, way=way),
                "Cut axis 1: `chunk` and `split` cut the batch unless you say `dim=1`.",
            )
            for less, way in AS_THEY_COME
        ),
        Misconception(
            UNBIASED[0],
            lambda x, groups, eps: in_groups(x, groups, eps, 2, 3, 4, less=1),
            UNBIASED[1],
        ),
        *(
            Misconception(
                name,
                lambda x, groups, eps, way=way, less=less: in_groups(
                    x, groups, eps, 2, 3, 4, less=less, way=way
                ),
                why,
            )
            for way, less, name, why in BIASED_AND_NOT
        ),
        Misconception(OWN_EPS[0], lambda x, groups, eps: grouped(x, groups, 1e-5), OWN_EPS[1]),
        Misconception(
            NO_BRACKETS[0],
            lambda x, groups, eps: without_brackets(
                split(x, groups), *statistics(split(x, groups), (2, 3, 4)), eps
            ).flatten(1, 2),
            NO_BRACKETS[1],
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
    """Normalise each picture of (n, c, h, w) over all its channels and places."""
    return F.layer_norm(x, x.shape[1:], eps=eps)


@st.composite
def pictures(draw: st.DrawFn, eps: float | None = None) -> Case:
    """Draw a batch of one picture or more, and ε."""
    x = draw(batches(1, st.integers(1, 4)))
    return {"x": x, "eps": or_fixed(draw, eps, EPSILONS)}


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
                lambda x, eps, way=way, less=less: standard(x, (1, 2, 3), eps, less, way),
                why,
            )
            for way, less, name, why in BIASED_AND_NOT
        ),
    ],
)
