"""The norm lab: which cells of a block share a mean and a variance, and what that makes of them."""

import html
from typing import Any

import numpy as np
import torch
from torch import nn
from traitlets import default

from ...numbers import short
from ..platform.base import Explorable, given
from ..platform.still import grids_svg
from ..platform.traits import Block, Choice, Position, Real, Switch, Whole

NORMS = ("batch", "layer", "instance", "group")
SIZES = {"examples": 8, "channels": 8, "height": 3, "width": 3}
CELLS = 128  # as many as the page redraws within a frame
MADE = 96  # as many as it makes anew within a frame, while a slider is pulled
BATCHES = 60  # of the stream in training; evaluation may look at as many more
SIDE = 8  # of the block in which the cells of a batch are numbered

FIRST = [  # channel 0 has the mean 4.25 and the biased variance 3.1875
    [[[7, 2], [5, 4]], [[15, 11], [13, 17]], [[-1, 0], [1, -2]], [[8, 9], [9, 8]]],
    [[[1, 5], [6, 3]], [[13, 19], [15, 11]], [[2, 0], [-1, 1]], [[9, 8], [9, 9]]],
    [[[5, 2], [6, 5]], [[17, 15], [13, 21]], [[0, -3], [1, 2]], [[8, 9], [8, 9]]],
]


class NormLab(Explorable):
    """Batch, layer, instance or group normalisation of a block, cell by cell.

    `input` is a block (N, C, H, W), the first batch: at most 8 by 8 by 3 by 3, and 128 numbers in
    all. The later batches of a seeded stream draw each cell from the numbers of its channel in
    `population`, a block of at most 64 examples (the input, if not given). `norm` is "batch",
    "layer", "instance" or "group" with `groups`, a divisor of C. `gamma` and `beta` are the same
    for all channels. `momentum` is PyTorch's, from 0 to 1; None averages all batches. `seen`
    batches (1 to 60) have moved the running averages, the last of them is shown while `training`;
    in evaluation `batch` (1 to 120) is the number of the one shown. `picked` is a cell (n, c, h, w)
    or None. A setting that does not fit raises a TraitError that names it.
    """

    input = Block(SIZES, FIRST, cells=CELLS, slider=MADE).tag(sync=True)
    population = Block(SIZES | {"examples": 64}).tag(sync=True)
    norm = Choice(NORMS).tag(sync=True)
    groups = Whole(1, SIZES["channels"]).tag(sync=True)
    momentum = Real(0, 1, 0.1, allow_none=True).tag(sync=True)
    eps = Real(1e-12, 10, 1e-5).tag(sync=True)
    gamma = Real(-10, 10, 1.0).tag(sync=True)
    beta = Real(-10, 10, 0.0).tag(sync=True)
    training = Switch(True).tag(sync=True)
    seen = Whole(1, BATCHES).tag(sync=True)
    batch = Whole(1, 2 * BATCHES).tag(sync=True)
    seed = Whole(0, 2**31 - 1).tag(sync=True)
    picked = Position(SIZES, [0, 0, 0, 0]).tag(sync=True)

    def __init__(self, input: Any = None, **settings: Any) -> None:
        super().__init__(**given(input=input), **settings)

    @default("population")
    def _the_input(self) -> Any:
        return self.input

    @default("groups")
    def _usual_groups(self) -> int:
        """Two groups where the channels can be halved, else one."""
        return 2 if len(self.input[0]) % 2 == 0 else 1

    def clash(self, **wanted: Any) -> str:
        """Refuse groups that do not share out the channels, and a population without them."""
        channels, others = len(wanted["input"][0]), len(wanted["population"][0])
        if others != channels:
            return (
                f"a population of {others} channels for an input of {channels}; allowed: as many. "
                "Change both in one `with lab.hold_trait_notifications():`"
            )
        groups = wanted["groups"]
        if wanted["norm"] == "group" and channels % groups:
            allowed = ", ".join(str(g) for g in range(1, channels + 1) if channels % g == 0)
            return f"{groups} groups for {channels} channels; allowed: a divisor, {allowed}"
        return ""

    def drawn(self, batch: int) -> torch.Tensor:
        """Return the batch with this number, (N, C, H, W); the first is the input."""
        block = _tensor(self.input)
        if batch == 1:
            return block
        return _drawn(_tensor(self.population), self.seed, batch, tuple(block.shape))

    @property
    def block(self) -> torch.Tensor:
        """The batch that is shown: the last of the training, or any in evaluation, (N, C, H, W)."""
        return self.drawn(self.seen if self.training else self.batch)

    @property
    def module(self) -> nn.Module:
        """PyTorch's own layer, in training or evaluation, after the batches seen in training."""
        layer = self._layer()
        if self.norm == "batch":
            for number in range(1, self.seen + 1):
                batch = self.drawn(number)
                if batch.numel() > batch.shape[1]:  # PyTorch refuses one value per channel
                    layer(batch)
        return layer.train(self.training)

    def _layer(self) -> nn.Module:
        channels, *size = _tensor(self.input).shape[1:]
        if self.norm == "batch":
            layer = nn.BatchNorm2d(channels, eps=self.eps, momentum=self.momentum)
        elif self.norm == "layer":
            layer = nn.LayerNorm([channels, *size], eps=self.eps)
        elif self.norm == "instance":
            layer = nn.InstanceNorm2d(channels, eps=self.eps, affine=True)
        else:
            layer = nn.GroupNorm(self.groups, channels, eps=self.eps)
        nn.init.constant_(layer.weight, self.gamma)
        nn.init.constant_(layer.bias, self.beta)
        return layer.requires_grad_(False)

    @property
    def output(self) -> torch.Tensor:
        """What `module` makes of `block`, (N, C, H, W).

        Raises PyTorch's ValueError where a mean would be that of one value.
        """
        return self.module(self.block)

    def still(self) -> str:
        """Return the block and its normalised values, example by example."""
        x = self.block
        try:
            y = self.output
        except ValueError as error:
            return f"{_pictures('x', x)}<p>{html.escape(str(error))}.</p>"
        mode = "training" if self.training else "evaluation"
        return f"{_pictures('x', x)}<p>After {self.norm} norm, in {mode}:</p>{_pictures('y', y)}"


def _tensor(block: Any) -> torch.Tensor:
    return torch.tensor(block, dtype=torch.get_default_dtype())


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


def _pictures(letter: str, block: torch.Tensor) -> str:
    """One row of tiles for each example."""
    rows = []
    for n, example in enumerate(block.tolist()):
        tiles = [[(f"{letter}[{n}, {c}]", tile), ("", [])] for c, tile in enumerate(example)]
        values = "; ".join(f"channel {c}: {_words(tile)}" for c, tile in enumerate(example))
        rows.append(grids_svg(sum(tiles, [])[:-1], f"Example {n} of {letter}, {values}."))
    return "".join(rows)


def _words(tile: list[list[float]]) -> str:
    return ", ".join(short(value) for row in tile for value in row)
