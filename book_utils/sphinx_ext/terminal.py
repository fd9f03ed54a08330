"""Leave the colours of terminals out of the styles of a book in which nothing is printed in them.

myst-nb brings a rule for each pair of 256 colours, 3.5 KB of every page as it is transferred.
"""

import re
from pathlib import Path

from sphinx.application import Sphinx

PRINTED = re.compile(r'class="[^"]*-Color')
RULE = re.compile(r"[^{}]*-Color[^{}]*\{[^{}]*\}")


def drop_colours(app: Sphinx) -> None:
    """Rewrite the style sheet of myst-nb in the built book, unless a page prints in colours."""
    out = Path(app.outdir)
    if any(PRINTED.search(page.read_text(encoding="utf-8")) for page in out.rglob("*.html")):
        return
    for sheet in out.glob("_static/mystnb*.css"):
        sheet.write_text(RULE.sub("", sheet.read_text(encoding="utf-8")), encoding="utf-8")
