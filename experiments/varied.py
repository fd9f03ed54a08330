"""Digits as other hands would write them: turned, scaled, moved, thinned or thickened."""

import math
from collections.abc import Iterator

import torch
import torch.nn.functional as F
from torch import Tensor

from book_utils.data import Dataset

TURN = 15  # degrees, either way
SCALE = (0.85, 1.15)
SLANT = 0.2  # pixels sideways for a pixel down
SHIFT = 2  # pixels
STROKE = (-0.5, 0.8)  # 1 thickens by a pixel all round, −1 thins as much


class Varied(Dataset):
    """A data set whose shuffled batches are varied at random, anew in each epoch.

    The variations come from torch's global generator, which `fit` seeds. Batches in order, as
    `evaluate` takes them, stay as they are.
    """

    def batches(
        self, batch_size: int, shuffle: bool = False, generator: torch.Generator | None = None
    ) -> Iterator[tuple[Tensor, Tensor]]:
        """Yield (images, labels) batch by batch, the images varied if `shuffle`."""
        for images, labels in super().batches(batch_size, shuffle, generator):
            yield self.changed(images, labels) if shuffle else images, labels

    def changed(self, images: Tensor, labels: Tensor) -> Tensor:
        """Return the images of a batch, (n, 1, h, w), as the network learns from them."""
        return vary(images)


def vary(images: Tensor) -> Tensor:
    """Return images (n, 1, h, w), each moved and redrawn by its own random amounts."""
    n, _, height, width = images.shape
    turn, slant = between(-TURN, TURN, n) * math.pi / 180, between(-SLANT, SLANT, n)
    scale = between(*SCALE, n)
    cos, sin = turn.cos() * scale, turn.sin() * scale
    right, down = (between(-SHIFT, SHIFT, n) * 2 / side for side in (width, height))
    rows = [cos, slant * cos - sin, right, sin, slant * sin + cos, down]
    maps = torch.stack(rows, dim=1).view(n, 2, 3).to(images.device)
    places = F.affine_grid(maps, list(images.shape), align_corners=False)
    return stroke(F.grid_sample(images, places, align_corners=False))


def stroke(images: Tensor) -> Tensor:
    """Thicken some images (n, 1, h, w), thin others, by a fraction of a pixel."""
    amount = between(*STROKE, len(images)).view(-1, 1, 1, 1).to(images.device)
    thick, thin = F.max_pool2d(images, 3, 1, 1), -F.max_pool2d(-images, 3, 1, 1)
    return torch.where(amount > 0, images.lerp(thick, amount), images.lerp(thin, -amount))


def between(low: float, high: float, n: int) -> Tensor:
    """Return n random numbers, evenly spread from one to another."""
    return torch.empty(n).uniform_(low, high)
