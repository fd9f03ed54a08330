"""A small picture for each chapter: `covers/NAME.py` draws that of `chapters/NAME.md`.

Such a module has `ALT`, what is to be seen, and `draw()`, which returns the marks of an SVG of
`drawing.WIDTH` by `drawing.HEIGHT`, its numbers computed by the code of the book. A chapter without
one gets `plain`. `make notebooks` writes the pictures beside their chapters, for the front page.
"""

from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from book_utils.chapters import pages

from . import drawing


def cover(name: str) -> str:
    """Return the picture of a chapter, such as "batch-norm", as SVG."""
    module = f"{__name__}.{name.replace('-', '_')}"
    found = import_module(module if find_spec(module) else f"{__name__}.plain")
    return drawing.svg(found.draw(), found.ALT)


def written() -> dict[Path, str]:
    """Return what the picture file of each chapter of the book must hold."""
    return {page.with_suffix(".svg"): f"{cover(page.stem)}\n" for page in pages()}


def write() -> None:
    """Write the picture of each chapter."""
    for path, text in written().items():
        path.write_text(text, encoding="utf-8")
