"""What a lab's settings may be, as JSON: declared once at the traits, defaults with them."""

import json

import pytest
import torch
from torch import nn
from traitlets import TraitError

from book_utils import explorables
from book_utils.explorables import (
    ChannelLab,
    CorrelationLab,
    Explorable,
    ImageLab,
    KernelLearner,
    LayerLedger,
    LeNetLab,
    NormsLab,
    PoolingLab,
    RecordedSlider,
    ResidualLab,
    RunningLab,
    ShiftLab,
    WeightMatrixLab,
)
from book_utils.explorables.platform.base import AT_HAND
from book_utils.explorables.platform.traits import (
    Block,
    Choice,
    Matrix,
    Pair,
    Picked,
    Position,
    Real,
    Switch,
    Text,
    Whole,
)

KINDS = [getattr(explorables, name) for name in explorables.__all__ if name != "Explorable"]
LINE = [[[0] * 5, [0, 1, 1, 1, 0], [0] * 5, [0] * 5]]  # one picture of 4 by 5 pixels


@pytest.mark.parametrize(
    ("trait", "schema"),
    [
        (Matrix(16), {"type": "grid", "most": 16}),
        (Matrix(2, [[1.0]]), {"type": "grid", "most": 2, "default": [[1]]}),
        (Block({"c": 4, "h": 8}), {"type": "block", "axes": {"c": 4, "h": 8}}),
        (
            Block({"c": 1}, [0], exact=True),
            {"type": "block", "axes": {"c": 1}, "exact": True, "default": [0]},
        ),
        (
            Block({"n": 8, "c": 3}, cells=12, slider=9),
            {"type": "block", "axes": {"n": 8, "c": 3}, "cells": 12, "slider": 9},
        ),
        (Whole(1, 9, 3), {"type": "whole", "low": 1, "high": 9, "default": 3}),
        (Whole(1, 9), {"type": "whole", "low": 1, "high": 9, "default": 1}),
        (Real(0, 2, 1), {"type": "real", "low": 0, "high": 2, "default": 1.0}),
        (
            Real(0, 1, 0.5, above=True, allow_none=True),
            {"type": "real", "above": 0, "high": 1, "none": True, "default": 0.5},
        ),
        (Pair(1, 8), {"type": "pair", "low": 1, "high": 8, "default": [1, 1]}),
        (Pair(1, 8, 2), {"type": "pair", "low": 1, "high": 8, "default": [2, 2]}),
        (
            Pair(1, 8, None, allow_none=True),
            {"type": "pair", "low": 1, "high": 8, "none": True, "default": None},
        ),
        (
            Picked(("input", "output")),
            {"type": "cell", "grids": ["input", "output"], "none": True, "default": None},
        ),
        (
            Position({"n": 8, "c": 3}, [0, 0]),
            {"type": "position", "axes": {"n": 8, "c": 3}, "none": True, "default": [0, 0]},
        ),
        (Choice(("a", "b")), {"type": "choice", "of": ["a", "b"], "default": "a"}),
        (Switch(False), {"type": "switch", "default": False}),
        (Text(9, "Dense(10)"), {"type": "text", "most": 9, "default": "Dense(10)"}),
    ],
)
def test_a_trait_says_what_it_takes(trait, schema):
    assert trait.schema() == schema
    assert json.loads(json.dumps(trait.schema())) == schema


@pytest.mark.parametrize("kind", KINDS)
def test_an_example_of_each_kind_has_a_schema_with_defaults_that_it_takes(kind):
    lab = kind.example()
    schema = json.loads(json.dumps(lab.schema()))
    state = json.loads(json.dumps(lab.settings()))
    for name, rule in schema.items():
        assert rule["type"]
        if "default" in rule:
            setattr(lab, name, rule["default"])
    assert isinstance(lab, kind)
    assert {name: json.loads(json.dumps(lab.settings()))[name] for name in schema} == {
        name: rule.get("default", state[name]) for name, rule in schema.items()
    }


@pytest.mark.parametrize("kind", KINDS)
def test_controls_are_those_of_settings(kind):
    lab = kind.example()
    with pytest.raises(TraitError, match=rf"{kind.__name__}\.controls was given 'nonsense'"):
        lab.controls = ["nonsense"]
    assert lab.controls == list(kind.essential)
    lab.controls = list(lab.schema())[:AT_HAND]
    assert lab.controls == list(lab.schema())[:AT_HAND]


