"""The border lab: one row of cells padded in four ways, and where each cell is from."""

from typing import Any, Self

import torch
import torch.nn.functional as F
from traitlets import Unicode

from ..parts.layer import MODES
from ..platform.base import Explorable
from ..platform.still import grids_svg
from ..platform.traits import Whole

LONGEST = 8  # cells of the row, and of the padding on each side


class BorderLab(Explorable):
    """A row that counts 1, 2, … `size`, with `padding` cells on each side in each of four modes.

    `size` is 1 to 8, `padding` 0 to 8. `at` is the cell to look at, counted from the first cell
    of the row: −1 is the padding cell before it, `size` the one after the last; one that the
    padded row does not have gives way to the nearest. Source: chapter "Padding and stride".
    """

    room = (584, 724)
    essential = ("padding", "size")
    task = Unicode("Press a padding cell: what fills it?").tag(sync=True, data=True)
    in_code = {mode: lambda lab, mode=mode: lab.output[mode] for mode in MODES}

    padding = Whole(0, LONGEST, 3, slider=5).tag(sync=True)
    size = Whole(1, LONGEST, 4, slider=6).tag(sync=True)
    at = Whole(-LONGEST, 2 * LONGEST - 1, -1).tag(sync=True)

    def __init__(self, size: int = 4, padding: int = 3, **settings: Any) -> None:
        super().__init__(size=size, padding=padding, **settings)

    @classmethod
    def large(cls) -> Self:
        """Return as much as the sliders reach."""
        return cls(size=6, padding=5)

    def most(self, mode: str) -> int | None:
        """Return how many cells PyTorch adds on a side in this mode, None for any number."""
        return {"reflect": self.size - 1, "circular": self.size}.get(mode)

    @property
    def output(self) -> dict[str, torch.Tensor | None]:
        """The padded row in each mode: float tensors of shape (padding + size + padding,).

        None where PyTorch refuses: reflect adds at most size − 1 cells a side, circular `size`.
        """
        row = torch.arange(1.0, self.size + 1)[None]
        sides = (self.padding, self.padding)
        return {
            mode: None
            if (most := self.most(mode)) is not None and self.padding > most
            else F.pad(row, sides, "constant" if mode == "zeros" else mode)[0]
            for mode in MODES
        }

    def still(self) -> str:
        """Return the padded row in each mode as pictures, one below the other."""
        return "".join(f"<p>{self._lane(mode)}</p>" for mode in MODES)

    def _lane(self, mode: str) -> str:
        row = self.output[mode]
        if row is None:
            return f"{mode}: refused, at most {self.most(mode)} cells a side"
        alt = f"Padding of {self.padding} on each side, {mode}: {row.long().tolist()}."
        return grids_svg([(mode, [row.tolist()])], alt)
