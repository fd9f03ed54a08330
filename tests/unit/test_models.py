"""The networks of the book."""

import math

import pytest
import torch
from torch import nn

from book_utils import models
from book_utils.models import (
    LeNet,
    Residual,
    ResNet,
    resnet18,
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


PUBLISHED = {
    "alexnet": 61_100_840,
    "alexnet_d2l": 46_764_746,
    "vgg11": 132_863_336,
    "vgg13": 133_047_848,
    "vgg16": 138_357_544,
    "vgg19": 143_667_240,
    "googlenet": 6_624_904,
    "googlenet_d2l": 5_977_530,
    "resnet18": 11_689_512,
    "resnet18_d2l": 11_178_378,
    "resnet34": 21_797_672,
    "resnet50": 25_557_032,
    "resnet101": 44_549_160,
    "resnet152": 60_192_808,
    "densenet121": 7_978_856,
    "densenet_d2l": 758_226,
    "cifar_vgg13": 9_570_506,
    "cifar_resnet18": 11_176_970,
    "DigitLeNet": 60_074,
    "NormLeNet": 62_158,
}


@pytest.mark.parametrize("name", PUBLISHED)
def test_a_network_called_without_arguments_is_the_published_one(name):
    with torch.device("meta"):
        assert counted(getattr(models, name)()) == PUBLISHED[name]


def test_parameters_of_networks_with_arguments():
    with torch.device("meta"):
        assert counted(models.nin(channels=1, classes=10)) == 1_992_166
        assert counted(resnet18(stem="small", classes=10)) == 11_173_962
        assert counted(small_resnet(20, channels=3)) == 269_722
        assert counted(models.GoogLeNet(large=5)) == 7_005_832
        assert counted(models.GoogLeNet(large=5, norm=False)) == 6_998_552
        vgg13 = models.cifar_vgg13()
        assert (counted(vgg13.features), counted(vgg13.dense)) == (9_404_992, 165_514)
        assert counted(models.cifar_vgg13(shortcut=True)) == counted(vgg13)
        assert models.DenseBlock(2, 3, 10)(torch.empty(4, 3, 8, 8)).shape == (4, 23, 8, 8)


SIDES = {  # of the maps behind each layer that changes it
    "alexnet": (224, [55, 27, 13, 6, 1]),
    "alexnet_d2l": (224, [54, 26, 12, 5, 1]),
    "vgg16": (224, [224, 112, 56, 28, 14, 7, 1]),
    "nin": (224, [54, 26, 12, 5, 1]),
    "googlenet": (224, [112, 56, 28, 14, 7, 1]),
    "googlenet_d2l": (96, [48, 24, 12, 6, 3, 1]),
    "resnet18_d2l": (224, [112, 56, 28, 14, 7, 1]),
    "densenet121": (224, [112, 56, 28, 14, 7, 1]),
    "cifar_vgg13": (32, [32, 16, 8, 4, 2, 1]),
    "cifar_resnet18": (32, [30, 31, 30, 15, 8, 4, 1]),
}


@pytest.mark.parametrize("name", SIDES)
def test_maps_have_the_published_sides(name):
    side, expected = SIDES[name]
    with torch.device("meta"):
        model = getattr(models, name)().eval()
        layers = [model] if hasattr(model, "features") else list(model)
        layers = [*model.features, *model.dense] if hasattr(model, "features") else layers
        channels = next(model.parameters()).shape[1]
        x, seen = torch.empty(2, channels, side, side), []
        for layer in layers:
            x = layer(x)
            now = x.shape[-1] if x.ndim == 4 else 1
            if seen[-1:] != [now]:
                seen.append(now)
    assert seen == expected


@pytest.mark.parametrize("name", sorted(set(PUBLISHED) - {"DigitLeNet", "NormLeNet"}))
def test_an_eighth_of_the_width_runs_and_learns(name):
    model = getattr(models, name)(width=1 / 8, channels=1, classes=10)
    with torch.device("meta"):
        whole = counted(getattr(models, name)(channels=1, classes=10))
    assert counted(model) < whole / 30
    side = 224 if "alexnet" in name else 32
    side = 96 if name == "googlenet_d2l" else side
    model(torch.rand(2, 1, side, side)).logsumexp(1).sum().backward()
    assert all(p.grad is not None for p in model.parameters())


def test_a_width_or_depths_that_make_no_network_are_refused():
    with pytest.raises(ValueError, match="width = 0: give a number above 0"):
        models.vgg11(width=0)
    with pytest.raises(ValueError, match="give five whole numbers"):
        models.VGG((1, 1, 0, 1, 1))


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
