"""One run of each network at 77.5 and 79.3 %, and where good runs end: published figures."""

from .drawing import HUES, path, rect, sign

ALT = "Bars: 77.5 and 79.3 percent, one run each, and 94 percent"
LEFT, UNIT = 14, 1.5  # pixels a percent
RUNS = ((18, 77.5, HUES[8]), (50, 79.3, HUES[5]), (82, 94.0, HUES[1]))


def draw() -> str:
    """Return the marks."""
    bars = "".join(
        rect(LEFT, y, UNIT * percent, 20, hue) + sign(LEFT + 24, y + 10, f"{percent:g}", 12)
        for y, percent, hue in RUNS
    )
    return bars + path(f"M{LEFT + UNIT * 100},12V106", dashes="3 3")
