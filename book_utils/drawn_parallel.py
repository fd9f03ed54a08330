"""The drawing of data parallelism: a batch split between two devices, their gradients averaged.

As in `drawings`, lines and words take the colour of the text around them, so one drawing serves a
light and a dark page and fits a phone. What it shows is computed, by autograd.
"""

import math
from collections.abc import Sequence

import torch

from book_utils import svg
from book_utils.numbers import MINUS, short
from book_utils.plot import SERIES, Row

WIDE, MIDDLES = 340, (84, 256)  # of the drawing; of its two columns
HUES = (svg.MARK, SERIES[1])  # a device each
At = tuple[float, float]


def two_devices(w: float, examples: Sequence[tuple[float, float]], rate: float) -> Row:
    """Draw one step of gradient descent that two devices share.

    The model is ŷ = w·x, its loss the mean of (ŷ − y)². `examples` are an even number of pairs
    (x, y), at most six; every other one goes to the second device.
    """
    n, slopes = len(examples), [_slope(w, *example) for example in examples]
    own = [slopes[device::2] for device in (0, 1)]
    means = [sum(each) / len(each) for each in own]
    mean = sum(means) / 2
    after = w - rate * mean

    gap = WIDE / n
    drawn = svg.text(WIDE / 2, 13, f"a batch of {n} examples (x, y)")
    for i, (x, y) in enumerate(examples):
        middle, device = gap * (i + 0.5), i % 2
        drawn += _box(middle - gap / 2 + 6, 24, gap - 12, 28, HUES[device])
        drawn += svg.text(middle, 43, f"({short(x)}, {short(y)})")
        into = MIDDLES[device] + 48 * (i // 2 - (n // 2 - 1) / 2)
        drawn += _arrow((middle, 52), (into, 86))
    for device, middle in enumerate(MIDDLES):
        drawn += _box(middle - 78, 88, 156, 88, HUES[device])
        drawn += svg.text(middle, 107, f"device {device}: w = {short(w)}", bold=True)
        drawn += svg.text(middle, 127, f"gradients {', '.join(map(short, own[device]))}")
        drawn += svg.text(middle, 147, "their mean", faint=True)
        drawn += svg.text(middle, 167, short(means[device]), 15, bold=True)
        drawn += _arrow((middle, 176), (WIDE / 2 + (-40, 40)[device], 204))
        drawn += _arrow((WIDE / 2 + (-40, 40)[device], 250), (middle, 278))
        drawn += _box(middle - 78, 280, 156, 30, HUES[device])
        step = f"w = {short(w)} {MINUS} {short(rate)}·{_bracketed(mean)} = {short(after)}"
        drawn += svg.text(middle, 300, step)
    drawn += _box(WIDE / 2 - 96, 206, 192, 44, "currentColor")
    drawn += svg.text(WIDE / 2, 223, "all-reduce: the mean of both", faint=True)
    drawn += svg.text(WIDE / 2, 242, f"({_sum(means)}) / 2 = {short(mean)}", 14, bold=True)

    all_of_them = f"({_sum(slopes)}) / {n} = <b>{short(sum(slopes) / n)}</b>"
    shares = "; ".join(
        f"device {i} has the gradients {', '.join(map(short, own[i]))}, mean {short(means[i])}"
        for i in (0, 1)
    )
    alt = (
        f"A batch of {n} examples is dealt out to two devices with the same weight {short(w)}: "
        f"{shares}. The all-reduce gives both the mean of the two, {short(mean)}, and both take "
        f"the step to w = {short(after)}. It is the mean over the whole batch."
    )
    return Row(
        alt,
        [
            svg.drawing(drawn, WIDE, 312, 1.15, margin=1),
            f"<div>one device with the whole batch: {all_of_them}</div>",
        ],
        "max-width: 30em",
    )


def _slope(w: float, x: float, y: float) -> float:
    """Return how the squared error of one example changes with the weight."""
    weight = torch.tensor(w, dtype=torch.float64, requires_grad=True)
    return torch.autograd.grad((weight * x - y) ** 2, weight)[0].item()


def _sum(values: Sequence[float]) -> str:
    return " + ".join([short(values[0]), *map(_bracketed, values[1:])])


def _bracketed(value: float) -> str:
    return f"({short(value)})" if value < 0 else short(value)


def _box(x: float, y: float, width: float, height: float, hue: str) -> str:
    return (
        f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" rx="4" fill="{hue}" '
        f'fill-opacity="0.14" stroke="{hue}" stroke-opacity="0.9"/>'
    )


def _arrow(start: At, end: At) -> str:
    """Return an arrow from one place to another."""
    (a, b), (x, y) = start, end
    turned = math.degrees(math.atan2(y - b, x - a))
    return (
        f'<path d="M{a:g} {b:g}L{x:g} {y:g}" stroke="currentColor" stroke-opacity="0.7"/>'
        f'<path d="M-6 -4L0 0L-6 4" transform="translate({x:g} {y:g}) rotate({turned:.1f})" '
        f'stroke="currentColor" stroke-opacity="0.7"/>'
    )
