"""The attribution lab: which pixels a network looks at, beside one that has learned nothing."""

from typing import Any

import numpy as np
from torch import Tensor, nn
from traitlets import Unicode

from book_utils.attribution import HALF, grad_cam, occlusion, rank_correlation, saliency
from book_utils.numbers import short

from ..parts.pictures import SIDE, Pictures
from ..parts.shipped import DigitExplorable, gallery, random_network, trained_network
from ..parts.stills import map_image, picture_image
from ..platform.traits import Choice, Position, Real, Whole

ANSWER = "answer"  # the class that the trained network names
SEEDS = 5
LAST_MAPS = 4  # of `features`: the ReLU behind the last convolution


class AttributionLab(DigitExplorable):
    """Which pixels the digit network looks at, by three methods, and random weights beside it.

    `method` is "occlusion" (a grey square covers a part of the picture: by how much does the score
    fall?), "saliency" (|d score / d pixel|) or "Grad-CAM" (the maps behind the last convolution,
    weighted by their mean gradients). `picture` (0 to 23) is one of the held-out digits of
    `gallery()`, unless `drawn` (28, 28) in [0, 1] is given. `target` is the class whose score is
    explained, "0" to "9", or "answer" for the one that the trained network names. `size` (1 to 14)
    and `fill` (0 to 1) are the side and the grey of the square; `at` is the pixel [row, column]
    that is looked at, on which the square is centred as far as the edge allows. `seed` (0 to 4)
    draws the random weights. A bad value raises a TraitError that says what is allowed.
    Source: chapter "What a network has learned".
    """

    room = (560, 780)
    essential = ("picture", "method", "size")
    task = Unicode("Drag the square, then try saliency").tag(sync=True, data=True)
    in_code = {
        "trained": lambda lab: lab.output,
        "random": lambda lab: lab.random_output,
    }

    method = Choice(("occlusion", "saliency", "Grad-CAM")).tag(sync=True)
    picture = Whole(0, len(gallery()[1]) - 1, 9).tag(sync=True)
    drawn = Pictures(None, allow_none=True)
    target = Choice((ANSWER, *map(str, range(10)))).tag(sync=True)
    size = Whole(1, SIDE // 2, 7).tag(sync=True)
    at = Position({"row": SIDE, "column": SIDE}, [16, 11]).tag(sync=True)
    fill = Real(0, 1, HALF).tag(sync=True)
    seed = Whole(0, SEEDS - 1).tag(sync=True)

    @property
    def input(self) -> Tensor:
        """The picture that is shown, (1, 1, 28, 28)."""
        shown = gallery()[0][self.picture] if self.drawn is None else self.drawn
        return shown[None, None]

    @property
    def scores(self) -> Tensor:
        """The scores that the trained network gives to the ten classes, (10,)."""
        return trained_network()(self.input)[0]

    @property
    def asked(self) -> int:
        """The class whose score is explained."""
        return int(self.scores.argmax()) if self.target == ANSWER else int(self.target)

    @property
    def corner(self) -> tuple[int, int]:
        """The upper left corner of the square, as (row, column)."""
        row, column = (min(max(0, v - self.size // 2), SIDE - self.size) for v in self.at or [0, 0])
        return row, column

    @property
    def covered(self) -> Tensor:
        """The picture with the square on it, (1, 1, 28, 28)."""
        (i, j), x = self.corner, self.input.clone()
        x[..., i : i + self.size, j : j + self.size] = self.fill
        return x

    @property
    def output(self) -> Tensor:
        """The map of the trained network.

        (29 − size, 29 − size) for occlusion, by the square's corner, else (28, 28).
        """
        return self._map(trained_network())

    @property
    def random_output(self) -> Tensor:
        """The same map of the network with random weights, for the same class."""
        return self._map(random_network(self.seed))

    @property
    def alike(self) -> float:
        """The rank correlation of the two maps; NaN where one of them is 0 everywhere."""
        return rank_correlation(self.output, self.random_output)

    def _map(self, model: nn.Module) -> Tensor:
        x, target = self.input, self.asked
        if self.method == "occlusion":
            return occlusion(model, x, target, self.size, fill=self.fill)
        if self.method == "saliency":
            return saliency(model, x, target)
        return grad_cam(model, model.features[LAST_MAPS], x, target)

    def still(self) -> str:
        """Return the picture and the two maps."""
        alike = self.alike
        said = "cannot be told" if np.isnan(alike) else short(round(alike, 2))
        figures = [
            picture_image(self.input[0, 0], "The digit."),
            map_image(self.output, f"{self.method} of the trained network."),
            map_image(self.random_output, f"{self.method} with random weights."),
        ]
        return (
            f'<p class="cnl-before-after">{" ".join(figures)}</p><p>The digit; which pixels the '
            f"score of {self.asked} depends on, by {self.method}; the same with random weights. "
            f"Rank correlation of the two maps: {said}.</p>"
        )

    def settings(self) -> dict[str, Any]:
        """Return the settings by name, as JSON can hold them."""
        return super().settings() | {"drawn": self.traits()["drawn"].as_json(self.drawn, self)}

    def __repr__(self) -> str:
        shown = f"picture={self.picture}" if self.drawn is None else "drawn=…"
        rest = f"target={self.target!r}, size={self.size}, at={self.at}, seed={self.seed}"
        return f"AttributionLab({shown}, method={self.method!r}, {rest}, name={self.name!r})"
