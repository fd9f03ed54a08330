"""The scaling lab: how many times as fast several devices train, and what holds them up."""

from dataclasses import asdict
from typing import Any

from traitlets import Dict, Unicode, default

from ... import scaling
from ...numbers import significant
from ..platform.base import Explorable
from ..platform.traits import Choice, Real, Switch, WholeChoice

DEVICES = (1, 2, 4, 8, 16, 32, 64)
BATCHES = (64, 128, 256, 512, 1024, 2048, 4096)
NAMES = {
    "lenet": "LeNet",
    "small_resnet": "small ResNet",
    "alexnet": "AlexNet",
    "resnet18": "ResNet-18",
    "resnet50": "ResNet-50",
}


class ScalingLab(Explorable):
    """The time of a training step on one device and on several, reckoned and not measured.

    `network` is one of `scaling.NETWORKS`, on 1 to 64 `devices`, a power of two. They share a
    `batch` of 64 to 4,096 images, or with `shared` False have as many each. `link` is what a device
    sends, 1 to 1,000 gigabits a second; `rate` what it computes, 1 to 1,000 TFLOP/s; `cost` the
    milliseconds of any step, 0 to 10: launches, Python, the optimiser. 2 ms is about what a plain
    loop takes for a step of LeNet on a GPU (chapter "Training fast"), and 10 TFLOP/s is assumed.
    With `overlap` the exchange is hidden as far as it fits under the backward pass.

    `.output` has the milliseconds of a step by number of devices, 1 and `devices`, each a
    dictionary of "cost", "arithmetic", "exchange" and what is "hidden" of the exchange; `.speedup`
    says how many times as many images a second all devices learn from as one.
    Source: chapter "More than one device".
    """

    room = (580, 788)
    essential = ("network", "devices", "link")
    task = Unicode("Add devices: how much faster is it?").tag(sync=True, data=True)
    in_code = {"steps": lambda lab: lab.output, "speedup": lambda lab: lab.speedup}

    network = Choice(tuple(scaling.NETWORKS), "resnet18").tag(sync=True)
    devices = WholeChoice(DEVICES, 4).tag(sync=True)
    batch = WholeChoice(BATCHES, 256).tag(sync=True)
    link = Real(1, 1000, 10).tag(sync=True)
    rate = Real(1, 1000, 10).tag(sync=True)
    overlap = Switch(True).tag(sync=True)
    shared = Switch(True).tag(sync=True)
    cost = Real(0, 10, 2).tag(sync=True)
    counted = Dict().tag(sync=True, data=True)  # network -> its parameters and multiply-adds

    @default("counted")
    def _counts(self) -> dict[str, dict[str, int]]:
        return {name: asdict(scaling.work(name)) for name in scaling.NETWORKS}

    @property
    def output(self) -> dict[int, dict[str, float]]:
        """The milliseconds of the parts of a step, on one device and on all."""
        return {n: asdict(self.step(n)) for n in (1, self.devices)}

    @property
    def speedup(self) -> float:
        """How many times as fast all devices learn as one."""
        return self.speedup_on(self.devices)

    def step(self, devices: int) -> scaling.Step:
        """Return the time of a step on so many devices, with all else as it is set."""
        return scaling.step(scaling.work(self.network), devices, **self._setup)

    def speedup_on(self, devices: int) -> float:
        """Return how many times as fast so many devices learn as one, with all else as it is."""
        return scaling.speedup(scaling.work(self.network), devices, **self._setup)

    @property
    def _setup(self) -> dict[str, Any]:
        names = ("batch", "link", "rate", "cost", "overlap", "shared")
        return {name: getattr(self, name) for name in names}

    def still(self) -> str:
        """Return steps and speedups for all numbers of devices as a table."""
        rows = ""
        for n in DEVICES:
            step = self.step(n)
            parts = (step.cost, step.arithmetic, step.exchange - step.hidden, step.milliseconds)
            cells = "".join(f"<td>{significant(ms, 3)}</td>" for ms in parts)
            times = significant(self.speedup_on(n), 2)
            rows += f'<tr><th scope="row">{n}</th>{cells}<td>{times}</td></tr>'
        heads = (
            *("devices", "cost of any step", "arithmetic", "exchange that shows"),
            *("a step, ms", "times as fast"),
        )
        images = f"{self.batch} images {'in all' if self.shared else 'each'}"
        return (
            f"<table><caption>{NAMES[self.network]}, {images}, {self.link:g} Gbit/s: milliseconds "
            "of a step, reckoned and not measured</caption><thead><tr>"
            + "".join(f'<th scope="col">{head}</th>' for head in heads)
            + f"</tr></thead><tbody>{rows}</tbody></table>"
        )
