"""VGG: blocks of 3×3 convolutions, each closed by a pooling (Simonyan and Zisserman, 2014)."""

from collections.abc import Sequence

from torch import nn

from book_utils.models.widths import he_normal, scaled

WIDTHS = (64, 128, 256, 512, 512)  # maps of the five blocks


def block(c_in: int, c_out: int, convolutions: int) -> list[nn.Module]:
    """Return 3×3 convolutions with ReLUs, then a pooling that halves the size."""
    layers = []
    for _ in range(convolutions):
        layers += [nn.Conv2d(c_in, c_out, 3, padding=1), nn.ReLU()]
        c_in = c_out
    return [*layers, nn.MaxPool2d(2)]


class VGG(nn.Sequential):
    """Five blocks and three dense layers: (n, channels, 224, 224) -> (n, classes) scores.

    `convolutions`: how many each block has. `width` scales maps and dense units alike. Pictures of
    other sizes, from 32 pixels up, are brought to 7×7 maps before the dense layers.
    ValueError unless `convolutions` has five whole numbers of at least 1.
    Source: Simonyan and Zisserman (2014), table 1.
    """

    def __init__(
        self,
        convolutions: Sequence[int],
        width: float = 1,
        channels: int = 3,
        classes: int = 1000,
    ) -> None:
        if len(convolutions) != len(WIDTHS) or any(n < 1 for n in convolutions):
            raise ValueError(
                f"convolutions = {convolutions!r}: give five whole numbers, such as (2, 2, 3, 3, 3)"
            )
        maps = [scaled(c, width) for c in WIDTHS]
        units = scaled(4096, width)
        blocks = zip([channels, *maps], maps, convolutions, strict=False)
        super().__init__(
            *(layer for each in blocks for layer in block(*each)),
            nn.AdaptiveAvgPool2d(7), nn.Flatten(),
            nn.Linear(maps[-1] * 7 * 7, units), nn.ReLU(), nn.Dropout(0.5),
            nn.Linear(units, units), nn.ReLU(), nn.Dropout(0.5),
            nn.Linear(units, classes),
        )  # fmt: skip
        self.apply(he_normal)


def vgg11(width: float = 1, channels: int = 3, classes: int = 1000) -> VGG:
    """Return VGG-11, configuration A: 132,863,336 parameters; arguments as for VGG."""
    return VGG((1, 1, 2, 2, 2), width, channels, classes)


def vgg13(width: float = 1, channels: int = 3, classes: int = 1000) -> VGG:
    """Return VGG-13, configuration B: 133,047,848 parameters; arguments as for VGG."""
    return VGG((2, 2, 2, 2, 2), width, channels, classes)


def vgg16(width: float = 1, channels: int = 3, classes: int = 1000) -> VGG:
    """Return VGG-16, configuration D: 138,357,544 parameters; arguments as for VGG."""
    return VGG((2, 2, 3, 3, 3), width, channels, classes)


def vgg19(width: float = 1, channels: int = 3, classes: int = 1000) -> VGG:
    """Return VGG-19, configuration E: 143,667,240 parameters; arguments as for VGG."""
    return VGG((2, 2, 4, 4, 4), width, channels, classes)
