"""What a unit of a network answers to: the pictures in which it is strongest, and the classes."""

from typing import NamedTuple

import torch
from torch import Tensor

EQUAL = 1e-6  # of a unit's largest value: what differs by less is rounding


class Best(NamedTuple):
    """The pictures in which each unit is strongest, the strongest first.

    `pictures` (units, count) are their numbers, `at` (units, count, 2) the row and the column of
    the map where it is strongest, `values` (units, count) how strong it is there.
    """

    pictures: Tensor
    at: Tensor
    values: Tensor


def best_pictures(maps: Tensor, count: int = 9) -> Best:
    """Return the `count` pictures in which each unit reaches its largest value, and where.

    maps: what a layer puts out for n pictures, (n, units, height, width) or (n, units), a unit
    being one map. A picture counts once, at its strongest position; of equal ones the first comes
    first. ValueError for other shapes and for a count that is not from 1 to n.
    Source: Zeiler and Fergus (2014), section 4; chapter "What a network has learned".
    """
    maps = _as_maps(maps)
    n, units, _, width = maps.shape
    if isinstance(count, bool) or not isinstance(count, int) or not 1 <= count <= n:
        raise ValueError(f"count = {count!r}: give a whole number from 1 to {n}, the pictures")
    values = maps.flatten(2)
    step = EQUAL * values.abs().amax((0, 2), keepdim=True).clamp_min(torch.finfo(maps.dtype).tiny)
    level = (values / step).round()  # so that rounding does not choose among equal ones
    where = level.argmax(dim=2)  # the first of equal ones
    strongest = level.gather(2, where[..., None])[..., 0]
    pictures = strongest.sort(dim=0, descending=True, stable=True).indices[:count].T
    each = torch.arange(units)[:, None]
    where = where[pictures, each]
    at = torch.stack([where // width, where % width], dim=-1)
    return Best(pictures, at, values[pictures, each, where])


def answers(maps: Tensor, labels: Tensor, classes: int = 10) -> Tensor:
    """Return how strongly each unit answers each class: (units, classes).

    It is the mean, over the pictures of a class, of the largest value that a unit's map reaches.
    maps as for `best_pictures`; labels (n,) whole numbers from 0 to `classes` − 1, each class at
    least once. ValueError for other shapes or labels.
    """
    maps = _as_maps(maps)
    if labels.shape != maps.shape[:1] or set(labels.tolist()) != set(range(classes)):
        raise ValueError(
            f"labels of shape {tuple(labels.shape)} for {len(maps)} pictures: give one for each, "
            f"from 0 to {classes - 1}, every class at least once"
        )
    strongest = maps.amax((2, 3))
    return torch.stack([strongest[labels == c].mean(0) for c in range(classes)], dim=1)


def _as_maps(maps: Tensor) -> Tensor:
    """Return (n, units, height, width), a unit that is a number having a map of one."""
    if maps.ndim == 2:
        maps = maps[:, :, None, None]
    if maps.ndim != 4 or not maps.numel():
        raise ValueError(
            f"maps of shape {tuple(maps.shape)}: give (n, units, height, width) or (n, units)"
        )
    return maps.detach()
