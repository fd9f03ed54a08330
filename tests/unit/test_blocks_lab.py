"""The blocks lab in Python: it shows what was recorded, and says which blocks stay."""

from dataclasses import replace
from statistics import mean, stdev

import pytest
from traitlets import TraitError

from book_utils.explorables import BlocksLab
from book_utils.explorables.blocks.lab import COUNTS, made_up
from book_utils.models import small_resnet
from experiments import blocks


@pytest.fixture
def record():
    return made_up()


def accuracies(record, kind, field, place):
    return [run[field][place] for run in record.select(model=kind)]


def test_without_a_block_it_has_the_recorded_accuracies_of_that_block(record):
    lab = BlocksLab(record, out=[7])  # the sixth that can be taken out
    assert lab.output == accuracies(record, "residual", "without_one", 5)
    lab.shortcut = False
    assert lab.output == accuracies(record, "plain", "without_one", 5)


def test_whole_it_has_the_accuracies_after_training(record):
    assert BlocksLab(record).output == accuracies(record, "residual", "test_accuracy", -1)


def test_without_several_it_has_the_recorded_mean_for_as_many(record):
    one, other = BlocksLab(record, out=[1, 2, 3]), BlocksLab(record, out=[15, 4, 9])
    assert one.output == other.output == accuracies(record, "residual", "without_some", 2)


def test_what_was_not_recorded_is_not_made_up(record):
    lab = BlocksLab(record, out=[1, 2, 3, 4, 5])
    assert len(lab.out) not in COUNTS and lab.output == []


def test_what_travels_are_means_and_standard_deviations(record):
    lab = BlocksLab(record)
    for kind, found in lab.recorded.items():
        for place, (m, sd) in enumerate(found["one"]):
            values = accuracies(record, kind, "without_one", place)
            assert (m, sd) == (
                pytest.approx(mean(values), abs=5e-5),
                pytest.approx(stdev(values), abs=5e-5),
            )
        assert len(found["some"]) == len(lab.counts)


def test_a_run_that_diverged_is_left_out(record):
    broken = [
        run | {"diverged": run["model"] == "plain" and run["seed"] == 1} for run in record.runs
    ]
    for run in broken:
        if run["diverged"]:
            del run["without_one"], run["without_some"]
    lab = BlocksLab(replace(record, runs=broken))
    assert lab.about.startswith("3 residual and 2 plain networks of 32 layers")


@pytest.mark.parametrize("depth", [8, 20, 32])
def test_the_blocks_that_can_be_taken_out_are_those_of_the_experiment(depth):
    network = small_resnet(depth, 1, stem="half")
    parts = [layer for layer in network if hasattr(layer, "f")]
    spare = [i for i, part in enumerate(parts, 1) if blocks.is_spare(part)]
    assert BlocksLab(made_up(depth)).spare == spare


def test_the_counts_are_those_of_the_experiment():
    assert COUNTS == blocks.COUNTS


@pytest.mark.parametrize(
    ("out", "says"),
    [
        ([6], r"block 6; allowed: 1, 2, .* 5, 7, "),
        ([16], "block 16; allowed"),
        ([3, 3], "block 3 twice"),
        ([0], "whole numbers from 1"),
        ([1.5], "whole numbers"),
        (3, "whole numbers"),
    ],
)
def test_a_block_that_cannot_be_taken_out_is_refused_and_the_others_kept(record, out, says):
    lab = BlocksLab(record, out=[2])
    with pytest.raises(TraitError, match=says):
        lab.out = out
    assert lab.out == [2]


def test_a_page_makes_it_anew_with_its_blocks_out(record):
    lab = BlocksLab(record, out=[15, 7])
    assert BlocksLab.from_state(lab.settings()).settings() == lab.settings()


def test_the_still_has_every_block_that_can_be_taken_out(record):
    still = BlocksLab(record).still()
    assert still.count("without block") == 13 and "without block 6" not in still
    assert "89.0 ± 1.0 %" in still  # whole: 90, 89 and 88
