"""Draw the cover of the EPUB: a photograph of the book under a window, and the edges it finds.

The numbers are computed by the code that the book teaches.
"""

from pathlib import Path
from textwrap import wrap

import matplotlib
import torch
from PIL import Image, ImageColor, ImageDraw, ImageFont
from torch import Tensor

from book_utils import data
from book_utils.ops import KERNELS, corr2d_taps
from book_utils.theme import colour

SIZE = (1200, 1600)
HEAD = 450  # pixels of the ground behind the title
PHOTO, EDGES, CELL = (80, 520), (632, 1030), 17  # corners; side of a pixel of the photograph
PIXELS = 32  # of the photograph, down and across
FONTS = Path(matplotlib.get_data_path(), "fonts", "ttf")
FULL = 2  # an edge of this strength has the full colour


def draw(title: str, below: str) -> Image.Image:
    """Return the cover: the title, a line below it, and the window at the strongest edge."""
    image = Image.new("RGB", SIZE, colour("ground"))
    pen = ImageDraw.Draw(image)
    pen.rectangle((0, 0, SIZE[0], HEAD), fill=colour("accent"))
    lines = wrap(title, 16)
    for i, line in enumerate(lines):
        pen.text((80, 80 + 125 * i), line, colour("on-accent"), _font("DejaVuSans-Bold", 100))
    pen.text((80, 100 + 125 * len(lines)), below, colour("on-accent"), _font("DejaVuSans", 40))
    x, y = numbers()
    _paste(image, x[..., None].expand(-1, -1, 3), PHOTO)
    _paste(image, hues(y), EDGES)
    pen.rectangle(_box(EDGES, (0, 0), len(y)), outline=colour("line"), width=2)
    at = divmod(int(y.abs().argmax()), len(y))
    window, output = _box(PHOTO, at, 3), _box(EDGES, at, 1)
    frame = colour("accent")
    pen.line((*window[2:], *output[:2]), fill=frame, width=5)
    for box in (window, output):
        pen.rectangle((box[0] - 4, box[1] - 4, box[2] + 4, box[3] + 4), outline=frame, width=7)
    return image


def numbers() -> tuple[Tensor, Tensor]:
    """Return the photograph in grey, (32, 32), and its vertical edges, (30, 30)."""
    x = data.photo("camera", size=PIXELS).mean(0)
    return x, corr2d_taps(x, KERNELS["Sobel x"].weights)


def hues(y: Tensor) -> Tensor:
    """Return numbers with a sign in two hues around the ground: (h, w) -> (h, w, 3) in [0, 1]."""
    plus, minus, ground = (
        y.new_tensor(ImageColor.getrgb(colour(name))) / 255
        for name in ("map-plus", "map-minus", "ground")
    )
    share = (y.abs() / FULL).clamp(0, 1)[..., None]
    return share * torch.where(y[..., None] > 0, plus, minus) + (1 - share) * ground


def _paste(image: Image.Image, pixels: Tensor, at: tuple[int, int]) -> None:
    small = Image.fromarray((255 * pixels).round().byte().numpy())
    height, width = pixels.shape[:2]
    image.paste(small.resize((CELL * width, CELL * height), Image.Resampling.NEAREST), at)


def _box(corner: tuple[int, int], at: tuple[int, int], side: int) -> tuple[int, int, int, int]:
    """The corners of `side` cells from row and column `at` on."""
    left, top = corner[0] + CELL * at[1], corner[1] + CELL * at[0]
    return left, top, left + CELL * side, top + CELL * side


def _font(name: str, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(FONTS / f"{name}.ttf", size)
