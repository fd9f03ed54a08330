"""The layer ledger in Python: what it describes, what it refuses, its still picture."""

import json

import pytest
import torch
from torch import nn
from traitlets import TraitError

from book_utils.explorables import LayerLedger
from book_utils.models import DigitLeNet, LeNet, NormLeNet, small_resnet
from book_utils.shapes import layer_table


@pytest.fixture
def lenet():
    return LayerLedger(LeNet(), (1, 28, 28), target="lenet")


def test_the_output_is_the_table(lenet):
    assert (lenet.output.parameters, lenet.output.multiply_adds) == (61_706, 416_520)
    table = layer_table(LeNet(), (1, 28, 28))
    again = LayerLedger(table, name="other")
    assert again.output is table and again.layers == lenet.layers


def test_a_layer_is_described_by_what_it_was_told(lenet):
    assert lenet.input == [1, 28, 28]
    assert lenet.layers[3] == {
        **{"name": "features.3", "kind": "Conv2d", "channels": 16, "groups": 1, "bias": True},
        **{"kernel": [5, 5], "stride": [1, 1], "padding": [0, 0], "dilation": [1, 1]},
    }
    assert lenet.layers[-1] == {"name": "dense.5", "kind": "Linear", "features": 10, "bias": True}
    json.dumps(lenet.settings())


@pytest.mark.parametrize("model", [DigitLeNet(), NormLeNet(nn.BatchNorm2d, nn.BatchNorm1d)])
def test_the_networks_of_the_book_in_a_row(model):
    assert len(LayerLedger(model, (1, 28, 28)).layers) == sum(
        not any(m.children()) for m in model.modules()
    )


def test_numbers_of_another_size():
    assert LayerLedger(nn.Linear(3, 2), (3,)).number_bytes == 4
    assert LayerLedger(nn.Linear(3, 2).double(), (3,)).number_bytes == 8
    assert LayerLedger(nn.Flatten(), (3,)).number_bytes == 4


class Functional(nn.Module):
    def __init__(self):
        super().__init__()
        self.a, self.b = nn.Conv2d(1, 2, 3), nn.Conv2d(2, 2, 3)

    def forward(self, x):
        return self.b(torch.relu(self.a(x)))


class Conv2d(nn.Identity):
    """A layer of the reader's own, with a name that is taken."""


PARTLY_FROZEN = nn.Linear(3, 2)
PARTLY_FROZEN.bias.requires_grad = False


@pytest.mark.parametrize(
    ("model", "shape", "complaint"),
    [
        (nn.Sequential(nn.ConvTranspose2d(1, 2, 3)), (1, 5, 5), r"not know layer 0 \(ConvT"),
        (nn.Sequential(Conv2d()), (3,), r"not know layer 0 \(Conv2d\) as it is; it knows Conv2d,"),
        (nn.Sequential(nn.Flatten(0)), (3,), r"not know layer 0 \(Flatten\) as it is"),
        (small_resnet(8, 4), (1, 28, 28), r"layer .* does not take the output of the layer before"),
        (Functional(), (1, 9, 9), r"layer b \(Conv2d\) does not take the output"),
        (PARTLY_FROZEN, (3,), "learns only some of its parameters"),
        (LeNet(), None, r"give the shape of one example too, such as \(1, 28, 28\)"),
        (LeNet(), (1, 32, 32), r"refuses an input of shape \(1, 32, 32\), at layer dense.1"),
        (layer_table(LeNet(), (1, 28, 28)), (1, 32, 32), "was made for"),
    ],
)
def test_what_is_not_a_row_of_known_layers_is_refused(model, shape, complaint):
    with pytest.raises(ValueError, match=complaint):
        LayerLedger(model, shape)


def test_something_else_is_refused():
    with pytest.raises(TypeError, match="'lenet' is neither a model nor a table"):
        LayerLedger("lenet")


@pytest.mark.parametrize(
    ("name", "value", "complaint"),
    [
        ("picked", 12, ": 12 is no row; allowed: a row from 0 to 11"),
        ("picked", -1, " was given -1; allowed: a whole number from 0 up"),
        ("batch", 0, " was given 0; allowed: a whole number from 1 to 1024"),
        ("target", "Le Net", " was given 'Le Net'; allowed: small letters"),
    ],
)
def test_impossible_settings_are_refused_and_the_old_kept(lenet, name, value, complaint):
    before = getattr(lenet, name)
    with pytest.raises(TraitError, match=rf"LayerLedger\.{name}{complaint}"):
        setattr(lenet, name, value)
    assert getattr(lenet, name) == before


def test_the_layers_stay_those_of_the_model(lenet):
    with pytest.raises(TraitError, match="read-only"):
        lenet.layers = []


def test_the_still_is_the_table(lenet):
    assert lenet.still() == lenet.output._repr_html_()
    assert "16×10×10" in lenet.static_html()
