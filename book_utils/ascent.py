"""Gradient ascent on a picture: the network stays as it is, and the pixels learn."""

from collections.abc import Sequence
from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn

FAR = 10  # where white is 1, a pixel as far from 0 as this belongs to no picture
BINOMIAL = (0.25, 0.5, 0.25)  # along each axis: the blur's 3×3 kernel


class Ascent(NamedTuple):
    """Where an ascent came to: the picture, the unit's value at the start and after each step.

    `diverged` says that a pixel went beyond ±10, or was no number any more; the steps end there.
    """

    picture: Tensor
    values: list[float]
    diverged: bool


def unit_value(model: nn.Module, unit: tuple[str, int], x: Tensor) -> Tensor:
    """Return what a unit makes of a picture (c, h, w): a scalar that autograd can follow back.

    unit: (layer, index): a layer of the model by its name, such as "features.4", and a channel of
    what it puts out, whose mean over the map is taken, or one number of a vector.
    ValueError for a layer or an index that is not there.
    """
    layer, index = unit
    modules, found = dict(model.named_modules()), []
    if layer not in modules:
        raise ValueError(
            f"there is no layer {layer!r}: choose from {', '.join(filter(None, modules))}"
        )
    hook = modules[layer].register_forward_hook(lambda _, inputs, y: found.append(y[0]))
    try:
        model(x[None])
    finally:
        hook.remove()
    if not 0 <= index < len(found[-1]):
        raise ValueError(f"unit {index} of {layer}: give a number from 0 to {len(found[-1]) - 1}")
    return found[-1][index].mean()


def ascend(
    model: nn.Module,
    unit: tuple[str, int],
    start: Tensor,
    steps: int,
    rate: float = 1.0,
    *,
    decay: float = 0.0,
    blur: int = 0,
    shifts: Sequence[tuple[int, int]] = (),
    clip: bool = True,
) -> Ascent:
    """Change a picture step by step so that a unit's value rises, and return where it came to.

    start: (c, h, w), 1 white; it is not changed. unit: as for `unit_value`. A step goes `rate`
    along the gradient, which is scaled to length 1; where it is 0, the picture stays. Regularisers,
    each off by default: `decay` multiplies the pixels by 1 − decay after each step (weight decay,
    L2); `blur` smooths with a 3×3 binomial kernel after every so many steps; `shifts`, one (down,
    right) for each step and then from the first again, moves the picture round its edges before
    the gradient is taken, and back (jitter). `clip` keeps pixels between 0 and 1.
    ValueError for a number of steps below 0 and as for `unit_value`.
    Source: Erhan et al. (2009); regularisers of Simonyan et al. (2014), Yosinski et al. (2015)
    and Mordvintsev et al. (2015); chapter "What a network has learned".
    """
    if steps < 0:
        raise ValueError(f"steps = {steps}: give a whole number from 0")
    x = start.detach().clone()
    values = [_value(model, unit, x)]
    for step in range(steps):
        by = shifts[step % len(shifts)] if shifts else (0, 0)
        x = x + rate * _direction(model, unit, x, by)
        x = x * (1 - decay)
        if blur and (step + 1) % blur == 0:
            x = blurred(x)
        if clip:
            x = x.clamp(0, 1)
        if not bool((x.abs() <= FAR).all()):  # NaN too
            return Ascent(x, values, diverged=True)
        values.append(_value(model, unit, x))
    return Ascent(x, values, diverged=False)


def blurred(x: Tensor) -> Tensor:
    """Return a picture (c, h, w) under a 3×3 binomial kernel, with zeros around it."""
    line = torch.tensor(BINOMIAL, dtype=x.dtype, device=x.device)
    kernel = (line[:, None] * line)[None, None]
    return F.conv2d(x[:, None], kernel, padding=1)[:, 0]


def _value(model: nn.Module, unit: tuple[str, int], x: Tensor) -> float:
    with torch.no_grad():
        return unit_value(model, unit, x).item()


def _direction(model: nn.Module, unit: tuple[str, int], x: Tensor, by: tuple[int, int]) -> Tensor:
    """The gradient at the shifted picture, shifted back, of length 1 or 0."""
    down, right = by
    moved = x.roll((down, right), (-2, -1)).requires_grad_()
    (gradient,) = torch.autograd.grad(unit_value(model, unit, moved), moved)
    length = gradient.norm()
    if length == 0:
        return gradient
    return (gradient / length).roll((-down, -right), (-2, -1))
