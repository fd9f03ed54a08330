"""The channel lab: one partial map for each input channel, their sum and a bias for each output."""

from typing import Any

import torch
import torch.nn.functional as F
from traitlets import Int, TraitError, validate

from .base import Explorable
from .still import grids_svg
from .traits import Block, Pair, Picked

MOST = 4  # input channels
GRIDS = ("output", *(f"{grid} {c}" for grid in ("input", "kernel", "partial") for c in range(MOST)))


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

    view = "channel_lab"

    input = Block({"c_i": MOST, "height": 8, "width": 8}).tag(sync=True)
    kernel = Block({"c_o": 3, "c_i": MOST, "height": 5, "width": 5}).tag(sync=True)
    bias = Block({"c_o": 3}).tag(sync=True)
    stride = Pair(1, 8).tag(sync=True)
    padding = Pair(0, 4).tag(sync=True)
    channel = Int(0).tag(sync=True)
    picked = Picked(GRIDS).tag(sync=True)

    def __init__(
        self,
        input: Any = None,  # noqa: A002
        kernel: Any = None,
        bias: Any = None,
        **settings: Any,
    ) -> None:
        if input is None:
            input = torch.arange(9).reshape(3, 3) + torch.arange(2)[:, None, None]  # noqa: A001
        if kernel is None:
            kernel = (torch.arange(4).reshape(2, 2) + torch.arange(2)[:, None, None])[None]
        settings.setdefault("picked", ["output", 0, 0])
        if bias is None:
            bias = [0] * len(kernel)
        super().__init__(input=input, kernel=kernel, bias=bias, **settings)

    @property
    def output(self) -> torch.Tensor:
        """The result for the present settings: a float tensor of shape (c_o, height, width)."""
        x, k, b = (torch.tensor(t).to(torch.get_default_dtype()) for t in self._numbers)
        return F.conv2d(x[None], k, b, stride=self.stride, padding=self.padding)[0]

    @property
    def partial(self) -> torch.Tensor:
        """What each input channel adds to each output, (c_o, c_i, height, width)."""
        x, k, _ = (torch.tensor(t).to(torch.get_default_dtype()) for t in self._numbers)
        maps = [
            F.conv2d(x[None], k_o[:, None], stride=self.stride, padding=self.padding, groups=len(x))
            for k_o in k
        ]
        return torch.cat(maps)

    @property
    def _numbers(self) -> tuple[list, list, list]:
        return self.input, self.kernel, self.bias

    @validate("input", "kernel", "bias", "stride", "padding", "channel")
    def _fits(self, proposal: dict[str, Any]) -> Any:
        """Refuse numbers of channels that do not match, and a window that does not fit."""
        where = f"ChannelLab.{proposal['trait'].name}"
        c_i, c_o = len(self.input), len(self.kernel)
        if len(self.kernel[0]) != c_i:
            raise TraitError(
                f"{where}: a kernel for {_channels(len(self.kernel[0]))} on an input of "
                f"{_channels(c_i)}; allowed: as many in one as in the other. Set both under "
                "`with lab.hold_trait_notifications():`"
            )
        if len(self.bias) != c_o:
            raise TraitError(
                f"{where}: {len(self.bias)} biases for {_channels(c_o)} of output; allowed: one "
                "for each. Set both under `with lab.hold_trait_notifications():`"
            )
        if not 0 <= self.channel < c_o:
            raise TraitError(
                f"{where}: {self.channel} of {_channels(c_o)} of output; allowed: 0 to {c_o - 1}"
            )
        self._check_window(where)
        return proposal["value"]

    def _check_window(self, where: str) -> None:
        sides = torch.tensor(self.input).shape[1:], torch.tensor(self.kernel).shape[2:]
        for name, n, k, p in zip(("height", "width"), *sides, self.padding, strict=True):
            if k > n + 2 * p:
                raise TraitError(
                    f"{where}: a kernel of {name} {k} on a padded input of {n} + 2·{p} = "
                    f"{n + 2 * p}; allowed: at most {n + 2 * p}. Use a smaller kernel or more "
                    "padding"
                )

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


def _channels(n: int) -> str:
    return f"{n} channel{'' if n == 1 else 's'}"
