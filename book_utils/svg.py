"""The parts that all drawings share: inline SVG that serves a light and a dark page, and a phone.

Lines and words take the colour of the text around them, and marks the accent of the page.
"""

import html

from book_utils import theme
from book_utils.plot import ACCENT

GROUND = f"var(--cnl-ground, {theme.colour('white')})"  # of the page
MARK = f"var(--cnl-accent, {ACCENT})"


def drawing(
    content: str, width: float, height: float, most: float = 1, margin: float = 1, top: float = 0
) -> str:
    """Return a drawing at its own size in pixels, at most `most` times that where there is room.

    `margin` is left free around it; `top` is what it needs above its origin.
    """
    across, down = width + 2 * margin, height + top + 2 * margin
    return (
        f'<svg viewBox="{-margin:g} {-margin - top:g} {across:g} {down:g}" aria-hidden="true" '
        f'fill="none" style="display: block; margin: 0 auto 6px; width: {most * across:g}px; '
        f'max-width: 100%; height: auto; overflow: visible">{content}</svg>'
    )


def text(
    x: float,
    y: float,
    words: str,
    size: int = 13,
    colour: str = "currentColor",
    *,
    anchor: str = "middle",
    faint: bool = False,
    bold: bool = False,
    italic: bool = False,
) -> str:
    """Return words on the baseline `y`, whose `anchor` (start, middle or end) is at `x`."""
    look = (' fill-opacity="0.75"' if faint else "") + (' font-weight="600"' if bold else "")
    look += ' font-style="italic"' if italic else ""
    return (
        f'<text x="{x:g}" y="{y:g}" text-anchor="{anchor}" font-size="{size}" '
        f'fill="{colour}"{look}>{html.escape(words)}</text>'
    )
