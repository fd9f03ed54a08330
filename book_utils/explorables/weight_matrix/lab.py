"""The weight-matrix lab: from a dense layer to a convolution, one weight matrix at a time."""

from typing import Any, Self

import torch
import torch.nn.functional as F
from torch import Tensor
from traitlets import Unicode, default

from ..platform.base import Explorable, given
from ..platform.still import grids_svg
from ..platform.traits import Choice, Picked, Whole

STAGES = ("dense", "local", "shared")
LARGEST = {1: 16, 2: 5}  # side by axes, so that the matrix has at most 16×16 or 25×25 cells
# What the input holds besides zeros, and the place of its first number; a shift moves it on.
PATTERN = {1: ([1, 3, 2], (1,)), 2: ([[1, 2], [3, 0]], (1, 0))}


class WeightMatrixLab(Explorable):
    """A layer from `side` pixels (or `side`×`side`) to as many outputs: y = Wx.

    `axes` is 1 for a row of pixels, 2 for an image; `stage` says how the weights are bound:
    "dense" (every output reads every input), "local" (only inputs at most `reach` away, the Δ of
    the derivation), "shared" (and the same weights for every output: a convolution layer with
    padding `reach`). The input is a small pattern among zeros, moved `shift` pixels to the right,
    at most to the edge; the weights are whole numbers from 1 to 5. Raises a TraitError for a side,
    a reach or a shift that does not fit.
    """

    room = (600, 788)
    essential = ("stage", "reach", "shift")
    task = Unicode("Make the weights local, then shared.").tag(sync=True, data=True)

    axes = Whole(1, 2).tag(sync=True)
    side = Whole(1, LARGEST[1], default=8).tag(sync=True)
    reach = Whole(0, LARGEST[1] - 1, default=1).tag(sync=True)
    stage = Choice(STAGES).tag(sync=True)
    shift = Whole(0, LARGEST[1] - 4).tag(sync=True)
    picked = Picked(("output", "input", "matrix")).tag(sync=True)

    def __init__(self, side: int | None = None, reach: int | None = None, **settings: Any) -> None:
        super().__init__(**given(side=side, reach=reach), **settings)

    @classmethod
    def large(cls) -> Self:
        """Return the matrix with the most cells: 25 by 25, with nearly all weights."""
        return cls(5, 4, axes=2)

    @default("picked")
    def _middle(self) -> list[Any]:
        middle = self.side // 2
        return ["output", 0 if self.axes == 1 else middle, middle]

    def schema(self) -> dict[str, dict[str, Any]]:
        """Return what each setting may be; the side of an image goes less far."""
        found = super().schema()
        found["side"]["highs"] = LARGEST
        return found

    def clash(self, **wanted: Any) -> str:
        """Say which side, reach or shift is too large."""
        axes, side, reach, shift = (wanted[name] for name in ("axes", "side", "reach", "shift"))
        most = LARGEST[axes]
        if side > most:
            return (
                f"side is {side} with {axes} axes; allowed: 1 to {most}, so that the matrix can "
                "be read"
            )
        if reach >= side:
            return (
                f"reach is {reach} with a side of {side}; allowed: 0 to {side - 1}, since no pixel "
                "is farther away"
            )
        if shift > (farthest := farthest_shift(axes, side)):
            return (
                f"shift is {shift} with a side of {side}; allowed: 0 to {farthest}, so that the "
                "pattern stays in the input"
            )
        return ""

    @property
    def binding(self) -> Tensor:
        """Which parameter stands where, from 1 up, or 0 for none: (outputs, inputs), int64."""
        offsets = self._offsets()
        read = (offsets.abs() <= self.reach).all(-1) | torch.tensor(self.stage == "dense")
        if self.stage != "shared":
            return torch.where(read, read.flatten().cumsum(0).reshape(read.shape), 0)
        tap = torch.zeros_like(offsets[..., 0])
        for d in range(self.axes):
            tap = tap * (2 * self.reach + 1) + offsets[..., d] + self.reach
        return torch.where(read, tap + 1, 0)

    @property
    def parameters(self) -> int:
        """How many free parameters the layer has."""
        if self.stage == "shared":
            return (2 * self.reach + 1) ** self.axes
        return int((self.binding > 0).sum())

    @property
    def weight(self) -> Tensor:
        """The weight matrix W, 0 where an output does not read an input: (outputs, inputs)."""
        if self.stage == "shared":
            values = _shared(self._offsets())
        else:
            n = self.side**self.axes
            values = _own(torch.arange(n)[:, None], torch.arange(n))
        return torch.where(self.binding > 0, values, 0).to(torch.get_default_dtype())

    @property
    def kernel(self) -> Tensor:
        """The weights that "shared" leaves, by offset: as many axes, each 2·reach + 1 long."""
        offsets = torch.cartesian_prod(*[torch.arange(-self.reach, self.reach + 1)] * self.axes)
        shape = [2 * self.reach + 1] * self.axes
        return _shared(offsets.reshape(-1, self.axes)).reshape(shape).to(torch.get_default_dtype())

    @property
    def input(self) -> Tensor:
        """The input: (side,) or (side, side)."""
        pattern, start = PATTERN[self.axes]
        x, values = torch.zeros([self.side] * self.axes), torch.tensor(pattern)
        for at in values.nonzero().tolist():
            to = [first + along for first, along in zip(start, at, strict=True)]
            to[-1] += self.shift
            if max(to) < self.side:
                x[tuple(to)] = values[tuple(at)]
        return x

    @property
    def output(self) -> Tensor:
        """What PyTorch makes of the input: (side,) or (side, side)."""
        if self.stage != "shared":
            return (self.weight @ self.input.flatten()).reshape(self.input.shape)
        convolve = (F.conv1d, F.conv2d)[self.axes - 1]
        x, kernel = self.input[None, None], self.kernel[None, None]
        return convolve(x, kernel, padding=self.reach)[0, 0]

    def _offsets(self) -> Tensor:
        """How far away each output finds each input: (outputs, inputs, axes)."""
        along = torch.arange(self.side)
        places = torch.cartesian_prod(*[along] * self.axes).reshape(-1, self.axes)
        return places[None, :] - places[:, None]

    def still(self) -> str:
        """Return the layer as a picture: the matrix times the input is the output."""
        x, y = (v.reshape(-1, 1).int().tolist() for v in (self.input, self.output))
        alt = (
            f"A {self.stage} weight matrix with {self.parameters} free parameters, times the input "
            f"{self.input.int().tolist()}, is {self.output.int().tolist()}."
        )
        grids = [
            ("weight matrix", self.weight.int().tolist()),
            ("·", []),
            ("input", x),
            ("=", []),
            ("output", y),
        ]
        return grids_svg(grids, alt)


def farthest_shift(axes: int, side: int) -> int:
    """Return by how many pixels the pattern may move before it leaves an input of this side."""
    pattern, start = PATTERN[axes]
    return max(0, side - start[-1] - torch.tensor(pattern).shape[-1])


def _own(output: Tensor, input: Tensor) -> Tensor:
    """The value of a weight of its own: from 1 to 5, and without a pattern that one could see."""
    mixed = 17 * output**2 + 31 * output * input + 11 * input**2 + 7 * output + 3 * input + 5
    return 1 + mixed % 101 % 5


def _shared(offsets: Tensor) -> Tensor:
    """The value of the weight that all outputs share for an offset: (..., axes) -> (...)."""
    mixed = torch.ones_like(offsets[..., 0])
    for along in offsets.unbind(-1):
        mixed = 3 * (mixed + along)
    return 1 + mixed % 5