def test_no_more_controls_are_at_hand_than_a_reader_takes_in():
    said = f"was given 5 names; allowed: at most {AT_HAND}"
    with pytest.raises(TraitError, match=said):
        CorrelationLab(controls=["input", "kernel", "stride", "padding", "dilation"])


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_essential_is_a_setting_and_room_is_on_one_screen(kind):
    assert set(kind.essential) <= set(kind.example().schema()) and len(kind.essential) <= AT_HAND
    if (room := kind.example().room) is not None:
        desktop, phone = room
        assert 300 <= desktop <= 736 and 300 <= phone <= 788


@pytest.mark.parametrize("kind", KINDS)
def test_what_the_page_is_given_is_a_setting_or_data(kind):
    lab = kind.example()
    given = set(lab.settings()) - {"name"}
    data = {name for name in given if lab.traits()[name].metadata.get("data")}
    assert set(lab.schema()) == given - data


def test_settings_come_in_the_order_they_are_declared_those_of_a_base_class_first():
    class Wider(CorrelationLab):
        also = Whole(0, 3).tag(sync=True)
        curve = Matrix(3, [[1]]).tag(sync=True, data=True)

    names = ["input", "kernel", "stride", "padding", "dilation", "mode", "flip", "picked"]
    assert list(CorrelationLab().schema()) == names
    assert list(Wider().schema()) == [*names, "also"]
    assert list(Explorable().schema()) == []


def test_a_default_may_follow_from_another_setting():
    assert ChannelLab(kernel=torch.ones(3, 2, 1, 1)).schema()["bias"]["default"] == [0, 0, 0]
    assert NormsLab(torch.ones(1, 3, 2, 2)).schema()["groups"]["default"] == 1
    assert RunningLab([[[[5]], [[6]]]]).schema()["population"]["default"] == [[[[5]], [[6]]]]
    assert WeightMatrixLab(12).schema()["picked"]["default"] == ["output", 0, 6]
    assert ImageLab("Sobel x").schema()["show"]["default"] == "shift"
    assert ShiftLab(LINE).schema()["row"]["default"] == 3  # 4 + 2·2 − 3 + 1 = 6 rows


def test_what_has_no_default_says_none():
    assert "default" not in KernelLearner.example().schema()["start"]


@pytest.mark.parametrize(
    ("make", "name", "limits"),
    [
        (
            lambda: LayerLedger(nn.Sequential(nn.ReLU(), nn.ReLU(), nn.ReLU()), (1, 2, 2)),
            "picked",
            {"type": "whole", "low": 0, "high": 2, "default": 0},
        ),
        (
            lambda: ImageLab(photos=["chelsea", "camera"]),
            "photo",
            {"type": "choice", "of": ["chelsea", "camera"], "default": "chelsea"},
        ),
        (
            lambda: RecordedSlider.example(),
            "at",
            {"type": "position", "axes": {"slope": 3, "dashed": 2}, "default": [0, 0]},
        ),
        (
            lambda: ResidualLab(),
            "depth",
            {"type": "choice", "of": [8, 14, 20, 32, 44, 56], "default": 32},
        ),
        (
            lambda: ShiftLab(LINE, kernel=[[1]]),
            "row",
            {"type": "whole", "low": 0, "high": 7, "default": 4},
        ),
    ],
)
def test_a_limit_may_be_that_of_this_lab(make, name, limits):
    assert make().schema()[name] == limits


def test_the_units_of_a_network_are_in_its_schema():
    schema = LeNetLab().schema()
    assert schema["picked"]["layers"]["features.0"] == [6, 26, 26]
    assert schema["picked"]["layers"]["softmax"] == [10]
    assert schema["input"]["side"] == 28 and schema["kept"]["none"]


def test_a_default_is_not_shared_between_labs():
    one, two = PoolingLab(), PoolingLab()
    one.input[0][0] = 99
    assert two.input[0][0] == 0 and PoolingLab().input[0][0] == 0


def test_a_row_stays_in_features_that_became_smaller():
    lab = ShiftLab(LINE)
    with pytest.raises(TraitError, match="ShiftLab.row was given 6; allowed: .* 0 to 5"):
        lab.row = 6
    lab.row = 5
    lab.kernel = torch.ones(5, 1)
    assert lab.row == 3
