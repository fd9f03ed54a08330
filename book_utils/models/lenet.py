"""LeNet: the small network of the chapter "LeNet"."""

from torch import nn


class LeNet(nn.Sequential):
    """Two convolutions, two poolings and three dense layers with sigmoids (LeCun et al., 1998).

    (n, 1, 28, 28) -> (n, 10) scores before the softmax; 61,706 parameters. `gain` scales the
    Xavier initialisation: 4 makes up for the slope of a sigmoid, which is 1/4 at zero.
    Source: chapter "LeNet"; the variant of Zhang et al. (2023), section 7.6.
    """

    def __init__(self, gain: float = 4.0) -> None:
        super().__init__(
            nn.Conv2d(1, 6, 5, padding=2), nn.Sigmoid(), nn.AvgPool2d(2),
            nn.Conv2d(6, 16, 5), nn.Sigmoid(), nn.AvgPool2d(2),
            nn.Flatten(),
            nn.Linear(16 * 5 * 5, 120), nn.Sigmoid(),
            nn.Linear(120, 84), nn.Sigmoid(),
            nn.Linear(84, 10),
        )  # fmt: skip
        for layer in self:
            xavier(layer, gain)


def xavier(layer: nn.Module, gain: float = 1.0) -> None:
    """Draw the weights evenly from ±gain·√(6 / (fan_in + fan_out)) and set the bias to zero.

    Layers without weights are left alone.
    Source: Glorot and Bengio (2010), equation 16; chapter "LeNet".
    """
    if isinstance(layer, nn.Conv2d | nn.Linear):
        nn.init.xavier_uniform_(layer.weight, gain)
        nn.init.zeros_(layer.bias)
