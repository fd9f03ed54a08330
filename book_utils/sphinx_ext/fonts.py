"""Cut a font down to the signs that are drawn."""

import logging
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont


def subset_font(path: Path, points: set[int]) -> None:
    """Keep only the given code points of a woff2 font, in place."""
    logging.getLogger("fontTools").setLevel(logging.WARNING)
    options = subset.Options(flavor="woff2", layout_features=[], notdef_outline=True)
    options.bidi_closure = False  # no ≥ for a ≤: nothing here runs from right to left
    font = TTFont(path)
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=points)
    cutter.subset(font)
    subset.save_font(font, str(path), options)
