"""The image lab: a kernel slides over a photograph, the book's or the reader's own."""

import base64
import html
import io
from collections.abc import Mapping, Sequence
from typing import Any, Self

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image
from traitlets import HasTraits, List, TraitError, TraitType, Unicode, default, validate

from book_utils import data
from book_utils.ops import KERNELS

from ..parts.layer import MODES
from ..platform.base import Explorable, given
from ..platform.traits import Choice, Matrix, Pair, Real, Setting, Switch, Whole

SIDES = (12, 256)  # pixels: every kernel fits, and photographs do not weigh a page down
QUALITY = 75
SHOWS = ("clip", "abs", "shift")


class Photographs(TraitType):
    """Photographs by name, as JPEG data URIs: [{"name": …, "jpeg": …}, …].

    Takes names out of `data.PHOTOS`, or a mapping of names to float tensors or arrays (3, height,
    width) in [0, 1] with sides of 12 to 256 pixels. A bundled photograph
    is made small enough.
    """

    def validate(self, obj: HasTraits, value: Any) -> list[dict[str, str]]:
        """Return the photographs as they travel, or raise a TraitError that says what is wrong."""
        if isinstance(value, str):
            value = [value]
        if _is_packed(value):
            return value
        if not isinstance(value, Mapping):
            value = {name: _bundled(name) for name in value}
        where = f"{type(obj).__name__}.{self.name}"
        if not value:
            raise TraitError(f"{where} was given no photograph; allowed: one or more")
        return [{"name": name, "jpeg": _jpeg(where, name, x)} for name, x in value.items()]


def _is_packed(value: Any) -> bool:
    """Tell photographs as they travel from those a caller gives."""
    return bool(value) and isinstance(value, list) and all(isinstance(v, dict) for v in value)


