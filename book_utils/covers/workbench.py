"""Sliders: every control of a lab is open."""

from .drawing import FRAME, LINE, path, rect

ALT = "Four sliders"


def draw() -> str:
    """Return the marks."""
    marks = ""
    for i, at in enumerate((0.65, 0.3, 0.8, 0.45)):
        x, y = 24 + 144 * at, 22 + 21 * i
        marks += path(f"M24 {y}H168", LINE, 3) + path(f"M24 {y}H{x:g}", FRAME, 3)
        marks += rect(x - 4, y - 7, 8, 14, FRAME)
    return marks
