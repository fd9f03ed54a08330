"""What the networks of the years 2012 to 2017 share: a width to scale them by, He's weights."""

from torch import nn


def scaled(channels: int, width: float) -> int:
    """Return `channels` times `width`, rounded to a whole number of at least 1.

    ValueError unless `width` is above 0.
    """
    if not width > 0:
        raise ValueError(f"width = {width!r}: give a number above 0; 1 is the published network")
    return max(1, round(channels * width))


def he_normal(layer: nn.Module) -> None:
    """Draw a convolution's or dense layer's weights with variance 2 / fan_in, set its bias to zero.

    Layers of other kinds are left alone. With it a signal keeps its size through ReLUs however
    deep the network is. Source: He et al. (2015), equation 10.
    """
    if isinstance(layer, nn.Conv2d | nn.Linear):
        nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
        if layer.bias is not None:
            nn.init.zeros_(layer.bias)
