"""The nine taps of a 3×3 kernel at rate 2."""

import torch
import torch.nn.functional as F

from .drawing import PLUS, arrow, cells, window

ALT = "Nine pixels, two apart, that one output of a dilated 3×3 kernel reads; its window is 5×5"
N, K, RATE = 7, 3, 2
SIDE = 13


def draw() -> str:
    """Return the marks."""
    x = torch.zeros(1, 1, N, N, requires_grad=True)
    y = F.conv2d(x, torch.ones(1, 1, K, K), dilation=RATE)[0, 0]
    (read,) = torch.autograd.grad(y[0, 0], x)  # 1 where the first output reads
    taps = [[(PLUS, v) for v in row] for row in read[0, 0].tolist()]
    span = RATE * (K - 1) + 1
    field = cells(8, 8, SIDE, taps) + window(8, 8, span * SIDE, span * SIDE)
    outputs = [[(PLUS, 1 if i == j == 0 else 0) for j in range(len(y))] for i in range(len(y))]
    return field + arrow(106, 54, 18) + cells(134, 34, SIDE, outputs)
