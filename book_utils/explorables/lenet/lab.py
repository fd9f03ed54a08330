"""The LeNet lab: a trained network in the page, every number of it to be looked at."""

import html
from functools import cache, cached_property
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from traitlets import (
    List,
    TraitError,
    TraitType,
    Unicode,
    default,
    observe,
    validate,
)

from book_utils import data, weights

from ...numbers import short, thousands
from ..parts.description import description, leaves
from ..parts.pictures import SIDE, Pictures
from ..parts.stills import picture_image
from ..parts.unit import Unit
from ..platform.base import Explorable
from ..platform.traits import Choice, Slug, is_whole

NETWORKS = {"digit_lenet": data.mnist, "lenet": data.fashion_mnist}


class LeNetLab(Explorable):
    """A trained LeNet in the page: every feature map, every sum, for a picture or a drawing.

    `network` is "digit_lenet" (handwritten digits) or "lenet" (clothes), with the weights that
    `book_utils.weights` ships; `images` (n, 28, 28) in [0, 1] are the pictures to choose from and
    `labels` what they are, if known: by default one held-out picture of each class and two that
    the network gets wrong. `image` is the number of the chosen picture, None for one that is drawn
    or set as `input` (28, 28); `kept` is a second picture to compare with, or None; `picked` is
    the unit that is looked at: [layer, channel, row, column] or [layer, unit], where layer is
    "input", a layer of the model by its name, or "softmax". `level` is what is shown: the whole
    "network", the "layer" of that unit, or the "unit" with its sum; a lab that is given `picked`
    opens at the sum. A bad value raises a TraitError that says what is allowed.
    Source: chapter "LeNet".
    """

    room = (730, 786)
    essential = ("input",)
    in_code = {"scores": lambda lab: lab.output}
    task = Unicode("Press a map to see how it is made").tag(sync=True, data=True)

    name = Slug("lenet").tag(sync=True)
    network = Unicode().tag(sync=True, data=True)
    layers = List().tag(sync=True, data=True)
    classes = List().tag(sync=True, data=True)
    about = Unicode().tag(sync=True, data=True)
    images = Pictures(many=True).tag(data=True)
    labels = List().tag(sync=True, data=True)
    input = Pictures()
    kept = Pictures(None, allow_none=True)
    picked = Unit().tag(sync=True)
    level = Choice(("network", "layer", "unit")).tag(sync=True, missing="unit")
    image = TraitType(None, allow_none=True)

    def __init__(
        self,
        network: str = "digit_lenet",
        images: Any = None,
        labels: Any = None,
        **settings: Any,
    ) -> None:
        if network not in NETWORKS:
            allowed = ", ".join(repr(name) for name in NETWORKS)
            raise TraitError(f"LeNetLab.network was given {network!r}; allowed: {allowed}")
        if images is None:
            images, labels = _gallery(network)
        self.model = weights.load(network)
        chosen = settings.pop("image", None)
        if "picked" in settings:
            settings = {"level": "unit"} | settings
        super().__init__(
            network=network,
            layers=description(network, self.model),
            classes=list(NETWORKS[network]()[1].classes),
            about=_about(network),
            images=images,
            labels=[] if labels is None else labels,
            **settings,
        )
        if chosen is not None:
            self.image = chosen
            self.picked = settings.get("picked", self._strongest())

    @cached_property
    def model(self) -> nn.Module:
        """The network, for a lab that was not made by the constructor: see `from_state`."""
        return weights.load(self.network)

    @default("input")
    def _first(self) -> Tensor:
        return self.images[0]

    @default("picked")
    def _strongest(self) -> list[Any]:
        """The unit of the second convolution with the largest value."""
        y = self.activations["features.3"]
        return ["features.3", *(int(i) for i in np.unravel_index(int(y.argmax()), y.shape))]

    def schema(self) -> dict[str, dict[str, Any]]:
        """Return what each setting may be; a picked unit is one of this network.

        The default of the picture is the first of `images`, which travel beside the schema.
        """
        found = super().schema()
        found["input"].pop("default", None)
        found["picked"]["layers"] = {layer: list(shape) for layer, shape in self.shapes.items()}
        return found

    @validate("network")
    def _fixed(self, proposal: dict[str, Any]) -> str:
        if self.network and proposal["value"] != self.network:
            given = f"{proposal['value']!r} after {self.network!r}"
            raise TraitError(f"LeNetLab.network was given {given}; allowed: a new LeNetLab")
        return proposal["value"]

    @validate("image")
    def _there(self, proposal: dict[str, Any]) -> int | None:
        value, n = proposal["value"], len(self.images)
        if value is not None and not (is_whole(value) and 0 <= value < n):
            allowed = f"None or a whole number from 0 to {n - 1}"
            raise TraitError(f"LeNetLab.image was given {value!r}; allowed: {allowed}")
        return None if value is None else int(value)

    @validate("labels")
    def _one_for_each_image(self, proposal: dict[str, Any]) -> list[int]:
        given = proposal["value"]
        known = [label for label in given if label in range(10)]
        if known != list(given) or len(known) not in (0, len(self.images)):
            allowed = f"none, or a whole number from 0 to 9 for each of {len(self.images)} images"
            raise TraitError(f"LeNetLab.labels was given {given!r:.60}; allowed: {allowed}")
        return [int(label) for label in given]

    @observe("image")
    def _show(self, change: dict[str, Any]) -> None:
        if change["new"] is not None:
            self.input = self.images[change["new"]]

    @observe("input", "images")
    def _find(self, change: dict[str, Any]) -> None:
        if len(self.labels) not in (0, len(self.images)):
            self.labels = []  # they were of other pictures
        self.image = self._index()

    def _index(self) -> int | None:
        """The number of the picture that is the present input."""
        equal = (self.images == self.input).flatten(1).all(1)
        return int(equal.int().argmax()) if equal.any() else None

    @property
    def activations(self) -> dict[str, Tensor]:
        """What each layer puts out for the present input, by the layer's name in `model`."""
        x, found = self.input[None, None], {}
        with torch.no_grad():
            for layer, module in leaves(self.model):
                x = found[layer] = module(x)
        return {layer: y[0] for layer, y in found.items()}

    @property
    def output(self) -> Tensor:
        """The scores of the ten classes for the present input, (10,)."""
        with torch.no_grad():
            return self.model(self.input[None, None])[0]

    @property
    def shapes(self) -> dict[str, tuple[int, ...]]:
        """The shape of everything that can be picked, by layer."""
        shapes = {"input": (1, SIDE, SIDE)}
        shapes |= {layer["name"]: tuple(layer["shape"]) for layer in self.layers}
        return shapes | {"softmax": (len(self.classes),)}

    def settings(self) -> dict[str, Any]:
        """Return the settings by name, as JSON can hold them."""
        traits = self.traits().items()
        pictures = {name: trait for name, trait in traits if isinstance(trait, Pictures)}
        return super().settings() | {
            name: trait.as_json(getattr(self, name), self) for name, trait in pictures.items()
        }

    def still(self) -> str:
        """Return the input beside the probabilities as bars."""
        parts = self.output.softmax(0).tolist()
        says = self.classes[int(self.output.argmax())]
        alt = f"The input, which the network takes for: {says}."
        picture, bars = picture_image(self.input, alt), _bars(self.classes, parts)
        return f'<p class="cnl-before-after">{picture} {bars}</p>'

    def __repr__(self) -> str:
        kept = "" if self.kept is None else "kept=…, "
        shown = f"image={self.image}" if self.image is not None else "input=…"
        looked = f"{kept}picked={self.picked}, level={self.level!r}"
        return f"LeNetLab({self.network!r}, {shown}, {looked}, name={self.name!r})"


