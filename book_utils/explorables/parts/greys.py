"""Pictures in a few levels of grey, packed small for a page: greys.ts unpacks them."""

import base64
import zlib

from torch import Tensor

MOST_LEVELS = 16


def pack_greys(levels: Tensor) -> str:
    """Return whole numbers from 0 to 15, an even number of them, as a text.

    Two a byte, deflated, in base64. ValueError for other numbers, or an odd number of them.
    """
    pixels = levels.flatten().byte()
    if levels.numel() % 2 or not bool(((levels >= 0) & (levels < MOST_LEVELS)).all()):
        raise ValueError(f"levels of shape {tuple(levels.shape)}: give an even number of 0 to 15")
    pairs = pixels[::2] * MOST_LEVELS + pixels[1::2]
    return base64.b64encode(zlib.compress(pairs.numpy().tobytes(), 9)).decode("ascii")
