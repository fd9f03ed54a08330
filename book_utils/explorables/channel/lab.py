"""The channel lab: one partial map for each input channel, their sum and a bias for each output."""

from typing import Any, Self

import numpy as np
import torch
import torch.nn.functional as F
from traitlets import Unicode, default

from ..parts.layer import misfit
from ..platform.base import Explorable, given
from ..platform.still import grids_svg
from ..platform.traits import Block, Pair, Picked, Whole

MOST = 4  # input channels
MOST_OUT = 3  # output channels
GRIDS = ("output", *(f"{grid} {c}" for grid in ("input", "kernel", "partial") for c in range(MOST)))

INPUT = [[[0, 1, 2], [3, 4, 5], [6, 7, 8]], [[1, 2, 3], [4, 5, 6], [7, 8, 9]]]
KERNEL = [[[[0, 1], [2, 3]], [[1, 2], [3, 4]]]]

SLIDERS = {"input": 1, "kernel": 2}  # of each setting at hand
LINE = 44  # pixels of a slider on a phone


class ChannelLab(Explorable):
    """Cross-correlation of several channels, each step of the sum in view.

    `input` is (c_i, height, width), at most 4 by 8 by 8; `kernel` is (c_o, c_i, height, width), at
    most 3 by 4 by 5 by 5; `bias` has one number for each output channel (zeros if it is left out):
    tensors, arrays or nested lists. `stride` and `padding` (zeros added on each side) are whole
    numbers or (height, width) pairs. `channel` is the output channel whose kernel is shown;
    `picked` is the cell that is explained, as [grid, row, column], where grid is "output", or
    "input 1", "kernel 1", "partial 1" for those of input channel 1. Settings that do not go
    together raise a TraitError, and the lab keeps what it had; to change the number of channels,
    set `input` and `kernel` under `with lab.hold_trait_notifications():`.
    """

    essential = ("input", "kernel")
    task = Unicode("Press an output: how is it made?").tag(sync=True, data=True)

    input = Block({"c_i": MOST, "height": 8, "width": 8}, INPUT, slider=5).tag(sync=True)
    kernel = Block({"c_o": MOST_OUT, "c_i": MOST, "height": 5, "width": 5}, KERNEL, slider=3).tag(
        sync=True
    )
    bias = Block({"c_o": MOST_OUT}).tag(sync=True)
    stride = Pair(1, 8, slider=3).tag(sync=True)
    padding = Pair(0, 4, slider=1).tag(sync=True)
    channel = Whole(0, MOST_OUT - 1).tag(sync=True)
    picked = Picked(GRIDS, ["output", 0, 0]).tag(sync=True)

    def __init__(
        self,
        input: Any = None,
        kernel: Any = None,
        bias: Any = None,
        **settings: Any,
    ) -> None:
        super().__init__(**given(input=input, kernel=kernel, bias=bias), **settings)

    @property
    def room(self) -> tuple[int, int]:
        """On a phone each slider at hand has a line; a lab without them is as much lower."""
        lines = sum(SLIDERS.get(name, 0) for name in self.controls)
        return 640, 640 + LINE * lines

    @default("bias")
    def _no_bias(self) -> list[int]:
        return [0] * len(self.kernel)

    @classmethod
    def large(cls) -> Self:
        """Return as much as the sliders reach: 4 inputs of 36 cells with the padding, 3 outputs."""
        x, k = torch.arange(64) % 19 - 9, torch.arange(108) % 17 - 8
        return cls(x.reshape(4, 4, 4), k.reshape(3, 4, 3, 3), padding=1)

    @property
    def output(self) -> torch.Tensor:
        """The result for the present settings: a float tensor of shape (c_o, height, width)."""
        x, k, b = self._tensors
        y = F.conv2d(x[None], k, b, stride=self.stride, padding=self.padding)[0]
        return y.to(torch.get_default_dtype())

    @property
    def partial(self) -> torch.Tensor:
        """What each input channel adds to each output, (c_o, c_i, height, width)."""
        x, k, _ = self._tensors
        where = {"stride": self.stride, "padding": self.padding, "groups": len(x)}
        maps = torch.cat([F.conv2d(x[None], k_o[:, None], **where) for k_o in k])
        return maps.to(torch.get_default_dtype())

    @property
    def _tensors(self) -> tuple[torch.Tensor, ...]:
        numbers = (self.input, self.kernel, self.bias)
        return tuple(torch.tensor(t, dtype=torch.double) for t in numbers)

    def clash(self, **wanted: Any) -> str:
        """Say which numbers of channels do not match, or where the window does not fit."""
        n, k = np.shape(wanted["input"]), np.shape(wanted["kernel"])
        mismatch = _mismatch(n[0], *k[:2], len(wanted["bias"]), wanted["channel"])
        return mismatch or misfit("kernel", n[1:], k[2:], wanted["padding"])

    def still(self) -> str:
        """Return each channel's share in the shown output, and the outputs, as pictures."""
        o, pictures = self.channel, []
        shares = zip(self.input, self.kernel[o], self.partial[o].tolist(), strict=True)
        for c, (x, k, y) in enumerate(shares):
            alt = f"Input channel {c}, {x}, cross-correlated with its kernel slice {k} is {y}."
            grids = [(f"input {c}", x), ("⋆", []), ("kernel", k), ("=", []), (f"partial {c}", y)]
            pictures.append(grids_svg(grids, alt))
        outputs = [(f"output {i}", y) for i, y in enumerate(self.output.tolist())]
        sums = f"The partial maps added, with bias {self.bias[o]}, are output channel {o}"
        pictures.append(grids_svg(outputs, f"{sums}; all outputs: {self.output.tolist()}."))
        return "<br>".join(pictures)


def _mismatch(c_i: int, c_o: int, expected: int, biases: int, channel: int) -> str:
    """Say which numbers of channels do not go together, or return an empty string."""
    both = "Set both under `with lab.hold_trait_notifications():`"
    if expected != c_i:
        return (
            f"a kernel for {_channels(expected)} on an input of {_channels(c_i)}; allowed: "
            f"as many in one as in the other. {both}"
        )
    if biases != c_o:
        return f"{biases} biases for {_channels(c_o)} of output; allowed: one for each. {both}"
    if channel >= c_o:
        return f"{channel} of {_channels(c_o)} of output; allowed: 0 to {c_o - 1}"
    return ""


def _channels(n: int) -> str:
    return f"{n} channel{'' if n == 1 else 's'}"
