"""The same-padding lab: one axis padded three ways, by PyTorch and by TensorFlow."""

import warnings
from typing import Any, Self

import torch
import torch.nn.functional as F
from traitlets import Unicode

from book_utils.shapes import same_padding

from ..platform.base import Explorable
from ..platform.still import grids_svg
from ..platform.traits import Picked, Whole

Sides = tuple[int, int]


class SameLab(Explorable):
    """What "same" padding does to one axis: PyTorch's, TensorFlow's, and a number on both sides.

    `size` (1 to 24 cells), `kernel` (1 to 9 weights), `stride` (1 to 8) and `dilation` (1 to 4)
    hold for all three; `padding` (0 to 8 cells on each side) is the number. The input counts
    1, 2, … `size`, and all weights are 1, so that an output is the sum of the cells it looks at.
    `picked` is the cell to look at, as ["output" | "input", 0, index]. A kernel that does not fit
    raises a TraitError, and the lab keeps what it had.
    """

    room = (600, 780)
    essential = ("size", "kernel", "stride", "padding")
    task = Unicode("Find where all three agree.").tag(sync=True, data=True)
    in_code = {
        "same": lambda lab: lab.output["same"],
        "tensorflow": lambda lab: lab.output["SAME"],
        "number": lambda lab: lab.output["number"],
    }

    size = Whole(1, 24, 8, slider=16).tag(sync=True)
    kernel = Whole(1, 9, 3, slider=7).tag(sync=True)
    stride = Whole(1, 8, 2, slider=5).tag(sync=True)
    dilation = Whole(1, 4, slider=3).tag(sync=True)
    padding = Whole(0, 8, 1, slider=4).tag(sync=True)
    picked = Picked(("output", "input"), ["output", 0, 0]).tag(sync=True)

    @classmethod
    def large(cls) -> Self:
        """Return as much as the sliders reach."""
        return cls(size=16, kernel=7, stride=1, padding=4)

    @property
    def sides(self) -> dict[str, Sides | None]:
        """Cells before and after, by way of padding; None where PyTorch refuses the stride."""
        total = self.dilation * (self.kernel - 1)
        same = (total // 2, total - total // 2) if self.stride == 1 else None
        tensorflow = same_padding(self.size, self.kernel, self.stride, self.dilation)
        return {"same": same, "SAME": tensorflow, "number": (self.padding, self.padding)}

    @property
    def output(self) -> dict[str, torch.Tensor | None]:
        """The three results: PyTorch's "same", TensorFlow's "SAME" and the "number" on both sides.

        Float tensors of shape (size,); None where PyTorch refuses the stride.
        """
        x = torch.arange(1, self.size + 1, dtype=torch.get_default_dtype())[None, None]
        k = torch.ones(1, 1, self.kernel)
        step = {"stride": self.stride, "dilation": self.dilation}
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "Using padding='same' with even kernel lengths")
            return {
                "same": F.conv1d(x, k, padding="same", **step)[0, 0] if self.stride == 1 else None,
                "SAME": F.conv1d(F.pad(x, self.sides["SAME"]), k, **step)[0, 0],
                "number": F.conv1d(x, k, padding=self.padding, **step)[0, 0],
            }

    def clash(self, **wanted: Any) -> str:
        """Say what PyTorch would refuse: the kernel must fit with the number on both sides."""
        n, k, d, p = (wanted[name] for name in ("size", "kernel", "dilation", "padding"))
        span, padded = d * (k - 1) + 1, n + 2 * p
        if span <= padded:
            return ""
        return (
            f"a kernel of {k} with dilation {d} spans {span} cells, and the padded input has "
            f"{n} + 2·{p} = {padded}; allowed: a span of at most {padded}. Use a smaller kernel "
            "or dilation, or more padding"
        )

    def still(self) -> str:
        """Return the padded axis and the output of each way as pictures, one below the other."""
        titles = {
            "SAME": "TensorFlow, padding='SAME'",
            "number": f"PyTorch, padding={self.padding}",
            "same": "PyTorch, padding='same'",
        }
        pictures = (self._lane(titles[way], way) for way in titles)
        return "".join(f"<p>{picture}</p>" for picture in pictures)

    def _lane(self, title: str, way: str) -> str:
        sides, output = self.sides[way], self.output[way]
        if sides is None:
            return f"{title}: refused with stride {self.stride}"
        row = [0] * sides[0] + list(range(1, self.size + 1)) + [0] * sides[1]
        y = output.tolist()
        alt = f"{title} adds {sides[0]} zeros before and {sides[1]} after: the output is {y}."
        return grids_svg([(title, [row]), ("→", []), ("output", [y])], alt)
