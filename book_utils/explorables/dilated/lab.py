"""The dilated lab: a stack of dilated layers, and the inputs that one output reads."""

import base64
import html
import io
from typing import Any, Self

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image
from torch import Tensor
from traitlets import Unicode

from book_utils.theme import THEME

from ..platform.base import Explorable
from ..platform.traits import Position, Whole

MOST = 8  # the largest rate
TAPS = 5  # the largest kernel
WIDEST = 1 + 4 * MOST * (TAPS - 1)  # inputs along an axis


class DilatedLab(Explorable):
    """The inputs that one output of three or four dilated layers reads, and by how many paths.

    `rate1` is the dilation of the layer at the input, `rate2` and `rate3` of the next two, each 1
    to 8; `rate4` is that of a fourth layer, 0 for none. `kernel` (2 to 5) is the size of all their
    windows; the stride is 1. `at` is the input that is explained, as [row, column] of the field,
    counted from its top left; one that the field does not have gives way to the nearest.
    Source: chapter "Dilated convolution".
    """

    room = (600, 780)
    essential = ("rate1", "rate2", "rate3", "rate4")
    task = Unicode("Set the rates so that all are read").tag(sync=True, data=True)
    in_code = {"paths": lambda lab: lab.output}

    rate1 = Whole(1, MOST, 2).tag(sync=True)
    rate2 = Whole(1, MOST, 2).tag(sync=True)
    rate3 = Whole(1, MOST, 2).tag(sync=True)
    rate4 = Whole(0, MOST).tag(sync=True)
    kernel = Whole(2, TAPS, 3).tag(sync=True)
    at = Position({"row": WIDEST, "column": WIDEST}, [6, 5]).tag(sync=True)

    def __init__(self, *rates: int, **settings: Any) -> None:
        named = {f"rate{layer}": rate for layer, rate in enumerate(rates, 1)}
        super().__init__(**named, **settings)

    @classmethod
    def large(cls) -> Self:
        """Return four layers with the largest rates."""
        return cls(MOST, MOST, MOST, MOST)

    @property
    def rates(self) -> tuple[int, ...]:
        """The dilation of each layer that there is, from the input on."""
        return tuple(r for r in (self.rate1, self.rate2, self.rate3, self.rate4) if r)

    @property
    def field(self) -> int:
        """How many inputs there are along an axis from the first to the last that is read."""
        return 1 + (self.kernel - 1) * sum(self.rates)

    @property
    def output(self) -> Tensor:
        """How many paths lead from each input to the output: a (field, field) tensor.

        It is the gradient of the output with respect to the inputs where every weight is 1.
        """
        x = torch.zeros(1, 1, self.field, self.field, requires_grad=True)
        weight = torch.ones(1, 1, self.kernel, self.kernel)
        y = x
        for rate in self.rates:
            y = F.conv2d(y, weight, dilation=rate)
        return torch.autograd.grad(y.sum(), x)[0][0, 0]

    def still(self) -> str:
        """Return the map of the paths as a picture; what is never read is hatched."""
        paths = self.output.numpy()
        read, most = int(np.count_nonzero(paths[0])), int(paths.max())
        rates = ", ".join(map(str, self.rates))
        says = (
            f"Map of the {self.field}×{self.field} inputs in the field of one output, rates "
            f"{rates}, kernel {self.kernel}×{self.kernel}. Along an axis {read} of {self.field} "
            f"are read, by up to {most} paths; the hatched ones are never read."
        )
        return (
            f'<figure class="cnl-reads"><img src="{_png(paths / most)}" '
            f'alt="{html.escape(says)}"><p>{says}</p></figure>'
        )


def _png(shares: np.ndarray) -> str:
    """A map of numbers from 0 to 1 as a PNG, one pixel each, clear where there is a 0."""
    pixels = np.empty((*shares.shape, 4), np.uint8)
    hue = THEME["map-activation"]
    pixels[..., :3] = [int(hue[i : i + 2], 16) for i in (1, 3, 5)]
    pixels[..., 3] = np.where(shares > 0, 255 * (0.25 + 0.75 * shares), 0)
    file = io.BytesIO()
    Image.fromarray(pixels, "RGBA").save(file, "PNG")
    return f"data:image/png;base64,{base64.b64encode(file.getvalue()).decode()}"
