"""The learning lab in Python: how it trains, what it refuses, what it gives to a page."""

import base64
import json
import time
import zlib

import numpy as np
import pytest
import torch
from torch import nn
from traitlets import TraitError

from book_utils.explorables import LearningLab
from book_utils.explorables.learning.course import LENGTH
from book_utils.explorables.parts.bundled_digits import LEVELS, TEST, TRAIN, digits

PATIENCE = 60  # seconds for a thread that trains: only a failure takes so long


@pytest.fixture
def lab():
    lab = LearningLab()
    yield lab
    lab.pause()


def eventually(check):
    end = time.monotonic() + PATIENCE
    while not check():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_it_learns_and_the_model_is_the_one_shown(lab):
    before = lab.model.conv.weight.clone()
    lab.train(100)
    (losses,), (accuracies,) = lab.losses, lab.accuracies
    assert len(losses) == 100 and len(accuracies) == 21  # every fifth step from 0
    assert losses[0] > 2 and np.mean(losses[-10:]) < 0.8
    assert accuracies[0] < 0.3 and accuracies[-1] > 0.8
    *_, images, labels = digits()
    right = (lab.model(images).argmax(1) == labels).float().mean().item()
    assert right == pytest.approx(accuracies[-1])
    assert not torch.equal(lab.model.conv.weight, before)
    shown = np.frombuffer(lab._progress["weights"], np.float32)
    assert torch.equal(torch.tensor(shown), nn.utils.parameters_to_vector(lab.model.parameters()))
    slopes = np.frombuffer(lab._progress["gradients"], np.float32)
    assert torch.equal(torch.tensor(slopes[:100]), lab.model.conv.weight.grad.flatten())
    assert lab.output.argmax() == lab.model(lab.digit[None, None]).argmax()


def test_a_run_ends_after_four_hundred_steps(lab):
    lab.batch = 4
    lab.rate = 0.05
    lab.train(LENGTH + 100)
    assert len(lab.losses[0]) == LENGTH


def test_the_same_settings_give_the_same_run(lab):
    other = LearningLab(seeds=2)
    for each in (lab, other):
        each.train(7)
    assert lab.losses[0] == other.losses[0] != other.losses[1]


def test_start_pause_and_reset(lab):
    lab.start()
    eventually(lambda: lab._progress.get("step", 0) > 2)
    assert lab.running
    lab.pause()
    eventually(lambda: not lab.running)
    step = len(lab.losses[0])
    time.sleep(0.3)
    assert len(lab.losses[0]) == step
    lab.reset()
    assert lab.losses == [[]] and lab._progress == {}


def test_what_a_page_orders_is_done(lab):
    lab._take(lab, {"order": "step"}, [])
    eventually(lambda: not lab.running)
    assert len(lab.losses[0]) == 1
    lab._take(lab, {"order": "run"}, [])
    eventually(lambda: len(lab.losses[0]) > 2)
    lab._take(lab, {"order": "pause"}, [])
    eventually(lambda: not lab.running)
    lab._take(lab, {"order": "reset"}, [])
    assert lab.losses == [[]]
    for nonsense in ({"order": "sing"}, {}, None, [1]):
        lab._take(lab, nonsense, [])
    assert lab.losses == [[]] and not lab.running


def test_another_number_of_networks_begins_anew(lab):
    lab.train(3)
    lab.seeds = 3
    assert lab.losses == [[], [], []]


def test_a_rate_that_is_too_large_is_told_and_ends_the_run():
    lab = LearningLab(rate=5.0, seeds=5)
    lab.train(LENGTH)
    assert len(lab.losses[0]) < 100
    assert set(lab._progress["troubles"]) == {"dead", "exploded"}
    assert np.isfinite(lab.losses).all() and lab.accuracies[0][-1] == pytest.approx(0.1)


@pytest.mark.parametrize(
    ("name", "value", "allowed"),
    [
        ("batch", 0, "1 to 1500"),
        ("batch", TRAIN + 1, "1 to 1500"),
        ("batch", 2.5, "1 to 1500"),
        ("rate", 0.0, "above 0"),
        ("rate", 10.5, "at most 10"),
        ("rate", float("nan"), "above 0"),
        ("seeds", 0, "1 to 5"),
        ("seeds", 6, "1 to 5"),
        ("digit", torch.zeros(3, 3), r"\(28, 28\)"),
    ],
)
def test_impossible_settings_are_refused_and_the_old_kept(lab, name, value, allowed):
    before = lab.settings()[name]
    with pytest.raises(TraitError, match=rf"LearningLab\.{name}.*{allowed}"):
        setattr(lab, name, value)
    assert lab.settings()[name] == before


def test_a_page_is_given_the_digits_that_python_learns_from(lab):
    data = lab.later()
    assert len(json.dumps(data)) <= 250 * 1024
    assert data["train"] == TRAIN <= 1500 and data["test"] == TEST
    pairs = np.frombuffer(zlib.decompress(base64.b64decode(data["pixels"])), np.uint8)
    levels = np.stack([pairs >> 4, pairs & 15], 1).reshape(-1, 1, 28, 28)
    train, labels, test, held_out = digits()
    np.testing.assert_array_equal(levels / np.float32(LEVELS - 1), torch.cat([train, test]))
    for kinds, count in ((labels, TRAIN), (held_out, TEST)):  # in turn, as digits.ts has them
        assert torch.equal(kinds, torch.arange(count) % 10)


def test_the_digits_are_not_in_the_state_of_the_page(lab):
    assert len(json.dumps(lab.settings())) < 2000
    assert lab.static_html().count("data-later") == 1
