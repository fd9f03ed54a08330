"""The checker of what an output of a network sees."""

from itertools import accumulate
from math import prod
from operator import mul

import torch
import torch.nn.functional as F
from hypothesis import strategies as st

from .engine import Case, Checker, Misconception

CHAPTER = "LeNet"

Layers = list[tuple[int, int]]


@st.composite
def stacks(draw: st.DrawFn) -> Case:
    """Draw one to four layers, each a window and a stride, the first on the input.

    No stride is longer than its window: then no pixel in the middle of a field is skipped.
    """
    layer = st.integers(1, 5).flatmap(lambda k: st.tuples(st.just(k), st.integers(1, min(k, 3))))
    return {"layers": draw(st.lists(layer, min_size=1, max_size=4))}


def field(layers: Layers) -> int:
    """Count the pixels along one axis on which an output of these (k, stride) depends: -> int."""
    x = torch.zeros(1, 1, 200, requires_grad=True)
    y = x
    for k, stride in layers:
        y = F.conv1d(y, torch.ones(1, 1, k), stride=stride)
    y[0, 0, 0].backward()
    return int((x.grad != 0).sum())


def jumps(layers: Layers) -> list[int]:
    """Return the distance in pixels between neighbours before each layer, and after the last."""
    return list(accumulate((stride for _, stride in layers), mul, initial=1))


def grown(layers: Layers, steps: list[int], start: int = 1, less: int = 1) -> int:
    """Let a field grow by (k - less) steps of its own at each layer."""
    return start + sum((k - less) * step for (k, _), step in zip(layers, steps, strict=False))


def added_strides(layers: Layers) -> list[int]:
    """Add strides up where they multiply."""
    return list(accumulate((stride - 1 for _, stride in layers), initial=1))


receptive_field = Checker(
    name="receptive_field",
    oracle=field,
    draw=stacks,
    chapter=CHAPTER,
    misconceptions=[
        Misconception(
            "strides are forgotten",
            lambda layers: grown(layers, [1] * len(layers)),
            "After a stride of s, neighbours lie s times as far apart in the image, and the "
            "windows of later layers reach as much farther.",
        ),
        Misconception(
            "a layer's own stride is counted for its window",
            lambda layers: grown(layers, jumps(layers)[1:]),
            "The window lies on the maps before the layer: let the field grow, then the jump.",
        ),
        Misconception(
            "strides are added where they multiply",
            lambda layers: grown(layers, added_strides(layers)),
            "Two strides of 2 make neighbours 4 pixels apart, two of 3 make them 9.",
        ),
        Misconception(
            "each layer adds its whole window",
            lambda layers: grown(layers, jumps(layers), less=0),
            "One place of the window is there already: k - 1 are new.",
        ),
        Misconception(
            "it begins with no pixel",
            lambda layers: grown(layers, jumps(layers), start=0),
            "Without any layer, an output is one pixel of the input: begin with 1.",
        ),
        Misconception(
            "the windows are multiplied",
            lambda layers: prod(k for k, _ in layers),
            "Windows of neighbours overlap: two layers of 3 see 5 pixels, not 9.",
        ),
        Misconception(
            "only the last layer counts",
            lambda layers: layers[-1][0],
            "Each number under that window depends on a window of the layer before.",
        ),
        Misconception(
            "the layers are taken from the last to the first",
            lambda layers: field(layers[::-1]),
            "The list begins at the input, and so do the jumps.",
        ),
        Misconception(
            "the jump is returned",
            lambda layers: jumps(layers)[-1],
            "The jump is the distance between neighbours; the field is what one of them sees.",
        ),
    ],
)
