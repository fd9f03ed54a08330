"""AlexNet: five convolutions and three dense layers (Krizhevsky et al., 2012)."""

from torch import nn

from book_utils.models.widths import he_normal, scaled


class AlexNet(nn.Sequential):
    """AlexNet in one tower, as it is built today: (n, channels, 224, 224) -> (n, classes) scores.

    61,100,840 parameters for 3 channels and 1,000 classes. The network of 2012 was split over two
    GPUs and had more maps in some layers; this form is Krizhevsky's own of 2014. `width` scales
    maps and dense units alike. Pictures of other sizes, from 63 pixels up, are brought to 6×6
    maps before the dense layers.
    Source: Krizhevsky (2014), "One weird trick".
    """

    def __init__(self, width: float = 1, channels: int = 3, classes: int = 1000) -> None:
        a, b, c, d = (scaled(maps, width) for maps in (64, 192, 384, 256))
        units = scaled(4096, width)
        super().__init__(
            nn.Conv2d(channels, a, 11, stride=4, padding=2), nn.ReLU(), nn.MaxPool2d(3, 2),
            nn.Conv2d(a, b, 5, padding=2), nn.ReLU(), nn.MaxPool2d(3, 2),
            nn.Conv2d(b, c, 3, padding=1), nn.ReLU(),
            nn.Conv2d(c, d, 3, padding=1), nn.ReLU(),
            nn.Conv2d(d, d, 3, padding=1), nn.ReLU(), nn.MaxPool2d(3, 2),
            nn.AdaptiveAvgPool2d(6), nn.Flatten(),
            nn.Dropout(0.5), nn.Linear(d * 6 * 6, units), nn.ReLU(),
            nn.Dropout(0.5), nn.Linear(units, units), nn.ReLU(),
            nn.Linear(units, classes),
        )  # fmt: skip
        self.apply(he_normal)


def alexnet(width: float = 1, channels: int = 3, classes: int = 1000) -> AlexNet:
    """Return AlexNet in one tower; arguments as for AlexNet."""
    return AlexNet(width, channels, classes)


def alexnet_d2l(width: float = 1, channels: int = 1, classes: int = 10) -> nn.Sequential:
    """Return AlexNet as *Dive into Deep Learning* builds it: (n, 1, 224, 224) -> (n, 10) scores.

    46,764,746 parameters; its maps have sides 54, 26, 12 and 5. `width` scales maps and units.
    Source: Zhang et al. (2023), section 8.1.
    """
    a, b, c = (scaled(maps, width) for maps in (96, 256, 384))
    units = scaled(4096, width)
    model = nn.Sequential(
        nn.Conv2d(channels, a, 11, stride=4, padding=1), nn.ReLU(), nn.MaxPool2d(3, 2),
        nn.Conv2d(a, b, 5, padding=2), nn.ReLU(), nn.MaxPool2d(3, 2),
        nn.Conv2d(b, c, 3, padding=1), nn.ReLU(),
        nn.Conv2d(c, c, 3, padding=1), nn.ReLU(),
        nn.Conv2d(c, b, 3, padding=1), nn.ReLU(), nn.MaxPool2d(3, 2),
        nn.Flatten(),
        nn.Linear(b * 5 * 5, units), nn.ReLU(), nn.Dropout(0.5),
        nn.Linear(units, units), nn.ReLU(), nn.Dropout(0.5),
        nn.Linear(units, classes),
    )  # fmt: skip
    return model.apply(he_normal)
