"""The lens lab: a window of nine pixels is dragged over a photograph, and makes another of it."""

import base64
import io
from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image
from traitlets import Dict, TraitError, Unicode, default, validate

from book_utils import data
from book_utils.ops import KERNELS

from ..platform.base import Explorable
from ..platform.still import text_html
from ..platform.traits import Choice, Pair

SHORTER = 120  # pixels of the shorter side: so few that a window of nine is seen
FARTHEST = 177  # the last row or column at which a window begins in the widest photograph
# What a reader chooses from, and what `book_utils.ops.KERNELS` calls it.
NAMES = {"vertical edges": "Sobel x", "blur": "box blur", "sharpen": "sharpen"}


def _png(x: torch.Tensor) -> str:
    """Return the data URI of (height, width) numbers in [0, 1], kept in steps of 1/255."""
    file = io.BytesIO()
    pixels = (x.double() * 255).round().to(torch.uint8).numpy()
    Image.fromarray(pixels).save(file, "PNG", optimize=True)
    return "data:image/png;base64," + base64.b64encode(file.getvalue()).decode()


class LensLab(Explorable):
    """A photograph, a window of 3×3 pixels that is dragged over it, and what nine weights make.

    `photo` is one of `data.PHOTOS`, shown in grey, its shorter side 120 pixels; `kernel` is
    "vertical edges", "blur" or "sharpen"; `picked` is the output pixel (row, column) whose sum is
    written out: its window begins there. Nothing is padded: the output is smaller by two rows and
    two columns.
    """

    room = (616, 716)
    essential = ("kernel",)
    task = Unicode("Drag the window over the picture").tag(sync=True, data=True)

    photo = Unicode("coffee").tag(sync=True, data=True)
    pixels = Unicode().tag(sync=True, data=True)  # of the photograph: a PNG keeps them as they are
    kernels = Dict().tag(sync=True, data=True)
    kernel = Choice(tuple(NAMES)).tag(sync=True)
    picked = Pair(0, FARTHEST, (29, 51)).tag(sync=True)

    @validate("photo")
    def _bundled(self, proposal: dict[str, Any]) -> str:
        if (name := proposal["value"]) not in data.PHOTOS:
            allowed = ", ".join(data.PHOTOS)
            raise TraitError(f"LensLab.photo was given {name!r}; allowed: {allowed}")
        return name

    @default("pixels")
    def _in_grey(self) -> str:
        return _png(data.photo(self.photo, size=SHORTER).mean(0))

    @default("kernels")
    def _named_kernels(self) -> Mapping[str, list[list[float]]]:
        return {name: KERNELS[ours].weights.double().tolist() for name, ours in NAMES.items()}

    @property
    def photograph(self) -> torch.Tensor:
        """The photograph: (height, width) in [0, 1]."""
        with Image.open(io.BytesIO(base64.b64decode(self.pixels.split(",")[1]))) as picture:
            pixels = np.asarray(picture.convert("L"))
        return torch.from_numpy(pixels / 255).to(torch.get_default_dtype())

    @property
    def weights(self) -> torch.Tensor:
        """The nine weights: (3, 3)."""
        return torch.tensor(self.kernels[self.kernel], dtype=torch.get_default_dtype())

    @property
    def output(self) -> torch.Tensor:
        """The sum at each stop of the window: (height - 2, width - 2)."""
        return F.conv2d(self.photograph[None, None], self.weights[None, None])[0, 0]

    def still(self) -> str:
        """Return the photograph and what the kernel makes of it, as two pictures."""
        y = self.output
        after = (0.5 + y / 4 if self.kernel == "vertical edges" else y).clamp(0, 1)
        figures = (("The photograph", self.photograph), (f"After the kernel: {self.kernel}", after))
        pictures = " ".join(f'<img alt="{text_html(alt)}" src="{_png(x)}">' for alt, x in figures)
        return f'<p class="cnl-before-after">{pictures}</p>'

    def __repr__(self) -> str:
        kept = {name: getattr(self, name) for name in ("name", *self.schema())}
        return f"LensLab({', '.join(f'{key}={value!r}' for key, value in kept.items())})"
