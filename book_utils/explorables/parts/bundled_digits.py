"""The digits that labs learn from, and how they travel to a page."""

from functools import cache
from typing import Any

import torch
from torch import Tensor

from book_utils import data

from .greys import pack_greys

TRAIN, TEST = 1500, 500  # the first of each part of the sample, whose classes come in turn
LEVELS = 8  # of grey, which are enough to read a digit


def _levels() -> Tensor:
    """The digits as whole numbers from 0 (black), (2000, 28, 28): those to learn from first."""
    train, test = data.mnist()
    images = torch.cat([train.images[:TRAIN], test.images[:TEST]])[:, 0]
    return images.mul(LEVELS - 1).round().byte()


@cache
def digits() -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Return images and labels to learn from, then those held out.

    Images (n, 1, 28, 28) in [0, 1], in eight levels of grey; labels (n,). Source: the book's sample
    of MNIST.
    """
    images = _levels()[:, None].float() / (LEVELS - 1)
    labels = torch.arange(len(images)) % 10
    return images[:TRAIN], labels[:TRAIN], images[TRAIN:], labels[TRAIN:]


@cache
def packed() -> dict[str, Any]:
    """Return the same as JSON can hold it."""
    pixels = pack_greys(_levels())
    return {"train": TRAIN, "test": TEST, "levels": LEVELS, "pixels": pixels}
