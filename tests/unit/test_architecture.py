"""Models as rows, and rows as models."""

import re

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from book_utils import models
from book_utils.architecture import CLASSES, SIGNATURES, build, rows_of
from book_utils.explorables.architecture.presets import PRESETS, preset
from book_utils.models.resnet import BiasedResidual, ResidualA


def test_every_kind_has_its_class():
    assert set(CLASSES) == set(SIGNATURES)


def test_rows_are_what_the_layers_were_told():
    model = nn.Sequential(
        nn.Conv2d(3, 6, (3, 5), padding="valid", bias=False),
        nn.Sequential(nn.MaxPool2d(2), nn.ConstantPad2d((0, 1, 0, 1), -float("inf"))),
        ResidualA(6, 8, 2),
        nn.AdaptiveAvgPool2d((1, None)),
        models.DenseBlock(2, 8, 4, bottleneck=3),
    )
    one = {"stride": [1, 1], "padding": [0, 0], "dilation": [1, 1]}
    assert rows_of(model) == [
        {"kind": "Conv2d", "channels": 6, "kernel": [3, 5], **one, "groups": 1, "bias": False},
        {"kind": "MaxPool2d", "kernel": [2, 2], **one, "stride": [2, 2], "ceil": False},
        {"kind": "ConstantPad2d", "sides": [0, 1, 0, 1], "value": "-inf"},
        {"kind": "ResidualA", "channels": 8, "stride": 2},
        {"kind": "AdaptiveAvgPool2d", "size": [1, None]},
        {"kind": "DenseBlock", "layers": 2, "growth": 4, "bottleneck": 3, "bias": False},
    ]


@pytest.mark.parametrize(
    "block",
    [
        *(models.Residual(4, c, s) for c, s in ((4, 1), (4, 2), (6, 1))),
        *(models.Residual(4, 6, shortcut=False), models.Residual(4, 4, shortcut=False)),
        *(models.Bottleneck(4, 1), models.Bottleneck(4, 3, 2), BiasedResidual(4, 6, 2)),
        *(
            models.Inception(4, (1, 2, 3, 4, 5, 6), 5, False),
            models.Inception(4, (6, 5, 4, 3, 2, 1)),
        ),
        *(models.DenseBlock(1, 4, 3, 0, True), models.DenseBlock(3, 4, 1, 2)),
    ],
    ids=lambda block: type(block).__name__,
)
def test_a_block_is_built_again_as_it_was(block):
    (row,) = rows_of(block)
    (again,) = build([row], (4, 9, 8))
    assert type(again) is type(block)
    shapes = [{name: p.shape for name, p in each.state_dict().items()} for each in (block, again)]
    assert shapes[0] == shapes[1]
    assert rows_of(again) == [row]


def test_what_is_built_is_ready_to_train():
    model = build(preset("lenet")["rows"], (1, 28, 28))
    assert model.training and not any(p.is_meta for p in model.parameters())
    model(torch.rand(2, 1, 28, 28)).sum().backward()
    assert all(p.grad is not None for p in model.parameters())


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_builds_the_model_that_it_was_read_from(name):
    told = preset(name)
    with torch.device("meta"):
        model, again = PRESETS[name].build(), build(told["rows"], told["input"])
    ours, theirs = ([p.shape for p in each.parameters()] for each in (model, again))
    assert sorted(ours) == sorted(theirs)


def test_a_preset_is_a_copy_that_may_be_changed():
    preset("lenet")["rows"][0]["channels"] = 7
    assert preset("lenet")["rows"][0]["channels"] == 6


class Functions(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Linear(3, 3)

    def forward(self, x):
        return F.relu(self.a(x))


class Branches(Functions):
    def forward(self, x):
        return x + self.a(x)


class Depends(Functions):
    def forward(self, x):
        return self.a(x) if x.sum() > 0 else x


class Two(Functions):
    def forward(self, x):
        return self.a(x), x


SHARED = nn.Linear(3, 3)


@pytest.mark.parametrize(
    ("model", "why"),
    [
        (Functions(), "relu is no layer behind another"),
        (Branches(), "add is no layer behind another"),
        (Depends(), "cannot be followed"),
        (Two(), "returns something else"),
        (nn.Sequential(SHARED, SHARED), "layer 0 stands in the model twice"),
        (nn.Sequential(nn.Softmax(1)), "layer 0 is a Softmax, which is not known"),
        (nn.Sequential(nn.Flatten(2)), "layer 0 has start_dim=2: only 1 is known"),
        (nn.Sequential(nn.BatchNorm2d(3, bias=False)), "layer 0 has bias=False"),
        (nn.Sequential(nn.Conv2d(1, 1, 3, padding_mode="reflect")), "padding_mode='reflect'"),
        (models.cifar_vgg13(width=0.1, shortcut=True), "add is no layer behind another"),
    ],
    ids=lambda value: None if isinstance(value, str) else type(value).__name__,
)
def test_other_models_are_refused(model, why):
    with pytest.raises(ValueError, match=re.escape(why)):
        rows_of(model)


def test_rows_that_cannot_be_built_are_refused():
    with pytest.raises(ValueError, match="Swish is not known"):
        build([{"kind": "Swish"}], (3,))
    with pytest.raises(KeyError, match="features"):
        build([{"kind": "Linear", "bias": True}], (3,))
    with pytest.raises(ValueError, match="groups"):
        rows = rows_of(nn.Conv2d(4, 4, 1, groups=4))
        build(rows, (3, 8, 8))
    told = [{"kind": "Linear", "features": 2, "bias": True, "expects": 4}]
    with pytest.raises(RuntimeError, match="reduction dim"):
        build(told, (3,))
