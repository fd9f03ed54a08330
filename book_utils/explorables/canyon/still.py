"""The canyon as a still picture: ellipses of equal loss, and the path."""

import math

import torch
from torch import Tensor

SIDE = 240
LEVELS = [4.0**k for k in range(-4, 9)]


def map_svg(curvatures: Tensor, path: Tensor, reach: float, says: str) -> str:
    """Return an SVG of the loss ½ (w − best)ᵀ curvatures (w − best) and of a path (n, 2) on it.

    It shows weights from −reach to reach; `says` tells in HTML what there is to see. The best
    weights follow from the path's first step. What lies outside is cut off.
    """
