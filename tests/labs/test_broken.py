"""Each check finds its fault, in a lab that is broken on purpose, and no other check does."""

from functools import partial

import pytest

from tests.labs import timing
from tests.labs.broken import FAULTS, BrokenLab
from tests.labs.contract import CHECKS
from tests.labs.stand import SIZES
from tests.labs.timing import paints_in_time


def failing(stand, size):
    """The names of the checks that complain, and what they say."""
    made = {check.__name__: stand.run(check) for check, sizes in CHECKS.items() if size in sizes}
    return {name: complaints for name, complaints in made.items() if complaints}


@pytest.mark.parametrize("size", SIZES)
def test_a_healthy_lab_passes_every_check(stand_for, size):
    assert failing(stand_for(BrokenLab, size), size) == {}


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_a_broken_lab_fails_the_check_for_its_fault_and_no_other(stand_for, check):
    assert check.__name__ in FAULTS, "a check that nothing fails proves nothing"
    size, *_ = CHECKS[check]
    stand = stand_for(partial(BrokenLab, fault=check.__name__), size)
    assert set(failing(stand, size)) == {check.__name__}


@pytest.mark.parametrize(
    ("fault", "where"),
    [
        ("forced_key", "span.b-key::before"),
        ("forced_bar", "b.b-bar"),
        ("forced_part", "i.b-part"),
    ],
)
def test_a_key_or_a_bar_that_forced_colours_empty_is_found(stand_for, fault, where):
    found = failing(stand_for(partial(BrokenLab, fault=fault), "desktop"), "desktop")
    assert found == {"forced_colours": [f"{where} is no longer filled"]}


def test_what_a_page_says_in_the_console_counts(stand_for):
    found = failing(stand_for(partial(BrokenLab, fault="console"), "desktop"), "desktop")
    assert found and all("a slider was moved" in str(complaints) for complaints in found.values())


def test_a_slow_slider_is_found_by_its_time_alone(stand_for, monkeypatch):
    monkeypatch.setattr(timing, "MOST_ROUNDS", 2)  # it is late in every round
    assert paints_in_time(stand_for(BrokenLab, "desktop")) == []
    slow = stand_for(partial(BrokenLab, fault="paints_in_time"), "desktop")
    assert failing(slow, "desktop") == {}
    (complaint,) = paints_in_time(slow)
    assert complaint.startswith("Size: ")
