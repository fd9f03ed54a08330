"""The straightforward loop of many courses, to compare with: PIL images through a `DataLoader`."""

import random
from collections.abc import Callable

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image, ImageOps
from torch import Tensor, nn
from torch.optim import Optimizer
from torch.utils.data import DataLoader
from torch.utils.data import Dataset as TorchDataset

from book_utils.data import Dataset

SHIFT = 2  # pixels, either way


class Pictures(TorchDataset):
    """Images as they come from a file, bytes, turned into tensors one by one when asked for."""

    def __init__(self, data: Dataset, transforms: list[Callable]) -> None:
        self.pixels = (data.images[:, 0] * 255).round().to(torch.uint8).cpu()
        self.labels, self.transforms = data.labels.cpu(), transforms

    def __len__(self) -> int:
        return len(self.labels)

    def __getitem__(self, i: int) -> tuple[Tensor, int]:
        sample = Image.fromarray(self.pixels[i].numpy(), mode="L")
        for transform in self.transforms:
            sample = transform(sample)
        return sample, int(self.labels[i])


def move(picture: Image.Image) -> Image.Image:
    """Return a picture moved by up to SHIFT pixels each way and, one in two, mirrored."""
    right, down = (random.randint(-SHIFT, SHIFT) for _ in range(2))
    picture = ImageOps.mirror(picture) if random.random() < 0.5 else picture
    return picture.transform(
        picture.size, Image.Transform.AFFINE, (1, 0, right, 0, 1, down), Image.Resampling.NEAREST
    )


def to_tensor(picture: Image.Image) -> Tensor:
    """Turn a picture, bytes (h, w), into float32 (1, h, w) in [0, 1]."""
    return torch.from_numpy(np.array(picture))[None].to(torch.float32).div(255)


def train_pictures(
    model: nn.Module, optimizer: Optimizer, pictures: Pictures, batch_size: int, workers: int = 0
) -> None:
    """Take the steps of one epoch on pictures, and fetch loss and accuracy after each."""
    where = next(model.parameters()).device
    total = right = 0
    for x, y in DataLoader(pictures, batch_size, shuffle=True, num_workers=workers):
        x, y = x.to(where), y.to(where)
        scores = model(x)
        loss = F.cross_entropy(scores, y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        total += loss.item() * len(y)
        right += (scores.argmax(1) == y).sum().item()
