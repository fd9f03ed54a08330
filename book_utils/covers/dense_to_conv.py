"""The weights of a dense layer, all of them different, and those that a convolution keeps."""

import torch
import torch.nn.functional as F

from .drawing import HUES, arrow, cells

ALT = "A full matrix of different weights becomes a band of three weights, repeated in each row"
N, SIDE = 9, 8


def draw() -> str:
    """Return the marks."""
    weights = torch.tensor([1.0, 2, 3])  # told apart by their hues
    rows = F.conv1d(torch.eye(N)[:, None], weights[None, None], padding=1)[:, 0].T
    hues = [HUES[0], HUES[4], HUES[8]]
    dense = [[(HUES[(5 * i + 7 * j) % len(HUES)], 1) for j in range(N)] for i in range(N)]
    shared = [[(hues[int(v) - 1], 1) if v else ("none", 0) for v in row] for row in rows.tolist()]
    return cells(8, 18, SIDE, dense) + arrow(86, 54, 20) + cells(112, 18, SIDE, shared)
