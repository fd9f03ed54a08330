"""Training of several networks side by side, step by step, as session.ts does it on a page."""

from typing import Any

import torch
from torch import Tensor

from ..parts.training_run import Run

LENGTH = 400  # steps of a whole run, as in orders.ts
TESTED_EVERY = 5  # steps, as in orders.ts


class Course:
    """Runs side by side, with seeds from 0 up."""

    def __init__(self, seeds: int) -> None:
        self.runs = [Run(seed) for seed in range(seeds)]
        self.tested: list[int] = []
        self.step = 0

    @property
    def is_over(self) -> bool:
        """Whether it has come to its end, or to nothing."""
        return self.step == LENGTH or all(run.trouble for run in self.runs)

    def take_step(self, batch: int, rate: float) -> None:
        """Take one step of each network."""
        if self.step == 0:
            self.test()
        for run in self.runs:
            run.step(batch, rate)
        self.step += 1
        if self.step % TESTED_EVERY == 0 or self.is_over:
            self.test()

    def test(self) -> None:
        """Test all networks, unless they have been since the last step."""
        if self.tested[-1:] == [self.step]:
            return
        for run in self.runs:
            run.test()
        self.tested.append(self.step)

    @property
    def progress(self) -> dict[str, Any]:
        """All that has been seen, as a page takes it: see orders.ts."""
        model = self.runs[0].model
        slopes = [torch.zeros_like(w) if w.grad is None else w.grad for w in model.parameters()]
        return {
            "step": self.step,
            "losses": [list(run.losses) for run in self.runs],
            "tested": list(self.tested),
            "accuracies": [list(run.accuracies) for run in self.runs],
            "troubles": [run.trouble for run in self.runs],
            "weights": _bytes(list(model.parameters())),
            "gradients": _bytes(slopes),
        }


def _bytes(tensors: list[Tensor]) -> bytes:
    return torch.cat([each.detach().flatten() for each in tensors]).float().numpy().tobytes()
