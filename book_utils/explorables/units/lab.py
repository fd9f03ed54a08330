"""The unit lab: pick a unit of the digit network, see the pictures in which it is strongest."""

from typing import Any

from torch import Tensor
from traitlets import Dict, Unicode, default

from ..parts.shipped import DigitExplorable
from ..parts.unit import SHAPES, Unit
from ..platform.traits import Choice
from .best import NETWORKS, best, browsed


class UnitLab(DigitExplorable):
    """The units of the shipped digit network, each with its nine best pictures.

    `unit` is a feature map of the first or the second convolution (after its ReLU) or one of the
    ten scores: ["conv1", 0 to 5], ["conv2", 0 to 15] or ["score", 0 to 9]. `weights` is "trained"
    or "random", the same layers before training. The pictures are the nine of the book's 1,000
    held-out digits in which the unit reaches its largest value, each once. A bad value raises a
    TraitError that says what is allowed. Source: chapter "What a network has learned".
    """

    room = (520, 780)
    essential = ("weights",)
    task = Unicode("Press a unit: what does it look for?").tag(sync=True, data=True)

    unit = Unit(["conv2", 1], shapes=SHAPES).tag(sync=True)
    weights = Choice(tuple(NETWORKS)).tag(sync=True)
    browsed = Dict().tag(sync=True, data=True)

    @default("browsed")
    def _as_they_travel(self) -> dict[str, Any]:
        return browsed()

    @property
    def output(self) -> Tensor:
        """The unit's value in each of its nine best pictures, the strongest first: (9,)."""
        layer, index = self.unit
        return best(self.weights, layer).values[index]

    def still(self) -> str:
        """Return the numbers of the nine best pictures, and the classes they are of."""
        layer, index = self.unit
        unit = self.browsed["units"][self.weights][layer][index]
        labels = [self.browsed["labels"][picture] for picture in unit["pictures"]]
        rows = "".join(
            f"<tr><th scope='row'>{rank}</th><td>{label}</td><td>{value}</td></tr>"
            for rank, (label, value) in enumerate(zip(labels, unit["values"], strict=True), 1)
        )
        return (
            f"<table><caption>The nine digits in which unit {index} of {layer} is strongest, "
            f"{self.weights} weights</caption><thead><tr><th>rank</th><th>digit</th>"
            f"<th>value</th></tr></thead><tbody>{rows}</tbody></table>"
        )

    def __repr__(self) -> str:
        return f"UnitLab(unit={self.unit!r}, weights={self.weights!r}, name={self.name!r})"
