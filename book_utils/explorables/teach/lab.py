"""The teach lab: two signs of the reader's own, told apart by features that learned digits."""

import base64
import html
import io
from collections.abc import Mapping
from typing import Any, Self

import torch
import torch.nn.functional as F
from PIL import Image
from torch import Tensor, nn
from traitlets import Dict, HasTraits, TraitType, Unicode, default

from ..parts.pictures import SIDE, Pictures, pack, unpack
from ..parts.shipped import DigitExplorable, random_network, trained_network
from ..platform.traits import Choice, Whole
from . import signs
from .regression import fitted

KINDS = ("trained", "random", "pixels")
OWN = "own"
MOST = 20  # examples of each sign
TAUGHT = 10  # of the ready ones, at most: the others are there to test


class Drawn(TraitType):
    """Signs that were drawn, by pair: lists of [0 or 1, picture], in the order of drawing.

    A picture is given as (28, 28) numbers from 0 to 1 or as it travels; kept as it travels.
    """

    info_text = "for each pair a list of [0 or 1, picture], at most 20 of each sign"

    def validate(self, obj: HasTraits, value: Any) -> dict[str, list[list[Any]]]:
        """Return the signs with their pictures as text, or raise a TraitError."""
        if not isinstance(value, Mapping) or not set(value) <= {*signs.PAIRS, OWN}:
            self.error(obj, value)
        found = {}
        for pair, examples in value.items():
            if not isinstance(examples, list | tuple):
                self.error(obj, value)
            found[pair] = [self._example(obj, each) for each in examples]
            labels = [sign for sign, _ in found[pair]]
            if max(labels.count(0), labels.count(1)) > MOST:
                self.error(obj, value)
        return found

    def _example(self, obj: HasTraits, value: Any) -> list[Any]:
        if not isinstance(value, list | tuple) or len(value) != 2 or value[0] not in (0, 1):
            self.error(obj, value)
        sign, picture = value
        return [int(sign), pack(_PICTURE.validate(obj, picture))]


_PICTURE = Pictures()
_PICTURE.name = "drawn"


