"""The canyon on the page is PyTorch's: inputs, curvature, lowest point and every step."""

import math

import pytest
import torch
from torch.testing import assert_close

from book_utils.explorables import CanyonLab
from tests.parity.front_end import evaluate
from tests.parity.reach import reach

RATES = (0.01, 0.05, 0.7, 0.97, 1, 1.03, 2)


def doubles(values):
    return torch.tensor(values, dtype=torch.float64)


def random_examples(n, seed):
    g = torch.Generator().manual_seed(seed)
    x = torch.randn(n, 2, generator=g, dtype=torch.float64) * doubles([1, 5]) + doubles([2, -1])
    return x, torch.randn(n, generator=g, dtype=torch.float64)


@pytest.mark.parametrize("n", [2, 3, 8, 40])
def test_standardised_inputs(n):
    x, _ = random_examples(n, n)
    (found,) = evaluate([["standardise", x.tolist()]])
    assert_close(doubles(found), (x - x.mean(0)) / x.std(0, correction=0))


@pytest.mark.parametrize("n", [2, 3, 8, 40])
def test_the_error_its_curvature_and_its_lowest_point(n):
    x, y = random_examples(n, n)
    examples, w = {"x": x.tolist(), "y": y.tolist()}, doubles([0.5, -3])
    error, bends, best = evaluate(
        [
            ["meanSquaredError", examples, w.tolist()],
            ["curvature", x.tolist()],
            ["lowest", examples],
        ]
    )

    def loss(w):
        return (x @ w - y).square().mean()

    hessian = torch.autograd.functional.hessian(loss, w)
    smallest, largest = torch.linalg.eigvalsh(hessian).tolist()
    along = doubles([math.cos(bends["angle"]), math.sin(bends["angle"])])
    assert error == pytest.approx(loss(w).item())
    assert bends["largest"] == pytest.approx(largest)
    assert bends["smallest"] == pytest.approx(smallest, abs=1e-9)
    assert_close(hessian @ along, smallest * along, atol=1e-9, rtol=1e-7)
    assert_close(doubles(best), torch.linalg.lstsq(x, y[:, None]).solution[:, 0])


@pytest.mark.parametrize("normalised", [False, True])
def test_every_ratio_and_rate_takes_the_steps_of_sgd(normalised):
    places = ([0, 0], [60, 60], [5, 10], [30, 30], [17, 52], None)
    labs = [
        CanyonLab(ratio=ratio, rate=RATES[(ratio + i) % len(RATES)], at=at, steps=(7 * ratio) % 51)
        for i, at in enumerate(places)
        for ratio in reach(CanyonLab, "ratio")
    ]
    for lab in labs:
        lab.normalised = normalised
    calls = [["canyon", lab.examples, lab.get_state(list(lab.schema()))] for lab in labs]
    for lab, found in zip(labs, evaluate(calls), strict=True):
        path = lab.output
        size = path.abs().max().item()  # what diverges is as exact as its largest step
        assert_close(doubles(found["path"]), path, rtol=1e-9, atol=1e-9 * size)
        losses = torch.stack([lab.loss(w) for w in path])
        assert_close(doubles(found["losses"]), losses, rtol=1e-6, atol=1e-12 * size)
        assert found["rate"] == pytest.approx(lab.learning_rate)
