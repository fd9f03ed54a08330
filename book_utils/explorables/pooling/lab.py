"""The pooling lab: a window slides over an input and keeps its largest number, or its average."""

from typing import Any, Self

import numpy as np
import torch
import torch.nn.functional as F
from traitlets import Unicode

from ..parts.layer import AXES, misfit
from ..platform.base import Explorable, given
from ..platform.still import grids_svg
from ..platform.traits import Choice, Matrix, Pair, Picked, Switch


class PoolingLab(Explorable):
    """Max or average pooling of one channel, cell by cell.

    `input` is a (height, width) grid: a tensor, array or nested lists, at most 16 by 16. `window`,
    `stride`, `padding` (cells added on each side) and `dilation` are whole numbers or (height,
    width) pairs; stride None takes the window's, as PyTorch does. `kind` is "max" or "average";
    `ceil_mode` rounds the output size up; `count_include_pad` lets an average count padding, and
    only max pooling has a dilation. `picked` is the cell that is explained, as ["output" |
    "input", row, column]. A setting that PyTorch would refuse raises a TraitError that names it,
    and the lab keeps what it had.
    """

    room = (560, 748)
    essential = ("kind", "window", "stride")
    task = Unicode("Press an output: which number won?").tag(sync=True, data=True)

    input = Matrix(16, [[0, 1, 2], [3, 4, 5], [6, 7, 8]], slider=12).tag(sync=True)
    kind = Choice(("max", "average")).tag(sync=True)
    window = Pair(1, 8, 2, slider=6).tag(sync=True)
    stride = Pair(1, 16, None, allow_none=True, slider=6).tag(sync=True)
    padding = Pair(0, 4, slider=3).tag(sync=True)
    dilation = Pair(1, 8, slider=4).tag(sync=True)
    ceil_mode = Switch(False).tag(sync=True)
    count_include_pad = Switch(True).tag(sync=True)
    picked = Picked(("output", "input"), ["output", 0, 0]).tag(sync=True)

    def __init__(self, input: Any = None, window: Any = None, **settings: Any) -> None:
        super().__init__(**given(input=input, window=window), **settings)

    @classmethod
    def large(cls) -> Self:
        """Return as much as the sliders reach: 324 cells with the padding."""
        return cls(torch.arange(144).reshape(12, 12) * 37 % 101, 6, stride=1, padding=3)

    @property
    def output(self) -> torch.Tensor:
        """The result for the present settings: a float tensor of shape (height, width)."""
        x = torch.tensor(self.input, dtype=torch.get_default_dtype())[None, None]
        common = {"stride": self.stride, "padding": self.padding, "ceil_mode": self.ceil_mode}
        if self.kind == "max":
            return F.max_pool2d(x, self.window, dilation=self.dilation, **common)[0, 0]
        common["count_include_pad"] = self.count_include_pad
        return F.avg_pool2d(x, self.window, **common)[0, 0]

    def clash(self, **wanted: Any) -> str:
        """Say what PyTorch would refuse: the window must fit, and hold half of the padding."""
        window, padding = wanted["window"], wanted["padding"]
        if wanted["kind"] == "average" and max(wanted["dilation"]) > 1:
            return "average pooling has no dilation; allowed: 1. Use kind max, or dilation 1"
        for axis, k, p in zip(AXES, window, padding, strict=True):
            if p > k // 2:
                return (
                    f"padding {p} on a window of {axis} {k}; allowed: at most half of the window, "
                    f"{k // 2}. Use less padding or a larger window"
                )
        beyond = [s - 1 if wanted["ceil_mode"] else 0 for s in wanted["stride"] or window]
        sizes = np.shape(wanted["input"]), window, padding, wanted["dilation"]
        return misfit("window", *sizes, beyond)

    def still(self) -> str:
        """Return the initial input and output as one picture."""
        y = self.output
        stride = self.stride or self.window
        settings = f"window {self.window}, stride {stride}, padding {self.padding}"
        alt = f"Input {self.input} under {self.kind} pooling is {y.tolist()} ({settings})."
        return grids_svg([("input", self.input), ("→", []), ("output", y.tolist())], alt)
