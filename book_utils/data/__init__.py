"""Data sets and photographs of the book: bundled samples by default, full sets by `full=True`."""

from functools import cache, partial
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from book_utils.data import formats
from book_utils.data.dataset import Dataset
from book_utils.data.fetch import DownloadError, read
from book_utils.data.sources import CIFAR10, FASHION_MNIST, MNIST, Source
from book_utils.numbers import thousands

__all__ = ["PHOTOS", "Dataset", "DownloadError", "cifar10", "fashion_mnist", "mnist", "photo"]

SAMPLES = Path(__file__).parent.parent / "samples"
PHOTOS = tuple(sorted(path.stem.removeprefix("photo_") for path in SAMPLES.glob("photo_*.png")))
MAX_PHOTO_SIDE = 2048  # pixels

CLOTHES = (
    *("T-shirt/top", "Trouser", "Pullover", "Dress", "Coat"),
    *("Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"),
)
DIGITS = tuple("0123456789")
THINGS = (
    *("airplane", "automobile", "bird", "cat", "deer"),
    *("dog", "frog", "horse", "ship", "truck"),
)


def fashion_mnist(full: bool = False) -> tuple[Dataset, Dataset]:
    """Return Fashion-MNIST as (train, test): articles of clothing in 10 classes, 1×28×28.

    The bundled sample has 10,000 and 2,000 images, the same number of each class in turn; the
    full set has 60,000 and 10,000. DownloadError (an OSError) when the full set cannot be had.
    Source: Xiao, Rasul and Vollgraf (2017), https://arxiv.org/abs/1708.07747
    """
    return _mnist_like(FASHION_MNIST, CLOTHES) if full else _sample(FASHION_MNIST, CLOTHES)


def mnist(full: bool = False) -> tuple[Dataset, Dataset]:
    """Return MNIST as (train, test): handwritten digits, 1×28×28.

    The bundled sample has 4,000 and 1,000 images, the same number of each digit in turn; the full
    set has 60,000 and 10,000. DownloadError (an OSError) when the full set cannot be had.
    Source: LeCun, Bottou, Bengio and Haffner (1998), Proceedings of the IEEE 86 (11)
    """
    return _mnist_like(MNIST, DIGITS) if full else _sample(MNIST, DIGITS)


def cifar10(full: bool = False) -> tuple[Dataset, Dataset]:
    """Return CIFAR-10 as (train, test): colour photographs in 10 classes, 3×32×32.

    Only the full set exists, 50,000 and 10,000 images: without full=True a ValueError says so.
    DownloadError (an OSError) when it cannot be had.
    Source: Krizhevsky (2009), Learning Multiple Layers of Features from Tiny Images
    """
    if not full:
        raise ValueError(
            "CIFAR-10 has no bundled sample: call data.cifar10(full=True), which downloads 170 MB "
            "once, or use data.fashion_mnist()"
        )
    splits = read(CIFAR10, "cifar-10-python.tar.gz", formats.cifar10)
    train, test = (_dataset(*splits[s], THINGS, f"CIFAR-10, {s}") for s in ("train", "test"))
    return train, test


def photo(name: str, size: int | None = None) -> Tensor:
    """Return a bundled photograph, one of `PHOTOS`, as float32 (3, height, width) in [0, 1].

    size: length of the shorter side in pixels, 1 to 2,048; without it, 256.
    ValueError for a name or a size that is not there. Origins: samples/LICENSES.md
    """
    if name not in PHOTOS:
        raise ValueError(f"there is no photograph {name!r}: choose from {', '.join(PHOTOS)}")
    with Image.open(SAMPLES / f"photo_{name}.png") as picture:
        picture = picture.convert("RGB")
    if size is not None:
        if isinstance(size, bool) or not isinstance(size, int) or not 1 <= size <= MAX_PHOTO_SIDE:
            raise ValueError(
                f"size = {size!r}: give a whole number from 1 to {thousands(MAX_PHOTO_SIDE)}"
            )
        scale = size / min(picture.size)
        sides = tuple(round(side * scale) for side in picture.size)
        picture = picture.resize(sides, Image.Resampling.LANCZOS)
    return _unit_range(np.asarray(picture).transpose(2, 0, 1))


def _sample(source: Source, classes: tuple[str, ...]) -> tuple[Dataset, Dataset]:
    """Load the bundled sample; the sheets deal the classes out in turn, so no labels are stored."""

    def load(split: str) -> Dataset:
        images = _sheet(SAMPLES / f"{source.folder.replace('-', '_')}_{split}.png")
        labels = np.arange(len(images)) % len(classes)
        return _dataset(images[:, None], labels, classes, f"{source.name} sample, {split}")

    return load("train"), load("test")


@cache  # labs ask for the samples again and again; the tensors made of a sheet are copies
def _sheet(path: Path) -> np.ndarray:
    return formats.sheet(path)


def _mnist_like(source: Source, classes: tuple[str, ...]) -> tuple[Dataset, Dataset]:
    """Load a full set that is published in the four files of MNIST."""

    def load(split: str, file: str) -> Dataset:
        images = read(source, f"{file}-images-idx3-ubyte.gz", partial(formats.idx, rank=3))
        labels = read(source, f"{file}-labels-idx1-ubyte.gz", partial(formats.idx, rank=1))
        return _dataset(images[:, None], labels, classes, f"{source.name}, {split}")

    return load("train", "train"), load("test", "t10k")


def _dataset(
    images: np.ndarray, labels: np.ndarray, classes: tuple[str, ...], name: str
) -> Dataset:
    labels = torch.from_numpy(labels.astype(np.int64))
    return Dataset(_unit_range(images), labels, classes, name)


def _unit_range(pixels: np.ndarray) -> Tensor:
    """Turn bytes into float32 in [0, 1], contiguous."""
    return torch.from_numpy(pixels.astype(np.float32, order="C")).div_(255)
