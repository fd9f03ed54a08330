"""The networks of the book, one architecture a module."""

from book_utils.models.lenet import DigitLeNet, LeNet
from book_utils.models.norm_lenet import NormLeNet
from book_utils.models.resnet import (
    Bottleneck,
    Residual,
    ResNet,
    resnet18,
    resnet34,
    resnet50,
    small_resnet,
)

__all__ = [
    "Bottleneck",
    "DigitLeNet",
    "LeNet",
    "NormLeNet",
    "ResNet",
    "Residual",
    "resnet18",
    "resnet34",
    "resnet50",
    "small_resnet",
]
