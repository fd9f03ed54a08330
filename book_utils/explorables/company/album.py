"""The boot and the pictures that keep it company, as they travel to a page with the network."""

from functools import cache
from typing import Any

import torch
from torch import Tensor, nn

from book_utils import data, weights

from ..parts.chance import random_from, shuffled
from ..parts.description import description
from ..parts.greys import MOST_LEVELS, pack_greys

NETWORK = "bn_lenet"
KINDS = {"trousers": "Trouser", "bags": "Bag", "boots": "Ankle boot"}
OF_A_KIND, OF_ALL_KINDS = 40, 6  # pictures to draw a batch of one kind from; of each of ten kinds
SURE = 0.99


@cache
def network() -> nn.Module:
    """Return the shipped BN-LeNet in evaluation mode; it is not to be changed."""
    return weights.load(NETWORK).requires_grad_(False)


@cache
def boot() -> int:
    """Return which held-out picture is looked at: the first boot of which the network is sure."""
    test = data.fashion_mnist()[1]
    kind = test.classes.index(KINDS["boots"])
    sure = network()(test.images).softmax(1)[:, kind] >= SURE
    return int((sure & (test.labels == kind)).nonzero()[0])


@cache
def pools() -> dict[str, list[int]]:
    """Return which held-out pictures the others are drawn from, by company: the first of a kind."""
    test = data.fashion_mnist()[1]

    def first(kind: str, count: int) -> list[int]:
        found = (test.labels == test.classes.index(kind)).nonzero().flatten().tolist()
        return [index for index in found if index != boot()][:count]

    of_a_kind = {company: first(kind, OF_A_KIND) for company, kind in KINDS.items()}
    mixed = [index for kind in test.classes for index in first(kind, OF_ALL_KINDS)]
    return {"mixed": mixed} | of_a_kind


def others(company: str, draw: int, count: int) -> list[int]:
    """Return which held-out pictures are beside the boot; of one draw, fewer are the first of more.

    On a page solution.ts draws the same ones.
    """
    pool = pools()["mixed" if company == "inverted" else company]
    return [pool[place] for place in shuffled(len(pool), random_from(draw))[:count]]


def greys(indices: list[int]) -> Tensor:
    """Return held-out pictures in 16 levels of grey, so that a page can hold them: (n, 1, 28, 28).

    They are from 0 to 1.
    """
    return (data.fashion_mnist()[1].images[indices] * (MOST_LEVELS - 1)).round() / (MOST_LEVELS - 1)


@cache
def travelling() -> dict[str, Any]:
    """Return the network and its pictures as JSON can hold them: see solution.ts."""
    test = data.fashion_mnist()[1]
    shown = [boot(), *sorted({index for pool in pools().values() for index in pool})]
    place = {index: i for i, index in enumerate(shown)}
    return {
        "layers": description(NETWORK, network()),
        "classes": list(test.classes),
        "pools": {name: [place[index] for index in pool] for name, pool in pools().items()},
        "indices": shown,
        "labels": test.labels[shown].tolist(),
        "pictures": pack_greys((greys(shown) * (MOST_LEVELS - 1)).round().to(torch.int64)),
    }
