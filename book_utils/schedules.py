"""How the learning rate changes in a run: `one_cycle`, and `Rates`, which sets it step by step."""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch.optim import SGD, Optimizer

Schedule = Callable[[float], float]  # share of the run that is done -> factor of the rate


def one_cycle(share: float, warm: float = 0.25) -> float:
    """Return the factor of the rate: up to 1 by a line, down to 0 by another.

    share: of the steps that are done, 0 to 1; warm: where between them the factor is 1.
    Source: Smith and Topin (2018), https://arxiv.org/abs/1708.07120, without its third phase.
    """
    return share / warm if share < warm else (1 - share) / (1 - warm)


class Rates:
    """The rates of an optimizer's groups over a run of so many steps.

    Raises ValueError for a schedule that returns anything but a number of at least 0.
    """

    def __init__(self, optimizer: Optimizer, schedule: Schedule, steps: int) -> None:
        self.optimizer = optimizer
        self.full = [float(group["lr"]) for group in optimizer.param_groups]
        self.factors = [_factor(schedule, step / steps) for step in range(steps)]

    def put_on(self, device: torch.device) -> None:
        """Keep the rates in tensors on the device: there a step that is replayed reads them."""
        for group, full in zip(self.optimizer.param_groups, self.full, strict=True):
            group["lr"] = torch.tensor(full, device=device)
            if isinstance(self.optimizer, SGD):  # the others would fetch the rate for Python
                group |= {"fused": True, "foreach": False}

    def set(self, step: int) -> None:
        """Set the rates for a step of the run, counted from 0."""
        for group, full in zip(self.optimizer.param_groups, self.full, strict=True):
            rate = full * self.factors[step]
            if isinstance(group["lr"], torch.Tensor):
                group["lr"].fill_(rate)
            else:
                group["lr"] = rate


def _factor(schedule: Schedule, share: float) -> float:
    factor = schedule(share)
    if not isinstance(factor, int | float) or not 0 <= factor < math.inf:
        raise ValueError(
            f"schedule({share:g}) = {factor!r}: give a function of the share of the run that is "
            "done, which returns the factor of the rate, a number of at least 0"
        )
    return factor
