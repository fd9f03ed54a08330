"""How long each rung of the ladder takes: one image, one kernel, the same numbers.

The rungs take turns in rounds on one thread of the CPU, so that whatever else the machine does
hits them alike; the slowest takes part in the first three. Where there is a GPU, `F.conv2d` on it
is one more. A second ladder is of a layer with many channels.
"""

from __future__ import annotations

import torch
from torch import Tensor

from benchmarks.rows import Row
from book_utils.ladder import layer_rungs_for, rungs_for
from book_utils.timing import timed

SIDE, KERNEL = 256, 3
CHANNELS, MAP = 64, 56  # a layer in the middle of a network for photographs
ROUNDS = 50


def measure(rounds: int = ROUNDS, side: int = SIDE, channels: int = CHANNELS) -> list[Row]:
    """Return the milliseconds of each rung. Fewer rounds, or a smaller `side`, for a trial."""
    g = torch.Generator().manual_seed(0)

    def drawn(*shape: int) -> Tensor:
        return torch.randn(shape, generator=g)

    x, k = drawn(side, side), drawn(KERNEL, KERNEL)
    maps = drawn(1, channels, MAP, MAP)
    w = drawn(channels, channels, KERNEL, KERNEL)
    about = f"{side}×{side} pixels, one {KERNEL}×{KERNEL} kernel"
    of_layer = f"{channels} channels of {MAP}×{MAP} to {channels}, {KERNEL}×{KERNEL} kernels"
    ladders = [(about, rungs_for(x, k), (x, k)), (of_layer, layer_rungs_for(maps, w), (maps, w))]
    return [
        Row(f"{what}: {name}", "ms", [1000 * second for second in seconds])
        for what, runs, inputs in ladders
        for name, seconds in timed(runs, *inputs, rounds=rounds).items()
    ]
