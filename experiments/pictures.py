"""Fashion-MNIST in the forms that larger networks ask for: other sizes, three channels, varied."""

from collections.abc import Iterator
from dataclasses import replace

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from book_utils.data import Dataset

SHIFT = 2  # pixels, either way


class Sized(nn.Sequential):
    """A network behind a bilinear scaling of its pictures to `side`×`side`."""

    def __init__(self, side: int, model: nn.Module) -> None:
        super().__init__(nn.Upsample(size=side, mode="bilinear"), model)


def as_cifar(splits: tuple[Dataset, Dataset]) -> tuple[Dataset, Dataset]:
    """Return pictures (n, 1, 28, 28) as (n, 3, 32, 32): two pixels of 0 around, three times."""
    return tuple(
        replace(split, images=F.pad(split.images, (2, 2, 2, 2)).expand(-1, 3, -1, -1).contiguous())
        for split in splits
    )


class Moved(Dataset):
    """A data set whose shuffled batches are moved and mirrored at random, anew in each epoch.

    Each picture is moved by up to SHIFT pixels each way, and one in two is mirrored left to right.
    Both come from torch's global generator, which `fit` seeds; batches in order stay as they are.
    """

    def batches(
        self, batch_size: int, shuffle: bool = False, generator: torch.Generator | None = None
    ) -> Iterator[tuple[Tensor, Tensor]]:
        """Yield (images, labels) batch by batch, the images varied if `shuffle`."""
        for images, labels in super().batches(batch_size, shuffle, generator):
            yield move(images) if shuffle else images, labels


def moved(data: Dataset) -> Moved:
    """Return a data set whose shuffled batches are varied."""
    return Moved(data.images, data.labels, data.classes, data.name)


def move(images: Tensor) -> Tensor:
    """Return images (n, c, h, w), each moved and some mirrored, with zeros where nothing was."""
    n, c, height, width = images.shape
    padded = F.pad(images, (SHIFT,) * 4)
    down, right = torch.randint(0, 2 * SHIFT + 1, (2, n), device="cpu").to(images.device)
    rows = down.view(-1, 1) + torch.arange(height, device=images.device)
    columns = right.view(-1, 1) + torch.arange(width, device=images.device)
    mirrored = (torch.rand(n) < 0.5).to(images.device).view(-1, 1)
    columns = torch.where(mirrored, columns.flip(1), columns)
    each = torch.arange(n, device=images.device).view(-1, 1, 1)
    cut = padded.permute(0, 2, 3, 1)[each, rows[:, :, None], columns[:, None, :]]
    return cut.permute(0, 3, 1, 2).contiguous()
