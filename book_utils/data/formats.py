"""Read image files into uint8 arrays: IDX (MNIST), batches of CIFAR-10, contact sheets.

Every reader raises ValueError, saying what is wrong, for a file that is damaged or something else.
"""

import gzip
import math
import pickle
import tarfile
import zlib
from pathlib import Path
from typing import BinaryIO

import numpy as np
from PIL import Image

from book_utils.numbers import thousands

GZIP_MAGIC = b"\x1f\x8b"
CIFAR10_FOLDER = "cifar-10-batches-py"
CIFAR10_BATCHES = {
    "train": tuple(f"data_batch_{i}" for i in range(1, 6)),
    "test": ("test_batch",),
}


def idx(path: Path, rank: int) -> np.ndarray:
    """Read an IDX file of bytes with `rank` dimensions, gzipped or not, into a uint8 array.

    Source: the format's description beside LeCun's MNIST files.
    """
    content = path.read_bytes()
    if content.startswith(GZIP_MAGIC):
        try:
            content = gzip.decompress(content)  # compares length and CRC-32
        except (EOFError, OSError, zlib.error) as error:
            raise ValueError(f"its gzip stream is damaged: {error}") from error
    start = 4 + 4 * rank
    if content[:4] != bytes([0, 0, 8, rank]) or len(content) < start:
        raise ValueError(f"it is not an IDX file of bytes with {rank} dimensions")
    shape = tuple(np.frombuffer(content, ">u4", rank, offset=4).tolist())
    pixels = np.frombuffer(content, np.uint8, offset=start)
    if pixels.size != math.prod(shape):
        raise ValueError(f"it declares the shape {shape} and holds {thousands(pixels.size)} bytes")
    return pixels.reshape(shape)


def cifar10(path: Path) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Read the Python version of CIFAR-10: split -> images (n, 3, 32, 32), labels (n,), both uint8.

    The archive is read in memory: nothing is unpacked, so no name inside it can reach the disk.
    Source: Krizhevsky (2009), https://www.cs.toronto.edu/~kriz/cifar.html
    """
    wanted = {f"{CIFAR10_FOLDER}/{b}": b for names in CIFAR10_BATCHES.values() for b in names}
    batches = {}
    try:
        with gzip.open(path) as stream, tarfile.open(fileobj=stream, mode="r:") as archive:
            for member in archive:
                if member.isreg() and member.name in wanted:
                    batches[wanted[member.name]] = _cifar10_batch(archive.extractfile(member))
            stream.read()  # only at the very end does gzip compare length and CRC-32
    except (tarfile.TarError, EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise ValueError(f"the archive is damaged: {error}") from error
    missing = sorted(set(wanted.values()) - set(batches))
    if missing:
        raise ValueError(f"the archive lacks {', '.join(missing)}")
    return {
        split: tuple(map(np.concatenate, zip(*(batches[name] for name in names), strict=True)))
        for split, names in CIFAR10_BATCHES.items()
    }


def _cifar10_batch(file: BinaryIO) -> tuple[np.ndarray, np.ndarray]:
    try:
        batch = _ArrayUnpickler(file, encoding="bytes").load()
        images, labels = batch[b"data"], np.asarray(batch[b"labels"], np.uint8)
        return images.astype(np.uint8, casting="no").reshape(len(labels), 3, 32, 32), labels
    except (tarfile.TarError, EOFError, zlib.error, OSError):
        raise
    except Exception as error:  # a damaged pickle can raise almost anything
        raise ValueError(f"a batch of the archive is damaged: {error}") from error


class _ArrayUnpickler(pickle.Unpickler):
    """Unpickle arrays, numbers, strings and containers only: a pickle could name any function."""

    allowed = {("numpy", "ndarray"): np.ndarray, ("numpy", "dtype"): np.dtype}
    rebuild = np.empty(0).__reduce__()[0]  # where it lives depends on numpy's version

    def find_class(self, module: str, name: str) -> object:
        if name == "_reconstruct" and module in ("numpy.core.multiarray", "numpy._core.multiarray"):
            return self.rebuild
        if (module, name) not in self.allowed:
            raise pickle.UnpicklingError(f"it asks for {module}.{name}, which no data file needs")
        return self.allowed[module, name]


def sheet(path: Path, side: int = 28) -> np.ndarray:
    """Cut a greyscale contact sheet, row by row, into images (n, side, side), uint8."""
    with Image.open(path) as picture:
        pixels = np.asarray(picture)
    rows, columns = (length // side for length in pixels.shape)
    return pixels.reshape(rows, side, columns, side).swapaxes(1, 2).reshape(-1, side, side)
