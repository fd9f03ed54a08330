"""The networks of the book."""

import math

import pytest
import torch
from torch import nn

from book_utils.models import (
    DigitLeNet,
    LeNet,
    NormLeNet,
    Residual,
    ResNet,
    resnet18,
    resnet34,
    resnet50,
    small_resnet,
)
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


def counted(model):
    return sum(p.numel() for p in model.parameters())


@pytest.mark.parametrize(
    ("net", "channels"), [(resnet18, (64, 128, 256, 512)), (resnet50, (256, 512, 1024, 2048))]
)
def test_stages_halve_the_size_and_double_the_channels(net, channels):
    for settings, side, sizes in (
        ({}, 224, (56, 28, 14, 7)),
        ({}, 32, (8, 4, 2, 1)),
        ({"stem": "small"}, 32, (32, 16, 8, 4)),
    ):
        with torch.device("meta"):
            x, seen = torch.empty(2, 3, side, side), []
            for layer in net(**settings):
                x = layer(x)
                if hasattr(layer, "f") and tuple(x.shape[1:]) not in seen:
                    seen.append(tuple(x.shape[1:]))
        assert seen == [(c, n, n) for c, n in zip(channels, sizes, strict=True)]


def test_parameters_of_the_other_networks():
    assert counted(DigitLeNet()) == 60_074
    assert counted(NormLeNet()) == 62_158
    assert counted(resnet18()) == 11_689_512
    assert counted(resnet34()) == 21_797_672
    assert counted(resnet50()) == 25_557_032
    assert counted(resnet18(stem="small", classes=10)) == 11_173_962
    assert counted(small_resnet(20, channels=3)) == 269_722


def test_parameters_of_the_residual_network_with_biases_and_bare_projections():
    """11,178,378, as in Zhang et al. (2023): bias in each convolution, no norm in the shortcuts."""
    net = resnet18(channels=1, classes=10)
    biases = sum(m.out_channels for m in net.modules() if isinstance(m, nn.Conv2d))
    norms = 2 * (128 + 256 + 512)
    assert counted(net) + biases - norms == 11_178_378


@pytest.mark.parametrize("stem, side", [("imagenet", 32), ("small", 28), ("half", 28)])
@pytest.mark.parametrize("shortcut", [True, False])
def test_small_resnets_of_every_stem_take_small_pictures(stem, side, shortcut):
    net = small_resnet(8, 4, shortcut, stem=stem)
    assert net(torch.zeros(2, 1, side, side)).shape == (2, 10)


def test_a_depth_that_no_small_resnet_has_is_refused():
    with pytest.raises(ValueError, match="depth = 9: give 8, 14, 20"):
        small_resnet(9)
    with pytest.raises(ValueError, match="stem = 'large'"):
        small_resnet(8, stem="large")
    with pytest.raises(ValueError, match="3 depths and 4 widths"):
        ResNet(Residual, (1, 1, 1))
