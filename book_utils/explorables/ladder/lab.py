"""The ladder lab: one cross-correlation in six ways, timed in the reader's own browser."""

import math
from collections.abc import Callable
from typing import Any, Self

import torch
import torch.nn.functional as F
from torch import Tensor
from traitlets import Unicode

from book_utils.numbers import thousands

from ..platform.base import Explorable, given
from ..platform.traits import Whole


def _each_tap(n: int, k: int) -> int:
    return (k * (n - k + 1)) ** 2


def _winograd(n: int, k: int) -> int | None:
    """Four for two outputs of three weights, in each of three rows; nine for one that is left."""
    h = n - k + 1
    return h * (12 * (h // 2) + 9 * (h % 2)) if k == 3 else None


def _fourier(n: int, _: int) -> int:
    """Four for each product of complex numbers: three transforms, and one product in between."""
    wide = 2 ** math.ceil(math.log2(n))
    return 4 * wide * wide * (3 * int(math.log2(wide)) + 1)


# How many numbers each rung multiplies, for an image of n by n and a kernel of k by k.
RUNGS: dict[str, Callable[[int, int], int | None]] = {
    "pixel loop, nested arrays": _each_tap,
    "pixel loop, typed array": _each_tap,
    "tap loop": _each_tap,
    "im2col and product": _each_tap,
    "Winograd F(2, 3)": _winograd,
    "FFT": _fourier,
}


class LadderLab(Explorable):
    """Six ways to one cross-correlation: their multiplications counted, their time measured.

    An image of `size`×`size` pixels (32 to 128) under a kernel of `kernel`×`kernel` weights (1 to
    21), one channel, stride 1, nothing padded. The view computes each rung in JavaScript, in a
    worker, and checks its result against the first; the milliseconds are the reader's machine's,
    and no setting. Winograd's F(2, 3) is made for kernels of 3 alone.
    """

    room = (600, 764)
    essential = ("size", "kernel")
    task = Unicode("Press Measure: which way is fastest?").tag(sync=True, data=True)

    size = Whole(32, 128, 96).tag(sync=True)
    kernel = Whole(1, 21, 3).tag(sync=True)

    def __init__(self, size: int | None = None, kernel: int | None = None, **settings: Any) -> None:
        super().__init__(**given(size=size, kernel=kernel), **settings)

    @classmethod
    def large(cls) -> Self:
        """Return the lab with most to count."""
        return cls(128, 21)

    @property
    def input(self) -> Tensor:
        """The image: (size, size), multiples of 1/16 from 0 to 1."""
        i, j = torch.arange(self.size)[:, None], torch.arange(self.size)
        return ((i * i + 3 * i * j + 7 * j) % 17 / 16).to(torch.get_default_dtype())

    @property
    def weights(self) -> Tensor:
        """The kernel: (kernel, kernel), multiples of 1/8 from -3/8 to 3/8."""
        a, b = torch.arange(self.kernel)[:, None], torch.arange(self.kernel)
        return (((5 * a + 3 * b) % 7 - 3) / 8).to(torch.get_default_dtype())

    @property
    def output(self) -> Tensor:
        """What every rung comes to: (size - kernel + 1, size - kernel + 1)."""
        return F.conv2d(self.input[None, None], self.weights[None, None])[0, 0]

    @property
    def multiplications(self) -> dict[str, int | None]:
        """How many numbers each rung multiplies; None where it is not made for the kernel."""
        return {name: count(self.size, self.kernel) for name, count in RUNGS.items()}

    def still(self) -> str:
        """Return the counts as a table: nobody has measured yet."""
        counts = {
            name: "for kernels of 3" if count is None else thousands(count)
            for name, count in self.multiplications.items()
        }
        rows = "".join(
            f'<tr><th scope="row">{name}</th><td>{count}</td></tr>'
            for name, count in counts.items()
        )
        what = f"{self.kernel}×{self.kernel} weights on {self.size}×{self.size} pixels"
        return (
            f"<table><caption>Multiplications for {what}</caption><thead><tr><th>rung</th>"
            f"<th>multiplications</th></tr></thead><tbody>{rows}</tbody></table>"
        )
