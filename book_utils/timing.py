"""How long something takes: runs that take turns, so that whatever else happens hits all alike."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

import torch
from torch import Tensor

SLOW = 0.1  # seconds
SLOW_ROUNDS = 3


@contextmanager
def one_thread() -> Iterator[None]:
    """Compute on one thread of the CPU in the block."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def seconds_of(run: Callable[..., Tensor], *inputs: Tensor) -> float:
    """Return how long one run takes, to the end of what a GPU was given to do."""
    start = time.perf_counter()
    y = run(*inputs)
    if y.device.type != "cpu":
        getattr(torch, y.device.type).synchronize()
    return time.perf_counter() - start


@one_thread()
def timed(
    runs: Mapping[str, Callable[..., Tensor]], *inputs: Tensor, rounds: int = 15
) -> dict[str, list[float]]:
    """Return the seconds of each run by its name, measured on one thread of the CPU.

    All run once to warm up, and then once in every round, one after another; what takes longer
    than `SLOW` seconds only in the first `SLOW_ROUNDS`. Raises ValueError for less than one round.
    """
    if rounds < 1:
        raise ValueError(f"rounds = {rounds}: at least 1 is needed")
    with torch.no_grad():
        for run in runs.values():
            seconds_of(run, *inputs)
        times: dict[str, list[float]] = {name: [] for name in runs}
        for turn in range(rounds):
            for name, run in runs.items():
                if turn < SLOW_ROUNDS or min(times[name]) < SLOW:
                    times[name].append(seconds_of(run, *inputs))
    return times
