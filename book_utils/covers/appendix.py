"""What stands behind a chapter: lines of a proof."""

from .drawing import FRAME, LINE, path

ALT = "Lines of text"


def draw() -> str:
    """Return the marks."""
    lines = ((24, 150), (24, 118), (40, 134), (40, 96), (24, 142))
    marks = (
        path(f"M{x} {20 + 17 * i}H{end}", FRAME if x > 24 else LINE, 4)
        for i, (x, end) in enumerate(lines)
    )
    return "".join(marks)
