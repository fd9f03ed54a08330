"""A step on several devices takes as long on the page as in Python, whatever is set."""

from dataclasses import asdict
from itertools import product

import pytest

from book_utils import scaling
from book_utils.explorables.scaling.lab import BATCHES, DEVICES
from tests.parity.front_end import evaluate

ENDS = {
    "batch": (BATCHES[0], 256, BATCHES[-1]),
    "link": (1, 10, 1000),
    "rate": (1, 33.3, 1000),
    "cost": (0, 2, 10),
    "overlap": (True, False),
    "shared": (True, False),
}


@pytest.mark.parametrize("network", scaling.NETWORKS)
def test_every_step_takes_as_long_as_in_python(network):
    work = scaling.work(network)
    setups = [dict(zip(ENDS, values, strict=True)) for values in product(*ENDS.values())]
    asked = list(product(DEVICES, setups))
    steps = evaluate([["stepOn", n, asdict(work), setup] for n, setup in asked])
    gains = evaluate([["speedupOn", n, asdict(work), setup] for n, setup in asked])
    for (n, setup), step, gain in zip(asked, steps, gains, strict=True):
        wanted = scaling.step(work, n, **setup)
        assert step == pytest.approx(asdict(wanted), rel=1e-12), (n, setup)
        assert gain == pytest.approx(scaling.speedup(work, n, **setup), rel=1e-12), (n, setup)
