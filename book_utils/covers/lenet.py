"""The feature maps of LeNet, as large and as many as they are."""

import torch

from book_utils.models import LeNet

from .drawing import ACTIVATION, LINE, RAISED, rect, sign

ALT = "The maps of LeNet: they become smaller and more from layer to layer, and end in ten scores"


def draw() -> str:
    """Return the marks."""
    x, maps = torch.zeros(1, 1, 28, 28), [(1, 28)]
    for layer in LeNet().features:
        x = layer(x)
        if tuple(x.shape[1::2]) != maps[-1]:
            maps.append(tuple(x.shape[1::2]))
    marks, left = "", 4.0
    for channels, side in maps:
        shown, size = min(channels, 6), 1.2 * side
        for i in range(shown):
            x0, y0 = left + 2.2 * i, 46 - size / 2 + 2.2 * i
            marks += rect(x0, y0, size, size, RAISED, stroke=LINE)
            marks += rect(x0, y0, size, size, ACTIVATION, 0.25 + 0.5 * i / shown)
        marks += sign(left + size / 2 + 1.1 * shown, 96, str(channels), 10)
        left += size + 2.2 * shown + 4
    scores = (
        rect(180, 17 + 6.6 * i, 6, 5.6, ACTIVATION, 0.9 if i == 7 else 0.2) for i in range(10)
    )
    return marks + "".join(scores)
