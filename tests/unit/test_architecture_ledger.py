"""The architecture ledger in Python: what it takes, what it builds, what it refuses."""

import json

import pytest
import torch
from torch import nn
from traitlets import TraitError

from book_utils.explorables import ArchitectureLedger
from book_utils.explorables.architecture.presets import PRESETS, preset
from book_utils.models import LeNet

SMALL = (
    nn.Sequential(nn.Conv2d(3, 8, 3, padding="same"), nn.Flatten(), nn.Linear(8 * 36, 5)),
    (3, 6, 6),
)
LINEAR = {"kind": "Linear", "features": 10, "bias": True}


def test_a_preset_is_taken_by_its_name():
    lab = ArchitectureLedger("lenet", picked=3)
    assert (lab.preset, lab.rows, lab.input, lab.picked) == ("lenet", None, None, 3)
    assert lab.input_shape == (1, 28, 28)
    assert lab.network == preset("lenet")["rows"]
    assert (lab.output.parameters, lab.output.multiply_adds) == (61_706, 416_520)
    assert [kept["name"] for kept in lab.presets] == list(PRESETS)


def test_a_model_is_taken_apart_and_built_again():
    model, shape = SMALL
    lab = ArchitectureLedger(model, shape)
    assert (lab.preset, lab.input) == ("own", [3, 6, 6])
    assert [row["kind"] for row in lab.rows] == ["Conv2d", "Flatten", "Linear"]
    assert lab.rows[0]["padding"] == "same"
    assert str(lab.model) == str(model)
    again = ArchitectureLedger(lab.rows, shape)
    assert again.rows == lab.rows
    with pytest.raises(ValueError, match="give the shape of one example"):
        ArchitectureLedger(model)


def test_rows_are_edited_and_the_preset_stays_to_compare():
    lab = ArchitectureLedger("lenet")
    rows = lab.network
    rows[0] = rows[0] | {"channels": 12}
    lab.rows = rows
    assert lab.preset == "lenet"
    assert lab.output[0].output_shape == (12, 28, 28)
    lab.rows = None
    assert lab.output.parameters == 61_706


def test_a_row_that_does_not_fit_is_kept_and_the_model_says_what_pytorch_does():
    lab = ArchitectureLedger([LINEAR], (3, 6, 6))
    with pytest.raises(RuntimeError, match=r"18, 6|18x6"):
        lab.model  # noqa: B018
    assert "Linear" in lab.still()


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([], "0 records; allowed: a list of 1 to 500 records"),
        ([LINEAR] * 501, "501 records"),
        ("Linear", "'Linear'; allowed: a list"),
        ([{"kind": "Lambda"}], "allowed: a record whose kind is one of Conv2d, "),
        ([["Linear"]], "allowed: a record whose kind"),
        ([{"kind": ["Linear"]}], "allowed: a record whose kind"),
        ([{"kind": "Linear", "features": 10}], "allowed: the fields features, bias"),
        ([LINEAR | {"eval": "1"}], "allowed: the fields features, bias"),
        ([LINEAR | {"features": "10"}], r"rows\[0\].features was given '10'"),
        ([LINEAR | {"features": 10.5}], r"rows\[0\].features was given 10.5"),
        ([LINEAR, LINEAR | {"bias": 1}], r"rows\[1\].bias was given 1; allowed: True or False"),
        ([LINEAR | {"features": 100_001}], "a whole number from -100000 to 100000"),
        ([{"kind": "Dropout", "p": 1.5, "inplace": False}], r"rows\[0\].p was given 1.5"),
        ([{"kind": "AdaptiveAvgPool2d", "size": [7]}], "a list of 2 whole numbers"),
    ],
)
def test_what_is_no_row_is_refused_and_the_old_rows_kept(rows, said):
    lab = ArchitectureLedger("lenet")
    with pytest.raises(TraitError, match=said):
        lab.rows = rows
    assert lab.rows is None


def test_without_a_preset_there_must_be_rows_and_an_input():
    lab = ArchitectureLedger("lenet")
    with pytest.raises(TraitError, match="'own' needs rows and an input"):
        lab.preset = "own"
    with pytest.raises(TraitError, match="allowed: one of 'lenet', "):
        ArchitectureLedger("lenet5")


def test_what_is_not_a_number_travels_as_a_word_and_no_size_as_none():
    model = nn.Sequential(
        nn.ConstantPad2d((0, 1, 0, 1), -float("inf")), nn.AdaptiveMaxPool2d((None, 2))
    )
    lab = ArchitectureLedger(model, (3, 6, 6))
    assert lab.rows == [
        {"kind": "ConstantPad2d", "sides": [0, 1, 0, 1], "value": "-inf"},
        {"kind": "AdaptiveMaxPool2d", "size": [None, 2]},
    ]
    json.dumps(lab.settings(), allow_nan=False)
    assert str(lab.model) == str(model)


def test_all_networks_of_the_book_travel_in_less_than_a_lab_may_bring():
    lab = ArchitectureLedger()
    assert len(json.dumps(lab.presets, separators=(",", ":"))) < 64 * 1024
    for name in PRESETS:
        assert ArchitectureLedger(preset(name)["rows"], preset(name)["input"]).network


def test_the_still_lists_rows_with_what_they_put_out():
    still = ArchitectureLedger(LeNet(), (1, 28, 28)).still()
    assert still.count("<tr>") == 13
    assert "<td>Conv2d</td><td>6×28×28</td><td>156</td>" in still
    assert not torch.is_inference_mode_enabled()
