"""The learning lab: a small network that learns to read digits in front of the reader."""

import threading
import time
from functools import cached_property
from typing import Any

import torch
from torch import Tensor, nn
from traitlets import Bool, Dict, Unicode, default, observe

from ..parts.bundled_digits import TRAIN, digits, packed
from ..parts.pictures import Pictures
from ..platform.base import Explorable
from ..platform.still import grids_svg
from ..platform.traits import Real, Whole
from .course import LENGTH, Course

PACE = 0.08  # seconds that a step takes at least, as in session.ts
SHOWN = 3  # of the held-out digits: it stands on the pad before the reader draws


class LearningLab(Explorable):
    """A network that learns in front of the reader: 4 kernels of 5×5, ReLU, 2×2 max pooling, dense.

    It learns from 1,500 digits by gradient descent at the learning rate `rate` (above 0, at most
    10) on batches of `batch` images (1 to 1,500); `seeds` networks (1 to 5) learn side by side from
    other initial weights. A run has at most 400 steps. `digit` (28, 28) is the reader's own.

    On a page a worker trains; here PyTorch does, in a thread of its own: see `start`, `pause`,
    `reset` and `train`. `model` is the network of the first seed, whose kernels are shown. The
    same settings give the same run in both. Raises a TraitError for a setting out of range, such
    as a batch larger than the data.
    """

    in_code = {}
    room = (600, 776)
    essential = ("rate", "batch")
    task = Unicode("Press Start, and draw a digit meanwhile").tag(sync=True, data=True)

    rate = Real(0, 10, 0.2, above=True).tag(sync=True)
    batch = Whole(1, TRAIN, 32).tag(sync=True)
    seeds = Whole(1, 5).tag(sync=True)
    digit = Pictures().tag(sync=True, data=True)
    running = Bool(False, read_only=True).tag(sync=True, data=True)
    _progress = Dict().tag(sync=True, data=True)
    _goal = 0  # the step up to which the thread trains

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self.on_msg(self._take)

    @default("digit")
    def _first(self) -> Tensor:
        return digits()[2][SHOWN, 0]

    @cached_property
    def _course(self) -> Course:
        return Course(self.seeds)

    @property
    def model(self) -> nn.Sequential:
        """The network of the first seed as it is now: images (n, 1, 28, 28) to scores (n, 10)."""
        return self._course.runs[0].model

    @property
    def losses(self) -> list[list[float]]:
        """For each seed the mean loss of each step's batch, before the step."""
        return [list(run.losses) for run in self._course.runs]

    @property
    def accuracies(self) -> list[list[float]]:
        """For each seed the share of 500 held-out digits named right, every fifth step from 0."""
        return [list(run.accuracies) for run in self._course.runs]

    @property
    def output(self) -> Tensor:
        """The scores of the ten digits for `digit`, (10,)."""
        with torch.no_grad():
            return self.model(self.digit[None, None])[0]

    def train(self, steps: int) -> None:
        """Take `steps` steps now, or as many as are left of the run."""
        with self.hold_trait_notifications():
            for _ in range(steps):
                if self._course.is_over:
                    break
                self._course.take_step(self.batch, self.rate)
            self._tell()

    def start(self) -> None:
        """Train on to the end of the run, or until `pause`; a run at its end begins anew."""
        if self._course.is_over:
            self.reset()
        self._go_to(LENGTH)

    def pause(self) -> None:
        """Stop after the present step."""
        self._goal = 0

    def reset(self) -> None:
        """Go back to the initial weights."""
        with self.hold_trait_notifications():
            self._goal = 0
            self._course = Course(self.seeds)
            self._tell()

    @observe("seeds")
    def _begin_anew(self, change: dict[str, Any]) -> None:
        if "_course" in vars(self):
            self.reset()

    def _take(self, _: Any, message: Any, buffers: Any) -> None:
        """Do what the page orders: see orders.ts."""
        order = message.get("order") if isinstance(message, dict) else None
        if order == "run":
            self.start()
        elif order == "step":
            self._go_to(self._course.step + 1)
        elif order == "pause":
            self.pause()
        elif order == "reset":
            self.reset()

    def _go_to(self, goal: int) -> None:
        """Train up to a step, in a thread: the kernel stays free, also for the order to pause.

        Whoever holds notifications back has the turn, and no other thread (see platform/base.py).
        """
        with self.hold_trait_notifications():
            self._goal = goal
            if self.running:
                return
            self.set_trait("running", True)
        threading.Thread(target=self._work, daemon=True).start()

    def _work(self) -> None:
        while self.running:
            due = time.monotonic() + PACE
            with self.hold_trait_notifications():
                if self._course.step < self._goal and not self._course.is_over:
                    self._course.take_step(self.batch, self.rate)
                if self._course.step >= self._goal or self._course.is_over:
                    if self._course.step:
                        self._course.test()  # first: who sees that it rests sees the test, too
                    self.set_trait("running", False)
                self._tell()
            time.sleep(max(0, due - time.monotonic()))

    def _tell(self) -> None:
        """Let the page see how far it is; where training rests, the networks are tested."""
        if self._course.step and not self.running:
            self._course.test()
        self._progress = self._course.progress if self._course.step else {}

    def later(self) -> dict[str, Any]:
        """Return the digits, which a page loads on *Start*."""
        return packed()

    def settings(self) -> dict[str, Any]:
        """Return the settings by name, as JSON can hold them."""
        return super().settings() | {"digit": self.traits()["digit"].as_json(self.digit, self)}

    def still(self) -> str:
        """Return the kernels as they are."""
        kernels = self.model.conv.weight.detach()[:, 0].mul(100).round().div(100).tolist()
        alt = f"The four kernels of 5 by 5 weights after {self._course.step} steps of training."
        return grids_svg([(f"kernel {i}", rows) for i, rows in enumerate(kernels)], alt)

    def __repr__(self) -> str:
        settings = f"rate={self.rate}, batch={self.batch}, seeds={self.seeds}"
        return f"LearningLab({settings}, name={self.name!r})"
