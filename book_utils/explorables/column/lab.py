"""The column lab: every window of an image becomes a column, and a convolution one product."""

from typing import Any, Self

import torch
import torch.nn.functional as F
from torch import Tensor
from traitlets import Unicode, default

from book_utils.numbers import short

from ..parts.layer import misfit
from ..platform.base import Explorable, given
from ..platform.still import grids_svg
from ..platform.traits import Whole

# As in solution.ts; of a smaller kernel the part at the top left.
WEIGHTS = [[1, 0, 2, -1], [0, 1, -1, 2], [2, -1, 1, 0], [-1, 2, 0, 1]]
SIZE, KERNEL, STRIDE, PADDING = 8, 4, 3, 2  # at most
POSITIONS = (SIZE + 2 * PADDING) ** 2  # of a kernel of one weight


class ColumnLab(Explorable):
    """The windows of an image as the columns of a matrix, which a row of weights multiplies.

    The image has `size`×`size` pixels (3 to 8), numbered from 1 row by row; `kernel` (1 to 4),
    `stride` (1 to 3) and `padding` (0 to 2 zeros a side) hold along both axes. `step` is the picked
    position of the window, in reading order from 0; one that is not there gives way to the last.
    Raises a TraitError for a kernel that does not fit the padded image.
    """

    room = (600, 788)
    essential = ("size", "kernel", "stride")
    task = Unicode("Press Play, or drag the window").tag(sync=True, data=True)
    in_code = {"columns": lambda lab: lab.columns, "y": lambda lab: lab.output}

    size = Whole(3, SIZE, 5).tag(sync=True)
    kernel = Whole(1, KERNEL, 3).tag(sync=True)
    stride = Whole(1, STRIDE).tag(sync=True)
    padding = Whole(0, PADDING).tag(sync=True)
    step = Whole(0, POSITIONS - 1).tag(sync=True)

    def __init__(self, size: int | None = None, kernel: int | None = None, **settings: Any) -> None:
        super().__init__(**given(size=size, kernel=kernel), **settings)

    @classmethod
    def large(cls) -> Self:
        """Return the largest matrix: 16 rows, 81 columns."""
        return cls(SIZE, KERNEL, padding=PADDING)

    @default("step")
    def _middle(self) -> int:
        return self.side**2 // 2

    def clash(self, **wanted: Any) -> str:
        """Say which kernel is too large."""
        n, k, p = ([wanted[name]] * 2 for name in ("size", "kernel", "padding"))
        return misfit("kernel", n, k, p)

    @property
    def side(self) -> int:
        """How many positions the window has along an axis."""
        return (self.size + 2 * self.padding - self.kernel) // self.stride + 1

    @property
    def image(self) -> Tensor:
        """The pixels 1, 2, 3 … row by row: (size, size)."""
        n = self.size
        return torch.arange(1, n * n + 1, dtype=torch.get_default_dtype()).reshape(n, n)

    @property
    def weights(self) -> Tensor:
        """The kernel: (kernel, kernel)."""
        k = self.kernel
        return torch.tensor(WEIGHTS, dtype=torch.get_default_dtype())[:k, :k]

    @property
    def columns(self) -> Tensor:
        """Each window as a column, in reading order: (kernel², positions)."""
        settings = {"stride": self.stride, "padding": self.padding}
        return F.unfold(self.image[None, None], self.kernel, **settings)[0]

    @property
    def output(self) -> Tensor:
        """The row of weights times the columns, in the shape of the output: (height, width)."""
        return (self.weights.flatten() @ self.columns).reshape(self.side, self.side)

    def still(self) -> str:
        """Return image and matrix as one picture, and what the product comes to in words."""
        columns, row = self.columns, self.weights.flatten()
        taps, positions = columns.shape
        numbers = f"{taps} × {positions} = {columns.numel()} numbers from {self.image.numel()}"
        alt = (
            f"An image of {self.size} by {self.size} pixels, and its windows as columns: {numbers}."
        )
        product = ", ".join(map(short, self.output.flatten().tolist()))
        weights = ", ".join(map(short, row.tolist()))
        grids = [("image", self.image.tolist()), ("→", []), ("columns", columns.tolist())]
        return f"{grids_svg(grids, alt)}<p>{weights} times these columns: {product}.</p>"
