"""A residual block: y = x + F(x)."""

from .drawing import ACTIVATION, FRAME, RAISED, path, rect, sign

ALT = "A block: the input goes through two layers, and around them, and both are added"


def draw() -> str:
    """Return the marks."""
    around = path("M22 66V26H150V56m-4-6l4 7 4-7", FRAME, 2.5)
    through = path("M8 66H138m-6-4l6 4-6 4M162 66h22m-6-4l6 4-6 4")
    layers = "".join(
        rect(x, 46, 34, 40, RAISED) + rect(x, 46, 34, 40, ACTIVATION, 0.6)
        for x in (40, 90)
    )
    plus = f'<circle cx="150" cy="66" r="11" fill="none" stroke="{FRAME}" stroke-width="2.5"/>'
    return around + through + layers + plus + sign(150, 66, "+", 17)
