"""The separable lab: which weights a convolution keeps in groups, and what that saves."""

from typing import Any, Self

import torch
from torch import Tensor, nn
from traitlets import Unicode

from ..platform.base import Explorable
from ..platform.still import grids_svg
from ..platform.traits import Choice, Picked, Switch, Whole

MOST = 8  # channels, as many as three blocks on a phone can show
FAMILIES = ("standard", "grouped", "separable", "twice")


class SeparableLab(Explorable):
    """The weights of a convolution as a block of kernels, outputs by inputs, and their number.

    `family` is "standard", "grouped" (`groups` blocks on the diagonal), "separable" (depthwise, one
    kernel for each channel, then pointwise, 1×1) or "twice" (two grouped layers, one after the
    other; with `shuffle` the channels are shuffled between them). `channels_in` and `channels_out`
    go from 1 to 8; `groups` must divide both; `kernel` is the side of the kernels, 2 to 7. `picked`
    is the weight whose output is followed, as [block, output, input]. Settings that do not go
    together raise a TraitError, and the lab keeps what it had; to change several at once, set them
    under `with lab.hold_trait_notifications():`.
    """

    room = (560, 750)
    essential = ("family", "channels_in", "channels_out")
    task = Unicode("Change the layer: what does it cost?").tag(sync=True, data=True)
    in_code = {"layer": lambda lab: lab.layer}

    family = Choice(FAMILIES).tag(sync=True)
    channels_in = Whole(1, MOST, 3).tag(sync=True)
    channels_out = Whole(1, MOST, 4).tag(sync=True)
    groups = Whole(1, MOST).tag(sync=True)
    kernel = Whole(2, 7, 3).tag(sync=True)
    shuffle = Switch(False).tag(sync=True)
    picked = Picked(("first", "second", "sees"), ["second", 0, 0]).tag(sync=True)

    @classmethod
    def large(cls) -> Self:
        """Return three blocks of as many weights as there can be."""
        return cls(family="twice", channels_in=MOST, channels_out=MOST, groups=2, shuffle=True)

    @property
    def layer(self) -> nn.Module:
        """The layer in PyTorch, without biases; the output is as large as the input."""
        c_i, c_o, k = self.channels_in, self.channels_out, self.kernel
        if self.family == "standard":
            return _conv(c_i, c_o, k)
        if self.family == "grouped":
            return _conv(c_i, c_o, k, self.groups)
        if self.family == "separable":
            return nn.Sequential(_conv(c_i, c_i, k, c_i), _conv(c_i, c_o, 1))
        between = [nn.ChannelShuffle(self.groups)] if self.shuffle else []
        first, second = _conv(c_i, c_o, k, self.groups), _conv(c_o, c_o, k, self.groups)
        return nn.Sequential(first, *between, second)

    @property
    def weights(self) -> int:
        """How many weights the layer has: each multiplies once for each pixel."""
        return sum(weight.numel() for weight in self.layer.parameters())

    @property
    def sees(self) -> Tensor:
        """Which input channels each output reads: booleans, (channels_out, channels_in)."""
        layer = self.layer
        for weight in layer.parameters():
            nn.init.ones_(weight)
        one_by_one = torch.eye(self.channels_in)[:, :, None, None].expand(-1, -1, 9, 9)
        with torch.no_grad():
            return layer(one_by_one)[:, :, 4, 4].T > 0

    def clash(self, **wanted: Any) -> str:
        """Say that the groups do not divide the channels."""
        c_i, c_o, groups = (wanted[name] for name in ("channels_in", "channels_out", "groups"))
        if c_i % groups == c_o % groups == 0:
            return ""
        fits = [g for g in range(1, MOST + 1) if c_i % g == c_o % g == 0]
        listed = ", ".join(map(str, fits))
        return f"{groups} groups of {c_i} channels in and {c_o} out; allowed: {listed}"

    def still(self) -> str:
        """Return the blocks as grids: how many weights join each output to each input."""
        grids = []
        for part in self.layer.modules():
            if isinstance(part, nn.Conv2d):
                grids += [("then", []), (f"outputs × inputs, {part.kernel_size[0]}²", _block(part))]
        alt = (
            f"{self.family.capitalize()} convolution from {self.channels_in} to "
            f"{self.channels_out} channels with {self.groups} groups: {self.weights} weights. "
            f"Weights for each output and input: {' then '.join(str(g) for _, g in grids[1::2])}."
        )
        return grids_svg(grids[1:], alt)


def _conv(c_i: int, c_o: int, k: int, groups: int = 1) -> nn.Conv2d:
    return nn.Conv2d(c_i, c_o, k, padding="same", groups=groups, bias=False)


def _block(conv: nn.Conv2d) -> list[list[int]]:
    """How many weights of a layer join each output (row) to each input (column)."""
    each, (c_o, c_g) = conv.weight[0, 0].numel(), conv.weight.shape[:2]
    mask = torch.block_diag(*[torch.ones(c_o // conv.groups, c_g)] * conv.groups)
    return (each * mask).int().tolist()
