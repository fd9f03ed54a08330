"""The pace lab finds a loop's times in the record as Python does, whatever is switched on."""

from itertools import product

import pytest

from book_utils import pace
from book_utils.explorables import PaceLab
from book_utils.explorables.pace.lab import BATCHES, made_up
from tests.parity.front_end import evaluate

ON = (False, True)


def test_every_loop_has_its_times_taken_apart_as_in_python():
    lab = PaceLab(made_up())
    steps = [("cpu", step) for step in pace.STEPS[:2]] + [("gpu", step) for step in pace.STEPS]
    states = [
        {"model": model, "resident": resident, "moved": moved, "batch_size": size,
         "channels_last": last, "half": half, "place": place, "step": step}
        for model, resident, moved, size, last, half, (place, step) in product(
            pace.MODELS, ON, ON, BATCHES, ON, ON, steps
        )
    ]  # fmt: skip
    data = {"recorded": lab.recorded, "measured": {}}
    for state, found in zip(states, evaluate([["pace", s, data] for s in states]), strict=True):
        with lab.hold_trait_notifications():
            for name, value in state.items():
                setattr(lab, name, value)
        spent = lab.spent
        wanted = {"data": spent.data, "cost": spent.cost, "arithmetic": spent.arithmetic}
        assert found == pytest.approx(wanted, rel=1e-12), state
