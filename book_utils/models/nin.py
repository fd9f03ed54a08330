"""NiN, the network in network: 1×1 convolutions behind each window, no dense layer (Lin et al.)."""

from torch import nn

from book_utils.models.widths import he_normal, scaled


def block(c_in: int, c_out: int, k: int, stride: int = 1, padding: int = 0) -> list[nn.Module]:
    """Return a k×k convolution and two of 1×1, each with its ReLU."""
    return [
        nn.Conv2d(c_in, c_out, k, stride, padding), nn.ReLU(),
        nn.Conv2d(c_out, c_out, 1), nn.ReLU(),
        nn.Conv2d(c_out, c_out, 1), nn.ReLU(),
    ]  # fmt: skip


class NiN(nn.Sequential):
    """Four blocks, the last with a map for each class: (n, channels, 224, 224) -> (n, classes).

    1,992,166 parameters for 1 channel and 10 classes. `width` scales the maps of all blocks but
    the last.
    Source: Lin, Chen and Yan (2013); the form of Zhang et al. (2023), section 8.3.
    """

    def __init__(self, width: float = 1, channels: int = 3, classes: int = 1000) -> None:
        a, b, c = (scaled(maps, width) for maps in (96, 256, 384))
        super().__init__(
            *block(channels, a, 11, stride=4), nn.MaxPool2d(3, 2),
            *block(a, b, 5, padding=2), nn.MaxPool2d(3, 2),
            *block(b, c, 3, padding=1), nn.MaxPool2d(3, 2), nn.Dropout(0.5),
            *block(c, classes, 3, padding=1),
            nn.AdaptiveAvgPool2d(1), nn.Flatten(),
        )  # fmt: skip
        self.apply(he_normal)


def nin(width: float = 1, channels: int = 3, classes: int = 1000) -> NiN:
    """Return the network in network; arguments as for NiN."""
    return NiN(width, channels, classes)
