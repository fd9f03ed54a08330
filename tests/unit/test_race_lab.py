"""The race lab in Python: who learns from what, the clock, orders from a page, what it refuses."""

import time

import pytest
import torch
from traitlets import TraitError

from book_utils.explorables import RaceLab
from book_utils.explorables.parts import training_run
from book_utils.explorables.parts.bundled_digits import TRAIN, digits
from book_utils.explorables.race import attempt
from book_utils.explorables.race.attempt import KEPT_BACK, LINE, LOOKS

PATIENCE = 60  # seconds for a thread that trains: only a failure takes so long


@pytest.fixture
def lab():
    lab = RaceLab(epochs=1, batch=50, rate=0.2, seeds=2)
    yield lab
    lab.stop()


def eventually(check):
    end = time.monotonic() + PATIENCE
    while not check():
        assert time.monotonic() < end
        time.sleep(0.01)


def right(model, images, labels):
    with torch.no_grad():
        return (model(images).argmax(1) == labels).double().mean().item()


def test_practice_is_judged_by_digits_kept_back_and_a_race_by_the_test(lab, monkeypatch):
    images, labels, test, of_test = digits()
    seen = []
    draw = training_run.Run._draw
    monkeypatch.setattr(training_run.Run, "_draw", lambda run: seen.append(draw(run)) or seen[-1])
    judges = {
        "practice": (images[-KEPT_BACK:], labels[-KEPT_BACK:], TRAIN - KEPT_BACK),
        "race": (test, of_test, TRAIN),
    }
    for run in (lab.practise, lab.race):
        done = run()
        of, true, count = judges[done.judged]
        assert set(seen) == set(range(count)) and len(seen) == 2 * count  # each once for each seed
        found = [lane["accuracies"][-1] for lane in done.lanes]
        assert found == pytest.approx([right(model, of, true) for model in done.models])
        assert lab.output.tolist() == pytest.approx(found)
        assert 0.3 < done.accuracy == pytest.approx(sum(found) / 2)
        seen.clear()
    assert lab.attempt is done and not lab.running


def test_only_training_is_inside_the_clock(lab, monkeypatch):
    now = iter(range(10**6))
    monkeypatch.setattr(attempt.time, "perf_counter", lambda: next(now) / 10)
    done = lab.race()
    steps = TRAIN // 50
    for lane in done.lanes:
        assert lane["seconds"] == pytest.approx(steps / 10)  # a tenth from start to end of each
        assert len(lane["at"]) == len(lane["accuracies"]) == LOOKS + 1
        assert lane["at"][0] == 0 and lane["at"][-1] == lane["seconds"]
        assert lane["isDone"] and lane["share"] == 1
    assert done.seconds == pytest.approx(steps / 10)


def test_the_same_settings_give_the_same_networks(lab):
    first, second = lab.race(), RaceLab(**lab.attempt.settings).race()
    assert [x["accuracies"] for x in first.lanes] == [x["accuracies"] for x in second.lanes]
    assert first.lanes[0]["accuracies"] != first.lanes[1]["accuracies"]
    lab.schedule = "one cycle"
    assert lab.race().lanes[0]["accuracies"] != first.lanes[0]["accuracies"]


def test_a_rate_that_is_too_large_ends_the_run_of_a_network():
    lab = RaceLab(epochs=2, rate=10.0, seeds=2)
    done = lab.practise()
    assert {lane["trouble"] for lane in done.lanes} <= {"exploded", "dead"}
    assert done.is_over and done.lanes[0]["share"] < 0.5 and done.accuracy < LINE


def test_a_page_orders_and_a_new_order_takes_the_place_of_the_old(lab):
    lab.epochs, lab.seeds = 60, 10
    lab._take(lab, {"order": "practise"}, [])
    eventually(lambda: lab._progress["lanes"])
    assert lab.running and lab._progress["judged"] == "practice"
    lab._take(lab, {"order": "race"}, [])
    eventually(lambda: lab._progress["judged"] == "race" and lab._progress["lanes"])
    lab._take(lab, {"order": "stop"}, [])
    assert not lab.running
    time.sleep(0.3)  # the present step comes to its end
    share = lab.attempt.lanes[-1]["share"]
    time.sleep(0.3)
    assert lab.attempt.lanes[-1]["share"] == share
    for nonsense in ({"order": "sing"}, {}, None, [1]):
        lab._take(lab, nonsense, [])
    assert not lab.running and not lab.attempt.is_over


@pytest.mark.parametrize(
    ("name", "value", "allowed"),
    [
        ("epochs", 0, "1 to 60"),
        ("batch", TRAIN - KEPT_BACK + 1, "1 to 1250"),
        ("rate", 0.0, "above 0"),
        ("momentum", 1.0, "0 to 0.99"),
        ("shift", 4, "0 to 3"),
        ("schedule", "cosine", "'constant', 'one cycle'"),
        ("seeds", 11, "1 to 10"),
    ],
)
def test_impossible_settings_are_refused_and_the_old_kept(lab, name, value, allowed):
    before = getattr(lab, name)
    with pytest.raises(TraitError, match=rf"RaceLab\.{name}.*{allowed}"):
        setattr(lab, name, value)
    assert getattr(lab, name) == before


def test_the_still_shows_the_finish_and_what_was_reached(lab):
    assert "95" in lab.still() and "nothing yet" in lab.still()
    lab.practise()
    assert "nothing yet" not in lab.still()
    assert lab.static_html().count("data-later") == 1
