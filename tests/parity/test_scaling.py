"""A step on several devices takes as long on the page as in Python, whatever is set."""

from dataclasses import asdict, replace
from itertools import product

import pytest

from book_utils import scaling
from book_utils.explorables.scaling.lab import BATCHES, DEVICES
from tests.parity.front_end import evaluate

ENDS = {
    "batch": (BATCHES[0], BATCHES[-1]),
    "link": (1, 33.3, 1000),
    "rate": (1, 1000),
    "cost": (0, 10),
    "overlap": (True, False),
    "shared": (True, False),
}


def test_every_step_takes_as_long_as_in_python():
    setups = [dict(zip(ENDS, values, strict=True)) for values in product(*ENDS.values())]
    works = [scaling.work(network) for network in scaling.NETWORKS]
    asked = list(product(DEVICES, works, setups))
    found = evaluate(
        [
            [name, devices, asdict(work), setup]
            for name in ("stepOn", "speedupOn", "speedupWithoutExchange")
            for devices, work, setup in asked
        ]
    )
    steps, gains, free = (found[len(asked) * i : len(asked) * (i + 1)] for i in range(3))
    for (devices, work, setup), step, gain, most in zip(asked, steps, gains, free, strict=True):
        wanted = asdict(scaling.step(work, devices, **setup))
        assert list(step.values()) == pytest.approx(list(wanted.values()), rel=1e-12)
        assert step.keys() == wanted.keys()
        assert gain == pytest.approx(scaling.speedup(work, devices, **setup), rel=1e-12), setup
        nothing = replace(work, parameters=0)  # to exchange
        assert most == pytest.approx(scaling.speedup(nothing, devices, **setup), rel=1e-12), setup
