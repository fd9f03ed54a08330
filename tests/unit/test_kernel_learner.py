"""The kernel learner in Python: what it learns, what it refuses."""

import pytest
import torch
from traitlets import TraitError

from book_utils.explorables import KernelLearner

BARS = [[1, 1, 0, 0, 0, 0, 1, 1]] * 6


@pytest.fixture
def learner():
    return KernelLearner(BARS, [[1, -1]], start=[[1.5, 0.4]], steps=60)


def test_it_finds_the_edge_detector(learner):
    torch.testing.assert_close(learner.output, torch.tensor([[1.0, -1.0]]), atol=1e-4, rtol=0)


def test_losses_run_from_the_start_to_the_present_step(learner):
    losses = learner.run(10)[1]
    assert len(losses) == 11 and losses == sorted(losses, reverse=True)


def test_with_no_step_it_has_learned_nothing(learner):
    learner.steps = 0
    assert learner.output.tolist() == [[1.5, pytest.approx(0.4)]]


def test_two_sixtieths_is_the_limit(learner):
    learner.steps = 200
    for rate, falls in ((0.98 * 2 / 60, True), (1.02 * 2 / 60, False)):
        learner.rate = rate
        losses = learner.run()[1]
        assert (losses[-1] < losses[100]) == falls


def test_a_run_that_diverges_ends_with_numbers(learner):
    learner.rate = 1.0
    kernel, losses = learner.run(200)
    assert len(losses) < 50 and torch.isfinite(kernel).all()


@pytest.mark.parametrize(
    ("name", "value", "allowed"),
    [
        ("rate", 0.0, "above 0"),
        ("rate", -0.1, "above 0"),
        ("rate", 2.0, "at most 1"),
        ("rate", float("nan"), "above 0"),
        ("steps", -1, "0 to 200"),
        ("steps", 201, "0 to 200"),
        ("start", [[1.0]], "same shape"),
        ("kernel", [[1.0], [2.0]], "same shape"),
    ],
)
def test_impossible_settings_are_refused_and_the_old_kept(learner, name, value, allowed):
    before = getattr(learner, name)
    with pytest.raises(TraitError, match=rf"KernelLearner\.{name}.*{allowed}"):
        setattr(learner, name, value)
    assert getattr(learner, name) == before
