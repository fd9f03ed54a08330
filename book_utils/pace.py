"""How fast a training loop runs, and what its time goes into: data, the step itself, arithmetic.

    pace.measure(pace.Loop(resident=True, batch_size=256))

A loop waits for three things, one after another: until a batch lies ready on the device; for what a
step costs however few images are in it (launches, Python, the optimiser); for the arithmetic of the
images. The first is measured by itself, the second as a step with a single image, and the third is
what a step with the whole batch takes besides.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from statistics import median

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image, ImageOps
from torch import Tensor, nn
from torch.utils.data import DataLoader
from torch.utils.data import Dataset as TorchDataset

from book_utils.augment import shift_and_flip
from book_utils.data import Dataset, fashion_mnist
from book_utils.graphed import WARM, Graphed
from book_utils.half import demand_bfloat16
from book_utils.memory import explained
from book_utils.models import LeNet, small_resnet
from book_utils.records import Record
from book_utils.train import device as fastest

MODELS: dict[str, Callable[[], nn.Module]] = {
    "lenet": LeNet,
    "small_resnet": partial(small_resnet, 8, 16),
}
STEPS = ("eager", "fused", "graph")  # how a step is taken; each is the one before and more
EPOCH = 60_000  # images
SHIFT = 2  # pixels, either way
LR, MOMENTUM = 0.01, 0.9

Step = Callable[[Tensor, Tensor], Tensor]


@dataclass(frozen=True)
class Loop:
    """A training loop: what it trains, on what, and how.

    `resident`: the images lie on the device as one tensor; else each is opened as a picture and
    turned into numbers when its turn comes. `moved`: each is shifted and mirrored at random, where
    it lies: as a picture, or with its whole batch. `half`: products in bfloat16, by autocast.
    `step`: operation by operation ("eager"), with the optimiser in one ("fused"), or all of it as
    one recorded graph ("graph", on an NVIDIA GPU). Raises ValueError for another model or step.
    """

    model: str = "lenet"
    resident: bool = False
    moved: bool = False
    batch_size: int = 64
    channels_last: bool = False
    half: bool = False
    step: str = "eager"

    def __post_init__(self) -> None:
        for name, of in (("model", tuple(MODELS)), ("step", STEPS)):
            if getattr(self, name) not in of:
                raise ValueError(f"{name} = {getattr(self, name)!r}: give one of {', '.join(of)}")
        if self.batch_size < 1:
            raise ValueError(f"batch_size = {self.batch_size}: give at least 1")

    @property
    def slow(self) -> Loop:
        """The loop of many courses for the same task: image by image, and nothing else."""
        return Loop(model=self.model, moved=self.moved)


@dataclass(frozen=True)
class Spent:
    """The milliseconds of a batch: until it is there, what any step costs, and its arithmetic."""

    data: float
    cost: float
    arithmetic: float
    batch_size: int

    @property
    def milliseconds(self) -> float:
        """All three together."""
        return self.data + self.cost + self.arithmetic

    @property
    def examples_a_second(self) -> float:
        """How many images the loop learns from in a second."""
        return 1000 * self.batch_size / self.milliseconds

    @property
    def seconds(self) -> float:
        """Of an epoch of 60,000 images."""
        return EPOCH / self.examples_a_second

    @classmethod
    def of(cls, data: float, one: float, step: float, batch_size: int) -> Spent:
        """Take apart the times of feeding, of a step with one image, and of a whole step."""
        cost = min(one, step)
        return cls(data, cost, step - cost, batch_size)


class Pictures(TorchDataset):
    """Images as they come from a file, bytes, turned into tensors one by one when asked for."""

    def __init__(self, data: Dataset, transforms: list[Callable]) -> None:
        self.pixels = (data.images[:, 0] * 255).round().to(torch.uint8).cpu()
        self.labels, self.transforms = data.labels.cpu(), transforms

    def __len__(self) -> int:
        return len(self.labels)

    def __getitem__(self, i: int) -> tuple[Tensor, int]:
        sample = Image.fromarray(self.pixels[i].numpy())
        for transform in self.transforms:
            sample = transform(sample)
        return sample, int(self.labels[i])


def shift_picture(picture: Image.Image) -> Image.Image:
    """Shift one picture by up to SHIFT pixels each way, with black where nothing was."""
    left, top = random.randint(0, 2 * SHIFT), random.randint(0, 2 * SHIFT)
    framed = ImageOps.expand(picture, SHIFT)
    return framed.crop((left, top, left + picture.width, top + picture.height))


def flip_picture(picture: Image.Image) -> Image.Image:
    """Mirror one picture in two."""
    return ImageOps.mirror(picture) if random.random() < 0.5 else picture


def to_tensor(picture: Image.Image) -> Tensor:
    """Turn a picture, bytes (h, w), into float32 (1, h, w) in [0, 1]."""
    return torch.from_numpy(np.array(picture))[None].to(torch.float32).div(255)


def feed(loop: Loop, data: Dataset) -> Iterator[tuple[Tensor, Tensor]]:
    """Yield the batches (images, labels) of one epoch on the device of `data`, in random order."""
    if loop.resident:
        for x, y in data.batches(loop.batch_size, shuffle=True):
            yield shift_and_flip(x, SHIFT) if loop.moved else x, y
        return
    moves = [shift_picture, flip_picture] if loop.moved else []
    pictures = Pictures(data, [*moves, to_tensor])
    for x, y in DataLoader(pictures, loop.batch_size, shuffle=True):
        yield x.to(data.device), y.to(data.device)


def stepper(loop: Loop, device: torch.device | str = "cpu") -> tuple[nn.Module, Step]:
    """Return a network on the device, and the function that takes a step: images, labels -> loss.

    Raises ValueError where the device has no such step, or no bfloat16.
    """
    device = torch.device(device)
    if loop.step == "graph" and device.type != "cuda":
        raise ValueError(f"step = 'graph': {device.type} has no CUDA graphs; give 'fused'")
    if loop.half:
        demand_bfloat16(device)
    model = MODELS[loop.model]().to(device)
    if loop.channels_last:
        model = model.to(memory_format=torch.channels_last)
    fused = {"fused": True} if loop.step != "eager" else {}
    optimizer = torch.optim.SGD(model.parameters(), lr=LR, momentum=MOMENTUM, **fused)

    def step(x: Tensor, y: Tensor) -> Tensor:
        if loop.channels_last:
            x = x.to(memory_format=torch.channels_last)
        with torch.autocast(device.type, torch.bfloat16, enabled=loop.half):
            loss = F.cross_entropy(model(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        return loss.detach()

    if loop.step != "graph":
        return model, step
    graphed = Graphed(lambda x, y: (step(x, y),), device)
    return model, lambda x, y: graphed(x, y)[0]


def timer(
    work: Callable[[], object], device: torch.device | str = "cpu", least: float = 0.05
) -> Callable[[], float]:
    """Return a function that takes a time of `work`, in milliseconds.

    The work is done once before, which does not count. Each time does it as often as `least`
    seconds need, and ends when the device has done all that it was given.
    """
    gpu = torch.device(device).type
    wait = getattr(torch, gpu).synchronize if gpu != "cpu" else lambda: None

    def taken(times: int) -> float:
        wait()
        start = time.perf_counter()
        for _ in range(times):
            work()
        wait()
        return time.perf_counter() - start

    taken(1)
    times = max(1, round(least / taken(1)))
    return lambda: 1000 * taken(times) / times


def feeding(loop: Loop, data: Dataset, batches: int = 4) -> Callable[[], float]:
    """Return a function that takes a time, in milliseconds, until a batch is there."""
    n = min(len(data), batches * loop.batch_size)
    part = data[:n]
    count = -(-n // loop.batch_size)

    def go() -> None:
        for _ in feed(loop, part):
            pass

    each = timer(go, data.device)
    return lambda: each() / count


def fed(loop: Loop, data: Dataset, batches: int = 4, repeats: int = 5) -> list[float]:
    """Return the milliseconds until a batch is there, once for each repeat."""
    each = feeding(loop, data, batches)
    return [each() for _ in range(repeats)]


def stepping(loop: Loop, data: Dataset) -> Callable[[], float]:
    """Return a function that takes a time, in milliseconds, of a step with a batch.

    MemoryError, with what would fit, for a batch that is too large.
    """
    model, step = stepper(loop, data.device)
    x, y = enough(data, loop.batch_size)
    with explained(model, x):
        for _ in range(WARM + 1 if loop.step == "graph" else 0):
            step(x, y)
        return timer(lambda: step(x, y), data.device)


def stepped(loop: Loop, data: Dataset, repeats: int = 5) -> list[float]:
    """Return the milliseconds of a step with a batch, once for each repeat, see `stepping`."""
    each = stepping(loop, data)
    return [each() for _ in range(repeats)]


def enough(data: Dataset, n: int) -> tuple[Tensor, Tensor]:
    """Return n images and labels, some more than once where the set is smaller."""
    index = torch.arange(n, device=data.device) % len(data)
    return data.images[index], data.labels[index]


def measure(
    loop: Loop, data: Dataset | None = None, device: torch.device | str | None = None
) -> Spent:
    """Measure a loop on this machine, in some seconds; on the bundled images unless others."""
    data = (data or fashion_mnist()[0]).to(device or fastest())
    one = stepped(replace(loop, batch_size=1), data)
    whole = stepped(loop, data)
    return Spent.of(median(fed(loop, data)), median(one), median(whole), loop.batch_size)


def recorded(record: Record, loop: Loop, place: str = "cpu") -> Spent:
    """Return what was recorded of a loop; ValueError, with what there is, for one that was not."""
    fed = record.select(
        study="feed", place=place, resident=loop.resident, moved=loop.moved,
        batch_size=loop.batch_size,
    )  # fmt: skip
    one, whole = (
        record.select(
            study="step", place=place, model=loop.model, channels_last=loop.channels_last,
            half=loop.half, step=loop.step, batch_size=n,
        )
        for n in (1, loop.batch_size)
    )  # fmt: skip
    times = (runs[0]["milliseconds"] for runs in (fed, one, whole))
    return Spent.of(*times, loop.batch_size)
