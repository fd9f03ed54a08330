"""The transposed-convolution lab: one setting, seen as stamps, as a sliding window, as a matrix."""

from typing import Any, Self

import numpy as np
import torch
import torch.nn.functional as F
from traitlets import Unicode

from book_utils.shapes import transposed_size

from ..parts.layer import AXES
from ..platform.base import Explorable, given
from ..platform.still import grids_svg
from ..platform.traits import Choice, Matrix, Pair, Picked

VIEWS = ("scatter", "gather", "matrix", "overlaps")
LARGEST_OUTPUT = 16  # cells a side, as many as a page can show and a reader survey


class TransposedLab(Explorable):
    """Transposed convolution of one channel, in four views of one setting.

    `show` is "scatter" (each input stamps the kernel into the output), "gather" (zeros are inserted
    into the input, and the flipped kernel slides over it), "matrix" (the transpose of the matrix of
    the convolution it turns round) or "overlaps" (how many stamps reach each output). `input` and
    `kernel` are (height, width) grids, at most 8 by 8 and 7 by 7; `stride`, `padding` (cells that
    are cropped on each side), `dilation` and `output_padding` are whole numbers or (height, width)
    pairs. The output may have at most 16 by 16 cells. `picked` is the cell that is explained, as
    [grid, row, column]. A setting that PyTorch would refuse raises a TraitError that names it, and
    the lab keeps what it had.
    """

    room = (600, 780)
    essential = ("show", "kernel", "stride", "padding")
    task = Unicode("Press an input: where is its stamp?").tag(sync=True, data=True)

    show = Choice(VIEWS).tag(sync=True)
    input = Matrix(8, [[0, 1], [2, 3]], slider=5).tag(sync=True)
    kernel = Matrix(7, [[0, 1], [2, 3]], slider=5).tag(sync=True)
    stride = Pair(1, 8, slider=4).tag(sync=True)
    padding = Pair(0, 6, slider=3).tag(sync=True)
    dilation = Pair(1, 4, slider=3).tag(sync=True)
    output_padding = Pair(0, 7, slider=3).tag(sync=True)
    picked = Picked(("input", "output", "kernel", "spread", "matrix"), ["input", 1, 1]).tag(
        sync=True
    )

    def __init__(self, input: Any = None, kernel: Any = None, **settings: Any) -> None:
        super().__init__(**given(input=input, kernel=kernel), **settings)

    @classmethod
    def large(cls) -> Self:
        """Return as much as the sliders reach: 5 by 5 stamps of 5 by 5, 13 by 13 outputs."""
        x, k = torch.arange(25).reshape(5, 5) % 19 - 9, torch.arange(25).reshape(5, 5) % 17 - 8
        return cls(x, k, stride=2, picked=["input", 2, 2])

    @property
    def output(self) -> torch.Tensor:
        """The result for the present settings: a float tensor of shape (height, width)."""
        x = torch.tensor(self.input, dtype=torch.float64)  # the page adds in double precision too
        k = torch.tensor(self.kernel, dtype=torch.float64)
        y = F.conv_transpose2d(
            x[None, None],
            k[None, None],
            stride=self.stride,
            padding=self.padding,
            output_padding=self.output_padding,
            dilation=self.dilation,
        )
        return y[0, 0].to(torch.get_default_dtype())

    def clash(self, **wanted: Any) -> str:
        """Say what PyTorch would refuse, or what would be too large to be shown."""
        sizes = np.shape(wanted["input"]), np.shape(wanted["kernel"])
        settings = [wanted[name] for name in ("stride", "padding", "dilation", "output_padding")]
        for axis, *along in zip(AXES, *sizes, *settings, strict=True):
            try:
                size = transposed_size(*along)
            except ValueError as error:
                return f"{axis}: {error}"
            if size > LARGEST_OUTPUT:
                return (
                    f"an output of {axis} {size}; allowed: at most {LARGEST_OUTPUT}. Use a smaller "
                    "input, kernel, stride or dilation, or more padding"
                )
        return ""

    def still(self) -> str:
        """Return the initial input, kernel and output as one picture."""
        y = self.output
        names = ("stride", "padding", "dilation", "output_padding")
        settings = ", ".join(f"{name} {getattr(self, name)}" for name in names)
        alt = f"Input {self.input} stamps kernel {self.kernel}, which gives {y.tolist()}"
        grids = [("input", self.input), ("⊗", []), ("kernel", self.kernel), ("=", [])]
        return grids_svg([*grids, ("output", y.tolist())], f"{alt} ({settings}).")
