"""Two curves race to a line: one crosses it early, one in the end."""

from .drawing import ACTIVATION, FRAME, LINE, PLUS, path, sign

ALT = "Accuracy by time: a steep curve crosses the finish line early, a flat one late"
LEFT, FOOT, WIDE, HIGH = 20, 98, 160, 86
FINISH = 0.8


def draw() -> str:
    """Return the marks."""
    axes = path(f"M{LEFT} {FOOT - HIGH}V{FOOT}H{LEFT + WIDE}", LINE, width=1.2)
    at = FOOT - FINISH * HIGH
    line = path(f"M{LEFT} {at:.1f}H{LEFT + WIDE}", FRAME, width=2, dashes="5 3")
    return axes + line + _racer(0.16, ACTIVATION) + _racer(0.5, PLUS) + sign(160, 22, "94 %", 13)


def _racer(slowness: float, colour: str) -> str:
    """Return a curve that reaches the finish at a share of 1.61 of its slowness, and ends there."""
    end = slowness * 1.609  # 1 - exp(-1.609) = 0.8
    points = [
        f"{LEFT + WIDE * t:.1f} {FOOT - HIGH * _height(t, slowness):.1f}"
        for t in (end * i / 16 for i in range(17))
    ]
    return path("M" + "L".join(points), colour, width=3)


def _height(t: float, slowness: float) -> float:
    return 1 - 2.718281828 ** (-t / slowness)
