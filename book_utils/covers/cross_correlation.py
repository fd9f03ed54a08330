"""The first example of the book: 0 to 8 under the window 0 to 3."""

import torch

from book_utils.ops import corr2d

from .drawing import arrow, cells, numbers, strengths, window

ALT = "A 2×2 window on the numbers 0 to 8, and the four sums 19, 25, 37, 43 that it makes"


def draw() -> str:
    """Return the marks."""
    x, k = torch.arange(9.0).reshape(3, 3), torch.arange(4.0).reshape(2, 2)
    y = corr2d(x, k)
    before = cells(10, 12, 28, [[("none", 0)] * 3] * 3) + numbers(10, 12, 28, x, 12)
    after = cells(126, 26, 28, strengths(y)) + numbers(126, 26, 28, y, 12)
    return before + window(10, 12, 56, 56) + arrow(101, 54, 18) + after + window(126, 26, 28, 28)
