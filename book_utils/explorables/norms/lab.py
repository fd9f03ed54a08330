"""The norms lab: which cells of a block share a mean and a variance, under four norms."""

import html
from typing import Any, Self

import torch
from torch import nn
from traitlets import Unicode, default

from ..parts.blocks import CELLS, FIRST, MADE, SIZES, as_tensor, channels_differ, pictures
from ..platform.base import Explorable, given
from ..platform.traits import Block, Choice, Position, Real, Switch, Whole

NORMS = ("batch", "layer", "instance", "group")


class NormsLab(Explorable):
    """Batch, layer, instance or group normalisation of one block, cell by cell.

    `input` is a block (N, C, H, W): at most 8 by 8 by 3 by 3, and 128 numbers in all. `norm` is
    "batch", "layer", "instance" or "group" with `groups`, a divisor of C. `gamma` and `beta` are
    the same for all channels. In evaluation (`training` False) batch norm uses the mean and the
    unbiased variance of each channel of `population`, a block of at most 64 examples (the input,
    if not given). `picked` is a cell (n, c, h, w) or None. A setting that does not fit raises a
    TraitError that names it.
    """

    room = (640, 788)
    essential = ("training", "groups")
    task = Unicode("Pick a cell. Which share its mean?").tag(sync=True, data=True)

    input = Block(SIZES, FIRST, cells=CELLS, slider=MADE).tag(sync=True)
    population = Block(SIZES | {"examples": 64}).tag(sync=True)
    norm = Choice(NORMS).tag(sync=True)
    training = Switch(True).tag(sync=True)
    groups = Whole(1, SIZES["channels"]).tag(sync=True)
    gamma = Real(-10, 10, 1.0).tag(sync=True)
    beta = Real(-10, 10, 0.0).tag(sync=True)
    eps = Real(1e-12, 10, 1e-5).tag(sync=True)
    picked = Position(SIZES, [0, 0, 0, 0]).tag(sync=True)

    def __init__(self, input: Any = None, **settings: Any) -> None:
        super().__init__(**given(input=input), **settings)

    @classmethod
    def large(cls) -> Self:
        """Return as many numbers as the sliders reach: 96, in eight channels."""
        return cls(torch.arange(96).reshape(3, 8, 2, 2) * 7 % 19, norm="group", groups=4)

    @default("population")
    def _the_input(self) -> Any:
        return self.input

    @default("groups")
    def _usual_groups(self) -> int:
        """Two groups where the channels can be halved, else one."""
        return 2 if len(self.input[0]) % 2 == 0 else 1

    def clash(self, **wanted: Any) -> str:
        """Refuse groups that do not share out the channels, and a population without them."""
        channels, groups = len(wanted["input"][0]), wanted["groups"]
        if wanted["norm"] == "group" and channels % groups:
            allowed = ", ".join(str(g) for g in range(1, channels + 1) if channels % g == 0)
            return f"{groups} groups for {channels} channels; allowed: a divisor, {allowed}"
        return channels_differ(wanted["input"], wanted["population"])

    @property
    def block(self) -> torch.Tensor:
        """The input as a tensor (N, C, H, W)."""
        return as_tensor(self.input)

    @property
    def module(self) -> nn.Module:
        """PyTorch's own layer, in training, or in evaluation after it has seen the population."""
        channels, *size = self.block.shape[1:]
        layer: nn.Module
        if self.norm == "batch":
            layer = nn.BatchNorm2d(channels, eps=self.eps, momentum=None)
        elif self.norm == "layer":
            layer = nn.LayerNorm([channels, *size], eps=self.eps)
        elif self.norm == "instance":
            layer = nn.InstanceNorm2d(channels, eps=self.eps, affine=True)
        else:
            layer = nn.GroupNorm(self.groups, channels, eps=self.eps)
        nn.init.constant_(layer.weight, self.gamma)
        nn.init.constant_(layer.bias, self.beta)
        seen = as_tensor(self.population)
        if (
            self.norm == "batch" and seen.numel() > channels
        ):  # PyTorch refuses one value per channel
            layer(seen)
        return layer.train(self.training).requires_grad_(False)

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
            return f"{pictures('x', x)}<p>{html.escape(str(error))}.</p>"
        mode = "training" if self.training else "evaluation"
        return f"{pictures('x', x)}<p>After {self.norm} norm, in {mode}:</p>{pictures('y', y)}"
