"""Four numbers that each stamp a kernel; where stamps meet they add."""

import torch
import torch.nn.functional as F

from .drawing import arrow, cells, numbers, strengths, window

ALT = "The numbers 0 to 3 stamp a 2×2 kernel each; the stamps add up to 3×3 numbers"


def draw() -> str:
    """Return the marks."""
    x = torch.arange(4.0).reshape(1, 1, 2, 2)
    y = F.conv_transpose2d(x, x)[0, 0]
    before = cells(10, 28, 26, strengths(x[0, 0])) + numbers(10, 28, 26, x[0, 0], 12)
    after = cells(104, 15, 26, strengths(y)) + numbers(104, 15, 26, y, 12)
    return before + window(36, 54, 26, 26) + arrow(72, 54, 20) + after + window(130, 41, 52, 52)
