"""The backward lab: how the gradient of the output reaches every weight and every pixel."""

from typing import Any, Self

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor
from traitlets import Unicode

from ..parts.layer import misfit
from ..platform.base import Explorable, given
from ..platform.still import grids_svg
from ..platform.traits import Matrix, Pair, Picked

GRIDS = ("dw", "dx", "output", "input", "kernel")


class BackwardLab(Explorable):
    """The gradients of one channel's cross-correlation, cell by cell.

    `input` and `kernel` are (height, width) grids: tensors, arrays or nested lists, at most 9 by 9
    and 5 by 5. `delta` holds the gradient of the loss with respect to each output; outputs that it
    does not reach have 1, and what lies beyond the output is kept for later. `stride`, `padding`
    (cells added on each side, zeros) and `dilation` are whole numbers or (height, width) pairs.
    `picked` is the cell whose gradient is written out, as ["dw" | "dx" | "output" | "input" |
    "kernel", row, column]; in "output", δ, the zeros that the stride puts in are counted. A setting
    that PyTorch would refuse raises a TraitError that names it, and the lab keeps what it had.
    """

    room = (480, 760)
    essential = ("stride", "padding")
    task = Unicode("Press a cell of dW: what made it?").tag(sync=True, data=True)
    in_code = {
        "dW": lambda lab: lab.weight_gradient,
        "dX": lambda lab: lab.input_gradient,
        "db": lambda lab: lab.bias_gradient,
    }

    input = Matrix(9, [[0, 1, 2], [3, 4, 5], [6, 7, 8]], slider=6).tag(sync=True)
    kernel = Matrix(5, [[0, 1], [2, 3]], slider=3).tag(sync=True)
    delta = Matrix(15, [[1]]).tag(sync=True)
    stride = Pair(1, 8, slider=3).tag(sync=True)
    padding = Pair(0, 3, slider=2).tag(sync=True)
    dilation = Pair(1, 4, slider=2).tag(sync=True)
    picked = Picked(GRIDS, ["dw", 0, 0]).tag(sync=True)

    def __init__(
        self, input: Any = None, kernel: Any = None, delta: Any = None, **settings: Any
    ) -> None:
        super().__init__(**given(input=input, kernel=kernel, delta=delta), **settings)

    @classmethod
    def large(cls) -> Self:
        """Return as much as the sliders reach: 100 cells with the padding, twice."""
        x, k = torch.arange(36).reshape(6, 6) % 19 - 9, torch.arange(9).reshape(3, 3) - 4
        return cls(x, k, padding=2, picked=["dw", 1, 1])

    @property
    def output_gradient(self) -> Tensor:
        """δ as it is used: a float tensor of the output's shape (height, width)."""
        return self._backward()[0]

    @property
    def weight_gradient(self) -> Tensor:
        """dW, by autograd: a float tensor of the kernel's shape (height, width)."""
        return self._backward()[1]

    @property
    def input_gradient(self) -> Tensor:
        """dX, by autograd: a float tensor of the input's shape (height, width)."""
        return self._backward()[2]

    @property
    def bias_gradient(self) -> Tensor:
        """The gradient of a bias, which every output adds: the sum of δ, a scalar."""
        return self.output_gradient.sum()

    def _backward(self) -> tuple[Tensor, Tensor, Tensor]:
        """Return δ, dW and dX; the page adds in double precision too."""
        x = torch.tensor(self.input, dtype=torch.float64, requires_grad=True)
        k = torch.tensor(self.kernel, dtype=torch.float64, requires_grad=True)
        settings = {"stride": self.stride, "padding": self.padding, "dilation": self.dilation}
        y = F.conv2d(x[None, None], k[None, None], **settings)[0, 0]
        told, delta = torch.tensor(self.delta, dtype=y.dtype), torch.ones_like(y)
        known = told[: y.shape[0], : y.shape[1]]
        delta[: known.shape[0], : known.shape[1]] = known
        gradients = torch.autograd.grad(y, (k, x), delta)
        return tuple(t.detach().to(torch.get_default_dtype()) for t in (delta, *gradients))

    def clash(self, **wanted: Any) -> str:
        """Say what PyTorch would refuse: the window must fit the padded input."""
        sizes = np.shape(wanted["input"]), np.shape(wanted["kernel"])
        return misfit("kernel", *sizes, wanted["padding"], wanted["dilation"])

    def still(self) -> str:
        """Return input, kernel, δ and the two gradients as one picture."""
        delta, dw, dx = (t.tolist() for t in self._backward())
        settings = f"stride {self.stride}, padding {self.padding}, dilation {self.dilation}"
        alt = (
            f"Input {self.input} and kernel {self.kernel}; the output's gradient {delta} gives "
            f"the weights {dw} and the pixels {dx} ({settings})."
        )
        forward = [("input", self.input), ("⋆", []), ("kernel", self.kernel), ("", [])]
        return grids_svg([*forward, ("δ", delta), ("→", []), ("dW", dw), ("", []), ("dX", dx)], alt)
