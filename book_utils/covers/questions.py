"""Somebody asks, and gets an answer: two speech bubbles."""

from .drawing import FRAME, LINE, path, sign

ALT = "A speech bubble with a question mark, and one with an answer"


def bubble(x: float, y: float, w: float, h: float, tip: float, stroke: str) -> str:
    """Return the outline of a speech bubble with its tip below, `tip` from its left."""
    r = 9
    return path(
        f"M{x + r:g} {y:g}h{w - 2 * r:g}q{r} 0 {r} {r}v{h - 2 * r:g}q0 {r}-{r} {r}"
        f"H{x + tip + 12:g}l-9 12v-12H{x + r:g}q-{r} 0-{r}-{r}V{y + r:g}q0-{r} {r}-{r}z",
        stroke,
        2.5,
    )


def draw() -> str:
    """Return the marks."""
    answer = path("M92 50H156M92 64H140", LINE, 4)
    return (
        bubble(16, 14, 52, 52, 8, FRAME)
        + sign(42, 40, "?", 34)
        + bubble(78, 32, 98, 50, 62, LINE)
        + answer
    )
