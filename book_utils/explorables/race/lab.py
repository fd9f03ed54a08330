"""The race lab: a small network that learns to read digits, against the clock."""

import threading
import time
from typing import Any

import torch
from traitlets import Bool, Dict, Unicode

from ..parts.bundled_digits import TRAIN, packed
from ..platform.base import Explorable
from ..platform.still import grids_svg
from ..platform.traits import Choice, Real, Whole
from .attempt import KEPT_BACK, LINE, Attempt

TICK = 0.1  # seconds between two words of the clock, as in session.ts


class RaceLab(Explorable):
    """How few seconds of training to 95 % on the bundled digits? Practise, then race.

    Each of `seeds` networks (1 to 10), 4 kernels of 5×5, ReLU, 2×2 max pooling and a dense layer,
    trains for `epochs` (1 to 60) on batches of `batch` digits (1 to 1,250) at the learning rate
    `rate` (above 0, at most 10) with Nesterov's `momentum` (0 to 0.99). By `schedule` the rate
    stays, or goes up and down in one cycle; `shift` moves each digit by up to 0 to 3 pixels at
    random. Only the test after the last step counts, and only training is inside the clock.

    On a page a worker trains; here PyTorch does: see `practise`, `race`, `start` and `stop`. The
    same settings give the same networks in both. Raises a TraitError for a setting out of range.
    """

    in_code = {}
    room = (550, 760)
    essential = ("epochs", "rate", "shift")
    task = Unicode("Practise until it is fast, then race").tag(sync=True, data=True)

    epochs = Whole(1, 60, 12).tag(sync=True)
    rate = Real(0, 10, 0.1, above=True).tag(sync=True)
    shift = Whole(0, 3).tag(sync=True)
    batch = Whole(1, TRAIN - KEPT_BACK, 16).tag(sync=True)
    momentum = Real(0, 0.99, 0).tag(sync=True)
    schedule = Choice(("constant", "one cycle")).tag(sync=True)
    seeds = Whole(1, 10, 10).tag(sync=True)
    running = Bool(False, read_only=True).tag(sync=True, data=True)
    _progress = Dict().tag(sync=True, data=True)

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self._attempt: Attempt | None = None
        self.on_msg(self._take)

    @property
    def attempt(self) -> Attempt | None:
        """The runs of the last start: their lanes and models, and what they come to."""
        return self._attempt

    @property
    def output(self) -> torch.Tensor:
        """The accuracies of the networks of the last start after their last steps, (seeds,)."""
        lanes = self._attempt.lanes if self._attempt else []
        return torch.tensor([lane["accuracies"][-1] for lane in lanes if lane["isDone"]])

    def practise(self) -> Attempt:
        """Train on 1,250 digits and judge by 250 others that are no part of the test."""
        return self._now("practice")

    def race(self) -> Attempt:
        """Train on all 1,500 digits and judge by the 500 of the test."""
        return self._now("race")

    def start(self, judged: str) -> None:
        """Do the same in a thread, so that the page follows; what runs already is given up."""
        attempt = self._begin(judged)
        threading.Thread(target=self._work, args=(attempt,), daemon=True).start()

    def stop(self) -> None:
        """Give up what is running, after the present step."""
        with self.hold_trait_notifications():
            self.set_trait("running", False)

    def _begin(self, judged: str) -> Attempt:
        settings = {name: getattr(self, name) for name in self.schema()}
        with self.hold_trait_notifications():
            self._attempt = Attempt(judged, settings)
            self.set_trait("running", True)
            self._progress = self._attempt.progress
        return self._attempt

    def _now(self, judged: str) -> Attempt:
        attempt = self._begin(judged)
        self._work(attempt)
        return attempt

    def _work(self, attempt: Attempt) -> None:
        told = 0.0
        for _ in attempt.steps():
            if not self.running or attempt is not self._attempt:
                break
            if time.monotonic() > told + TICK and not attempt.is_over:
                self._tell(attempt)
                told = time.monotonic()
        self._tell(attempt, is_last=True)

    def _tell(self, attempt: Attempt, is_last: bool = False) -> None:
        with self.hold_trait_notifications():
            if attempt is not self._attempt:
                return
            if is_last:
                self.set_trait("running", False)
            self._progress = attempt.progress

    def _take(self, _: Any, message: Any, buffers: Any) -> None:
        """Do what the page orders: see orders.ts."""
        order = message.get("order") if isinstance(message, dict) else None
        if order in ("practise", "race"):
            self.start("race" if order == "race" else "practice")
        elif order == "stop":
            self.stop()

    def later(self) -> dict[str, Any]:
        """Return the digits, which a page loads at the first start."""
        return packed()

    def still(self) -> str:
        """Return the accuracy to reach, and those reached so far, in percent."""
        reached = [round(100 * accuracy, 1) for accuracy in self.output.tolist()]
        alt = f"The finish is {LINE:.0%}. Reached: {reached or 'nothing yet'}."
        grids = [("finish, %", [[100 * LINE]])]
        return grids_svg([*grids, ("", []), ("reached, %", [reached])] if reached else grids, alt)

    def __repr__(self) -> str:
        names = ("epochs", "rate", "shift", "batch", "momentum", "schedule", "seeds")
        settings = ", ".join(f"{name}={getattr(self, name)!r}" for name in names)
        return f"RaceLab({settings}, name={self.name!r})"
