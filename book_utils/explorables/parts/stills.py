"""Small pictures and maps as still images, a pixel a number, in the colours of the labs."""

import base64
import html
import io

import numpy as np
from PIL import Image
from torch import Tensor

from book_utils.theme import THEME

SIDE = 168  # pixels of the page


def picture_image(x: Tensor, alt: str) -> str:
    """Return a grey picture (h, w) in [0, 1] as an image; `alt` says what it shows."""
    return _image(Image.fromarray(x.mul(255).round().byte().numpy()), alt)


def map_image(values: Tensor, alt: str) -> str:
    """Return a map (h, w) as an image: two hues around 0, the largest size in full colour."""
    shares = (values / (values.abs().max() or 1)).numpy()
    pixels = np.empty((*shares.shape, 4), np.uint8)
    one_hue = "map-plus" if shares.min() < 0 else "map-activation"
    pixels[..., :3] = np.where(shares[..., None] < 0, _rgb("map-minus"), _rgb(one_hue))
    pixels[..., 3] = np.abs(shares) * 255
    return _image(Image.fromarray(pixels, "RGBA"), alt)


def _rgb(name: str) -> list[int]:
    return [int(THEME[name][i : i + 2], 16) for i in (1, 3, 5)]


def _image(image: Image.Image, alt: str) -> str:
    file = io.BytesIO()
    image.save(file, "PNG", optimize=True)
    source = base64.b64encode(file.getvalue()).decode("ascii")
    return (
        f'<img class="coarse" width="{SIDE}" height="{SIDE}" alt="{html.escape(alt)}" '
        f'src="data:image/png;base64,{source}">'
    )
