"""The flip that makes a cross-correlation a convolution: the kernel turned by 180°."""

import torch

from .drawing import cells, numbers, path, signed

ALT = "A 2×2 kernel 0, 1, 2, 3 and the same kernel turned by 180 degrees: 3, 2, 1, 0"


def draw() -> str:
    """Return the marks."""
    k = torch.arange(4.0).reshape(2, 2)
    marks = [
        cells(x, 30, 30, signed(rows)) + numbers(x, 30, 30, rows, 13)
        for x, rows in ((14, k), (118, k.flip(0, 1)))
    ]
    turn = path("M82 54a14 14 0 0 1 28 0", width=1.8) + path("M105 49l5 6 4-7")
    return "".join(marks) + turn + path("M110 54a14 14 0 0 1-28 0", width=1.8, dashes="3 3")
