"""Residual networks: blocks around a shortcut, and networks made of them (He et al., 2016a)."""

from collections.abc import Sequence
from functools import partial

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from book_utils.models.widths import scaled

WIDTHS = (64, 128, 256, 512)  # maps of the four stages


def conv(c_in: int, c_out: int, k: int, stride: int = 1, bias: bool = False) -> nn.Conv2d:
    """Return a k×k convolution, k odd, that keeps the size at stride 1."""
    return nn.Conv2d(c_in, c_out, k, stride, padding=k // 2, bias=bias)


class Residual(nn.Module):
    """y = relu(f(x) + s(x)): two 3×3 convolutions around a shortcut (He et al., 2016a, fig. 2).

    (n, c_in, h, w) -> (n, c_out, ⌈h/stride⌉, ⌈w/stride⌉). The shortcut s is the identity where the
    shapes agree, else a 1×1 convolution; without `shortcut` the block is plain, y = relu(f(x)).
    Source: chapter "Residual networks".
    """

    expansion = 1  # channels out, for each that the block computes with

    def __init__(self, c_in: int, c_out: int, stride: int = 1, shortcut: bool = True) -> None:
        super().__init__()
        self.f = nn.Sequential(
            conv(c_in, c_out, 3, stride), nn.BatchNorm2d(c_out), nn.ReLU(),
            conv(c_out, c_out, 3), nn.BatchNorm2d(c_out),
        )  # fmt: skip
        self.s = nn.Identity()
        if (c_in, stride) != (c_out, 1):
            self.s = nn.Sequential(conv(c_in, c_out, 1, stride), nn.BatchNorm2d(c_out))
        if not shortcut:
            self.s = None

    def forward(self, x: Tensor) -> Tensor:  # (n, c_in, h, w) -> (n, c_out, h/stride, w/stride)
        """Add what the two convolutions found to what came in."""
        y = self.f(x)
        return torch.relu(y if self.s is None else y + self.s(x))


class Bottleneck(nn.Module):
    """A 3×3 convolution between two of 1×1, around a shortcut (He et al., 2016a, fig. 5).

    (n, c_in, h, w) -> (n, 4·c, ⌈h/stride⌉, ⌈w/stride⌉): the 3×3 works on c channels, a quarter of
    those that come out. The stride is taken by the 3×3, as in torchvision.
    Source: chapter "Residual networks".
    """

    expansion = 4

    def __init__(self, c_in: int, c: int, stride: int = 1) -> None:
        super().__init__()
        c_out = self.expansion * c
        self.f = nn.Sequential(
            conv(c_in, c, 1), nn.BatchNorm2d(c), nn.ReLU(),
            conv(c, c, 3, stride), nn.BatchNorm2d(c), nn.ReLU(),
            conv(c, c_out, 1), nn.BatchNorm2d(c_out),
        )  # fmt: skip
        self.s = nn.Identity()
        if (c_in, stride) != (c_out, 1):
            self.s = nn.Sequential(conv(c_in, c_out, 1, stride), nn.BatchNorm2d(c_out))

    def forward(self, x: Tensor) -> Tensor:  # (n, c_in, h, w) -> (n, 4·c, h/stride, w/stride)
        """Add what the three convolutions found to what came in."""
        return torch.relu(self.f(x) + self.s(x))


def stages(block: type[nn.Module], depths: Sequence[int], widths: Sequence[int]) -> list[nn.Module]:
    """Return the blocks of all stages in a row; each stage but the first begins with stride 2.

    `block`: called with (c_in, c, stride), puts out c channels, or `block.expansion` times as many;
    `depths`: blocks in each stage; `widths`: c of each stage. What goes in has widths[0] channels.
    ValueError unless there is a width for each depth. Source: chapter "Residual networks".
    """
    c_in, blocks = widths[0], []
    for stage, (depth, c) in enumerate(zip(depths, widths, strict=True)):
        for i in range(depth):
            stride = 2 if stage > 0 and i == 0 else 1
            blocks.append(block(c_in, c, stride=stride))
            c_in = getattr(block, "expansion", 1) * c
    return blocks


class ResNet(nn.Sequential):
    """A stem, stages of blocks, the mean over each map, and one dense layer: scores (n, classes).

    `block`, `depths`, `widths`: as for `stages`; the block may be your own. `stem`: "imagenet"
    (7×7, stride 2, then max pooling: a quarter of the size), "small" (3×3, the size kept) or
    "half" (3×3, stride 2). The weights of convolutions are drawn from a normal distribution of
    variance 2 / (k²·c_out), those of dense layers as in PyTorch.
    ValueError for another stem, or for as many depths as widths not given.
    Source: He et al. (2016a), table 1 and section 4.2; chapter "Residual networks".
    """

    def __init__(
        self,
        block: type[nn.Module],
        depths: Sequence[int],
        widths: Sequence[int] = WIDTHS,
        channels: int = 3,
        classes: int = 1000,
        stem: str = "imagenet",
    ) -> None:
        if len(depths) != len(widths):
            raise ValueError(
                f"{len(depths)} depths and {len(widths)} widths: give one of each for every stage"
            )
        c = getattr(block, "expansion", 1) * widths[-1]
        super().__init__(
            *_stem(stem, channels, widths[0]), *stages(block, depths, widths),
            nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(c, classes),
        )  # fmt: skip
        for layer in self.modules():
            if isinstance(layer, nn.Conv2d):
                nn.init.kaiming_normal_(layer.weight, mode="fan_out", nonlinearity="relu")


def _stem(kind: str, channels: int, width: int) -> list[nn.Module]:
    if kind == "imagenet":
        first, last = conv(channels, width, 7, stride=2), [nn.MaxPool2d(3, 2, padding=1)]
    elif kind in ("small", "half"):
        first, last = conv(channels, width, 3, stride=1 if kind == "small" else 2), []
    else:
        raise ValueError(f'stem = {kind!r}: give "imagenet", "small" or "half"')
    return [first, nn.BatchNorm2d(width), nn.ReLU(), *last]


def _resnet(
    block: type[nn.Module], depths: Sequence[int], width: float, settings: dict[str, object]
) -> ResNet:
    return ResNet(block, depths, **{"widths": [scaled(c, width) for c in WIDTHS], **settings})


def resnet18(width: float = 1, **settings: object) -> ResNet:
    """ResNet-18 of He et al. (2016a): 11,689,512 parameters.

    `width` scales the maps of all stages; `settings` as for ResNet.
    """
    return _resnet(Residual, (2, 2, 2, 2), width, settings)


def resnet34(width: float = 1, **settings: object) -> ResNet:
    """ResNet-34 of He et al. (2016a): 21,797,672 parameters; arguments as for resnet18."""
    return _resnet(Residual, (3, 4, 6, 3), width, settings)


def resnet50(width: float = 1, **settings: object) -> ResNet:
    """ResNet-50 of He et al. (2016a): 25,557,032 parameters; arguments as for resnet18."""
    return _resnet(Bottleneck, (3, 4, 6, 3), width, settings)


def resnet101(width: float = 1, **settings: object) -> ResNet:
    """ResNet-101 of He et al. (2016a): 44,549,160 parameters; arguments as for resnet18."""
    return _resnet(Bottleneck, (3, 4, 23, 3), width, settings)


def resnet152(width: float = 1, **settings: object) -> ResNet:
    """ResNet-152 of He et al. (2016a): 60,192,808 parameters; arguments as for resnet18."""
    return _resnet(Bottleneck, (3, 8, 36, 3), width, settings)


class BiasedResidual(Residual):
    """`Residual` with a bias in each convolution and a 1×1 shortcut without a norm."""

    def __init__(self, c_in: int, c_out: int, stride: int = 1) -> None:
        super().__init__(c_in, c_out, stride)
        self.f[0] = conv(c_in, c_out, 3, stride, bias=True)
        self.f[3] = conv(c_out, c_out, 3, bias=True)
        if (c_in, stride) != (c_out, 1):
            self.s = conv(c_in, c_out, 1, stride, bias=True)


def resnet18_d2l(width: float = 1, channels: int = 1, classes: int = 10) -> nn.Sequential:
    """ResNet-18 as *Dive into Deep Learning* builds it: 11,178,378 parameters.

    (n, 1, 224, 224) -> (n, 10) scores. Source: Zhang et al. (2023), section 8.6.
    """
    widths = [scaled(c, width) for c in WIDTHS]
    return nn.Sequential(
        conv(channels, widths[0], 7, stride=2, bias=True), nn.BatchNorm2d(widths[0]), nn.ReLU(),
        nn.MaxPool2d(3, 2, padding=1), *stages(BiasedResidual, (2, 2, 2, 2), widths),
        nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(widths[-1], classes),
    )  # fmt: skip


class PaddedShortcut(nn.Module):
    """Every stride-th pixel, and channels of zeros for those that are new: no parameter.

    (n, c_in, h, w) -> (n, c_out, ⌈h/stride⌉, ⌈w/stride⌉), c_out >= c_in.
    Source: He et al. (2016a), section 4.1, option A.
    """

    def __init__(self, c_in: int, c_out: int, stride: int) -> None:
        super().__init__()
        self.new, self.stride = c_out - c_in, stride

    def forward(self, x: Tensor) -> Tensor:  # (n, c_in, h, w) -> (n, c_out, h/stride, w/stride)
        """Leave pixels out, add channels."""
        return F.pad(x[..., :: self.stride, :: self.stride], (0, 0, 0, 0, 0, self.new))


class ResidualA(Residual):
    """`Residual` whose shortcut has no parameters where the shapes differ: option A."""

    def __init__(self, c_in: int, c_out: int, stride: int = 1) -> None:
        super().__init__(c_in, c_out, stride, shortcut=False)
        same = (c_in, stride) == (c_out, 1)
        self.s = nn.Identity() if same else PaddedShortcut(c_in, c_out, stride)


def small_resnet(
    depth: int = 8,
    width: int = 16,
    shortcut: bool = True,
    channels: int = 1,
    classes: int = 10,
    stem: str = "small",
) -> ResNet:
    """Return a ResNet of three stages for small pictures, `depth` layers with weights deep.

    (n, channels, h, w) -> (n, classes). Widths are width, 2·width and 4·width; shortcuts have no
    parameters; without `shortcut` the network is plain; `stem` as for ResNet. Depth 20, width 16
    and 3 channels make the ResNet-20 of He et al. (2016a), section 4.2: 269,722 parameters.
    ValueError unless depth is 6·n + 2.
    """
    n, rest = divmod(depth - 2, 6)
    if n < 1 or rest:
        raise ValueError(f"depth = {depth}: give 8, 14, 20 or another 6·n + 2")
    block = ResidualA if shortcut else partial(Residual, shortcut=False)
    widths = (width, 2 * width, 4 * width)
    return ResNet(block, (n, n, n), widths, channels, classes, stem)
