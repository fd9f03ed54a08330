"""LeNet: the small networks of the chapters "LeNet" and "Training"."""

import math

from torch import Tensor, nn


def xavier(layer: nn.Module, gain: float = 1.0) -> None:
    """Draw the weights evenly from ±gain·√(6 / (fan_in + fan_out)) and set the bias to zero.

    Layers other than convolutions and dense layers are left alone.
    Source: Glorot and Bengio (2010), equation 16; chapter "Training".
    """
    if isinstance(layer, nn.Conv2d | nn.Linear):
        taps = layer.weight[0, 0].numel()  # 5×5: 25, dense layer: 1
        fan_out, fan_in = (n * taps for n in layer.weight.shape[:2])
        a = gain * math.sqrt(6 / (fan_in + fan_out))
        nn.init.uniform_(layer.weight, -a, a)
        nn.init.zeros_(layer.bias)


def he(layer: nn.Module) -> None:
    """Draw the weights evenly from ±√(6 / fan_in), for a ReLU after it, and set the bias to zero.

    Layers other than convolutions and dense layers are left alone.
    Source: He et al. (2015), section 2.2; chapter "Training".
    """
    if isinstance(layer, nn.Conv2d | nn.Linear):
        nn.init.kaiming_uniform_(layer.weight, nonlinearity="relu")
        nn.init.zeros_(layer.bias)


class LeNet(nn.Module):
    """Two convolutions, two poolings and three dense layers with sigmoids (LeCun et al., 1998).

    (n, 1, 28, 28) -> (n, 10) scores before the softmax; 61,706 parameters. `gain` scales the
    Xavier initialisation of the layers before a sigmoid: 4 makes up for its slope of 1/4 at zero.
    Source: chapter "Training"; the variant of Zhang et al. (2023), section 7.6.
    """

    def __init__(self, gain: float = 4.0) -> None:
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(1, 6, 5, padding=2), nn.Sigmoid(), nn.AvgPool2d(2),
            nn.Conv2d(6, 16, 5), nn.Sigmoid(), nn.AvgPool2d(2),
        )  # fmt: skip
        self.dense = nn.Sequential(
            nn.Flatten(),
            nn.Linear(16 * 5 * 5, 120), nn.Sigmoid(),
            nn.Linear(120, 84), nn.Sigmoid(),
            nn.Linear(84, 10),
        )  # fmt: skip
        for layer in self.modules():
            xavier(layer, gain)
        xavier(self.dense[-1])  # no sigmoid follows

    def forward(self, x: Tensor) -> Tensor:  # (n, 1, 28, 28) -> (n, 10)
        """Return the scores of the ten classes."""
        return self.dense(self.features(x))


class DigitLeNet(nn.Module):
    """LeNet as it would be built today: 3×3 kernels, ReLU and max pooling.

    (n, 1, 28, 28) -> (n, 10) scores before the softmax; 60,074 parameters.
    Source: chapter "LeNet"; the variant of Long and Zeng (2022), chapter 10.
    """

    def __init__(self) -> None:
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(1, 6, 3), nn.ReLU(), nn.MaxPool2d(2),
            nn.Conv2d(6, 16, 3), nn.ReLU(), nn.MaxPool2d(2),
        )  # fmt: skip
        self.dense = nn.Sequential(
            nn.Flatten(),
            nn.Linear(16 * 5 * 5, 120), nn.ReLU(),
            nn.Linear(120, 84), nn.ReLU(),
            nn.Linear(84, 10),
        )  # fmt: skip
        for layer in self.modules():
            he(layer)

    def forward(self, x: Tensor) -> Tensor:  # (n, 1, 28, 28) -> (n, 10)
        """Return the scores of the ten classes."""
        return self.dense(self.features(x))
