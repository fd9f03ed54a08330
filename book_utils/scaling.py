"""How long a training step takes on several devices: reckoned from counts, not measured.

    scaling.speedup(scaling.work("resnet18"), devices=4, batch=256, link=10)

The devices share a batch, and exchange their gradients round a ring after it. A step takes what any
step costs, however few images are in it; the arithmetic of a device's share; and the exchange,
unless it is hidden under the backward pass. Data, memory, the delay of each message, and devices
that wait for others are left out, so a real step takes longer.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import torch
from torch import nn

from book_utils import models
from book_utils.shapes import layer_table

# The networks, and the images that they take: (channels, height, width).
NETWORKS: dict[str, tuple[Callable[[], nn.Module], tuple[int, int, int]]] = {
    "lenet": (models.LeNet, (1, 28, 28)),
    "small_resnet": (models.small_resnet, (1, 28, 28)),
    "alexnet": (models.alexnet, (3, 224, 224)),
    "resnet18": (models.resnet18, (3, 224, 224)),
    "resnet50": (models.resnet50, (3, 224, 224)),
}
PASSES = 3  # a backward pass takes twice the multiply-adds of a forward pass
FLOPS = 2  # in a multiply-add
BYTES = 4  # of a number in float32
BACKWARD = 2 / 3  # of the arithmetic, under which the exchange can be hidden


@dataclass(frozen=True)
class Work:
    """What a network has to learn, and the multiply-adds of one image on its way forwards."""

    parameters: int
    multiply_adds: int


@dataclass(frozen=True)
class Step:
    """The milliseconds of a step: what any step costs, arithmetic, exchange, what of it is hidden.

    `cost`, `arithmetic` and `exchange` follow one another, but for `hidden`, the part of the
    exchange that takes place during the arithmetic.
    """

    cost: float
    arithmetic: float
    exchange: float
    hidden: float

    @property
    def milliseconds(self) -> float:
        """From the beginning of the step to its end."""
        return self.cost + self.arithmetic + self.exchange - self.hidden


@cache
def work(network: str) -> Work:
    """Count parameters and multiply-adds of a network by its name; KeyError for an unknown one."""
    build, shape = NETWORKS[network]
    with torch.device("meta"):  # nothing is computed, all is counted
        table = layer_table(build(), shape)
    return Work(table.parameters, table.multiply_adds)


def step(
    work: Work,
    devices: int,
    batch: int = 256,
    link: float = 10,
    rate: float = 10,
    cost: float = 2,
    overlap: bool = True,
    shared: bool = True,
) -> Step:
    """Reckon a step on `devices` devices, in milliseconds.

    `batch`: images, which the devices share, or without `shared` of each device; `link`: what a
    device sends, in gigabits a second; `rate`: what it computes, in TFLOP/s; `cost`: of any step,
    in milliseconds; `overlap`: whether gradients are sent while the backward pass goes on.
    Each device sends 2(n - 1)/n times its gradient, in float32. Raises a ValueError for no device,
    an empty batch, a link or a rate that is not above 0, or a negative cost.
    Source: Patarasuk and Yuan (2009), for the ring; chapter "More than one device".
    """
    if min(devices, batch) < 1 or min(link, rate) <= 0 or cost < 0:
        given = f"devices = {devices}, batch = {batch}, link = {link}, rate = {rate}, cost = {cost}"
        raise ValueError(
            f"{given}: give at least one device and one image, a link and a rate above 0, and a "
            "cost that is not negative"
        )
    images = batch / devices if shared else batch
    flops = FLOPS * PASSES * work.multiply_adds * images
    arithmetic = 1000 * flops / (rate * 1e12)
    sent = 2 * (devices - 1) / devices * BYTES * work.parameters
    exchange = 1000 * sent / (link * 1e9 / 8)
    hidden = min(exchange, BACKWARD * arithmetic) if overlap else 0.0
    return Step(cost, arithmetic, exchange, hidden)


def speedup(work: Work, devices: int, shared: bool = True, **settings: float) -> float:
    """Return how many times as many images a second `devices` devices learn from as one does.

    `settings` as for `step`.
    """
    one, all_ = (step(work, n, shared=shared, **settings).milliseconds for n in (1, devices))
    return (1 if shared else devices) * one / all_
