"""DenseNet: each layer reads the maps of all layers before it in its block (Huang et al., 2016)."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from book_utils.models.widths import he_normal, scaled


class DenseLayer(nn.Module):
    """Norm, ReLU and a 3×3 convolution to `growth` maps, appended to those that came in.

    (n, c_in, h, w) -> (n, c_in + growth, h, w). With a `bottleneck`, a 1×1 convolution to
    `bottleneck` · growth maps comes first, with a norm and a ReLU of its own.
    Source: Huang et al. (2016), section 3.
    """

    def __init__(self, c_in: int, growth: int, bottleneck: int = 0, bias: bool = False) -> None:
        super().__init__()
        layers, c = [], c_in
        if bottleneck:
            c = bottleneck * growth
            layers = [nn.BatchNorm2d(c_in), nn.ReLU(), nn.Conv2d(c_in, c, 1, bias=bias)]
        last = nn.Conv2d(c, growth, 3, padding=1, bias=bias)
        self.f = nn.Sequential(*layers, nn.BatchNorm2d(c), nn.ReLU(), last)

    def forward(self, x: Tensor) -> Tensor:  # (n, c_in, h, w) -> (n, c_in + growth, h, w)
        """Append the new maps to those that came in."""
        return torch.cat([x, self.f(x)], dim=1)


class DenseBlock(nn.Sequential):
    """`layers` dense layers in a row: (n, c_in, h, w) -> (n, c_in + layers · growth, h, w).

    Two layers of growth 10 make 23 channels of 3. Source: Huang et al. (2016), figure 1.
    """

    def __init__(
        self, layers: int, c_in: int, growth: int, bottleneck: int = 0, bias: bool = False
    ) -> None:
        super().__init__(
            *(DenseLayer(c_in + i * growth, growth, bottleneck, bias) for i in range(layers))
        )


def transition(c_in: int, c_out: int, bias: bool = False) -> nn.Sequential:
    """Return a norm, a ReLU, a 1×1 convolution to c_out maps and a pooling to half the size."""
    return nn.Sequential(
        nn.BatchNorm2d(c_in), nn.ReLU(), nn.Conv2d(c_in, c_out, 1, bias=bias), nn.AvgPool2d(2)
    )


class DenseNet(nn.Sequential):
    """A stem, dense blocks with a transition after each but the last, and one dense layer.

    (n, channels, h, w) -> (n, classes) scores. `layers`: of each block; `growth`: new maps of each
    layer; `stem`: maps before the first block. A transition halves the channels.
    Source: Huang et al. (2016), table 1.
    """

    def __init__(
        self,
        layers: Sequence[int],
        growth: int = 32,
        stem: int = 64,
        channels: int = 3,
        classes: int = 1000,
        bottleneck: int = 4,
        bias: bool = False,
    ) -> None:
        first = [
            nn.Conv2d(channels, stem, 7, stride=2, padding=3, bias=bias),
            nn.BatchNorm2d(stem), nn.ReLU(), nn.MaxPool2d(3, 2, padding=1),
        ]  # fmt: skip
        blocks, c = [], stem
        for i, count in enumerate(layers):
            blocks.append(DenseBlock(count, c, growth, bottleneck, bias))
            c += count * growth
            if i < len(layers) - 1:
                blocks.append(transition(c, c // 2, bias))
                c //= 2
        super().__init__(
            *first, *blocks, nn.BatchNorm2d(c), nn.ReLU(),
            nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(c, classes),
        )  # fmt: skip
        self.apply(he_normal)


def densenet121(width: float = 1, channels: int = 3, classes: int = 1000) -> DenseNet:
    """Return DenseNet-121: 7,978,856 parameters; `width` scales growth rate and stem."""
    sizes = {"growth": scaled(32, width), "stem": scaled(64, width)}
    return DenseNet((6, 12, 24, 16), channels=channels, classes=classes, **sizes)


def densenet_d2l(width: float = 1, channels: int = 1, classes: int = 10) -> DenseNet:
    """Return the DenseNet of *Dive into Deep Learning*: no bottleneck, biases, four small blocks.

    758,226 parameters for 1 channel and 10 classes. Source: Zhang et al. (2023), section 8.7.
    """
    sizes = {"growth": scaled(32, width), "stem": scaled(64, width)}
    return DenseNet((4, 4, 4, 4), channels=channels, classes=classes, bottleneck=0, bias=True,
                    **sizes)  # fmt: skip
