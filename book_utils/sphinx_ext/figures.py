"""Number the figures of each page from 1; Sphinx numbers them through the whole book."""

from sphinx.application import Sphinx
from sphinx.builders import Builder


def number_by_page(app: Sphinx, builder: Builder) -> None:
    """Give the figures of each page the numbers 1, 2, 3 …, for captions and references.

    Called when the environment is on the disk already: there Sphinx finds its own numbers again,
    or it would take every page for changed at the next build.
    """
    for numbers in app.env.toc_fignumbers.values():
        if "figure" in numbers:
            numbers["figure"] = {name: (n,) for n, name in enumerate(numbers["figure"], 1)}
