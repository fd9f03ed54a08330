"""Give the list of references its titles as `references.bib` has them, with every capital.

Pybtex's own styles make the title of an article small from its second word on, and so the names in
it, unless somebody thought of putting each into braces.
"""

from pybtex.database import Entry
from pybtex.plugin import register_plugin
from pybtex.style.formatting.alpha import Style
from pybtex.style.template import Node, field, sentence

NAME = "as_written"


class AsWritten(Style):
    """The style of `bibtex_default_style: as_written`."""

    def format_title(self, e: Entry, which_field: str, as_sentence: bool = True) -> Node:
        """Return a title as it is written, with a full stop where it is a sentence."""
        title = field(which_field)
        return sentence[title] if as_sentence else title


def register() -> None:
    """Make the style known by its name."""
    register_plugin("pybtex.style.formatting", NAME, AsWritten)
