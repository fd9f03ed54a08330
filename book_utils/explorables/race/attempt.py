"""A race in PyTorch: networks train one after another, as session.ts does it on a page."""

import math
import time
from collections.abc import Iterator, Mapping
from statistics import mean
from typing import Any

import torch
from torch import Tensor

from book_utils.schedules import one_cycle
from book_utils.speedrun import CLASSES

from ..parts.bundled_digits import TRAIN, digits
from ..parts.training_run import Run

LINE = CLASSES["tab"].accuracy  # to reach on average, as in orders.ts
KEPT_BACK = 250  # digits that judge practice, as in orders.ts
LOOKS = 20  # times that a run is tested, as in orders.ts
PEAK = 0.2  # of a run, when the rate is highest, as in arithmetic/schedule.ts


class Attempt:
    """The runs of one start, with seeds from 0 up; `judged` is "practice" or "race".

    Practice learns from the first 1,250 digits and is judged by the 250 behind them; a race learns
    from all 1,500 and is judged by the 500 of the test. `lanes` has for each network the clock at
    each look, the share of the judging digits named right, and the seconds of training: making a
    network and testing it are outside the clock.
    """

    def __init__(self, judged: str, settings: Mapping[str, Any]) -> None:
        self.judged, self.settings = judged, dict(settings)
        self.lanes: list[dict[str, Any]] = []
        self.models: list[torch.nn.Module] = []

    @property
    def is_over(self) -> bool:
        """Whether all runs have come to their ends."""
        done = [lane["isDone"] for lane in self.lanes]
        return len(done) == self.settings["seeds"] and all(done)

    @property
    def accuracy(self) -> float:
        """The mean over the networks after their last steps."""
        return mean(lane["accuracies"][-1] for lane in self.lanes)

    @property
    def seconds(self) -> float:
        """The mean training time of a network."""
        return mean(lane["seconds"] for lane in self.lanes)

    @property
    def progress(self) -> dict[str, Any]:
        """All that has been seen, as a page takes it: see orders.ts."""
        lanes = [lane | {k: list(lane[k]) for k in ("at", "accuracies")} for lane in self.lanes]
        return {"judged": self.judged, "settings": self.settings, "lanes": lanes}

    def steps(self) -> Iterator[None]:
        """Train, with a pause for breath after each step of a network and each look at it."""
        for seed in range(self.settings["seeds"]):
            yield from self._lane(seed)

    def _lane(self, seed: int) -> Iterator[None]:
        count = TRAIN if self.judged == "race" else TRAIN - KEPT_BACK
        epochs, batch, rate = (self.settings[name] for name in ("epochs", "batch", "rate"))
        lane: dict[str, Any] = {"at": [], "accuracies": [], "seconds": 0.0, "share": 0.0}
        lane |= {"isDone": False, "trouble": ""}
        run, steps = Run(seed, count), math.ceil(epochs * count / batch)
        has_cycle = self.settings["schedule"] == "one cycle"
        extras = {name: self.settings[name] for name in ("momentum", "shift")}
        self.lanes.append(lane)
        self.models.append(run.model)
        self._look(lane, run)
        for step in range(steps):
            share = one_cycle((step + 0.5) / steps, PEAK) if has_cycle else 1
            start = time.perf_counter()
            run.step(batch, rate * share, **extras)
            lane["seconds"] += time.perf_counter() - start
            lane["share"] = (step + 1) / steps
            if run.trouble or (step + 1) * LOOKS // steps > step * LOOKS // steps:
                self._look(lane, run)
            yield
            if run.trouble:
                break
        lane |= {"trouble": run.trouble, "isDone": True}
        yield

    def _look(self, lane: dict[str, Any], run: Run) -> None:
        images, labels = self._judges()
        with torch.no_grad():
            right = (run.model(images).argmax(1) == labels).double().mean().item()
        lane["accuracies"].append(right)
        lane["at"].append(lane["seconds"])

    def _judges(self) -> tuple[Tensor, Tensor]:
        train, labels, test, of_test = digits()
        if self.judged == "race":
            return test, of_test
        return train[TRAIN - KEPT_BACK :], labels[TRAIN - KEPT_BACK :]
