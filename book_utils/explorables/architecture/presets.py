"""The networks of the book as rows, read off the models themselves."""

from collections.abc import Callable
from functools import cache
from typing import Any, NamedTuple

import torch
from torch import nn

from book_utils import models
from book_utils.architecture import Row, rows_of


class Preset(NamedTuple):
    """A network by its name, the shape of one example, and what builds it."""

    title: str
    input: tuple[int, int, int]
    build: Callable[[], nn.Module]


PHOTO, GREY, SMALL, DIGIT = (3, 224, 224), (1, 224, 224), (3, 32, 32), (1, 28, 28)
CIFAR = {"channels": 3, "classes": 10, "stem": "small"}

PRESETS: dict[str, Preset] = {
    "lenet": Preset("LeNet", DIGIT, models.LeNet),
    "digit_lenet": Preset("LeNet for digits", DIGIT, models.DigitLeNet),
    "norm_lenet": Preset("BN-LeNet", DIGIT, models.NormLeNet),
    "alexnet": Preset("AlexNet", PHOTO, models.alexnet),
    "alexnet_d2l": Preset("AlexNet, d2l", GREY, models.alexnet_d2l),
    "vgg11": Preset("VGG-11", PHOTO, models.vgg11),
    "vgg13": Preset("VGG-13", PHOTO, models.vgg13),
    "vgg16": Preset("VGG-16", PHOTO, models.vgg16),
    "vgg19": Preset("VGG-19", PHOTO, models.vgg19),
    "nin": Preset("NiN, d2l", GREY, lambda: models.nin(channels=1, classes=10)),
    "googlenet": Preset("GoogLeNet", PHOTO, models.googlenet),
    "googlenet_d2l": Preset("GoogLeNet, d2l", GREY, models.googlenet_d2l),
    "resnet18": Preset("ResNet-18", PHOTO, models.resnet18),
    "resnet34": Preset("ResNet-34", PHOTO, models.resnet34),
    "resnet50": Preset("ResNet-50", PHOTO, models.resnet50),
    "resnet101": Preset("ResNet-101", PHOTO, models.resnet101),
    "resnet152": Preset("ResNet-152", PHOTO, models.resnet152),
    "resnet18_d2l": Preset("ResNet-18, d2l", GREY, models.resnet18_d2l),
    "resnet18_cifar": Preset("ResNet-18, CIFAR", SMALL, lambda: models.resnet18(**CIFAR)),
    "resnet20": Preset("ResNet-20", SMALL, lambda: models.small_resnet(20, channels=3)),
    "small_resnet": Preset("Small ResNet", DIGIT, models.small_resnet),
    "densenet121": Preset("DenseNet-121", PHOTO, models.densenet121),
    "densenet_d2l": Preset("DenseNet, d2l", GREY, models.densenet_d2l),
    "cifar_vgg13": Preset("VGG-13, case study", SMALL, models.cifar_vgg13),
    "cifar_resnet18": Preset("ResNet-18, case study", SMALL, models.cifar_resnet18),
}


@cache
def _rows(name: str) -> tuple[Row, ...]:
    with torch.device("meta"):  # weights that take no memory
        return tuple(rows_of(PRESETS[name].build()))


def preset(name: str) -> dict[str, Any]:
    """Return a network as the page takes it: name, title, input and rows.

    Raises KeyError for a name that is not in PRESETS.
    """
    title, shape, _ = PRESETS[name]
    rows = [dict(row) for row in _rows(name)]
    return {"name": name, "title": title, "input": list(shape), "rows": rows}