@cache
def _gallery(network: str) -> tuple[Tensor, list[int]]:
    """The first held-out picture of each class that the network gets right, and two it does not."""
    test = NETWORKS[network]()[1]
    with torch.no_grad():
        right = weights.load(network)(test.images).argmax(1) == test.labels
    fits = [(test.labels == c) * (1 + right.int()) for c in range(len(test.classes))]
    chosen = [int(fit.argmax()) for fit in fits]
    chosen += (~right).nonzero().flatten()[:2].tolist()
    return test.images[chosen], test.labels[chosen].tolist()


def _about(network: str) -> str:
    """How often exactly these weights are right, by their record."""
    found = weights.stated(network)
    which = "full" if "n_full" in found else "sample"
    n, accuracy = found[f"n_{which}"], found[f"accuracy_{which}"]
    return (
        f"Of {thousands(n)} held-out pictures, exactly these weights name "
        f"{thousands(round(n * accuracy))} right: {100 * accuracy:.1f} %."
    )


def _bars(classes: list[str], parts: list[float]) -> str:
    """The probabilities as a bar chart, one line a class."""
    lines = []
    for i, (name, part) in enumerate(zip(classes, parts, strict=True)):
        y = 9 + 18 * i
        lines.append(f'<text class="end" x="90" y="{y}">{html.escape(name)}</text>')
        lines.append(f'<rect class="bar" x="96" y="{y - 6}" width="{150 * part:.1f}" height="12"/>')
        lines.append(f'<text class="start" x="{102 + 150 * part:.1f}" y="{y}">{part:.3f}</text>')
    spoken = ", ".join(f"{name} {short(p)}" for name, p in zip(classes, parts, strict=True))
    return (
        f'<svg class="cnl-svg" role="img" aria-label="{html.escape(f"Probabilities: {spoken}.")}" '
        f'viewBox="0 0 300 {18 * len(parts)}" width="300">{"".join(lines)}</svg>'
    )
