"""A dense block of two layers: what each puts behind the channels that were there before."""

from itertools import pairwise

import torch

from book_utils.models import DenseBlock

from .drawing import HUES, LINE, path, rect, sign

C_IN, GROWTH, LAYERS = 3, 10, 2
ALT = "Three columns of 3, 13 and 23 channels: each layer puts 10 new ones behind the earlier ones"
UNIT, WIDE, TOP = 2.8, 34, 26  # a channel's height; a column's width; where columns begin


def draw() -> str:
    """Return the marks."""
    x = torch.rand(1, C_IN, 4, 4)
    channels = [C_IN]
    for layer in DenseBlock(LAYERS, C_IN, GROWTH).eval():
        x = layer(x)
        channels.append(x.shape[1])
    lefts = [16 + 63 * column for column in range(len(channels))]
    marks = [column(left, channels[: i + 1]) for i, left in enumerate(lefts)] + [
        arc(lefts[i], lefts[j]) for i in range(LAYERS) for j in range(i + 1, LAYERS + 1)
    ]
    return "".join(marks)


def column(left: float, channels: list[int]) -> str:
    """Return the channels there are: those of the input, then those of each layer so far."""
    hues = (HUES[10], HUES[8], HUES[1])
    bounds = pairwise([0, *channels])
    parts = [
        rect(left, TOP + UNIT * a, WIDE, UNIT * (b - a), hue, 0.75)
        for (a, b), hue in zip(bounds, hues, strict=False)
    ]
    end = TOP + UNIT * channels[-1]
    lines = path(
        "".join(f"M{left:g} {TOP + UNIT * k:g}h{WIDE}" for k in range(channels[-1] + 1)), LINE, 0.5
    )
    return "".join(parts) + lines + sign(left + WIDE / 2, end + 9, str(channels[-1]), 12)


def arc(start: float, end: float) -> str:
    """Return an arc from what is read to where it is read."""
    a, b = start + WIDE / 2, end + WIDE / 2
    high = 20 * (end - start) / 126 + 6
    return path(f"M{a:g} {TOP - 1}C{a:g} {TOP - high:g} {b:g} {TOP - high:g} {b:g} {TOP - 1}")
