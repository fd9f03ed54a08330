"""The networks of the book, one architecture a module.

Called without arguments, a function returns the published network; `width` scales its channels,
so that an eighth of it learns on a page.
"""

from book_utils.models.alexnet import alexnet, alexnet_d2l
from book_utils.models.cifar import cifar_resnet18, cifar_vgg13
from book_utils.models.densenet import DenseBlock, densenet121, densenet_d2l
from book_utils.models.googlenet import GoogLeNet, Inception, googlenet, googlenet_d2l
from book_utils.models.lenet import DigitLeNet, LeNet
from book_utils.models.nin import nin
from book_utils.models.norm_lenet import NormLeNet
from book_utils.models.racer import Racer
from book_utils.models.resnet import (
    Bottleneck,
    Residual,
    ResNet,
    resnet18,
    resnet18_d2l,
    resnet34,
    resnet50,
    resnet101,
    resnet152,
    small_resnet,
)
from book_utils.models.vgg import VGG, vgg11, vgg13, vgg16, vgg19

__all__ = [
    "VGG",
    "Bottleneck",
    "DenseBlock",
    "DigitLeNet",
    "GoogLeNet",
    "Inception",
    "LeNet",
    "NormLeNet",
    "Racer",
    "ResNet",
    "Residual",
    "alexnet",
    "alexnet_d2l",
    "cifar_resnet18",
    "cifar_vgg13",
    "densenet121",
    "densenet_d2l",
    "googlenet",
    "googlenet_d2l",
    "nin",
    "resnet18",
    "resnet18_d2l",
    "resnet34",
    "resnet50",
    "resnet101",
    "resnet152",
    "small_resnet",
    "vgg11",
    "vgg13",
    "vgg16",
    "vgg19",
]
