"""A labelled set of images that lives in two tensors."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from book_utils.numbers import plural, thousands


@dataclass(frozen=True, eq=False, repr=False)
class Dataset:
    """Images and their labels, held as two tensors on one device.

    images: float32 (n, channels, height, width), in [0, 1] as the loaders make them.
    labels: int64 (n,), each the index of a name in `classes`.
    ValueError names the field that does not fit.

    An int picks one (image, label) pair; a slice, a mask or a tensor of indices picks a smaller
    Dataset, which unpacks: `images, labels = test[:8]`.
    """

    images: Tensor
    labels: Tensor
    classes: tuple[str, ...]
    name: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "classes", tuple(self.classes))
        images, labels = self.images, self.labels
        _check_tensor("images", images, torch.float32, "(n, channels, height, width)", 4)
        _check_tensor("labels", labels, torch.int64, "(n,)", 1)
        if len(images) != len(labels):
            raise ValueError(
                f"there are {plural(len(images), 'image')} and {plural(len(labels), 'label')}: "
                "give one label for each image"
            )
        if images.device != labels.device:
            raise ValueError(
                f"images are on {images.device} and labels on {labels.device}: "
                "move both to one device"
            )
        low, high = (0, 0) if len(labels) == 0 else map(int, labels.aminmax())
        if low < 0 or high >= max(len(self.classes), 1):
            raise ValueError(
                f"labels run from {low} to {high}: with {len(self.classes)} classes they must lie "
                f"between 0 and {len(self.classes) - 1}"
            )

    @property
    def device(self) -> torch.device:
        """Where the two tensors are."""
        return self.images.device

    def __len__(self) -> int:
        return len(self.labels)

    def __iter__(self) -> Iterator[Tensor]:
        """Unpack into images and labels, so that `x, y = test[:8]` works."""
        return iter((self.images, self.labels))

    def __getitem__(self, key: "int | slice | Tensor") -> "Dataset | tuple[Tensor, Tensor]":
        images, labels = self.images[key], self.labels[key]
        if labels.ndim == 0:
            return images, labels
        return replace(self, images=images, labels=labels)

    def __repr__(self) -> str:
        shape = "×".join(map(str, self.images.shape[1:]))
        return (
            f"Dataset({self.name}: n = {thousands(len(self))}, images {shape}, "
            f"{len(self.classes)} classes, on {self.device})"
        )

    def to(self, device: "torch.device | str") -> "Dataset":
        """Return the same examples on another device; tensors already there are not copied."""
        return replace(self, images=self.images.to(device), labels=self.labels.to(device))

    def batches(
        self, batch_size: int, shuffle: bool = False, generator: torch.Generator | None = None
    ) -> Iterator[tuple[Tensor, Tensor]]:
        """Yield (images, labels) batch by batch, each example once; the last batch may be short.

        The tensors are indexed where they lie. The order comes from `generator`, else from
        torch's global CPU generator, so one seed gives one order on every device.
        ValueError for a batch_size below 1.
        """
        _check_whole("batch_size", batch_size, 1)
        return self._batches(batch_size, shuffle, generator)

    def _batches(
        self, batch_size: int, shuffle: bool, generator: torch.Generator | None
    ) -> Iterator[tuple[Tensor, Tensor]]:
        if shuffle:
            source = generator.device if generator else "cpu"
            order = torch.randperm(len(self), generator=generator, device=source).to(self.device)
        for start in range(0, len(self), batch_size):
            chosen = slice(start, start + batch_size)  # unshuffled batches are views, not copies
            if shuffle:
                chosen = order[chosen]
            yield self.images[chosen], self.labels[chosen]

    def subset(self, n: int, seed: int = 0) -> "Dataset":
        """Draw n examples without replacement, each class in proportion, in random order.

        A class gets its exact share rounded up or down, and the shares add up to n.
        ValueError unless 1 <= n <= len(self).
        """
        _check_whole("n", n, 1, len(self))
        order = torch.randperm(len(self), generator=torch.Generator().manual_seed(seed))
        labels = self.labels.cpu()[order]
        shares = _shares(torch.bincount(labels, minlength=len(self.classes)), n)
        chosen = [(labels == c).nonzero()[:share, 0] for c, share in enumerate(shares)]
        return self[order[torch.cat(chosen).sort().values].to(self.device)]


def _shares(counts: Tensor, n: int) -> list[int]:
    """Split n over classes in proportion to counts (c,), by the method of largest remainders."""
    total = int(counts.sum())
    shares, remainders = counts * n // total, counts * n % total
    missing = n - int(shares.sum())
    shares[remainders.argsort(descending=True, stable=True)[:missing]] += 1
    return shares.tolist()


def _check_tensor(name: str, value: object, dtype: torch.dtype, shape: str, rank: int) -> None:
    if not isinstance(value, Tensor):
        raise ValueError(f"{name} is a {type(value).__name__}: give a torch tensor {shape}")
    if value.dtype != dtype or value.ndim != rank:
        raise ValueError(
            f"{name} has shape {tuple(value.shape)} and type {value.dtype}: "
            f"give the shape {shape} and {dtype}"
        )


def _check_whole(name: str, value: object, low: int, high: int | None = None) -> None:
    """Refuse anything but a whole number from low to high."""
    if (
        isinstance(value, bool)
        or not isinstance(value, int)
        or value < low
        or (high or value) < value
    ):
        allowed = f"at least {low}" if high is None else f"from {low} to {thousands(high)}"
        raise ValueError(f"{name} = {value!r}: give a whole number {allowed}")
