"""A photograph of the book, and its edges."""

import torch

from book_utils import data
from book_utils.ops import KERNELS, corr2d_taps

from .drawing import MINUS, PLUS, arrow, photograph

ALT = "A photograph of a cup, and the vertical edges that a kernel finds in it"
FULL = 2  # an edge of this strength has the full colour


def draw() -> str:
    """Return the marks."""
    x = data.photo("coffee", size=52).mean(0)
    y = corr2d_taps(x, KERNELS["Sobel x"].weights)
    hues = [torch.tensor(list(bytes.fromhex(hue[1:]))) / 255 for hue in (PLUS, MINUS)]
    colours = torch.where(y[..., None] > 0, *hues)
    edges = torch.cat([colours, (y.abs() / FULL).clamp(0, 1)[..., None]], dim=-1)
    return photograph(4, 27, 81, 54, x) + arrow(88, 54, 16) + photograph(108, 28, 80, 52, edges)
