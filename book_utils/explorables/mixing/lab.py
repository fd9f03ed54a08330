"""The mixing lab: a 1×1 convolution recombines the colour channels of a photograph."""

import base64
import html
import io
from typing import Any, Self

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image
from traitlets import HasTraits, TraitError, TraitType, Unicode, default

from book_utils import data

from ..platform.base import Explorable, given
from ..platform.traits import Block, Pair

SIDE = 160  # pixels: what a page can carry
COLOURS = 256  # so that a pixel travels as one byte
IDENTITY = [[1, 0, 0], [0, 1, 0], [0, 0, 1]]


class Photograph(TraitType):
    """A small colour picture in at most 256 colours.

    Takes a float tensor or array (3, height, width) in [0, 1], at most 160 pixels a side, and keeps
    it as {height, width, palette, indices}, the last two as base64 of bytes. More colours than 256
    are replaced by the 256 that fit best.
    """

    def validate(self, obj: HasTraits, value: Any) -> dict[str, Any]:
        """Return the picture as it travels, or raise a TraitError that says what is wrong."""
        if isinstance(value, dict) and _is_packed(value):
            return value
        array = np.asarray(value.tolist() if hasattr(value, "tolist") else value)
        if array.dtype.kind not in "biuf":
            array = np.empty(0)
        fits = array.ndim == 3 and len(array) == 3 and 1 <= min(array.shape) <= max(array.shape)
        if not fits or max(array.shape) > SIDE or not (0 <= array.min() <= array.max() <= 1):
            raise TraitError(
                f"{type(obj).__name__}.{self.name} was given an array of shape {array.shape}; "
                f"allowed: (3, height, width) with values in [0, 1], at most {SIDE} pixels a side. "
                f"Make it smaller, such as data.photo('coffee', size={SIDE})[:, :, :{SIDE}]"
            )
        return _packed((array * 255).round().astype(np.uint8).transpose(1, 2, 0))


def _is_packed(photo: dict[str, Any]) -> bool:
    """Whether this is a picture as `_packed` makes it."""
    try:
        palette, indices = (_bytes(photo[key]) for key in ("palette", "indices"))
        area = photo["height"] * photo["width"]
    except (KeyError, TypeError, ValueError):
        return False
    return 0 < len(indices) == area <= SIDE**2 and 3 * int(indices.max()) + 2 < len(palette)


def _bytes(text: str) -> np.ndarray:
    return np.frombuffer(base64.b64decode(text, validate=True), np.uint8)


def _packed(pixels: np.ndarray) -> dict[str, Any]:
    """Reduce (height, width, 3) bytes to a palette and an index for each pixel."""
    palette, indices = np.unique(pixels.reshape(-1, 3), axis=0, return_inverse=True)
    if len(palette) > COLOURS:
        reduced = Image.fromarray(pixels).quantize(COLOURS, Image.Quantize.MEDIANCUT, kmeans=4)
        palette = np.array(reduced.getpalette(), dtype=np.uint8).reshape(-1, 3)
        indices = np.asarray(reduced)
    return {
        "height": pixels.shape[0],
        "width": pixels.shape[1],
        "palette": base64.b64encode(palette.tobytes()).decode(),
        "indices": base64.b64encode(indices.astype(np.uint8).tobytes()).decode(),
    }


class MixLab(Explorable):
    """A photograph split into red, green and blue and put together again by a 1×1 convolution.

    `photo` is a tensor or array (3, height, width) in [0, 1], at most 160 pixels a side (the
    default: an astronaut), kept in at most 256 colours: `.image` is what was kept. `weight` is the
    (3, 3) matrix of the kernel, a row for each new channel, a column for each old one; `bias` has
    three numbers. `picked` is the pixel that is explained, (row, column). `.output` is the result,
    (3, height, width), not clipped; `.clipped` counts the pixels that leave [0, 1].
    """

    room = (560, 736)
    essential = ("weight",)
    task = Unicode("Press a row: how is its colour made?").tag(sync=True, data=True)
    in_code = {"y": lambda lab: lab.output.clamp(0, 1)}

    photo = Photograph().tag(sync=True, data=True)
    weight = Block({"new channels": 3, "old channels": 3}, IDENTITY, exact=True).tag(sync=True)
    bias = Block({"new channels": 3}, [0, 0, 0], exact=True).tag(sync=True)
    picked = Pair(0, SIDE - 1, (SIDE // 2, SIDE // 4)).tag(sync=True)

    def __init__(
        self, photo: Any = None, weight: Any = None, bias: Any = None, **settings: Any
    ) -> None:
        super().__init__(**given(photo=photo, weight=weight, bias=bias), **settings)

    @default("photo")
    def _astronaut(self) -> torch.Tensor:
        return data.photo("astronaut", size=SIDE)[:, :SIDE, :SIDE]

    @classmethod
    def large(cls) -> Self:
        """Return the example with nine weights that are not 0."""
        return cls(weight=torch.arange(1, 10).reshape(3, 3) / 30)

    @property
    def image(self) -> torch.Tensor:
        """The photograph as kept: a float tensor (3, height, width) in [0, 1]."""
        palette, indices = (_bytes(self.photo[key]) for key in ("palette", "indices"))
        sides = self.photo["height"], self.photo["width"]
        pixels = palette.reshape(-1, 3)[indices].reshape(*sides, 3)
        return torch.from_numpy(pixels.transpose(2, 0, 1) / 255).to(torch.get_default_dtype())

    @property
    def output(self) -> torch.Tensor:
        """The mixed channels, (3, height, width), not clipped."""
        k, b = (torch.tensor(t, dtype=torch.double) for t in (self.weight, self.bias))
        y = F.conv2d(self.image.double()[None], k[:, :, None, None], b)[0]  # (3, 3) -> (3, 3, 1, 1)
        return y.to(torch.get_default_dtype())

    @property
    def clipped(self) -> int:
        """How many pixels of the output leave [0, 1] in some channel (by more than rounding)."""
        y = self.output
        return int(((y < -1e-6) | (y > 1 + 1e-6)).any(0).sum())

    def still(self) -> str:
        """Return the photograph and its mixture as one picture."""
        both = torch.cat([self.image, self.output.clamp(0, 1)], dim=2)
        picture, file = (both * 255).round().byte().permute(1, 2, 0).numpy(), io.BytesIO()
        Image.fromarray(picture).save(file, "JPEG", quality=75)
        source = base64.b64encode(file.getvalue()).decode()
        alt = f"A photograph, and its colour channels mixed by {self.weight} plus {self.bias}."
        return f'<img alt="{html.escape(alt)}" src="data:image/jpeg;base64,{source}">'
