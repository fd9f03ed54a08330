"""The picture of a chapter that has none of its own: a window on a grid."""

from .drawing import FRAME, cells, window

ALT = "A window on a grid of cells"


def draw() -> str:
    """Return the marks."""
    empty = [[("none", 0)] * 8 for _ in range(4)]
    inside = [[(FRAME, 0.25)] * 3 for _ in range(3)]
    return cells(24, 18, 18, empty) + cells(60, 18, 18, inside) + window(60, 18, 54, 54)
