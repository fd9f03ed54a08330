"""Grey pictures as a setting of a lab, and as text for the page."""

import base64
from typing import Any

import numpy as np
import torch
from torch import Tensor
from traitlets import HasTraits, TraitError, Undefined

from ..platform.traits import Setting

SIDE = 28  # pixels
MOST_IMAGES = 40


class Pictures(Setting):
    """Grey pictures of 28×28 pixels as a float tensor in [0, 1], rounded to 256 levels.

    One picture, (28, 28), or with `many` a number of them, (n, 28, 28). Takes tensors, arrays and
    nested lists, with an axis of one channel too. They travel to the page as bytes in base64.
    """

    kind = "picture"

    def __init__(self, default: Any = Undefined, *, many: bool = False, **kwargs: Any) -> None:
        self.many = many
        super().__init__(default, **kwargs)
        self.tag(sync=True, to_json=lambda x, widget: None if x is None else pack(x))

    def limits(self) -> dict[str, Any]:
        """Return the height and width: a picture travels as a byte for each pixel, in base64."""
        return {"side": SIDE}

    def as_json(self, value: Any, obj: HasTraits | None = None) -> str | None:
        """Return a picture as it travels."""
        kept = super().as_json(value, obj)
        return None if kept is None else pack(kept)

    def validate(self, obj: HasTraits, value: Any) -> Tensor:
        """Return the pictures as a tensor, or raise a TraitError that says what is wrong."""
        try:
            x = unpack(value) if isinstance(value, str) else torch.as_tensor(value)
            x = x.detach().to("cpu", torch.float32)
        except (TypeError, ValueError, RuntimeError):
            raise self._refuse(obj, f"{value!r:.60}") from None
        if x.ndim == (4 if self.many else 3):
            x = x.squeeze(-3)  # one channel
        n = len(x) if self.many and x.ndim else 1
        if x.shape != ((n,) if self.many else ()) + (SIDE, SIDE) or not 1 <= n <= MOST_IMAGES:
            if isinstance(value, str) and not self.many and x.shape == (1, SIDE, SIDE):
                return x[0]
            raise self._refuse(obj, f"pictures of shape {tuple(x.shape)}")
        if not (x.min() >= 0 and x.max() <= 1):
            raise self._refuse(obj, f"values from {x.min():g} to {x.max():g}")
        return x.mul(255).round() / 255

    def _refuse(self, obj: HasTraits, given: str) -> TraitError:
        shape = f"(n, 28, 28), n from 1 to {MOST_IMAGES}" if self.many else "(28, 28)"
        allowed = f"numbers from 0 to 1 of shape {shape}, as tensor, array or lists"
        return TraitError(f"{type(obj).__name__}.{self.name} was given {given}; allowed: {allowed}")


def pack(x: Tensor) -> str:
    """Return pictures in [0, 1] as base64 of a byte for each pixel."""
    return base64.b64encode(x.mul(255).round().byte().numpy().tobytes()).decode("ascii")


def unpack(text: str) -> Tensor:
    """Return the pictures of `pack`, (n, 28, 28); ValueError where the text holds none."""
    pixels = np.frombuffer(base64.b64decode(text, validate=True), dtype=np.uint8)
    return torch.from_numpy(pixels.reshape(-1, SIDE, SIDE) / np.float32(255))
