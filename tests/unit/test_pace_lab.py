"""The pace lab in Python: recorded times, what was not recorded, and a measurement."""

import pytest
from traitlets import TraitError

from book_utils import pace, records
from book_utils.explorables import PaceLab
from book_utils.explorables.pace import lab as module
from book_utils.numbers import thousands
from book_utils.pace import Loop, Spent


def test_it_shows_what_was_recorded_of_its_loop():
    lab = PaceLab(model="small_resnet", resident=True, batch_size=256, half=True)
    spent = pace.recorded(records.load("steps"), Loop("small_resnet", True, False, 256, half=True))
    assert lab.spent == spent and lab.output == spent.examples_a_second
    assert lab.loop.slow == Loop("small_resnet")


def test_times_travel_by_the_names_that_the_view_looks_up():
    times = PaceLab(module.made_up()).recorded["gpu"]
    assert times["feed"]["10 256"] == pytest.approx(0.256)
    assert times["step"]["lenet"]["01 graph 1"] == pytest.approx(0.1 + 0.08 / 50 / 2)
    assert len(times["feed"]) == 12 and len(times["step"]["lenet"]) == 48


def test_devices_may_have_records_of_their_own():
    lab = PaceLab(module.made_up(["gpu"]), module.made_up(["cpu"]), place="gpu", step="graph")
    assert list(lab.recorded) == ["cpu", "gpu"] and lab.spent.cost < 1
    assert PaceLab(module.made_up(["gpu"])).place == "gpu"


def test_what_was_not_recorded_is_refused_and_the_old_kept():
    lab = PaceLab(module.made_up(["cpu"]))
    with pytest.raises(TraitError, match="'gpu' was not recorded; allowed: cpu"):
        lab.place = "gpu"
    with pytest.raises(TraitError, match="step 'graph' on a cpu; allowed: eager, fused"):
        lab.step = "graph"
    with pytest.raises(TraitError, match="batch_size was given 100; allowed: one of 64, 256, 1024"):
        lab.batch_size = 100
    assert (lab.place, lab.step, lab.batch_size) == ("cpu", "eager", 64)


def test_a_measurement_is_shown_beside_the_record(monkeypatch):
    taken = {False: Spent(2, 1, 1, 64), True: Spent(0, 1, 1, 64)}
    monkeypatch.setattr(module.pace, "measure", lambda loop: taken[loop.resident])
    lab = PaceLab(resident=True)
    assert lab.measure() == taken[True]
    assert lab.measured == {"lenet 1000 eager 64": 2.0}


def test_the_still_is_a_table_of_loops():
    still = PaceLab().still()
    assert still.count("<tr>") == 4
    assert thousands(round(PaceLab().output)) in still
