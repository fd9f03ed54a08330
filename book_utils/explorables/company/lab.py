"""The company lab: what BN-LeNet says of a boot, beside other images of its batch."""

import html
import math
from copy import deepcopy
from typing import Any, Self

import torch
from torch import Tensor
from traitlets import Dict, Unicode, default

from book_utils import data

from ..parts.pictures import SIDE
from ..parts.stills import picture_image
from ..platform.base import Explorable
from ..platform.traits import Choice, Whole
from .album import boot, greys, network, others, travelling

LARGEST = 32  # images of a batch
DRAWS = 20


class CompanyLab(Explorable):
    """The probabilities that the shipped BN-LeNet gives one boot, in the company of others.

    `company` says what else is in the batch: "mixed" (all ten kinds), "boots", "trousers", "bags",
    or "inverted", the mixed ones with black and white exchanged. `size` is that of the batch, the
    boot included, 2 to 32; `draw` (1 to 20) which of the images of that kind are in it. `mode` is
    "train", in which batch normalisation takes mean and variance from the batch, or "eval", in
    which it has its running averages. A TraitError says what is allowed.
    All images are held out, of the book's sample of Fashion-MNIST, in 16 levels of grey.
    Source: chapter "Batch normalisation".
    """

    room = (560, 760)
    essential = ("company", "mode", "size", "draw")
    task = Unicode("Change the others: is it still a boot?").tag(sync=True, data=True)
    later_is_near = True

    company = Choice(("mixed", "boots", "trousers", "bags", "inverted")).tag(sync=True)
    size = Whole(2, LARGEST, LARGEST).tag(sync=True)
    draw = Whole(1, DRAWS).tag(sync=True)
    mode = Choice(("train", "eval")).tag(sync=True)
    _travelling = Dict().tag(sync=True)  # in a notebook; a page loads it later

    @default("_travelling")
    def _as_it_travels(self) -> dict[str, Any]:
        return travelling()

    @classmethod
    def large(cls) -> Self:
        """Return the lab with the largest batch."""
        return cls(size=LARGEST)

    def later(self) -> dict[str, Any]:
        """Return the network and its images, which a page loads when the lab comes near."""
        return travelling()

    @property
    def batch(self) -> Tensor:
        """The boot and the others behind it: (size, 1, 28, 28), from 0 to 1."""
        rest = greys(others(self.company, self.draw, self.size - 1))
        return torch.cat([greys([boot()]), 1 - rest if self.company == "inverted" else rest])

    @property
    def output(self) -> Tensor:
        """The probabilities of the boot's ten classes in this batch and mode: (10,)."""
        model = deepcopy(network()).train(self.mode == "train")  # training moves its averages
        with torch.no_grad():
            return model(self.batch).softmax(1)[0]

    def still(self) -> str:
        """Return the batch as one picture, and what the network says of the boot."""
        classes = data.fashion_mnist()[1].classes
        best = self.output.max(0)
        mode = {"train": "training", "eval": "evaluation"}[self.mode]
        says = (
            f"A boot and {self.size - 1} others ({self.company}). In {mode} mode BN-LeNet says of "
            f"the boot: {classes[best.indices]}, {100 * best.values:.1f} %."
        )
        across = math.ceil(math.sqrt(self.size))
        cells = torch.zeros(across * across, SIDE, SIDE)
        cells[: self.size] = self.batch[:, 0]
        rows = cells.reshape(across, across, SIDE, SIDE).transpose(1, 2)
        drawn = picture_image(rows.reshape(across * SIDE, across * SIDE), says)
        return f'<p class="cnl-before-after">{drawn}</p><p>{html.escape(says)}</p>'
