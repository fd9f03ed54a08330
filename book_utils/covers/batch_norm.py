"""Eight numbers before and after they are given mean 0 and standard deviation 1."""

import torch

from .drawing import ACTIVATION, LINE, path, sign

ALT = "Eight numbers with mean 5, and the same numbers with mean 0 and standard deviation 1"


def draw() -> str:
    """Return the marks."""
    x = torch.tensor([2.0, 2, 5, 5, 5, 6, 7, 8])
    y = (x - x.mean()) / x.std(correction=0)
    return _dots(x, 44, 14) + _dots(y, 92, 14)


def _dots(values: torch.Tensor, base: float, unit: float) -> str:
    marks, seen = path(f"M16 {base}h160", LINE, 1), dict[float, int]()
    for value in values.tolist():
        seen[value] = seen.get(value, 0) + 1
        x, y = 58 + unit * value, base + 1 - 9 * seen[value]
        marks += f'<circle cx="{x:g}" cy="{y:g}" r="4" fill="{ACTIVATION}"/>'
    mean = values.mean().item()
    x = 58 + unit * mean
    return (
        marks
        + path(f"M{x:g} {base - 34}v38", width=1.2, dashes="3 2")
        + sign(x, base + 9, f"{mean:.0f}", 9)
    )
