"""Ready-made pairs of signs: written down as strokes, varied by chance as a hand varies them."""

import base64
import math
from collections.abc import Iterator
from functools import cache

import numpy as np
import torch
from torch import Tensor

from ..parts.chance import normals, random_from
from ..parts.pictures import SIDE

COUNT = 20  # of each sign
BOX, PEN = 20, 2.4  # pixels: the larger side of a sign and a stroke's width, as in parts/digit.ts
# Standard deviations of what differs from sign to sign.
TURN, SLANT, STRETCH = 12, 0.2, 0.15  # of the whole: degrees, shear, ln of width and of height
SLIP, SIZE, SHAKE = 0.08, 0.1, 0.05  # of a stroke: its place, ln of its size, each of its ends

Stroke = list[tuple[float, float]]  # points (x, y), y downwards; a sign is some two units high


def _arc(x: float, y: float, rx: float, ry: float, begin: float, end: float) -> Stroke:
    """Part of an ellipse around (x, y), by angles in degrees: 0 is right, 90 is down."""
    turns = [math.radians(begin + (end - begin) * i / 12) for i in range(13)]
    return [(x + rx * math.cos(t), y + ry * math.sin(t)) for t in turns]


_HEAD = [_arc(0, 0, 1, 1, -90, 270), [(-0.35, -0.3), (-0.35, -0.2)], [(0.35, -0.3), (0.35, -0.2)]]
# Each pair by its name, each sign of it by its own.
PAIRS: dict[str, dict[str, list[Stroke]]] = {
    "letters": {
        "K": [[(-0.6, -1), (-0.6, 1)], [(0.6, -1), (-0.6, 0.05), (0.6, 1)]],
        "X": [[(-0.65, -1), (0.65, 1)], [(0.65, -1), (-0.65, 1)]],
    },
    "arrows": {
        "left": [[(1, 0), (-1, 0)], [(-0.4, -0.55), (-1, 0), (-0.4, 0.55)]],
        "right": [[(-1, 0), (1, 0)], [(0.4, -0.55), (1, 0), (0.4, 0.55)]],
    },
    "faces": {
        "glad": [*_HEAD, _arc(0, 0.2, 0.5, 0.35, 160, 20)],
        "sad": [*_HEAD, _arc(0, 0.6, 0.5, 0.35, 200, 340)],
    },
}


@cache
def ready(pair: str) -> Tensor:
    """Return 20 of each of two signs, (2, 20, 28, 28) in [0, 1], each drawn in its own way.

    `pair` is a name of `PAIRS`; KeyError for another. The same every time: chance has a seed.
    """
    random = random_from(0)
    drawn = [
        [_drawn(_varied(strokes, random)) for _ in range(COUNT)] for strokes in PAIRS[pair].values()
    ]
    return torch.tensor(np.array(drawn)).float()


def _varied(strokes: list[Stroke], random: Iterator[float]) -> list[np.ndarray]:
    """A sign as another hand would draw it: turned, slanted, stretched, its strokes astray."""

    def chance(deviation: float, count: int = 1) -> np.ndarray:
        return np.array(normals(count, deviation, random))

    (turn,), (slant,) = np.radians(chance(TURN)), chance(SLANT)
    width, height = np.exp(chance(STRETCH, 2))
    turned = np.array([[math.cos(turn), -math.sin(turn)], [math.sin(turn), math.cos(turn)]])
    whole = turned @ np.array([[width, slant], [0, height]])
    found = []
    for stroke in strokes:
        along = np.linspace(0, 1, len(stroke))[:, None]
        ends = (1 - along) * chance(SHAKE, 2) + along * chance(SHAKE, 2)
        points = np.array(stroke) * np.exp(chance(SIZE)) + chance(SLIP, 2) + ends
        found.append(points @ whole.T)
    return found


def _drawn(strokes: list[np.ndarray]) -> np.ndarray:
    """The picture (28, 28) that parts/digit.ts (normaliseStrokes) makes of strokes of a hand."""
    points = np.concatenate(strokes)
    scale = (BOX - PEN) / np.ptp(points, axis=0).max()
    width, height = np.ceil(scale * np.ptp(points, axis=0) + PEN - 1e-6).astype(int)
    pixels = np.stack(np.meshgrid(np.arange(width) + 0.5, np.arange(height) + 0.5), -1)
    away = np.full((height, width), np.inf)
    for stroke in strokes:
        scaled = scale * (stroke - points.min(0)) + PEN / 2
        for start, end in zip(scaled[:-1], scaled[1:], strict=True):
            step = end - start
            along = np.clip((pixels - start) @ step / (step @ step), 0, 1)
            distance = np.linalg.norm(pixels - start - along[..., None] * step, axis=-1)
            away = np.minimum(away, distance)
    ink = np.round(255 * np.clip(PEN / 2 + 0.5 - away, 0, 1)) / 255
    field = np.zeros((SIDE, SIDE))
    top, left = (_begin(ink.sum(axis)) for axis in (1, 0))
    field[top : top + height, left : left + width] = ink
    return field


def _begin(mass: np.ndarray) -> int:
    """Where the ink begins along an axis: its centre of mass comes to lie on pixel 14."""
    centre = mass @ (np.arange(len(mass)) + 0.5) / mass.sum()
    return int(np.clip(SIDE // 2 - math.floor(centre + 1e-6), 0, SIDE - len(mass)))


def in_runs(picture: Tensor) -> str:
    """Return a picture as parts/pictures.ts (lengthen) reads it: of zeros their number."""
    found = bytearray()
    for byte in picture.mul(255).round().byte().flatten().tolist():
        if byte or len(found) < 2 or found[-2] != 0 or found[-1] == 255:
            found += bytes([byte] if byte else [0, 1])
        else:
            found[-1] += 1
    return base64.b64encode(found).decode("ascii")


@cache
def packed() -> dict[str, dict[str, list]]:
    """Return all pairs as JSON can hold them: the names of the signs, their pictures in runs."""
    return {
        pair: {
            "names": list(signs),
            "pictures": [[in_runs(picture) for picture in each] for each in ready(pair)],
        }
        for pair, signs in PAIRS.items()
    }
