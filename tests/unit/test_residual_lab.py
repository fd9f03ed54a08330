"""The residual lab in Python: what it measures, what it takes from a record, what it refuses."""

import pytest
import torch
from torch.testing import assert_close
from traitlets import TraitError

from book_utils import signals
from book_utils.explorables import ResidualLab
from book_utils.records import Record


def made_up(depths=(8, 20), trained=(8,), seeds=(0, 1), diverged=None):
    """Make a record whose numbers can be told: forward 1/layer, gradient 10^(seed - depth)."""
    runs = []
    for depth in depths:
        for model in ("plain", "residual"):
            for seed in seeds:
                k = 1.0 if model == "residual" else 0.1
                curves = {
                    "forward": [k / (i + 1) for i in range(depth)],
                    "gradient": [k * 10.0 ** (seed - depth)] * depth,
                }
                run = {"model": model, "norm": False, "depth": depth, "seed": seed}
                run |= {"weights": "default", "initial": curves, "seconds": 1.0}
                run |= {"data": "made up", "n_train": 1, "n_test": 1}
                if depth in trained:
                    broken = diverged == (model, depth, seed)
                    run["trained"] = None if broken else curves
                runs.append(run)
    texts = dict.fromkeys(("name", "question", "date", "commit", "device", "command"), "made up")
    return Record(**texts, dirty=False, versions={"torch": "0"}, runs=runs)


@pytest.fixture(scope="module")
def record():
    return made_up()


def test_curves_come_from_the_record(record):
    lab = ResidualLab(record, depth=8, shortcut=False)
    assert set(lab.output) == {"forward", "gradient"}
    assert_close(lab.output["forward"], 0.1 / torch.arange(1.0, 9), rtol=1e-2, atol=0)
    # the geometric mean of 0.1·1e-8 and 0.1·1e-7, to three digits
    assert lab.recorded["default bare 8 plain"]["gradient"] == [3.16e-9] * 8
    assert lab.recorded["default bare 8 plain"]["runs"] == 2
    lab.shortcut, lab.depth = True, 20
    assert lab.output["forward"].shape == (20,) and lab.output["forward"][0] == 1
    assert lab.measured == {}


def test_what_is_not_recorded_is_measured_by_pytorch(record):
    lab = ResidualLab(record, depth=14, norm=True, shortcut=False)
    got = lab.output
    network = signals.network(14, shortcut=False, norm=True, weights="default")
    for what, values in signals.measure(network, *signals.batch()).items():
        assert_close(got[what], torch.tensor(values), rtol=0.01, atol=0)
    assert set(lab.measured) == {"default norm 14 plain", "default norm 14 residual"}


def test_a_request_of_the_view_is_answered_once(record, monkeypatch):
    lab = ResidualLab(record)
    lab.request = {"depth": 14, "norm": False, "weights": "he"}
    answered = lab.measured
    assert set(answered) == {"he bare 14 plain", "he bare 14 residual"}
    monkeypatch.setattr(signals, "measure", lambda *_: pytest.fail("measured twice"))
    lab.request = None
    lab.request = {"depth": 14, "norm": False, "weights": "he"}
    lab.request = {"depth": 8, "norm": False, "weights": "default"}  # recorded
    assert lab.measured is answered


@pytest.mark.parametrize(
    "asked",
    [
        {"depth": 14},
        {"depth": 9, "norm": False, "weights": "he"},
        {"depth": 1e9, "norm": False, "weights": "he"},
        {"depth": 14, "norm": 1, "weights": "he"},
        {"depth": 14, "norm": False, "weights": "trained"},
        {"depth": 14, "norm": False, "weights": "he", "seed": 1},
    ],
)
def test_a_wrong_request_is_refused(record, asked):
    lab = ResidualLab(record)
    with pytest.raises(TraitError, match=r"ResidualLab\.request was given .* 8 to 110"):
        lab.request = asked
    assert lab.measured == {}


@pytest.mark.parametrize(
    ("name", "value", "allowed"),
    [
        ("depth", 9, r"8, 14, 20, … 110"),
        ("depth", 2, "8 to 110"),
        ("depth", 116, "8 to 110"),
        ("depth", 8.0, "8 to 110"),
        ("layer", 33, "a layer from 1 to 32"),
        ("layer", 0, "1 to 110"),
        ("weights", "trained", "depths recorded: 8"),
        ("weights", "best", "default"),
        ("norm", "yes", "True or False"),
    ],
)
def test_impossible_settings_are_refused_and_the_old_kept(record, name, value, allowed):
    lab = ResidualLab(record)
    before = getattr(lab, name)
    with pytest.raises(TraitError, match=allowed):
        setattr(lab, name, value)
    assert getattr(lab, name) == before


def test_trained_networks_are_those_recorded(record):
    lab = ResidualLab(record, depth=8, weights="trained")
    assert lab.output["forward"][1] == 0.5
    with pytest.raises(TraitError, match="depths recorded: 8"):
        lab.depth = 14
    with pytest.raises(TraitError, match="depths recorded: none"):
        lab.norm = True


def test_a_network_that_diverged_is_left_out_with_its_like():
    lab = ResidualLab(made_up(trained=(8, 20), diverged=("plain", 20, 1)))
    assert "trained bare 8 plain" in lab.recorded
    assert not {"trained bare 20 plain", "trained bare 20 residual"} & set(lab.recorded)


def test_the_picked_layer_stays_in_the_network(record):
    lab = ResidualLab(record, depth=20, layer=20)
    lab.depth = 8
    assert lab.layer == 8


def test_the_still_is_a_table_of_both_kinds(record):
    text = ResidualLab(record, depth=8).still()
    assert "networks of 8 layers without batch normalisation" in text
    assert text.count("<tr>") == 1 + 7 and "3.16e" in text


def test_its_name_for_itself_is_short(record):
    assert len(repr(ResidualLab(record))) < 120


def test_the_shipped_record_has_the_depths_of_the_chapter():
    lab = ResidualLab()
    for norm in ("norm", "bare"):
        for weights in signals.WEIGHTS:
            for depth in (8, 14, 20, 32, 44, 56):
                for kind in ("plain", "residual"):
                    curves = lab.recorded[f"{weights} {norm} {depth} {kind}"]
                    assert curves["runs"] == 5
                    assert len(curves["forward"]) == len(curves["gradient"]) == depth
    assert all(f"trained norm {depth} plain" in lab.recorded for depth in (8, 20, 32, 56))
    assert len(lab.static_html()) < 60_000
