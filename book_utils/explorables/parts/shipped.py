"""The digit network that several labs of a page share: it travels once for all of them.

The book writes what a lab returns from `later` to a file that is named by what it holds, so labs
of any kind that return the same text share one file, and the page loads it once.
"""

import math
from functools import cache
from typing import Any

import torch
from torch import Tensor, nn
from traitlets import Dict, default

from book_utils import data, weights

from ..platform.base import Explorable
from .chance import normals, random_from
from .description import description
from .pictures import pack

NETWORK = "digit_lenet"
ROUNDS = 2  # pictures of each class that the network names right
WRONG = 4  # pictures that it does not


class DigitExplorable(Explorable):
    """An explorable of the digit network: `parts/shipped.ts` has it on the page.

    `trained` and `random_network(seed)` are the same two networks in PyTorch.
    """

    later_is_near = True
    _network = Dict().tag(sync=True)  # in a notebook; a page loads it later

    @default("_network")
    def _as_it_travels(self) -> dict[str, Any]:
        return shipped()

    def later(self) -> dict[str, Any]:
        """Return the network and its pictures, which a page loads when a lab comes near."""
        return shipped()


@cache
def trained_network() -> nn.Module:
    """Return the network of `book_utils.weights` that reads digits; its weights are not to move."""
    return weights.load(NETWORK).requires_grad_(False)


@cache
def random_network(seed: int = 0) -> nn.Module:
    """Return the same layers with He's normal initial weights (He et al., 2015) and biases of 0.

    A seed gives the weights that the page draws from it (arithmetic/initial.ts); not to be moved.
    """
    model, random = weights.load(NETWORK).requires_grad_(False), random_from(seed)
    for layer in model.modules():
        if isinstance(layer, nn.Conv2d | nn.Linear):
            deviation = math.sqrt(2 / layer.weight[0].numel())
            numbers = torch.tensor(normals(layer.weight.numel(), deviation, random))
            layer.weight.copy_(numbers.reshape(layer.weight.shape))
            layer.bias.zero_()
    return model


@cache
def gallery() -> tuple[Tensor, list[int]]:
    """Return 24 held-out digits, (24, 28, 28) in [0, 1], and what they are.

    The ten digits twice, named right by the network, then the first four that it gets wrong.
    Source: the book's sample of MNIST.
    """
    test = data.mnist()[1]
    with torch.no_grad():
        right = trained_network()(test.images).argmax(1) == test.labels
    of_class = [(right & (test.labels == c)).nonzero().flatten() for c in range(10)]
    chosen = [int(found[turn]) for turn in range(ROUNDS) for found in of_class]
    chosen += (~right).nonzero().flatten()[:WRONG].tolist()
    return test.images[chosen, 0], test.labels[chosen].tolist()


@cache
def shipped() -> dict[str, Any]:
    """Return the network and its pictures as JSON can hold them: see parts/shipped.ts."""
    images, labels = gallery()
    layers = description(NETWORK, trained_network())
    return {"layers": layers, "pictures": pack(images), "labels": labels}
