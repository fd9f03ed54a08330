"""The weight-matrix lab: from a dense layer to a convolution, one weight matrix at a time."""

from typing import Any, Self

import torch
from traitlets import Unicode, default

from ..platform.base import Explorable, given
from ..platform.still import grids_svg
from ..platform.traits import Choice, Picked, Whole

STAGES = ("dense", "local", "shared")
LARGEST = {1: 16, 2: 5}  # side by axes, so that the matrix has at most 16×16 or 25×25 cells


class WeightMatrixLab(Explorable):
    """The weight matrix of a layer from `side` pixels (or `side`×`side`) to as many outputs.

    `axes` is 1 for a row of pixels, 2 for a picture; `stage` says how the weights are bound:
    "dense" (every output reads every input), "local" (only inputs at most `reach` away, the Δ of
    the derivation), "shared" (and the same weights for every output: a convolution layer with
    padding `reach`). Raises a TraitError for a side or a reach that does not fit.
    """

    room = (600, 788)
    essential = ("stage", "reach", "side")
    task = Unicode("Make the weights local, then shared.").tag(sync=True, data=True)
    in_code = {
        "lab.output": lambda lab: lab.output,
        "lab.parameters": lambda lab: lab.parameters,
    }

    axes = Whole(1, 2).tag(sync=True)
    side = Whole(1, LARGEST[1], default=8).tag(sync=True)
    reach = Whole(0, LARGEST[1] - 1, default=1).tag(sync=True)
    stage = Choice(STAGES).tag(sync=True)
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
        """Return what each setting may be; the side of a picture goes less far."""
        found = super().schema()
        found["side"]["highs"] = LARGEST
        return found

    def clash(self, **wanted: Any) -> str:
        """Say which side or reach is too large."""
        axes, side, reach = (wanted[name] for name in ("axes", "side", "reach"))
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
        return ""

    @property
    def output(self) -> torch.Tensor:
        """Which parameter stands where, from 1 up, or 0 for none: (outputs, inputs), int64."""
        along = torch.arange(self.side)
        places = torch.cartesian_prod(*[along] * self.axes).reshape(-1, self.axes)
        offsets = places[None, :] - places[:, None]  # (outputs, inputs, axes): input minus output
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
        return int((self.output > 0).sum())

    def still(self) -> str:
        """Return the matrix as a picture, each cell with the number of its parameter."""
        alt = f"A {self.stage} weight matrix with {self.parameters} free parameters."
        return grids_svg([("weight matrix", self.output.tolist())], alt)
