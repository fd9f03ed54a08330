"""GoogLeNet: blocks of four branches whose maps are concatenated (Szegedy et al., 2015)."""

import torch
from torch import Tensor, nn

from book_utils.models.widths import he_normal, scaled

# Maps of the branches of each block: 1×1; 1×1 before 3×3, 3×3; 1×1 before 5×5, 5×5; pooled 1×1.
BLOCKS = (
    ((64, 96, 128, 16, 32, 32), (128, 128, 192, 32, 96, 64)),
    (
        (192, 96, 208, 16, 48, 64), (160, 112, 224, 24, 64, 64), (128, 128, 256, 24, 64, 64),
        (112, 144, 288, 32, 64, 64), (256, 160, 320, 32, 128, 128),
    ),
    ((256, 160, 320, 32, 128, 128), (384, 192, 384, 48, 128, 128)),
)  # fmt: skip


def convolution(c_in: int, c_out: int, k: int, stride: int = 1, norm: bool = True) -> nn.Sequential:
    """Return a k×k convolution, batch normalisation if `norm` (a bias if not), and a ReLU."""
    layer = nn.Conv2d(c_in, c_out, k, stride, padding=k // 2, bias=not norm)
    return nn.Sequential(layer, *([nn.BatchNorm2d(c_out, eps=1e-3)] if norm else []), nn.ReLU())


class Inception(nn.Module):
    """Four branches side by side: 1×1; 1×1 → 3×3; 1×1 → `large`×`large`; pooling → 1×1.

    (n, c_in, h, w) -> (n, sum of the branches' maps, h, w). `maps`: as in BLOCKS. The 1×1 before a
    larger window is a bottleneck: it makes fewer maps for the larger one to read.
    Source: Szegedy et al. (2015), figure 2b.
    """

    def __init__(self, c_in: int, maps: tuple[int, ...], large: int = 3, norm: bool = True) -> None:
        super().__init__()
        one, before_3, three, before_5, five, pooled = maps
        self.branch1 = convolution(c_in, one, 1, norm=norm)
        self.branch2 = nn.Sequential(
            convolution(c_in, before_3, 1, norm=norm), convolution(before_3, three, 3, norm=norm)
        )
        self.branch3 = nn.Sequential(
            convolution(c_in, before_5, 1, norm=norm), convolution(before_5, five, large, norm=norm)
        )
        self.branch4 = nn.Sequential(
            nn.MaxPool2d(3, 1, padding=1), convolution(c_in, pooled, 1, norm=norm)
        )

    def forward(self, x: Tensor) -> Tensor:  # (n, c_in, h, w) -> (n, c_out, h, w)
        """Concatenate what the four branches make of x."""
        branches = (self.branch1, self.branch2, self.branch3, self.branch4)
        return torch.cat([branch(x) for branch in branches], dim=1)


class GoogLeNet(nn.Sequential):
    """A stem, nine blocks of four branches, the mean of each map and one dense layer: 22 layers.

    (n, channels, 224, 224) -> (n, classes) scores; 6,624,904 parameters for 3 channels and 1,000
    classes. That is the count of today's usual form, with batch normalisation and a 3×3 window in
    the branch that the paper gives 5×5 (`large`): with 5×5 there are 7,005,832, and 6,998,552 with
    biases in place of the norms, as in the paper. The two classifiers at its sides, which only
    helped to train it, are left out. `width` scales all maps.
    Source: Szegedy et al. (2015), table 1.
    """

    def __init__(
        self,
        width: float = 1,
        channels: int = 3,
        classes: int = 1000,
        large: int = 3,
        norm: bool = True,
    ) -> None:
        a, b = scaled(64, width), scaled(192, width)
        pool = {"kernel_size": 3, "stride": 2, "ceil_mode": norm, "padding": 0 if norm else 1}
        layers = [
            convolution(channels, a, 7, stride=2, norm=norm), nn.MaxPool2d(**pool),
            convolution(a, a, 1, norm=norm), convolution(a, b, 3, norm=norm), nn.MaxPool2d(**pool),
        ]  # fmt: skip
        c_in = b
        for stage, blocks in enumerate(BLOCKS):
            if stage == 2 and norm:  # two windows of 2 rows instead of 3, in the usual form
                layers.append(nn.MaxPool2d(2, 2, ceil_mode=True))
            elif stage:
                layers.append(nn.MaxPool2d(**pool))
            for block in blocks:
                maps = tuple(scaled(c, width) for c in block)
                layers.append(Inception(c_in, maps, large, norm))
                c_in = maps[0] + maps[2] + maps[4] + maps[5]
        dropout = [nn.Dropout(0.2)] if norm else []
        super().__init__(
            *layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), *dropout, nn.Linear(c_in, classes)
        )
        self.apply(he_normal)


def googlenet(width: float = 1, channels: int = 3, classes: int = 1000) -> GoogLeNet:
    """Return GoogLeNet in its usual form; arguments as for GoogLeNet."""
    return GoogLeNet(width, channels, classes)


def googlenet_d2l(width: float = 1, channels: int = 1, classes: int = 10) -> GoogLeNet:
    """Return GoogLeNet as *Dive into Deep Learning* builds it: 5×5 windows, biases, no norm.

    5,977,530 parameters for 1 channel and 10 classes. Source: Zhang et al. (2023), section 8.4.
    """
    return GoogLeNet(width, channels, classes, large=5, norm=False)
