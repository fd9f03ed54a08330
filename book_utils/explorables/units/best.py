"""The best pictures of each unit of the digit network, as they travel to a page."""

from copy import deepcopy
from functools import cache
from typing import Any

import torch
from torch import Tensor, nn

from book_utils import data
from book_utils.fields import Fields
from book_utils.units import Best, answers, best_pictures

from ..parts.greys import MOST_LEVELS, pack_greys
from ..parts.pictures import SIDE
from ..parts.shipped import random_network, trained_network
from ..parts.unit import LAYERS

COUNT = 9
NETWORKS = {"trained": trained_network, "random": random_network}


def network(weights: str) -> nn.Module:
    """Return the digit network with "trained" or "random" weights."""
    return NETWORKS[weights]()


@cache
def maps(weights: str, layer: str) -> Tensor:
    """Return what a layer puts out for the 1,000 held-out digits, in double precision.

    (1000, units, height, width) for "conv1" and "conv2", (1000, 10) for "score".
    """
    found: list[Tensor] = []
    module, _ = LAYERS[layer]
    model = deepcopy(network(weights)).double()
    model.get_submodule(module).register_forward_hook(lambda _, x, y: found.append(y))
    with torch.no_grad():
        model(data.mnist()[1].images.double())
    return found[0]


@cache
def best(weights: str, layer: str) -> Best:
    """Return the nine best of the 1,000 held-out digits for each unit of a layer."""
    return best_pictures(maps(weights, layer), COUNT)


@cache
def fields() -> dict[str, dict[str, int]]:
    """Return for each layer what one of its numbers sees: "size", "jump" and "start" in pixels."""
    x = torch.zeros(1, 1, SIDE, SIDE)
    model, found = trained_network(), {}
    for layer, (module, _) in LAYERS.items():
        if not module.startswith("features."):
            found[layer] = {"size": SIDE, "jump": SIDE, "start": 0}  # a dense layer sees it all
            continue
        with torch.no_grad(), Fields(x) as seen:
            y = model.features[: int(module.removeprefix("features.")) + 1](x)
        rows, _ = seen.of(y)
        found[layer] = {"size": rows.size, "jump": rows.jump, "start": rows.start}
    return found


@cache
def browsed() -> dict[str, Any]:
    """Return all that the view shows of the units, as JSON can hold it: see best.ts."""
    test = data.mnist()[1]
    each = [(weights, layer) for weights in NETWORKS for layer in LAYERS]
    shown = torch.cat([best(*which).pictures.flatten() for which in each]).unique()
    place = {int(picture): i for i, picture in enumerate(shown)}
    units = {
        weights: {layer: _units(weights, layer, place) for layer in LAYERS} for weights in NETWORKS
    }
    levels = test.images[shown].mul(MOST_LEVELS - 1).round().byte()
    return {
        "fields": fields(),
        "units": units,
        "labels": test.labels[shown].tolist(),
        "pictures": pack_greys(levels),
    }


def _units(weights: str, layer: str, place: dict[int, int]) -> list[dict[str, Any]]:
    """The units of a layer: their best pictures by their place among those that travel."""
    found, field = best(weights, layer), fields()[layer]
    liked = answers(maps(weights, layer), data.mnist()[1].labels)
    return [
        {
            "pictures": [place[int(picture)] for picture in pictures],
            "at": (at * field["jump"] + field["start"]).tolist(),
            "values": [float(f"{v:.4g}") for v in values],
            "answers": [float(f"{v:.3g}") for v in likes],
        }
        for pictures, at, values, likes in zip(*found, liked, strict=True)
    ]
