"""Blocks of numbers (N, C, H, W): the one that labs begin with, and blocks as still pictures."""

from typing import Any

import torch

from ...numbers import short
from ..platform.still import grids_svg

SIZES = {"examples": 8, "channels": 8, "height": 3, "width": 3}
CELLS = 128  # as many as the page redraws within a frame
MADE = 96  # as many as it makes anew within a frame, while a slider is pulled

FIRST = [  # channel 0 has the mean 4.25 and the biased variance 3.1875
    [[[7, 2], [5, 4]], [[15, 11], [13, 17]], [[-1, 0], [1, -2]], [[8, 9], [9, 8]]],
    [[[1, 5], [6, 3]], [[13, 19], [15, 11]], [[2, 0], [-1, 1]], [[9, 8], [9, 9]]],
    [[[5, 2], [6, 5]], [[17, 15], [13, 21]], [[0, -3], [1, 2]], [[8, 9], [8, 9]]],
]


def as_tensor(block: Any) -> torch.Tensor:
    """Return nested lists as a tensor of the usual floating-point type."""
    return torch.tensor(block, dtype=torch.get_default_dtype())


def channels_differ(block: Any, population: Any) -> str:
    """Say that a population has other channels than the block drawn from it, or nothing."""
    channels, others = len(block[0]), len(population[0])
    if others == channels:
        return ""
    return (
        f"a population of {others} channels for an input of {channels}; allowed: as many. "
        "Change both in one `with lab.hold_trait_notifications():`"
    )


def pictures(letter: str, block: torch.Tensor) -> str:
    """Return a block as SVG, one row of tiles for each example."""
    rows = []
    for n, example in enumerate(block.tolist()):
        tiles = [[(f"{letter}[{n}, {c}]", tile), ("", [])] for c, tile in enumerate(example)]
        values = "; ".join(f"channel {c}: {_words(tile)}" for c, tile in enumerate(example))
        rows.append(grids_svg(sum(tiles, [])[:-1], f"Example {n} of {letter}, {values}."))
    return "".join(rows)


def _words(tile: list[list[float]]) -> str:
    return ", ".join(short(value) for row in tile for value in row)
