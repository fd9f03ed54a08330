"""How long something takes: who runs how often, on how many threads, and to which end."""

import pytest
import torch

from book_utils import timing

ONE = torch.ones(1)


def test_runs_take_turns_after_one_round_to_warm_up():
    called = []
    runs = {name: lambda x, name=name: called.append(name) or x for name in "ab"}
    times = timing.timed(runs, ONE, rounds=3)
    assert "".join(called) == "ab" + "ababab"
    assert {name: len(taken) for name, taken in times.items()} == {"a": 3, "b": 3}
    assert all(second > 0 for taken in times.values() for second in taken)


def test_what_is_slow_runs_in_the_first_rounds_only(monkeypatch):
    monkeypatch.setattr(timing, "seconds_of", lambda run, *inputs: run(*inputs))
    times = timing.timed({"slow": lambda: 1.0, "fast": lambda: 1e-3}, rounds=7)
    assert times == {"slow": [1.0] * timing.SLOW_ROUNDS, "fast": [1e-3] * 7}


def test_it_computes_on_one_thread_and_gives_them_back():
    before, seen = torch.get_num_threads(), []
    timing.timed({"a": lambda x: seen.append(torch.get_num_threads()) or x}, ONE, rounds=1)
    assert set(seen) == {1} and torch.get_num_threads() == before


def test_no_gradients_are_recorded():
    x, seen = torch.ones(1, requires_grad=True), []
    timing.timed({"a": lambda x: seen.append((2 * x).requires_grad) or x}, x, rounds=1)
    assert set(seen) == {False}


def test_less_than_one_round_is_refused():
    with pytest.raises(ValueError, match="rounds = 0"):
        timing.timed({"a": lambda x: x}, ONE, rounds=0)


def test_a_gpu_is_waited_for(monkeypatch):
    """The clock stops when the result is there, not when the work has been handed out."""
    events = []

    class OnGpu:
        device = torch.device("cuda")

    monkeypatch.setattr(torch.cuda, "synchronize", lambda: events.append("waited"))
    monkeypatch.setattr(
        timing.time, "perf_counter", lambda: events.append("clock") or float(len(events))
    )
    assert timing.seconds_of(lambda: events.append("ran") or OnGpu()) > 0
    assert events == ["clock", "ran", "waited", "clock"]
