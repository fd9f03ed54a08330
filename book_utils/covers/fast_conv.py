"""A window of an image, and the column that it becomes."""

import torch

from book_utils.ladder import im2col

from .drawing import HUES, arrow, cells, window

ALT = "A 3×3 window of a 5×5 image, and the matrix of all its windows, each a column of nine"
N, K, PICKED = 5, 3, 4
SIDE, SMALL = 14, 9


def draw() -> str:
    """Return the marks."""
    pixels = torch.arange(N * N).reshape(N, N)
    i, j = divmod(PICKED, N - K + 1)
    x, y = 14, (108 - N * SIDE) / 2
    image = [[(_hue(v), _strength(v)) for v in row] for row in pixels.tolist()]
    columns = im2col(pixels, K, K).tolist()
    matrix = [[(_hue(v), _strength(v)) for v in row] for row in columns]
    left, top = 100, (108 - len(columns) * SMALL) / 2
    return (
        cells(x, y, SIDE, image)
        + window(x + j * SIDE, y + i * SIDE, K * SIDE, K * SIDE)
        + arrow(x + N * SIDE + 4, 54, 9)
        + cells(left, top, SMALL, matrix)
        + window(left + PICKED * SMALL, top, SMALL, len(columns) * SMALL)
    )


def _hue(pixel: int) -> str:
    return HUES[pixel // N]


def _strength(pixel: int) -> float:
    return 0.25 + 0.5 * (pixel % N) / (N - 1)
