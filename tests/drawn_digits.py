"""Digits as people draw them with a pen: each in several styles, as strokes.

A stroke is a list of places (x, y) in a square of side 1, y downwards; a curve goes smoothly
through its places. `drawings` puts every style on the pad: small, middling and large, upright and
slanted, slowly, so that the page hears of many points, and fast, each with a tremor of its own.
"""

from collections.abc import Iterator
from itertools import product
from typing import NamedTuple

import numpy as np

PAD = 224  # cells along a side
SIZES = {"small": 0.2, "middling": 0.45, "large": 0.85}  # of the pad, the larger side
SLANTS = (-0.12, 0.0, 0.25)  # sideways for a step down; most hands lean to the right
SPEEDS = {"slow": 16, "fast": 5}  # points that the page hears of along the larger side
TREMOR = 0.012  # standard deviation, of the larger side

Stroke = np.ndarray  # (n, 2)


def line(*places: tuple[float, float]) -> Stroke:
    """Return the places, joined by straight lines."""
    return np.array(places, dtype=float)


def curve(*places: tuple[float, float]) -> Stroke:
    """Return a smooth curve through the places (Catmull and Rom, 1974)."""
    p = np.array([places[0], *places, places[-1]], dtype=float)
    t = np.linspace(0, 1, 12, endpoint=False)[:, None]
    parts = [
        (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3)
        / 2
        for a, b, c, d in zip(p, p[1:], p[2:], p[3:], strict=False)
    ]
    return np.concatenate([*parts, p[-1:]])


STYLES: dict[tuple[int, str], list[Stroke]] = {
    (0, "oval"): [
        curve((0.5, 0), (0.2, 0.15), (0.1, 0.5), (0.22, 0.86), (0.5, 1), (0.78, 0.85), (0.9, 0.5),
              (0.8, 0.14), (0.5, 0)),
    ],
    (0, "narrow, not quite closed"): [
        curve((0.56, 0.02), (0.34, 0.12), (0.22, 0.5), (0.3, 0.88), (0.5, 1), (0.7, 0.86),
              (0.76, 0.5), (0.68, 0.12), (0.52, 0.06)),
    ],
    (1, "plain"): [line((0.5, 0), (0.5, 1))],
    (1, "with a flag"): [line((0.33, 0.22), (0.52, 0), (0.52, 1))],
    (1, "with a flag and a foot"): [
        line((0.32, 0.2), (0.5, 0), (0.5, 1)),
        line((0.28, 1), (0.72, 1)),
    ],
    (1, "with a long flag"): [line((0.2, 0.42), (0.55, 0), (0.55, 1))],
    (1, "with a long flag and a foot"): [
        line((0.22, 0.4), (0.55, 0), (0.55, 1)),
        line((0.3, 1), (0.8, 1)),
    ],
    (2, "plain"): [
        curve((0.2, 0.22), (0.35, 0.03), (0.65, 0.02), (0.78, 0.22), (0.66, 0.5), (0.2, 0.98))[:-1],
        line((0.2, 0.98), (0.85, 0.97)),
    ],
    (2, "with a loop"): [
        curve((0.18, 0.2), (0.4, 0.01), (0.7, 0.1), (0.72, 0.38), (0.45, 0.78), (0.2, 0.95),
              (0.16, 0.82), (0.36, 0.8), (0.6, 0.96), (0.88, 0.9)),
    ],
    (3, "round"): [
        curve((0.22, 0.14), (0.5, 0), (0.75, 0.14), (0.7, 0.38), (0.45, 0.47)),
        curve((0.45, 0.47), (0.75, 0.56), (0.82, 0.78), (0.6, 0.98), (0.2, 0.9)),
    ],
    (3, "with a flat top"): [
        np.concatenate([
            line((0.2, 0.02), (0.75, 0.02), (0.45, 0.4)),
            curve((0.45, 0.4), (0.75, 0.5), (0.8, 0.78), (0.55, 0.98), (0.18, 0.88)),
        ]),
    ],
    (4, "open"): [
        line((0.25, 0), (0.15, 0.55), (0.85, 0.55)),
        line((0.7, 0.1), (0.66, 1)),
    ],
    (4, "closed"): [line((0.68, 1), (0.68, 0), (0.12, 0.66), (0.9, 0.66))],
    (5, "with a bar drawn last"): [
        np.concatenate([
            line((0.3, 0), (0.25, 0.42)),
            curve((0.25, 0.42), (0.55, 0.36), (0.8, 0.6), (0.68, 0.92), (0.4, 1), (0.18, 0.9)),
        ]),
        line((0.3, 0), (0.8, 0)),
    ],
    (5, "in one stroke"): [
        np.concatenate([
            line((0.78, 0.02), (0.3, 0.03), (0.24, 0.45)),
            curve((0.24, 0.45), (0.5, 0.38), (0.78, 0.6), (0.7, 0.88), (0.45, 1), (0.15, 0.94)),
        ]),
    ],
    (6, "curled"): [
        curve((0.7, 0.03), (0.42, 0.2), (0.22, 0.6), (0.3, 0.92), (0.58, 1), (0.78, 0.8),
              (0.66, 0.56), (0.42, 0.56), (0.26, 0.74)),
    ],
    (6, "with a straight back"): [
        curve((0.52, 0), (0.36, 0.32), (0.24, 0.68), (0.36, 0.96), (0.62, 0.96), (0.74, 0.74),
              (0.58, 0.56), (0.36, 0.62), (0.27, 0.76)),
    ],
    (7, "plain"): [line((0.15, 0.03), (0.82, 0.03), (0.42, 1))],
    (7, "with a bar"): [
        line((0.15, 0.03), (0.82, 0.03), (0.42, 1)),
        line((0.3, 0.52), (0.82, 0.5)),
    ],
    (8, "in one stroke"): [
        curve((0.7, 0.1), (0.46, 0), (0.26, 0.18), (0.46, 0.44), (0.74, 0.74), (0.5, 1),
              (0.24, 0.78), (0.5, 0.46), (0.74, 0.22), (0.66, 0.08)),
    ],
    (8, "of two rings"): [
        curve((0.5, 0), (0.3, 0.1), (0.28, 0.32), (0.5, 0.46), (0.72, 0.32), (0.7, 0.1), (0.5, 0)),
        curve((0.5, 0.46), (0.24, 0.58), (0.22, 0.86), (0.5, 1), (0.78, 0.86), (0.76, 0.58),
              (0.5, 0.46)),
    ],
    (9, "with a straight stem"): [
        curve((0.72, 0.14), (0.5, 0), (0.26, 0.14), (0.28, 0.42), (0.52, 0.48), (0.72, 0.2)),
        line((0.74, 0.06), (0.68, 1)),
    ],
    (9, "with a curled tail"): [
        curve((0.74, 0.2), (0.54, 0), (0.28, 0.12), (0.28, 0.4), (0.52, 0.48), (0.74, 0.2),
              (0.76, 0.62), (0.62, 0.95), (0.28, 0.94)),
    ],
}  # fmt: skip


