"""Still pictures of grids, as SVG that follows the page's colours."""

import html
from collections.abc import Sequence

from book_utils.numbers import short

CELL, GAP, CAPTION = 36, 28, 22
TYPE = 14  # px, as in style.css


def grids_svg(grids: Sequence[tuple[str, Sequence[Sequence[float]]]], alt: str) -> str:
    """Return one SVG with captioned grids side by side; `alt` says what is to be seen.

    `grids` holds (caption, rows) pairs; a caption of one or two signs and no rows ("⋆", "=")
    stands between two grids.
    """
    parts: list[str] = []
    x, height = 0, max(len(rows) for _, rows in grids) * CELL
    for caption, rows in grids:
        if not rows:
            parts.append(_text(x + GAP / 2, CAPTION + height / 2, caption, "sign"))
            x += GAP
            continue
        width = len(rows[0]) * CELL
        top = CAPTION + (height - len(rows) * CELL) / 2
        parts.append(_text(x + width / 2, top - 10, caption, "caption"))
        texts = [[short(value) for value in row] for row in rows]
        longest = max(len(text) for row in texts for text in row)
        parts.append(f'<g font-size="{min(TYPE, 1.6 * CELL / longest):.3g}">')  # inside its cell
        for i, row in enumerate(texts):
            for j, text in enumerate(row):
                left, up = x + j * CELL, top + i * CELL
                parts.append(f'<rect x="{left}" y="{up:g}" width="{CELL}" height="{CELL}"/>')
                parts.append(_text(left + CELL / 2, up + CELL / 2, text, "value"))
        parts.append("</g>")
        x += width
    return (
        f'<svg class="cnl-svg" role="img" aria-label="{html.escape(alt)}" '
        f'viewBox="-1 0 {x + 2} {CAPTION + height + 2}" width="{x + 2}">{"".join(parts)}</svg>'
    )


def _text(x: float, y: float, text: str, kind: str) -> str:
    return f'<text x="{x:g}" y="{y:g}" class="{kind}">{html.escape(text)}</text>'


def text_html(text: str) -> str:
    """Return plain text with `code` in backticks as HTML."""
    parts = html.escape(text).split("`")
    return "".join(f"<code>{part}</code>" if i % 2 else part for i, part in enumerate(parts))
