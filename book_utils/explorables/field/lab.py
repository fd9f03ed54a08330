"""The field lab: three layers in a row, and the inputs that one output sees."""

import html
from collections.abc import Sequence
from functools import reduce
from math import ceil
from typing import Any, Self

import torch
import torch.nn.functional as F
from torch import Tensor
from traitlets import Unicode

from book_utils.fields import Field

from ..platform.base import Explorable
from ..platform.traits import Position, Switch, Whole

TAPS, STEPS = 5, 3  # the largest kernel and the largest stride
SIZES = (24, 48, 84)  # inputs: as many as two neighbours need


class FieldLab(Explorable):
    """The inputs that one output of three layers sees, along one axis.

    A layer is a convolution or a pooling: where it looks is the same. `kernels` (1 to 5 each) and
    `strides` (1 to 3) are given from the input on, and are the settings `kernel1`, `stride1` and so
    on; there is no padding. `at` is the input below the output that is looked at, as [input]; the
    nearest output is taken, and the one in the middle for None. `neighbour` shows the next output
    too. Source of field and jump: Araujo, Norris and Sim (2019).
    """

    room = (560, 690)
    essential = ("stride1", "stride2", "stride3", "neighbour")
    task = Unicode("Raise a stride and watch the field.").tag(sync=True, data=True)
    in_code = {"seen": lambda lab: lab.output}

    kernel1 = Whole(1, TAPS, 3).tag(sync=True)
    kernel2 = Whole(1, TAPS, 3).tag(sync=True)
    kernel3 = Whole(1, TAPS, 3).tag(sync=True)
    stride1 = Whole(1, STEPS).tag(sync=True)
    stride2 = Whole(1, STEPS).tag(sync=True)
    stride3 = Whole(1, STEPS).tag(sync=True)
    at = Position({"input": SIZES[-1]}).tag(sync=True)
    neighbour = Switch(False).tag(sync=True)

    def __init__(
        self, kernels: Sequence[int] = (), strides: Sequence[int] = (), **settings: Any
    ) -> None:
        named = {f"kernel{layer}": k for layer, k in enumerate(kernels, 1)}
        named |= {f"stride{layer}": s for layer, s in enumerate(strides, 1)}
        super().__init__(**named, **settings)

    @classmethod
    def large(cls) -> Self:
        """Return the lab with most to draw."""
        return cls((5, 5, 5), (3, 3, 3), neighbour=True)

    @property
    def layers(self) -> list[tuple[int, int]]:
        """Kernel and stride of each layer, from the input on."""
        return [(getattr(self, f"kernel{i}"), getattr(self, f"stride{i}")) for i in (1, 2, 3)]

    @property
    def field(self) -> Field:
        """The receptive field of an output: its `size` and the `jump` between neighbours."""
        return reduce(lambda field, layer: field.window(*layer, 0, 1), self.layers, Field())

    @property
    def inputs(self) -> int:
        """How many inputs there are."""
        return next(n for n in SIZES if n >= self.field.size + self.field.jump)

    @property
    def place(self) -> int:
        """The output that is looked at: the nearest to `at`, counted from 0."""
        size, jump = self.field.size, self.field.jump
        at = self.at[0] if self.at else (self.inputs - 1) / 2
        nearest = ceil((at - (size - 1) / 2) / jump - 0.5)  # of two, the first
        return min(max(nearest, 0), (self.inputs - size) // jump)

    @property
    def output(self) -> Tensor:
        """Which inputs the output depends on: True where its gradient is not 0, shape (inputs,)."""
        x = torch.zeros(1, 1, self.inputs, requires_grad=True)
        y = x
        for k, stride in self.layers:
            y = F.conv1d(y, torch.ones(1, 1, k), stride=stride)
        return torch.autograd.grad(y[0, 0, self.place], x)[0][0, 0] != 0

    def still(self) -> str:
        """Return a drawing of the inputs that are seen, with the field and the jump in words."""
        seen = self.output.tolist()
        layers = ", ".join(f"kernel {k} with stride {s}" for k, s in self.layers)
        says = (
            f"Layers from the input on: {layers}. One output sees a field of {self.field.size} "
            f"inputs; the fields of neighbours lie {self.field.jump} apart."
        )
        filled = ' style="fill:currentColor"'
        cells = "".join(
            f'<rect x="{10 * i}" y="1" width="10" height="18"{filled if is_seen else ""}/>'
            for i, is_seen in enumerate(seen)
        )
        return (
            f'<figure><svg class="cnl-svg" role="img" aria-label="{html.escape(says)}" '
            f'viewBox="0 0 {10 * len(seen)} 20" width="{10 * len(seen)}">{cells}</svg>'
            f"<figcaption>{says}</figcaption></figure>"
        )
