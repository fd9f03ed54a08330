"""LeNet with a normalisation before each bend: the network of the chapter "Batch normalisation"."""

from collections.abc import Callable

from torch import Tensor, nn

from book_utils.models.lenet import xavier

Norm = Callable[[int], nn.Module]


class NormLeNet(nn.Module):
    """LeNet with sigmoids whose inputs are normalised: BN-LeNet, unless other norms are given.

    (n, 1, 28, 28) -> (n, 10) scores before the softmax; 62,158 parameters with batch
    normalisation. `norm2d` is called with the number of maps and normalises (n, c, h, w),
    `norm1d` with the number of units and normalises (n, c).
    Source: chapter "Batch normalisation"; the variant of Zhang et al. (2023), section 8.5.
    """

    def __init__(self, norm2d: Norm = nn.BatchNorm2d, norm1d: Norm = nn.BatchNorm1d) -> None:
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(1, 6, 5, padding=2), norm2d(6), nn.Sigmoid(), nn.AvgPool2d(2),
            nn.Conv2d(6, 16, 5), norm2d(16), nn.Sigmoid(), nn.AvgPool2d(2),
        )  # fmt: skip
        self.dense = nn.Sequential(
            nn.Flatten(),
            nn.Linear(16 * 5 * 5, 120), norm1d(120), nn.Sigmoid(),
            nn.Linear(120, 84), norm1d(84), nn.Sigmoid(),
            nn.Linear(84, 10),
        )  # fmt: skip
        for layer in self.modules():
            xavier(layer)

    def forward(self, x: Tensor) -> Tensor:  # (n, 1, 28, 28) -> (n, 10)
        """Return the scores of the ten classes."""
        return self.dense(self.features(x))
