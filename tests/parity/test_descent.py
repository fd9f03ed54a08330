"""The kernel learner descends the same way on the page and in PyTorch."""

import math

import pytest
import torch

from book_utils.explorables import KernelLearner
from tests.parity.front_end import evaluate

BARS = [[1, 1, 0, 0, 0, 0, 1, 1]] * 6


def problem(kernel, start, rate, x=BARS):
    return {"input": x, "kernel": kernel, "start": start, "rate": rate}


def random_problems(n):
    g = torch.Generator().manual_seed(0)
    for _ in range(n):
        h, w, k = (int(torch.randint(low, 4 + low, (1,), generator=g)) for low in (3, 3, 1))
        k = min(k, h, w)
        grids = [torch.randn(size, generator=g) for size in ((h, w), (k, k), (k, k))]
        yield problem(*(grid.tolist() for grid in grids[1:]), 0.01, grids[0].tolist())


def test_runs_agree_step_by_step():
    problems = [problem([[1, -1]], [[1.5, 0.4]], rate) for rate in (0.001, 0.03, 0.034)]
    problems += random_problems(20)
    runs = evaluate([("descend", settings, 40) for settings in problems])
    for settings, run in zip(problems, runs, strict=True):
        learner = KernelLearner(steps=40, **settings)
        losses = learner.run()[1]
        assert [step["loss"] for step in run] == pytest.approx(losses, rel=1e-5, abs=1e-12)
        assert torch.tensor(run[-1]["weights"]) == pytest.approx(learner.output, rel=1e-5, abs=1e-7)


def test_runs_that_diverge_end_at_the_same_step():
    settings = problem([[1, -1]], [[1.5, 0.4]], 0.1)
    run = evaluate([("descend", settings, 200)])[0]
    assert len(run) == len(KernelLearner(steps=200, **settings).run()[1]) < 200


def test_the_ellipses_are_those_of_equal_error():
    ellipse = evaluate([("ellipseOfError", BARS, [[1, -1]])])[0]
    for radius, turn in zip(ellipse["radii"], (0, math.pi / 2), strict=True):
        angle = ellipse["angle"] + turn
        start = [[1 + radius * math.cos(angle), -1 + radius * math.sin(angle)]]
        error = KernelLearner(BARS, [[1, -1]], start).run(0)[1][0]
        assert error == pytest.approx(1, rel=1e-6)
