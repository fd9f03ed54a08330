"""The normalise lab: a batch minus its mean, over its standard deviation, then times γ, plus β."""

import html
from typing import Any, Self

import torch
from torch import nn
from traitlets import Unicode, default

from ..parts.blocks import CELLS, MADE, as_tensor, pictures
from ..platform.base import Explorable, given
from ..platform.traits import Block, Position, Real

SIZES = {"examples": 8, "channels": 4, "height": 3, "width": 3}
LARGEST = {"channels": SIZES["channels"]}

# Each channel eight numbers: mean 5 and standard deviation 2; the second ten times as large.
EIGHT = [
    [[[2, 2], [5, 5]], [[80, 20], [50, 70]]],
    [[[5, 6], [7, 8]], [[50, 20], [60, 50]]],
]


class NormaliseLab(Explorable):
    """Batch normalisation of a batch, step by step, each channel on lines of its own.

    `input` is a block (N, C, H, W): at most 8 by 4 by 3 by 3, and 128 numbers in all. Each channel
    is normalised with its own mean and biased variance. `gamma` and `beta` hold a number for each
    channel; for channels that they do not reach, γ is 1 and β is 0. `picked` is the number
    (n, c, h, w) that is written out, or None. A setting that does not fit raises a TraitError that
    names it.
    """

    room = (690, 788)
    essential = ("gamma", "beta", "input")
    task = Unicode("Drag a dot. Which others move?").tag(sync=True, data=True)

    input = Block(SIZES, EIGHT, cells=CELLS, slider=MADE).tag(sync=True)
    gamma = Block(LARGEST).tag(sync=True)
    beta = Block(LARGEST).tag(sync=True)
    eps = Real(1e-12, 10, 1e-5).tag(sync=True)
    picked = Position(SIZES, [1, 0, 1, 1]).tag(sync=True)

    def __init__(self, input: Any = None, **settings: Any) -> None:
        super().__init__(**given(input=input), **settings)

    @default("gamma")
    def _ones(self) -> list[float]:
        return [1] * len(self.input[0])

    @default("beta")
    def _zeros(self) -> list[float]:
        return [0] * len(self.input[0])

    @classmethod
    def large(cls) -> Self:
        """Return as many numbers as the sliders reach: 96, in four channels."""
        return cls(torch.arange(96).reshape(6, 4, 2, 2) * 7 % 19, picked=[3, 2, 0, 1])

    @property
    def module(self) -> nn.Module:
        """PyTorch's own layer with these γ and β, in training."""
        channels = len(self.input[0])
        layer = nn.BatchNorm2d(channels, eps=self.eps).requires_grad_(False)
        for weights, ours in ((layer.weight, self.gamma), (layer.bias, self.beta)):
            weights[: len(ours)] = as_tensor(ours[:channels])
        return layer

    @property
    def output(self) -> torch.Tensor:
        """What `module` makes of `input`, (N, C, H, W).

        Raises PyTorch's ValueError where each channel has one number alone.
        """
        return self.module(as_tensor(self.input))

    def still(self) -> str:
        """Return the batch and its normalised numbers, example by example."""
        x = as_tensor(self.input)
        try:
            y = self.output
        except ValueError as error:
            return f"{pictures('x', x)}<p>{html.escape(str(error))}.</p>"
        return f"{pictures('x', x)}<p>After batch normalisation:</p>{pictures('y', y)}"