LETTERS = {
    "A": [line((0.1, 1), (0.5, 0), (0.9, 1)), line((0.25, 0.62), (0.75, 0.62))],
    "E": [line((0.85, 0), (0.15, 0), (0.15, 1), (0.85, 1)), line((0.15, 0.5), (0.7, 0.5))],
    "H": [line((0.1, 0), (0.1, 1)), line((0.9, 0), (0.9, 1)), line((0.1, 0.5), (0.9, 0.5))],
    "K": [line((0.15, 0), (0.15, 1)), line((0.85, 0), (0.15, 0.55), (0.85, 1))],
    "M": [line((0, 1), (0.1, 0), (0.5, 0.6), (0.9, 0), (1, 1))],
    "T": [line((0, 0), (1, 0)), line((0.5, 0), (0.5, 1))],
    "X": [line((0.1, 0), (0.9, 1)), line((0.9, 0), (0.1, 1))],
}


class Drawing(NamedTuple):
    """One digit on the pad; the strokes are lists of [x, y] in cells."""

    digit: int
    style: str
    size: str
    strokes: list[list[list[float]]]


def drawings() -> Iterator[Drawing]:
    """Yield every style in every size, slant and speed; the same at every call."""
    g = np.random.default_rng(0)
    for (digit, style), strokes in STYLES.items():
        for size, slant, speed in product(SIZES, SLANTS, SPEEDS):
            yield Drawing(digit, style, size, _drawn(strokes, size, slant, speed, g))


def _drawn(
    strokes: list[Stroke], size: str, slant: float, speed: str, g: np.random.Generator
) -> list[list[list[float]]]:
    """Put strokes somewhere on the pad, by a hand that trembles."""
    steady = [_sampled(stroke, SPEEDS[speed]) for stroke in strokes]
    drawn = [stroke + g.normal(0, TREMOR, stroke.shape) for stroke in steady]
    leant = [stroke - np.array([slant, 0]) * stroke[:, 1:] for stroke in drawn]
    places = np.concatenate(leant)
    corner, extent = places.min(0), np.ptp(places, 0)
    scale = SIZES[size] * PAD / extent.max()
    place = g.uniform(0.06 * PAD, 0.94 * PAD - scale * extent)
    return [(place + scale * (stroke - corner)).round(2).tolist() for stroke in leant]


def _sampled(stroke: Stroke, density: int) -> Stroke:
    """Return points along a stroke, evenly spread, and its corners, which a hand keeps."""
    steps = np.linalg.norm(np.diff(stroke, axis=0), axis=1)
    along = np.concatenate([[0], np.cumsum(steps)])
    at = np.linspace(0, along[-1], 1 + int(np.ceil(density * along[-1])))
    a, b = np.diff(stroke, axis=0)[:-1], np.diff(stroke, axis=0)[1:]
    turn = (a * b).sum(1) / np.maximum(np.linalg.norm(a, axis=1) * np.linalg.norm(b, axis=1), 1e-9)
    at = np.unique(np.concatenate([at, along[1:-1][turn < 0.6]]))
    return np.stack([np.interp(at, along, stroke[:, axis]) for axis in (0, 1)], 1)
