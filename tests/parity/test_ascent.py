"""Both pictures of the ascent lab climb on the page as they do in PyTorch."""

import pytest
import torch
from torch.testing import assert_close

from book_utils.ascent import blurred
from book_utils.explorables import AscentLab
from book_utils.explorables.parts.pictures import pack
from book_utils.explorables.parts.shipped import gallery, shipped
from book_utils.explorables.parts.unit import SHAPES
from tests import SEED
from tests.labs.states import Probe
from tests.parity.front_end import evaluate

NEAR = {"rtol": 1e-5, "atol": 1e-5}
UNITS = [[layer, index] for layer, (n,) in SHAPES.items() for index in range(n)]
SWITCHES = ("blur", "jitter", "decay")


def compare(states, picture):
    """Where both pictures of each state are on the page, and by PyTorch."""
    lab = AscentLab(picture=picture)
    probe = Probe(lab)
    pages = evaluate([["ascents", shipped()["layers"], states, pack(picture)]])[0]
    for state, page in zip(states, pages, strict=True):
        assert probe.takes(state), state
        for (found, values, diverged), theirs in zip(
            page, (lab.without, lab.regularised), strict=True
        ):
            assert diverged == theirs.diverged, state
            values = torch.tensor(values[: len(theirs.values)])
            assert_close(values.double(), torch.tensor(theirs.values).double(), **NEAR)
            if not diverged:
                found = torch.tensor(found, dtype=torch.float64).reshape(28, 28)
                assert_close(found, theirs.picture, **NEAR, msg=f"{state}: {{}}".format)


def state(**settings):
    """All settings of the lab, these among them."""
    return Probe(AscentLab(steps=8)).start | settings


@pytest.mark.parametrize("start", ["noise", "grey", "drawing"])
def test_every_unit_from_every_start(start):
    compare([state(unit=unit, start=start) for unit in UNITS], gallery()[0][3])


def test_every_combination_of_the_switches_at_every_rate():
    switched = [dict(zip(SWITCHES, on, strict=True)) for on in torch.cartesian_prod(
        *[torch.tensor([False, True])] * 3).tolist()]  # fmt: skip
    rates = [0.1, 0.2, 0.5, 1, 2, 5, 10, 20]
    states = [state(rate=rate, **on) for rate, on in zip(rates, switched, strict=True)]
    states += [state(rate=rate, **on, clip=False) for rate, on in zip(rates, switched, strict=True)]
    compare(states, gallery()[0][0])


def test_whatever_a_link_brings():
    states = [
        drawn | {"steps": drawn["steps"] % 12} for drawn in Probe(AscentLab()).drawn(12, SEED)
    ]
    compare(states, gallery()[0][11])


def test_a_climb_that_diverges_ends_at_the_same_step():
    compare([state(rate=20, clip=False, steps=40), state(rate=5, clip=False, steps=60)],
            gallery()[0][0])  # fmt: skip


def test_a_drawn_nothing_has_nowhere_to_go_or_climbs_as_in_pytorch():
    blank = torch.zeros(28, 28)
    compare([state(start="drawing", unit=unit) for unit in UNITS[:12]], blank)


def test_blur():
    x = torch.rand(1, 9, 9, dtype=torch.float64)
    ours = torch.tensor(evaluate([["blurred", x.flatten().tolist(), 9]])[0], dtype=torch.float64)
    assert_close(ours.reshape(1, 9, 9), blurred(x))
