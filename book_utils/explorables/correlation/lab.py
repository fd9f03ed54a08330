"""The correlation lab: a window slides over an input, multiplies and adds, cell by cell."""

from typing import Any, Self

import numpy as np
import torch
import torch.nn.functional as F
from traitlets import Unicode

from ..parts.layer import AXES, MODES, misfit
from ..platform.base import Explorable, given
from ..platform.still import grids_svg
from ..platform.traits import Choice, Matrix, Pair, Picked, Switch


class CorrelationLab(Explorable):
    """Cross-correlation (or, flipped, convolution) of one channel, cell by cell.

    `input` and `kernel` are (height, width) grids: tensors, arrays or nested lists, at most 16 by
    16 and 9 by 9. `stride`, `padding` (cells added on each side) and `dilation` are whole numbers
    or (height, width) pairs; `mode` says what the padding holds, as in `torch.nn.Conv2d`; `flip`
    turns the kernel about both axes first. `picked` is the cell whose sum is written out, as
    ["output" | "input" | "kernel", row, column]. A setting that PyTorch would refuse raises a
    TraitError that names it, and the lab keeps what it had.
    """

    room = (600, 748)
    essential = ("kernel", "stride", "padding")
    task = Unicode("Press an output: what made it?").tag(sync=True, data=True)

    input = Matrix(16, [[0, 1, 2], [3, 4, 5], [6, 7, 8]], slider=9).tag(sync=True)
    kernel = Matrix(9, [[0, 1], [2, 3]], slider=7).tag(sync=True)
    stride = Pair(1, 16, slider=5).tag(sync=True)
    padding = Pair(0, 8, slider=3).tag(sync=True)
    dilation = Pair(1, 8, slider=4).tag(sync=True)
    mode = Choice(MODES).tag(sync=True)
    flip = Switch(False).tag(sync=True)
    picked = Picked(("output", "input", "kernel"), ["output", 0, 0]).tag(sync=True)

    def __init__(
        self,
        input: Any = None,
        kernel: Any = None,
        **settings: Any,
    ) -> None:
        super().__init__(**given(input=input, kernel=kernel), **settings)

    @classmethod
    def large(cls) -> Self:
        """Return as much as the sliders reach: 225 cells with the padding, the kernel twice."""
        x, k = torch.arange(81).reshape(9, 9) % 19 - 9, torch.arange(49).reshape(7, 7) % 17 - 8
        return cls(x, k, padding=3, flip=True, picked=["output", 4, 4])

    @property
    def output(self) -> torch.Tensor:
        """The result for the present settings: a float tensor of shape (height, width)."""
        x = torch.tensor(self.input, dtype=torch.float64)  # the page adds in double precision too
        k = torch.tensor(self.kernel, dtype=torch.float64)
        (down, across), k = self.padding, k.flip(0, 1) if self.flip else k
        mode = "constant" if self.mode == "zeros" else self.mode
        padded = F.pad(x[None, None], (across, across, down, down), mode)
        y = F.conv2d(padded, k[None, None], stride=self.stride, dilation=self.dilation)[0, 0]
        return y.to(torch.get_default_dtype())

    def clash(self, **wanted: Any) -> str:
        """Say what PyTorch would refuse: the window must fit, the padding must be fillable."""
        n, mode, padding = np.shape(wanted["input"]), wanted["mode"], wanted["padding"]
        if complaint := misfit(
            "kernel", n, np.shape(wanted["kernel"]), padding, wanted["dilation"]
        ):
            return complaint
        for axis, size, p in zip(AXES, n, padding, strict=True):
            most = {"reflect": size - 1, "circular": size}.get(mode, p)
            if p > most:
                return (
                    f"{mode} padding of {p} on an input of {axis} {size}; allowed: at most {most}. "
                    "Use less padding or mode zeros"
                )
        return ""

    def still(self) -> str:
        """Return the initial input, kernel and output as one picture."""
        y = self.output
        sign, verb = ("∗", "convolved") if self.flip else ("⋆", "cross-correlated")
        settings = f"stride {self.stride}, padding {self.padding}, dilation {self.dilation}"
        alt = f"Input {self.input} {verb} with kernel {self.kernel} is {y.tolist()} ({settings})."
        grids = [("input", self.input), (sign, []), ("kernel", self.kernel), ("=", [])]
        return grids_svg([*grids, ("output", y.tolist())], alt)
