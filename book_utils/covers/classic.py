"""GoogLeNet's block: four branches, their maps put behind one another."""

from book_utils.models.googlenet import BLOCKS

from .drawing import HUES, LINE, RAISED, path, rect, sign

ALT = "Four branches read the same maps, and what they give is concatenated: 256 maps"
WINDOWS = ("1×1", "3×3", "5×5", "max")
COLOURS = [HUES[i] for i in (5, 8, 1, 3)]


def draw() -> str:
    """Return the marks."""
    one, _, three, _, five, pooled = BLOCKS[0][0]
    kept = (one, three, five, pooled)
    unit, gap = 172 / sum(kept), 6
    box = (172 - 3 * gap) / 4
    marks, left = rect(10, 8, 172, 12, RAISED, stroke=LINE), 10.0
    for i, (window, maps, hue) in enumerate(zip(WINDOWS, kept, COLOURS, strict=True)):
        x = 10 + i * (box + gap)
        middle = x + box / 2
        marks += path(f"M{middle:g} 20V32m-3-4l3 4 3-4M{middle:g} 58V66")
        marks += path(f"M{middle:g} 66L{left + maps * unit / 2:g} 80")
        marks += rect(x, 33, box, 25, hue, 0.35) + sign(middle, 46, window, 11)
        marks += rect(left, 82, maps * unit, 18, hue)
        left += maps * unit
    return marks
