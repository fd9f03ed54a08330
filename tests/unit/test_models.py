"""The networks of the book."""

import math

import pytest
import torch
from torch import nn

from book_utils.models import LeNet
from book_utils.models.lenet import xavier


def test_lenet_has_the_published_shape():
    model = LeNet()
    assert sum(p.numel() for p in model.parameters()) == 61_706
    x = torch.rand(3, 1, 28, 28)
    assert model.features(x).shape == (3, 16, 5, 5)
    assert model(x).shape == (3, 10)
    kinds = {type(m) for m in model.modules()}
    assert {nn.Sigmoid, nn.AvgPool2d} < kinds
    assert not {nn.ReLU, nn.MaxPool2d} & kinds


@pytest.mark.parametrize("gain", [1.0, 4.0])
@pytest.mark.parametrize("make", [lambda: nn.Conv2d(6, 16, (5, 3)), lambda: nn.Linear(40, 12)])
def test_xavier_is_pytorchs(make, gain):
    ours, theirs = make(), make()
    torch.manual_seed(3)
    xavier(ours, gain)
    torch.manual_seed(3)
    nn.init.xavier_uniform_(theirs.weight, gain)
    torch.testing.assert_close(ours.weight, theirs.weight)
    assert not ours.bias.any()


def test_xavier_leaves_other_layers_alone():
    norm = nn.BatchNorm2d(3)
    xavier(norm)
    assert torch.equal(norm.weight, torch.ones(3))


def test_gain_reaches_every_layer_but_the_last():
    torch.manual_seed(0)
    plain = LeNet(gain=1.0)
    torch.manual_seed(0)
    strong = LeNet(gain=4.0)
    pairs = list(zip(plain.parameters(), strong.parameters(), strict=True))
    for a, b in pairs[:-2]:
        torch.testing.assert_close(4 * a, b)
    assert pairs[-2][1].abs().max() <= math.sqrt(6 / (84 + 10))


def test_every_parameter_gets_a_gradient():
    model = LeNet()
    model(torch.rand(2, 1, 28, 28)).logsumexp(1).sum().backward()
    assert all(p.grad is not None and p.grad.abs().sum() > 0 for p in model.parameters())
