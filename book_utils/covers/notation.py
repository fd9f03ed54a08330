"""Signs of the book, each in its cell."""

from .drawing import cells, sign, signed, window

ALT = "Eight signs in a grid: n, k, p, s, ⋆, Σ, μ and σ"
SIGNS = ("nkps", "⋆Σμσ")


def draw() -> str:
    """Return the marks."""
    side, x, y = 36, 24, 18
    marks = cells(x, y, side, signed([[2, -1, 1, -2], [-1, 2, -2, 1]]))
    for i, row in enumerate(SIGNS):
        for j, letter in enumerate(row):
            marks += sign(x + (j + 0.5) * side, y + (i + 0.5) * side, letter, 20)
    return marks + window(x, y + side, side, side)
