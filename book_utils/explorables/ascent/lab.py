"""The ascent lab: a picture climbs until a unit of the digit network is as strong as can be."""

from copy import deepcopy
from functools import cache
from typing import Any, Self

import torch
from torch import Tensor, nn
from traitlets import Unicode, default

from book_utils.ascent import Ascent, ascend
from book_utils.numbers import short

from ..parts.chance import random_from
from ..parts.pictures import SIDE, Pictures
from ..parts.shipped import DigitExplorable, gallery, trained_network
from ..parts.stills import picture_image
from ..parts.unit import LAYERS, SHAPES, Unit
from ..platform.traits import Choice, Real, Switch, Whole

LENGTH = 100  # steps, as in session.ts
DECAY, BLUR, JITTER = 0.02, 4, 1  # as in session.ts
FAINT = 0.02  # the noise on plain grey, without which rounding would choose among equal pixels
SHOWN = 7  # of the gallery: what stands on the pad before the reader draws


class AscentLab(DigitExplorable):
    """Gradient ascent on a picture, without and with regularisers from the same start.

    `unit` is what is to grow: ["conv1", 0 to 5] or ["conv2", 0 to 15], the mean of a feature map
    after its ReLU, or ["score", 0 to 9]. `start` is "noise" (from `seed`, 0 to 99), "grey" (with
    2 % of that noise) or "drawing", which is `picture` (28, 28). After `steps` steps (0 to 100) of
    length `rate` (above 0, at most 20) the picture is shown twice: plain, and with those of three
    regularisers that are on, `blur` (every fourth step), `jitter` (by a pixel) and `decay` (2 % a
    step). `clip` keeps the pixels of both between 0 and 1. A bad value raises a TraitError that
    says what is allowed. Source: chapter "What a network has learned".
    """

    room = (560, 788)
    essential = ("unit", "start", "steps")
    task = Unicode("Press Start. Then switch the blur off").tag(sync=True, data=True)
    in_code = {"without": lambda lab: lab.without.picture, "y": lambda lab: lab.output}

    unit = Unit(["score", 8], shapes=SHAPES).tag(sync=True)
    start = Choice(("noise", "grey", "drawing")).tag(sync=True)
    steps = Whole(0, LENGTH, LENGTH).tag(sync=True)
    rate = Real(0, 20, 1, above=True).tag(sync=True)
    blur = Switch(True).tag(sync=True)
    jitter = Switch(True).tag(sync=True)
    decay = Switch(True).tag(sync=True)
    clip = Switch(True).tag(sync=True)
    seed = Whole(0, 99).tag(sync=True)
    picture = Pictures().tag(sync=True, data=True)

    @classmethod
    def example(cls) -> Self:
        """Return an ascent of three steps, which has come to its end at once."""
        return cls(steps=3)

    @classmethod
    def large(cls) -> Self:
        """Return an ascent of all steps."""
        return cls()

    @default("picture")
    def _first(self) -> Tensor:
        return gallery()[0][SHOWN]

    @property
    def beginning(self) -> Tensor:
        """The picture from which both climb, (28, 28), in double precision."""
        if self.start == "drawing":
            return self.picture.double()
        if self.start == "grey":
            return 0.5 + FAINT * (noise(self.seed) - 0.5)
        return noise(self.seed)

    @property
    def without(self) -> Ascent:
        """Where the picture without regularisers has come to."""
        return self._climb()

    @property
    def regularised(self) -> Ascent:
        """Where the picture with the regularisers that are on has come to."""
        return self._climb(
            decay=DECAY * self.decay,
            blur=BLUR * self.blur,
            shifts=shifts(self.seed) if self.jitter else (),
        )

    @property
    def output(self) -> Tensor:
        """The picture with the regularisers that are on, (28, 28)."""
        return self.regularised.picture

    def _climb(self, **regularisers: Any) -> Ascent:
        layer, index = self.unit
        found = ascend(
            _in_double(),
            (LAYERS[layer][0], index),
            self.beginning[None],
            self.steps,
            self.rate,
            clip=self.clip,
            **regularisers,
        )
        return found._replace(picture=found.picture[0])

    def settings(self) -> dict[str, Any]:
        """Return the settings by name, as JSON can hold them."""
        drawn = self.traits()["picture"].as_json(self.picture, self)
        return super().settings() | {"picture": drawn}

    def still(self) -> str:
        """Return both pictures as they are after the steps."""
        layer, index = self.unit
        images = []
        for name, found in (("plain", self.without), ("regularised", self.regularised)):
            alt = (
                f"The {name} picture after {self.steps} steps of gradient ascent on unit {index} "
                f"of {layer} from {self.start}: its value went from {short(found.values[0])} to "
                f"{short(found.values[-1])}."
            )
            images.append(picture_image(found.picture.nan_to_num().clamp(0, 1), alt))
        return f'<p class="cnl-before-after">{" ".join(images)}</p>'

    def __repr__(self) -> str:
        names = (
            "unit",
            "start",
            "steps",
            "rate",
            "blur",
            "jitter",
            "decay",
            "clip",
            "seed",
            "name",
        )
        return f"AscentLab({', '.join(f'{name}={getattr(self, name)!r}' for name in names)})"


@cache
def _in_double() -> nn.Module:
    return deepcopy(trained_network()).double()


def noise(seed: int) -> Tensor:
    """Return pixels drawn evenly between 0 and 1, (28, 28), the same as on the page."""
    random = random_from(seed)
    pixels = [next(random) for _ in range(SIDE * SIDE)]
    return torch.tensor(pixels, dtype=torch.float64).reshape(SIDE, SIDE)


def shifts(seed: int) -> list[tuple[int, int]]:
    """Return a shift (down, right) by at most a pixel each way for every step, as on the page."""
    random = random_from(seed)
    sides = 2 * JITTER + 1
    return [
        (int(next(random) * sides) - JITTER, int(next(random) * sides) - JITTER)
        for _ in range(LENGTH)
    ]
