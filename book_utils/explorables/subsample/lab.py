"""The subsampling lab: a wave of stripes, five ways to make it smaller, and what a shift does."""

from typing import Self

import torch
import torch.nn.functional as F
from torch import Tensor
from traitlets import Unicode

from book_utils.numbers import short

from ..platform.base import Explorable
from ..platform.traits import Choice, Whole

CELLS = 24  # of the row that is shown: every stride divides it
BLUR = torch.tensor([[[1.0, 2, 1]]]) / 4

# From cells -1 to n + s - 1 of a row, of shape (1, n + s + 1), to its n / s outputs by stride s.
METHODS = {
    "stride": lambda x, s: x[:, 1:-s:s],
    "max": lambda x, s: F.max_pool1d(x[:, 1:-s], s),
    "average": lambda x, s: F.avg_pool1d(x[:, 1:-s], s),
    "blur": lambda x, s: F.conv1d(x[:, : x.shape[1] - s + 1], BLUR, stride=s),
    "max, blur": lambda x, s: F.conv1d(F.max_pool1d(x, s, 1), BLUR, stride=s),
}


class SubsampleLab(Explorable):
    """A wave of stripes that moves under a method that makes it smaller.

    The wave goes on for ever; a row of 24 cells of it is shown. Its `period` is 2 to 8 pixels, the
    first half of them 0 and the rest 1, as in 0 0 1 1; `shift` (0 to 8 pixels) says how far it has
    moved to the right. `method` is one of METHODS, with a `stride` of 1 to 4: every s-th value, the
    max or the average of each window of s, a blur by 1 2 1 before the stride, or that blur between
    a max at stride 1 and the stride. Source of the last: Zhang (2019), "Making convolutional
    networks shift-invariant again".
    """

    room = (520, 640)
    essential = ("shift", "method", "period")
    task = Unicode("Shift the wave by 1. What is left?").tag(sync=True, data=True)
    in_code = {"y": lambda lab: lab.output, "apart": lambda lab: lab.apart}

    period = Whole(2, 8, 4).tag(sync=True)
    shift = Whole(0, 8).tag(sync=True)
    method = Choice(METHODS, "max").tag(sync=True)
    stride = Whole(1, 4, 2).tag(sync=True)

    @classmethod
    def large(cls) -> Self:
        """Return the lab with most outputs."""
        return cls(method="max, blur", stride=1)

    def wave(self, first: int, end: int, shift: int | None = None) -> Tensor:
        """Return the cells `first` to `end` - 1 of the moved wave, shape (end - first,)."""
        i = torch.arange(first, end) - (self.shift if shift is None else shift)
        return (i % self.period >= (self.period + 1) // 2).float()

    def outputs(self, count: int, shift: int | None = None) -> Tensor:
        """Return the first `count` outputs, of the present shift or of another one."""
        x = self.wave(-1, (count + 1) * self.stride, shift)
        return METHODS[self.method](x[None], self.stride)[0]

    @property
    def output(self) -> Tensor:
        """The outputs of the row that is shown, shape (24 / stride,)."""
        return self.outputs(CELLS // self.stride)

    @property
    def apart(self) -> float:
        """How far the outputs differ at most from those of the unmoved wave, moved to fit best."""
        p = self.period  # of the outputs too: after p of them it has begun anew
        now, before = self.outputs(p), self.outputs(2 * p, shift=0)
        return min((now - before[r : r + p]).abs().max().item() for r in range(p))

    def still(self) -> str:
        """Return the rows of cells as a table, an output as wide as its stride."""
        rows = {
            f"Wave of period {self.period}, moved by {self.shift}": (self.wave(0, CELLS), 1),
            f"Output: {self.method}, stride {self.stride}": (self.output, self.stride),
            "Output of the unmoved wave": (self.outputs(CELLS // self.stride, 0), self.stride),
        }
        body = "".join(
            f'<tr><th scope="row">{name}</th>{_cells(values, span)}</tr>'
            for name, (values, span) in rows.items()
        )
        caption = f"However they are moved, the two outputs differ by up to {short(self.apart)}"
        return f"<table><caption>{caption}</caption><tbody>{body}</tbody></table>"


def _cells(values: Tensor, span: int) -> str:
    return "".join(f'<td colspan="{span}">{short(value)}</td>' for value in values.tolist())
