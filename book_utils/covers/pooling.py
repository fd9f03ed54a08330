"""The largest number of each window."""

import torch
import torch.nn.functional as F

from .drawing import ACTIVATION, arrow, cells, numbers, strengths, window

ALT = "A 4×4 table of numbers in four windows, and the largest number of each"


def draw() -> str:
    """Return the marks."""
    x = torch.tensor([[4.0, 0, 2, 2], [1, 3, 6, 2], [0, 0, 5, 7], [8, 0, 1, 3]])
    y = F.max_pool2d(x[None], 2)[0]
    kept = [
        [(ACTIVATION, 0.5 if value == y[i // 2, j // 2] else 0) for j, value in enumerate(row)]
        for i, row in enumerate(x)
    ]
    before = cells(8, 10, 22, kept) + numbers(8, 10, 22, x, 11)
    windows = "".join(window(8 + 44 * j, 10 + 44 * i, 44, 44) for i in (0, 1) for j in (0, 1))
    after = cells(128, 26, 28, strengths(y)) + numbers(128, 26, 28, y, 13)
    return before + windows + arrow(103, 54, 18) + after
