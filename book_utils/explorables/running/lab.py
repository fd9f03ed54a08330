"""The running averages lab: batches come one after another, and a layer keeps what to expect."""

import html
from typing import Any, Self

import numpy as np
import torch
from torch import nn
from traitlets import Unicode, default

from ..parts.blocks import CELLS, FIRST, MADE, SIZES, as_tensor, channels_differ, pictures
from ..platform.base import Explorable, given
from ..platform.traits import Block, Position, Real, Switch, Whole

BATCHES = 60  # of the stream in training; evaluation may look at as many more
SIDE = 8  # of the block in which the cells of a batch are numbered


class RunningLab(Explorable):
    """The running mean and variance of batch normalisation, batch by batch, channel by channel.

    `input` is a block (N, C, H, W), the first batch: at most 8 by 8 by 3 by 3, and 128 numbers in
    all. The later batches of a seeded stream draw each cell from the numbers of its channel in
    `population`, a block of at most 64 examples (the input, if not given). `momentum` is PyTorch's,
    from 0 to 1, the share of the new batch; None averages all batches. `seen` batches (1 to 60)
    have moved the running averages, the last of them is shown while `training`; in evaluation
    `batch` (1 to 120) is the number of the one shown. `picked` is a cell (n, c, h, w), whose
    channel is shown, or None for channel 0. A setting that does not fit raises a TraitError that
    names it.
    """

    room = (610, 744)
    essential = ("momentum", "seen", "training")
    task = Unicode("Play: how soon are the averages right?").tag(sync=True, data=True)

    input = Block(SIZES, FIRST, cells=CELLS, slider=MADE).tag(sync=True)
    population = Block(SIZES | {"examples": 64}).tag(sync=True)
    momentum = Real(0, 1, 0.1, allow_none=True).tag(sync=True)
    seen = Whole(1, BATCHES).tag(sync=True)
    training = Switch(True).tag(sync=True)
    batch = Whole(1, 2 * BATCHES).tag(sync=True)
    eps = Real(1e-12, 10, 1e-5).tag(sync=True)
    seed = Whole(0, 2**31 - 1).tag(sync=True)
    picked = Position(SIZES, [0, 0, 0, 0]).tag(sync=True)

    def __init__(self, input: Any = None, **settings: Any) -> None:
        super().__init__(**given(input=input), **settings)

    @classmethod
    def large(cls) -> Self:
        """Return as many numbers as the sliders reach, in the middle of the stream."""
        return cls(torch.arange(96).reshape(6, 4, 2, 2) * 7 % 19, seen=30)

    @default("population")
    def _the_input(self) -> Any:
        return self.input

    def clash(self, **wanted: Any) -> str:
        """Refuse a population of other channels."""
        return channels_differ(wanted["input"], wanted["population"])

    def drawn(self, batch: int) -> torch.Tensor:
        """Return the batch with this number, (N, C, H, W); the first is the input."""
        block = as_tensor(self.input)
        if batch == 1:
            return block
        return _drawn(as_tensor(self.population), self.seed, batch, tuple(block.shape))

    @property
    def block(self) -> torch.Tensor:
        """The batch that is shown: the last of the training, or any in evaluation, (N, C, H, W)."""
        return self.drawn(self.seen if self.training else self.batch)

    @property
    def module(self) -> nn.Module:
        """PyTorch's own layer, in training or evaluation, after the batches seen in training."""
        channels = len(self.input[0])
        layer = nn.BatchNorm2d(channels, eps=self.eps, momentum=self.momentum, affine=False)
        for number in range(1, self.seen + 1):
            batch = self.drawn(number)
            if batch.numel() > batch.shape[1]:  # PyTorch refuses one value per channel
                layer(batch)
        return layer.train(self.training)

    @property
    def output(self) -> torch.Tensor:
        """What `module` makes of `block`, (N, C, H, W).

        Raises PyTorch's ValueError in training where each channel has one number alone.
        """
        return self.module(self.block)

    def still(self) -> str:
        """Return the batch before and after, example by example, and the running averages."""
        x, layer = self.block, self.module
        mode = "training" if self.training else "evaluation"
        batches = "1 batch" if self.seen == 1 else f"{self.seen} batches"
        kept = (
            f"<p>After {batches} the running means are "
            f"{_rounded(layer.running_mean)}, the running variances "
            f"{_rounded(layer.running_var)}. Normalised in {mode}:</p>"
        )
        try:
            y = self.output
        except ValueError as error:
            return f"{pictures('x', x)}{kept}<p>{html.escape(str(error))}.</p>"
        return f"{pictures('x', x)}{kept}{pictures('y', y)}"


def _rounded(values: torch.Tensor) -> str:
    return ", ".join(f"{value:.3g}" for value in values.tolist())


def _drawn(population: torch.Tensor, seed: int, batch: int, shape: tuple[int, ...]) -> torch.Tensor:
    """Draw a batch of the stream as `drawBatch` in normalisation.ts does, which says how."""
    number = np.full((), batch, np.uint32)
    for axis, size in enumerate(shape):
        place = np.arange(size, dtype=np.uint32).reshape(-1, *[1] * (3 - axis))
        number = number * np.uint32(SIDE) + place
    pools = population.transpose(0, 1).flatten(1)  # (P, C, h, w) -> (C, P·h·w)
    index = (_uniform(seed, number) * pools.shape[1]).astype(np.int64)
    channel = torch.arange(shape[1]).reshape(-1, 1, 1)
    return pools[channel, torch.from_numpy(index)]


def _uniform(seed: int, number: np.ndarray) -> np.ndarray:
    """Return numbers of the stream mulberry32 (Tommy Ettinger) by their places, from 0 to 1."""
    one, seven, fourteen, fifteen, sixty_one = (np.uint32(v) for v in (1, 7, 14, 15, 61))
    state = np.uint32(seed) + (number + one) * np.uint32(0x6D2B79F5)
    t = (state ^ (state >> fifteen)) * (state | one)
    t = t ^ (t + (t ^ (t >> seven)) * (t | sixty_one))
    return (t ^ (t >> fourteen)) / 2.0**32
