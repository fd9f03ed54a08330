"""The ingredients lab in Python: it shows the recorded runs and no others."""

from statistics import mean

import pytest
from traitlets import TraitError

from book_utils import records
from book_utils.explorables import IngredientsLab

SETTINGS = {
    "plain": ({}, {"moved": False, "schedule": "constant", "smoothing": 0.0}),
    "moved": ({"moved": True}, {"moved": True, "schedule": "constant", "smoothing": 0.0}),
    "falls": ({"falls": True}, {"moved": False, "schedule": "cosine", "smoothing": 0.0}),
    "smooth": ({"smooth": True}, {"moved": False, "schedule": "constant", "smoothing": 0.1}),
}


@pytest.mark.parametrize("name", SETTINGS)
def test_a_switch_chooses_the_runs_with_that_ingredient(name):
    switches, settings = SETTINGS[name]
    lab = IngredientsLab(**switches)
    runs = records.load("ingredients").select(study="switches", **settings)
    assert lab.runs == runs and len(runs) == 5
    assert lab.output == [run["test_accuracy"][-1] for run in runs]


def test_what_travels_are_the_mean_and_the_ends_of_the_band():
    lab = IngredientsLab(moved=True, falls=True, smooth=True)
    shown = lab.recorded["111"]
    for epoch in (0, -1):
        values = [run["test_accuracy"][epoch] for run in lab.runs]
        assert shown["low"][epoch] == min(values) and shown["high"][epoch] == max(values)
        assert shown["mean"][epoch] == pytest.approx(mean(values), abs=1e-5)
    assert shown["last"] == lab.output
    assert lab.recorded.keys() == {f"{i:03b}" for i in range(8)}


def test_the_still_has_the_mean_of_every_combination():
    still = IngredientsLab().still()
    assert all(f"{mean(IngredientsLab(**on).output):.3f}" in still for on, _ in SETTINGS.values())


def test_what_is_no_switch_is_refused():
    with pytest.raises(TraitError, match="moved"):
        IngredientsLab(moved="yes")