class TeachLab(DigitExplorable):
    """Two signs, told apart by a last layer that learns at once on features that stay.

    `signs` is a ready pair, "letters" (K and X), "arrows" (left and right) or "faces" (glad and
    sad), of which `ready` (1 to 10) of each are examples, or "own". What is drawn joins the
    examples: `drawn` holds it, by pair, as [0 or 1, picture]. `layer` is where the features come
    from: "dense", the 84 of the last hidden layer, or "conv", the 400 of the convolutions. Three
    classifiers learn the same examples: from the "trained" features, from those of the same
    network with "random" weights, and from the "pixels"; see `features`, `classifier`. `input`
    is the picture on the pad. Bad values raise a TraitError that says what is allowed.
    """

    room = (590, 788)
    essential = ("signs", "ready")
    task = Unicode("Draw a sign, then say which one it is").tag(sync=True, data=True)

    signs = Choice((*signs.PAIRS, OWN)).tag(sync=True)
    ready = Whole(1, TAUGHT, 5).tag(sync=True)
    layer = Choice(("dense", "conv")).tag(sync=True)
    input = Pictures().tag(sync=True, data=True)
    drawn = Drawn({}).tag(sync=True, data=True)
    pairs = Dict(read_only=True).tag(sync=True, data=True)

    @classmethod
    def large(cls) -> Self:
        """Return the lab with as many ready examples, and as many features, as there can be."""
        return cls(ready=TAUGHT, layer="conv")

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self.observe(self._show_another, "signs")

    def _show_another(self, change: dict[str, Any]) -> None:
        """Put a sign of the new pair on the pad."""
        self.input = self._first()

    @default("input")
    def _first(self) -> Tensor:
        """A sign that it has not been taught."""
        if self.signs == OWN:
            return torch.zeros(SIDE, SIDE)
        return signs.ready(self.signs)[0, TAUGHT]

    @default("pairs")
    def _packed(self) -> dict[str, Any]:
        return signs.packed()

    @property
    def examples(self) -> tuple[Tensor, Tensor]:
        """The examples: images (n, 1, 28, 28) and labels (n,), 0 or 1; drawn ones last."""
        drawn = self._drawn_here
        labels = [sign for sign, _ in drawn]
        images, of = [], []
        if self.signs != OWN:
            for sign, all_of_it in enumerate(signs.ready(self.signs)):
                taken = all_of_it[: min(self.ready, MOST - labels.count(sign))]
                images.append(taken)
                of += [sign] * len(taken)
        images += [unpack(picture) for _, picture in drawn]
        stacked = torch.cat(images) if images else torch.zeros(0, SIDE, SIDE)
        return stacked[:, None], torch.tensor(of + labels, dtype=torch.long)

    @property
    def _drawn_here(self) -> list[list[Any]]:
        return self.drawn.get(self.signs, [])

    def extractor(self, kind: str = "trained") -> nn.Module:
        """Return what makes features of images: (n, 1, 28, 28) -> (n, d), each of length 1.

        `kind` is "trained", "random" or "pixels"; ValueError for another.
        """
        if kind not in KINDS:
            raise ValueError(f"there are no features {kind!r}: choose from {', '.join(KINDS)}")
        if kind == "pixels":
            return nn.Sequential(nn.Flatten(), Unit())
        network = trained_network() if kind == "trained" else random_network()
        layers = network.dense[: 5 if self.layer == "dense" else 1]
        return nn.Sequential(network.features, layers, Unit())

    def features(self, kind: str = "trained", images: Tensor | None = None) -> Tensor:
        """Return the features of the examples, or of images (n, 1, 28, 28): (n, d)."""
        images = self.examples[0] if images is None else images
        with torch.no_grad():
            return self.extractor(kind)(images)

    def classifier(self, kind: str = "trained") -> nn.Sequential:
        """Return features and the layer that learned from the examples: images to scores (n, 2).

        ValueError where one of the signs has no example.
        """
        return self._learned(kind, torch.arange(len(self.examples[1])))

    def _learned(self, kind: str, which: Tensor) -> nn.Sequential:
        images, labels = self.examples
        weight, bias = fitted(self.features(kind, images[which]), labels[which])
        last = nn.Linear(weight.shape[1], 2)
        last.weight.data, last.bias.data = weight, bias
        return nn.Sequential(self.extractor(kind), last).requires_grad_(False)

    @property
    def model(self) -> nn.Sequential:
        """The network that was taught: (n, 1, 28, 28) to the scores of the two signs, (n, 2)."""
        return self.classifier()

    @property
    def output(self) -> Tensor:
        """The probabilities of the two signs for `input`, (2,)."""
        return self.model(self.input[None, None]).softmax(1)[0]

    def left_out(self, kind: str = "trained") -> Tensor:
        """Return the probability of its own sign for each example by what learned the others.

        (n,); NaN where an example is the only one of its sign.
        """
        images, labels = self.examples
        everything, found = torch.arange(len(labels)), []
        for i in everything:
            others = everything[everything != i]
            found.append(self._probability(kind, others, images[i], int(labels[i])))
        return torch.tensor(found)

    def further(self, kind: str = "trained") -> Tensor:
        """Return the same for signs that were not learned from.

        First the ready ones that are no examples, then each drawn one, by what had learned the
        ready ones and those drawn before it. (m,); NaN as for `left_out`.
        """
        images, labels = self.examples
        everything, found = torch.arange(len(labels)), []
        known = {picture for _, picture in self._drawn_here}  # a ready one may have been taught
        if self.signs != OWN:
            for sign, pictures in enumerate(signs.ready(self.signs)):
                for picture in pictures[self.ready :]:
                    if pack(picture) in known:
                        continue
                    found.append(self._probability(kind, everything, picture[None], sign))
        for i in everything[len(labels) - len(self._drawn_here) :]:
            found.append(self._probability(kind, everything[:i], images[i], int(labels[i])))
        return torch.tensor(found)

    def _probability(self, kind: str, which: Tensor, image: Tensor, sign: int) -> float:
        if len(set(self.examples[1][which].tolist())) < 2:
            return float("nan")
        return float(self._learned(kind, which)(image[None]).softmax(1)[0, sign])

    def settings(self) -> dict[str, Any]:
        """Return the settings by name, as JSON can hold them."""
        return super().settings() | {"input": self.traits()["input"].as_json(self.input, self)}

    def still(self) -> str:
        """Return the examples, a row for each sign, and what was learned from them."""
        images, labels = self.examples
        if not len(labels):
            return "<p>Two signs of your own, drawn here, are told apart by trained features.</p>"
        rows = [images[labels == sign, 0] for sign in (0, 1)]
        field = torch.zeros(2 * SIDE, SIDE * max(map(len, rows)))
        for i, row in enumerate(rows):
            for j, picture in enumerate(row):
                field[SIDE * i : SIDE * (i + 1), SIDE * j : SIDE * (j + 1)] = picture
        names = list(signs.PAIRS.get(self.signs, {"first sign": [], "second sign": []}))
        alt = f"Examples of two signs, {' and '.join(names)}, {len(rows[0])} and {len(rows[1])}."
        file = io.BytesIO()
        Image.fromarray(field.mul(255).round().byte().numpy()).save(file, "PNG", optimize=True)
        source = base64.b64encode(file.getvalue()).decode("ascii")
        width = 42 * field.shape[1] // SIDE
        return (
            f'<p class="cnl-before-after"><img class="coarse" width="{width}" height="84" '
            f'alt="{html.escape(alt)}" src="data:image/png;base64,{source}"></p>'
        )

    def __repr__(self) -> str:
        taught = f"ready={self.ready}, layer={self.layer!r}"
        return f"TeachLab(signs={self.signs!r}, {taught}, name={self.name!r})"


class Unit(nn.Module):
    """Divides each row by its length; zeros stay zeros."""

    def forward(self, x: Tensor) -> Tensor:  # (n, d) -> (n, d)
        """Return x with rows of length 1."""
        return F.normalize(x, dim=1)
