"""The two networks of Long and Zeng's case study on CIFAR-10, as they build them in TensorFlow."""

import torch.nn.functional as F
from torch import Tensor, nn

from book_utils.models.widths import he_normal, scaled
from book_utils.shapes import same_padding


class VGG13(nn.Sequential):
    """Ten 3×3 convolutions in five pooled pairs, and three dense layers.

    (n, channels, 32, 32) -> (n, classes) scores. For 3 channels and 10 classes `features` has
    9,404,992 parameters and `dense` 165,514, which makes 9,570,506. `shortcut` leads around the
    last two convolutions, both of 512 maps. `width` scales maps and dense units.
    Source: Long and Zeng (2022), chapter 10.
    """

    def __init__(
        self, width: float = 1, channels: int = 3, classes: int = 10, shortcut: bool = False
    ) -> None:
        layers, c_in = [], channels
        for maps in (64, 128, 256, 512, 512):
            c = scaled(maps, width)
            pair = [
                nn.Conv2d(c_in, c, 3, padding=1), nn.ReLU(),
                nn.Conv2d(c, c, 3, padding=1), nn.ReLU(),
            ]  # fmt: skip
            layers.append(nn.Sequential(*pair))
            layers.append(nn.MaxPool2d(2))
            c_in = c
        if shortcut:
            layers[-2] = Around(layers[-2])
        a, b = scaled(256, width), scaled(128, width)
        super().__init__()
        self.features = nn.Sequential(*layers)
        self.dense = nn.Sequential(
            nn.Flatten(),
            nn.Linear(c_in, a), nn.ReLU(),
            nn.Linear(a, b), nn.ReLU(),
            nn.Linear(b, classes),
        )  # fmt: skip
        self.apply(he_normal)


class Around(nn.Module):
    """y = x + f(x): a shortcut around layers that keep the shape."""

    def __init__(self, f: nn.Module) -> None:
        super().__init__()
        self.f = f

    def forward(self, x: Tensor) -> Tensor:  # (n, c, h, w) -> (n, c, h, w)
        """Add what came in to what the layers make of it."""
        return x + self.f(x)


class SameConv2d(nn.Conv2d):
    """A convolution with TensorFlow's padding="SAME": (n, c_in, h, w) -> (n, c_out, ⌈h/s⌉, ⌈w/s⌉).

    With a stride of 2 the extra row and column of zeros go to the end, where PyTorch's padding
    would put one on each side.
    """

    def forward(self, x: Tensor) -> Tensor:
        """Pad as the size of x demands, then convolve."""
        (k_h, k_w), (s_h, s_w) = self.kernel_size, self.stride
        rows = same_padding(x.shape[-2], k_h, s_h)
        columns = same_padding(x.shape[-1], k_w, s_w)
        return super().forward(F.pad(x, (*columns, *rows)))


class BasicBlock(nn.Module):
    """Two biased 3×3 convolutions with norms; a 1×1 convolution without one where the size halves.

    (n, c_in, h, w) -> (n, c_out, ⌈h/stride⌉, ⌈w/stride⌉). The shortcut is the identity at stride 1:
    the source asks for the stride alone, so c_in must be c_out there.
    """

    def __init__(self, c_in: int, c_out: int, stride: int = 1) -> None:
        super().__init__()
        self.f = nn.Sequential(
            SameConv2d(c_in, c_out, 3, stride), nn.BatchNorm2d(c_out), nn.ReLU(),
            SameConv2d(c_out, c_out, 3), nn.BatchNorm2d(c_out),
        )  # fmt: skip
        self.s = nn.Conv2d(c_in, c_out, 1, stride) if stride != 1 else nn.Identity()

    def forward(self, x: Tensor) -> Tensor:
        """Add what the two convolutions found to what came in."""
        return F.relu(self.f(x) + self.s(x))


class ResNet18(nn.Sequential):
    """A 3×3 stem without padding, four stages of two blocks: (n, 3, 32, 32) -> (n, classes) scores.

    Maps have sides 30, 30, 15, 8 and 4; 11,176,970 parameters for 3 channels and 10 classes. The
    pooling of 2×2 and stride 1 keeps the size: its extra row and column stand at the end.
    Source: Long and Zeng (2022), chapter 10.
    """

    def __init__(self, width: float = 1, channels: int = 3, classes: int = 10) -> None:
        a, b, c, d = (scaled(maps, width) for maps in (64, 128, 256, 512))
        super().__init__(
            nn.Conv2d(channels, a, 3), nn.BatchNorm2d(a), nn.ReLU(),
            nn.ConstantPad2d((0, 1, 0, 1), -float("inf")), nn.MaxPool2d(2, stride=1),
            BasicBlock(a, a), BasicBlock(a, a),
            BasicBlock(a, b, 2), BasicBlock(b, b),
            BasicBlock(b, c, 2), BasicBlock(c, c),
            BasicBlock(c, d, 2), BasicBlock(d, d),
            nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(d, classes),
        )  # fmt: skip
        self.apply(he_normal)


def cifar_vgg13(
    width: float = 1, channels: int = 3, classes: int = 10, shortcut: bool = False
) -> VGG13:
    """Return the VGG-13 of the case study; arguments as for VGG13."""
    return VGG13(width, channels, classes, shortcut)


def cifar_resnet18(width: float = 1, channels: int = 3, classes: int = 10) -> ResNet18:
    """Return the ResNet-18 of the case study; arguments as for ResNet18."""
    return ResNet18(width, channels, classes)
