"""Two channels, each with its own window, and the sums that both make together."""

import torch

from book_utils.ops import corr2d_multi_in

from .drawing import HUES, RAISED, arrow, cells, numbers, strengths, window

ALT = "Two 3×3 channels, one before the other, and the sums of both: 56, 72, 104, 120"


def draw() -> str:
    """Return the marks."""
    x = torch.stack([torch.arange(9.0), torch.arange(1.0, 10)]).reshape(2, 3, 3)
    k = torch.stack([torch.arange(4.0), torch.arange(1.0, 5)]).reshape(2, 2, 2)
    y = corr2d_multi_in(x, k)
    ground = RAISED
    stack = ""
    for i, hue in ((1, HUES[8]), (0, HUES[1])):
        left, top = 10 + 20 * i, 28 - 18 * i
        stack += cells(left, top, 22, [[(ground, 1)] * 3] * 3)
        stack += cells(left, top, 22, strengths(x[i] + 2, hue)) + window(left, top, 44, 44)
    after = cells(126, 26, 28, strengths(y)) + numbers(126, 26, 28, y, 12)
    return stack + arrow(102, 54, 18) + after + window(126, 26, 28, 28)
