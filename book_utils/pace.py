"""How fast a training loop runs, in each of several ways, and what its time goes into.

    pace.measure("lenet", pace.Way("tensors", 256))

A loop waits for three things, one after another: until a batch is there; for what a step costs
however few images are in it (launches, Python, the optimiser); for the arithmetic of its images.
A step with a single image shows the second, and what the loop takes with its images on the device
shows how much was waiting for them.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from statistics import median
from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from book_utils.augmentation import Moved
from book_utils.data import Dataset, fashion_mnist
from book_utils.graphed import WARM, Graphed
from book_utils.half import Half
from book_utils.memory import explained
from book_utils.models import LeNet, small_resnet
from book_utils.pil import Pictures, move, to_tensor, train_pictures
from book_utils.records import Record
from book_utils.train import device as fastest

MODELS: dict[str, Callable[[], nn.Module]] = {
    "lenet": LeNet,
    "small_resnet": partial(small_resnet, 8, 16),
}
FORMS = {  # whether weights are channels_last, whether products are computed in bfloat16
    "float32": (False, False),
    "channels_last": (True, False),
    "channels_last + bfloat16": (True, True),
}
LAUNCHES = ("eager", "fused", "compile", "graph")
EPOCH = 60_000  # images
LR, MOMENTUM = 1e-3, 0.9
MOST_STEPS = 200  # that are timed at once


class Way(NamedTuple):
    """One way to take the steps of training: the names of what is switched on."""

    data: str = "pictures"  # PIL images through a DataLoader, or "tensors" on the device
    batch: int = 64
    form: str = "float32"  # of FORMS
    launch: str = "eager"  # "fused": the optimizer; "graph" or "compile": the fused step
    moved: str = "no"  # by "pictures" (PIL, on the CPU) or by "tensors" (a layer on the device)

    @property
    def key(self) -> str:
        """The five in the order above, as the record "steps" has them."""
        return ",".join(map(str, self))

    @property
    def still(self) -> Way:
        """The same way on images that are not moved."""
        return self._replace(moved="no")


@dataclass(frozen=True)
class Spent:
    """The milliseconds of a batch: until it is there, what any step costs, and its arithmetic."""

    data: float
    price: float
    arithmetic: float
    batch: int

    @property
    def milliseconds(self) -> float:
        """All three together."""
        return self.data + self.price + self.arithmetic

    @property
    def examples_a_second(self) -> float:
        """How many images the loop learns from in a second."""
        return 1000 * self.batch / self.milliseconds

    @property
    def seconds(self) -> float:
        """Of an epoch of 60,000 images."""
        return EPOCH / self.examples_a_second


def rates(record: Record, model: str) -> dict[str, float]:
    """Return the examples a second of every way that was recorded, the median over rounds."""
    rounds = _rounds(record, model)
    return {key: median(each[key] for each in rounds) for key in rounds[0]}


def factors(record: Record, model: str) -> dict[str, float]:
    """Return how many times as fast as the slow loop each way is: in the median of the rounds.

    The slow loop opens picture by picture, in the smallest batches; it moves them if the way does.
    """
    rounds = _rounds(record, model)
    small = batches(record)[0]
    slow = {moved: Way(batch=small, moved=moved).key for moved in ("no", "pictures")}

    def factor(key: str) -> float:
        before = slow["no" if key.endswith(",no") else "pictures"]
        return median(each[key] / each[before] for each in rounds)

    return {key: factor(key) for key in rounds[0]}


def batches(record: Record) -> list[int]:
    """Return the sizes of batches that were recorded, ascending, but for single images."""
    keys = _rounds(record, next(iter(MODELS)))[0]
    return sorted({int(key.split(",")[1]) for key in keys} - {1})


def spent(record: Record, model: str, way: Way) -> Spent:
    """Take the recorded time of a batch apart. ValueError for a way that was not recorded."""
    found = rates(record, model)
    if way.key not in found:
        raise ValueError(f"{way.key!r} was not recorded; there are {', '.join(found)}")
    resident = way.still._replace(data="tensors")
    alone = resident._replace(batch=1)
    whole, step, price = (1000 * each.batch / found[each.key] for each in (way, resident, alone))
    step = min(step, whole)
    price = min(price, step)
    return Spent(whole - step, price, step - price, way.batch)


def _rounds(record: Record, model: str) -> list[dict[str, float]]:
    return [run["rates"] for run in record.select(study="paces", model=model)]


class Runner:
    """A network that learns in one of the ways, warmed up; `rate` times some of its steps.

    data: where the way wants them, pictures' on the CPU; aim: seconds that a timing should take.
    RuntimeError on a device without bfloat16 for a way that computes in it; MemoryError, with what
    fits, for a batch that does not.
    """

    def __init__(
        self, way: Way, network: nn.Module, data: Dataset, device: torch.device, aim: float = 0.12
    ) -> None:
        self.way, self.data, self.device = way, data, device
        is_last, is_half = FORMS[way.form]
        network = network.to(device)
        if is_last:
            network = network.to(memory_format=torch.channels_last)
        self.model = Half(network) if is_half else network
        if way.launch == "compile":
            self.model = torch.compile(self.model)
        if way.moved == "tensors":
            self.model = nn.Sequential(Moved(), self.model)
        fused = None if way.launch == "eager" else True
        self.optimizer = torch.optim.SGD(network.parameters(), LR, MOMENTUM, fused=fused)
        self.step = Graphed(self.learn, device) if way.launch == "graph" else self.learn
        with explained(network, data.images[:1].expand(way.batch, -1, -1, -1).to(device)):
            self.seconds(WARM + 1 if way.launch == "graph" else 1)
        self.steps = min(MOST_STEPS, max(1, round(aim / self.seconds(1))))

    def rate(self) -> float:
        """Return the examples a second of some steps."""
        return self.steps * self.way.batch / self.seconds(self.steps)

    def seconds(self, steps: int) -> float:
        """Take some steps, and return how long it took until the device was done."""
        order = torch.randperm(steps * self.way.batch) % len(self.data)
        go = self._pictures if self.way.data == "pictures" else self._tensors
        start = time.perf_counter()
        go(order)
        if self.device.type != "cpu":
            getattr(torch, self.device.type).synchronize()
        return time.perf_counter() - start

    def _pictures(self, order: Tensor) -> None:
        transforms = [move, to_tensor] if self.way.moved == "pictures" else [to_tensor]
        pictures = Pictures(self.data[order], transforms)
        train_pictures(self.model, self.optimizer, pictures, self.way.batch)

    def _tensors(self, order: Tensor) -> None:
        losses, right = [], []
        for chosen in order.to(self.device).split(self.way.batch):
            loss, hits = self.step(self.data.images[chosen], self.data.labels[chosen])
            losses.append(loss)
            right.append(hits)

    def learn(self, x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
        """Take one step on a batch; return its loss and the number of right answers."""
        scores = self.model(x)
        loss = F.cross_entropy(scores, y)
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()
        return loss.detach(), (scores.argmax(1) == y).sum()


def measure(
    model: str, *ways: Way, rounds: int = 5, device: torch.device | str | None = None
) -> list[float]:
    """Return the examples a second of ways, measured here in some seconds, in turns.

    On the bundled images, on the fastest device unless named. ValueError for a way that the device
    does not have; RuntimeError and MemoryError as `Runner` raises them.
    """
    device = torch.device(device or fastest())
    for way in ways:
        if way.launch == "graph" and device.type != "cuda":
            raise ValueError(f"launch = 'graph': {device.type} has no CUDA graphs; give 'fused'")
    far = fashion_mnist()[0]
    near = far.to(device)
    runners = [
        Runner(way, MODELS[model](), far if way.data == "pictures" else near, device)
        for way in ways
    ]
    measured = [[runner.rate() for runner in runners] for _ in range(rounds)]
    return [median(each) for each in zip(*measured, strict=True)]
