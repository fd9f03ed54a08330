"""The canyon as a still picture: ellipses of equal loss, and the path."""

import html
import math

import torch
from torch import Tensor

SIDE = 240  # pixels of the page
FAR = 10 * SIDE  # where a path that diverges is cut off
LEVELS = [4.0**k for k in range(-4, 9)]  # as in map.tsx


def map_svg(curvatures: Tensor, best: Tensor, path: Tensor, reach: float, says: str) -> str:
    """Return an SVG of the loss ½ (w − best)ᵀ curvatures (w − best) and of a path (n, 2) on it.

    It shows weights from −reach to reach, and cuts off what lies outside; `says` tells what there
    is to see.
    """
    unit = SIDE / (2 * reach)
    across, up = ((best[0] + reach) * unit).item(), ((reach - best[1]) * unit).item()
    values, vectors = torch.linalg.eigh(curvatures)
    turn = -math.degrees(math.atan2(vectors[1, 0].item(), vectors[0, 0].item()))
    radii = [(2 * level / values).sqrt() * unit for level in LEVELS]
    lines = "".join(
        f'<ellipse rx="{rx:.1f}" ry="{ry:.1f}" fill="none" stroke="currentColor" opacity="0.4" '
        f'transform="translate({across:.1f} {up:.1f}) rotate({turn:.2f})"/>'
        for rx, ry in radii
    )
    points = [((x + reach) * unit, (reach - y) * unit) for x, y in path.clamp(-FAR, FAR).tolist()]
    steps = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    cross = f"M{across - 6:.1f},{up:.1f}h12m-6,-6v12"
    return (
        f'<svg class="cnl-svg" role="img" aria-label="{html.escape(says)}" '
        f'viewBox="0 0 {SIDE} {SIDE}" width="{SIDE}"><rect width="{SIDE}" height="{SIDE}"/>{lines}'
        f'<path d="{cross}" stroke="currentColor" stroke-width="2"/>'
        f'<polyline points="{steps}" fill="none" stroke="currentColor" stroke-width="2"/></svg>'
    )