def _bundled(name: str) -> torch.Tensor:
    """Load a photograph of the book, whole, its longer side at most 256 pixels."""
    height, width = data.photo(name).shape[1:]
    return data.photo(name, size=SIDES[1] * min(height, width) // max(height, width))


def _jpeg(where: str, name: str, photo: Any) -> str:
    """Return the data URI of (3, height, width) numbers in [0, 1]."""
    x = np.asarray(photo.tolist() if hasattr(photo, "tolist") else photo, dtype=float)
    small = x.ndim == 3 and len(x) == 3 and SIDES[0] <= min(x.shape[1:])
    if not small or max(x.shape) > SIDES[1] or not 0 <= x.min() <= x.max() <= 1:
        raise TraitError(
            f"{where} was given {name!r} of shape {x.shape}; allowed: (3, height, width) with "
            f"values in [0, 1] and sides of {SIDES[0]} to {SIDES[1]} pixels"
        )
    return "data:image/jpeg;base64," + base64.b64encode(_jpeg_bytes(x)).decode()


def _jpeg_bytes(x: np.ndarray) -> bytes:
    file = io.BytesIO()
    pixels = (x * 255).round().astype(np.uint8).transpose(1, 2, 0)
    Image.fromarray(pixels).save(file, "JPEG", quality=QUALITY, subsampling=0, optimize=True)
    return file.getvalue()


class Name(Setting):
    """The name of a photograph."""

    kind = "text"

    def validate(self, obj: HasTraits, value: Any) -> str:
        """Return `value`, or raise a TraitError."""
        if isinstance(value, str):
            return value
        where = f"{type(obj).__name__}.{self.name}"
        raise TraitError(f"{where} was given {value!r}; allowed: the name of a photograph")


class NamedMatrix(Matrix):
    """A Matrix, or the name of one of `book_utils.ops.KERNELS`."""

    def validate(self, obj: HasTraits, value: Any) -> list[list[float]]:
        """Return the kernel as nested lists, or raise a TraitError that says what is wrong."""
        if not isinstance(value, str):
            return super().validate(obj, value)
        if value not in KERNELS:
            where, names = f"{type(obj).__name__}.{self.name}", ", ".join(KERNELS)
            raise TraitError(f"{where} was given {value!r}; allowed: a grid of numbers, or {names}")
        return super().validate(obj, KERNELS[value].weights)


class ImageLab(Explorable):
    """A photograph under a kernel, before and after.

    `kernel` is a grid (height, width) of at most 11 by 11 weights or the name of one of
    `book_utils.ops.KERNELS`; `photos` are names out of `data.PHOTOS`, or a mapping of names to
    tensors (3, height, width) in [0, 1] of 12 to 256 pixels a side; `photo` is the name of the one
    shown. With `normalise`, the weights are divided by their sum (unless it is 0). `mode` says what
    the padding holds that keeps the size: "zeros", "reflect", "replicate", "circular", or "none"
    for no padding. `stride` is 1 to 8 pixels, `colour` filters red, green and blue each by itself,
    `bias` from -1 to 1 is added. `show` says how an output y becomes a picture: "clip" (to
    [0, 1]), "abs" (|y|, clipped) or "shift" (0.5 + y/2, clipped). `picked` is the output pixel
    (row, column) that is written out. Pictures that a reader opens stay in the page: `.output`
    is always that of `photo`.
    """

    in_code = {"shown": lambda lab: lab.shown}
    room = (632, 756)
    full_room = (900, 1560)
    essential = ("kernel", "photo")
    task = Unicode("Move over the photo: what adds up?").tag(sync=True, data=True)

    photos = Photographs(("astronaut", "coffee")).tag(sync=True, data=True)
    photo = Name().tag(sync=True)
    presets = List().tag(sync=True, data=True)
    kernel = NamedMatrix(11, "Gaussian").tag(sync=True)
    normalise = Switch(False).tag(sync=True)
    stride = Whole(1, 8).tag(sync=True)
    mode = Choice((*MODES, "none")).tag(sync=True)
    colour = Switch(False).tag(sync=True)
    bias = Real(-1, 1, 0.0).tag(sync=True)
    show = Choice(SHOWS).tag(sync=True)
    picked = Pair(0, SIDES[1] - 1, (96, 200)).tag(sync=True)

    def __init__(
        self,
        kernel: Any = None,
        photos: str | Sequence[str] | Mapping[str, Any] | None = None,
        **settings: Any,
    ) -> None:
        super().__init__(**given(kernel=kernel, photos=photos), **settings)

    @default("presets")
    def _named_kernels(self) -> list[dict[str, Any]]:
        return _presets()

    @default("photo")
    def _first(self) -> str:
        return self.photos[0]["name"]

    @default("show")
    def _usual(self) -> str:
        return "shift" if abs(self.weights.sum()) < 1e-6 else "clip"

    def schema(self) -> dict[str, dict[str, Any]]:
        """Return what each setting may be; the photographs are those of this lab."""
        found, names = super().schema(), [photo["name"] for photo in self.photos]
        found["photo"] |= {"type": "choice", "of": names}
        return found

    @validate("photo")
    def _one_of_them(self, proposal: dict[str, Any]) -> str:
        name, names = proposal["value"], [photo["name"] for photo in self.photos]
        if name not in names:
            raise TraitError(f"ImageLab.photo was given {name!r}; allowed: {', '.join(names)}")
        return name

    @classmethod
    def large(cls) -> Self:
        """Return a lab with nine weights, each another."""
        return cls([[1, 2, 3], [4, 5, 6], [7, 8, -9]])

    @property
    def image(self) -> torch.Tensor:
        """The photograph as the page holds it: (3, height, width) in [0, 1]."""
        jpeg = next(photo["jpeg"] for photo in self.photos if photo["name"] == self.photo)
        with Image.open(io.BytesIO(base64.b64decode(jpeg.split(",")[1]))) as picture:
            pixels = np.asarray(picture.convert("RGB"))
        x = torch.from_numpy(pixels.transpose(2, 0, 1) / 255)
        return x.to(torch.get_default_dtype())

    @property
    def weights(self) -> torch.Tensor:
        """The kernel as it is used, divided by its sum if it is to be: (height, width)."""
        k = torch.tensor(self.kernel, dtype=torch.get_default_dtype())
        return k / k.sum() if self.normalise and abs(k.sum()) > 1e-6 else k

    @property
    def output(self) -> torch.Tensor:
        """The filtered photograph, not clipped: (1, height, width), or (3, …) in colour."""
        k, x = self.weights, self.image if self.colour else self.image.mean(0, keepdim=True)
        x = x[:, None]  # (c, h, w) -> (c, 1, h, w): each channel by itself
        if self.mode != "none":
            sides = [((n - 1) // 2, n // 2) for n in k.shape]  # as padding="same" splits them
            fill = "constant" if self.mode == "zeros" else self.mode
            x = F.pad(x, (*sides[1], *sides[0]), fill)
        return F.conv2d(x, k[None, None], stride=self.stride)[:, 0] + self.bias

    @property
    def shown(self) -> torch.Tensor:
        """The output as the picture shows it, in [0, 1]; its shape is that of `output`."""
        y = self.output
        return {"clip": y, "abs": y.abs(), "shift": 0.5 + y / 2}[self.show].clamp(0, 1)

    def still(self) -> str:
        """Return the photograph before and after, as two pictures."""
        image = self.image if self.colour else self.image.mean(0, keepdim=True)
        before = _figure(f"Photograph {self.photo}", image)
        after = _figure(f"After the kernel {self.kernel}, shown by {self.show}", self.shown)
        return f'<p class="cnl-before-after">{before} {after}</p>'

    def __repr__(self) -> str:
        kept = {name: getattr(self, name) for name in ("name", *self.schema())}
        return f"ImageLab({', '.join(f'{key}={value!r}' for key, value in kept.items())})"


def _presets() -> list[dict[str, Any]]:
    """The named kernels as the page takes them."""
    return [
        {"name": name, "meaning": kernel.meaning, "kernel": kernel.weights.double().tolist()}
        for name, kernel in KERNELS.items()
    ]


def _figure(alt: str, x: torch.Tensor) -> str:
    source = base64.b64encode(_jpeg_bytes(x.expand(3, -1, -1).double().numpy())).decode()
    return f'<img alt="{html.escape(alt)}" src="data:image/jpeg;base64,{source}">'
