"""Marks of the chapters' pictures: cells in the colours of the book, windows, arrows, numbers.

Lengths are in units of the picture, which is `WIDTH` by `HEIGHT`. Colours that a light and a dark
page share are written out; those of text and lines are the page's own, by name, with the light
page's where there is no page.
"""

import base64
import html
import io
from collections.abc import Sequence

from PIL import Image
from torch import Tensor

from book_utils.numbers import short
from book_utils.theme import THEME, colour

WIDTH, HEIGHT = 192, 108

PLUS, MINUS, ACTIVATION = (colour(f"map-{name}") for name in ("plus", "minus", "activation"))
HUES = THEME["hues"]
TEXT, LINE, FRAME, RAISED = (
    f"var(--cnl-{name},{colour(name)})" for name in ("text", "line", "accent", "raised")
)

Rows = Sequence[Sequence[float]] | Tensor
Colours = Sequence[Sequence[tuple[str, float]]]  # of cells: a colour and its opacity
STRONGEST = 0.6  # the opacity of the largest number: its figures are read on it, light and dark


def svg(marks: str, alt: str) -> str:
    """Return a picture; `alt` says what is to be seen."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        f'aria-label="{html.escape(alt)}" font-family="sans-serif" text-anchor="middle">'
        f"{marks}</svg>"
    )


def rect(
    x: float, y: float, w: float, h: float, fill: str = "none", opacity: float = 1, stroke: str = ""
) -> str:
    """Return a rectangle; nothing of it is drawn that is neither filled nor outlined."""
    shade = f' fill-opacity="{opacity:.2g}"' if fill != "none" and opacity < 1 else ""
    edge = f' stroke="{stroke}"' if stroke else ""
    return f'<rect x="{x:g}" y="{y:g}" width="{w:g}" height="{h:g}" fill="{fill}"{shade}{edge}/>'


def signed(rows: Rows) -> Colours:
    """Return colours in two hues around 0, strongest at the largest number."""
    rows = _lists(rows)
    most = max(abs(v) for row in rows for v in row) or 1
    return [[(PLUS if v > 0 else MINUS, STRONGEST * abs(v) / most) for v in row] for row in rows]


def strengths(rows: Rows, fill: str = ACTIVATION) -> Colours:
    """Return colours in one hue from 0 up to the largest number."""
    rows = _lists(rows)
    most = max(v for row in rows for v in row) or 1
    return [[(fill, STRONGEST * v / most) for v in row] for row in rows]


def cells(x: float, y: float, side: float, colours: Colours) -> str:
    """Return a grid of coloured cells, its corner at (x, y)."""
    marks = [
        rect(x + j * side, y + i * side, side, side, fill, opacity)
        for i, row in enumerate(colours)
        for j, (fill, opacity) in enumerate(row)
        if opacity
    ]
    n, m = len(colours), len(colours[0])
    across = "".join(f"M{x:g} {y + i * side:g}h{m * side:g}" for i in range(n + 1))
    down = "".join(f"M{x + j * side:g} {y:g}v{n * side:g}" for j in range(m + 1))
    lines = f'<path d="{across}{down}" fill="none" stroke="{LINE}" stroke-width=".6"/>'
    return "".join(marks) + lines


def numbers(x: float, y: float, side: float, rows: Rows, size: float = 10) -> str:
    """Return the numbers of a grid of cells."""
    marks = "".join(
        f'<text x="{x + (j + 0.5) * side:g}" y="{y + (i + 0.5) * side + 0.36 * size:g}">'
        f"{short(value)}</text>"
        for i, row in enumerate(_lists(rows))
        for j, value in enumerate(row)
    )
    return f'<g font-size="{size:g}" fill="{TEXT}">{marks}</g>'


def window(x: float, y: float, w: float, h: float) -> str:
    """Return the outline of a window."""
    return (
        f'<rect x="{x:g}" y="{y:g}" width="{w:g}" height="{h:g}" fill="none" stroke="{FRAME}" '
        'stroke-width="2.5" rx="1.5"/>'
    )


def sign(x: float, y: float, text: str, size: float = 16) -> str:
    """Return a sign or a word, its middle at (x, y)."""
    return (
        f'<text x="{x:g}" y="{y + 0.36 * size:g}" font-size="{size:g}" fill="{TEXT}">{text}</text>'
    )


def arrow(x: float, y: float, length: float) -> str:
    """Return an arrow to the right, its tail at (x, y)."""
    return path(f"M{x:g} {y:g}h{length:g}m-5-4l5 4-5 4")


def path(d: str, stroke: str = TEXT, width: float = 1.5, dashes: str = "") -> str:
    """Return a line."""
    dashed = f' stroke-dasharray="{dashes}"' if dashes else ""
    return f'<path d="{d}" fill="none" stroke="{stroke}" stroke-width="{width:g}"{dashed}/>'


def photograph(x: float, y: float, w: float, h: float, pixels: Tensor) -> str:
    """Return a picture of (height, width) greys in [0, 1], or of (height, width, 4) colours."""
    file = io.BytesIO()
    Image.fromarray((pixels * 255).round().byte().numpy()).save(file, "PNG", optimize=True)
    source = base64.b64encode(file.getvalue()).decode()
    return (
        f'<image x="{x:g}" y="{y:g}" width="{w:g}" height="{h:g}" '
        f'href="data:image/png;base64,{source}"/>'
    )


def _lists(rows: Rows) -> list[list[float]]:
    return rows.tolist() if isinstance(rows, Tensor) else [list(row) for row in rows]
