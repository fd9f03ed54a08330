"""The unit lab: pick a unit of the digit network, see the pictures in which it is strongest."""

from typing import Any

from torch import Tensor
from traitlets import Dict, Unicode, default

from book_utils import data
from book_utils.numbers import short

from ..parts.pictures import SIDE
from ..parts.shipped import DigitExplorable
from ..parts.stills import picture_image
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
        """Return the nine best digits as one picture."""
        layer, index = self.unit
        test, found = data.mnist()[1], best(self.weights, layer)
        chosen = found.pictures[index]
        digits = ", ".join(str(int(label)) for label in test.labels[chosen])
        alt = (
            f"The nine held-out digits in which unit {index} of {layer} is strongest, with "
            f"{self.weights} weights: {digits}. Its values are "
            f"{', '.join(map(short, found.values[index].tolist()))}."
        )
        rows = test.images[chosen, 0].reshape(3, 3, SIDE, SIDE).transpose(1, 2)
        picture = picture_image(rows.reshape(3 * SIDE, 3 * SIDE), alt)
        return f'<p class="cnl-before-after">{picture}</p>'

    def __repr__(self) -> str:
        return f"UnitLab(unit={self.unit!r}, weights={self.weights!r}, name={self.name!r})"
