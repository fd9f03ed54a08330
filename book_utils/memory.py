"""How large a batch fits into memory: what one image costs, and words for the error."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import torch
from torch import Tensor, nn

from book_utils.numbers import thousands

COPIES = 3  # of each weight: itself, its gradient, and the velocity of momentum
SPARE = 0.2  # of the free memory, for what a framework needs besides


def bytes_kept(model: nn.Module, x: Tensor) -> int:
    """Return the bytes that autograd keeps of a forward pass of images x (n, c, h, w).

    Weights are left out. Source: chapter "Training", where the memory goes.
    """
    weights = {p.untyped_storage().data_ptr() for p in model.parameters()}
    sizes: dict[int, int] = {}

    def note(tensor: Tensor) -> Tensor:
        storage = tensor.untyped_storage()
        sizes[storage.data_ptr()] = storage.nbytes()
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(note, lambda tensor: tensor):
        scores = model(x)  # held, or its memory would be used twice
        del scores
    return sum(size for at, size in sizes.items() if at not in weights)


def an_image(model: nn.Module, image: Tensor) -> int:
    """Return the bytes that one more image (c, h, w) in a batch costs while training."""
    few, more = (bytes_kept(model, torch.stack([image] * n)) for n in (2, 4))
    return (more - few) // 2


def largest_batch(model: nn.Module, image: Tensor, free: int) -> int:
    """Return how many images (c, h, w) fit into `free` bytes beside weights and their like.

    A fifth is left for the framework. 0 if not even one fits.
    """
    weights = COPIES * sum(p.nbytes for p in model.parameters())
    return max(0, int(((1 - SPARE) * free - weights) / an_image(model, image)))


def free(device: torch.device | str = "cpu") -> int:
    """Return the bytes that are free on a device; of a CPU's memory where the system says so."""
    device = torch.device(device)
    if device.type == "cuda":
        return torch.cuda.mem_get_info(device)[0]
    info = Path("/proc/meminfo")
    if info.exists():
        lines = dict(line.split(":", 1) for line in info.read_text().splitlines())
        return 1024 * int(lines["MemAvailable"].split()[0])
    return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")


@contextmanager
def explained(model: nn.Module, x: Tensor) -> Iterator[None]:
    """Turn "out of memory" in the block into a MemoryError that says what would fit."""
    try:
        yield
    except RuntimeError as error:
        # On a GPU an error of its own; on a CPU one that says that it can't allocate.
        if not isinstance(error, torch.cuda.OutOfMemoryError) and "allocate" not in str(error):
            raise
        here, size = free(x.device), an_image(model, x[0])
        raise MemoryError(
            f"a batch of {thousands(len(x))} images does not fit: each keeps {size / 1e6:.2g} MB, "
            f"and {here / 1e9:.2g} GB are free on {x.device}; at most "
            f"{thousands(largest_batch(model, x[0], here))} fit"
        ) from error
