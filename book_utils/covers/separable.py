"""What a convolution of 3 channels to 4 costs in weights, in one piece and in two."""

from torch import nn

from .drawing import HUES, rect, sign

ALT = "Bars: 108 weights in one convolution, 27 and 12 in a depthwise and a pointwise one"
C_IN, C_OUT, K = 3, 4, 3


def draw() -> str:
    """Return the marks."""
    one = nn.Conv2d(C_IN, C_OUT, K, bias=False)
    depthwise = nn.Conv2d(C_IN, C_IN, K, groups=C_IN, bias=False)
    pointwise = nn.Conv2d(C_IN, C_OUT, 1, bias=False)
    full, each, mix = (layer.weight.numel() for layer in (one, depthwise, pointwise))
    unit = 150 / full
    return (
        rect(12, 20, full * unit, 26, HUES[8])
        + sign(14 + full * unit + 14, 33, str(full), 12)
        + rect(12, 62, each * unit, 26, HUES[5])
        + rect(12 + each * unit, 62, mix * unit, 26, HUES[1])
        + sign(14 + (each + mix) * unit + 26, 75, f"{each} + {mix}", 12)
    )
