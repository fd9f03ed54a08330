"""What the book needs of Sphinx, one idea a module; `setup` shows when each has its turn.

run_chapters   executes chapters two at a time, and again when the helper package changed
formulas       renders math while the book is built, so that pages need no script for it, and cuts
               the fonts of formulas down to the signs that are drawn
pictures       finds the pictures inside a page, which become files that are loaded when looked at
figures        numbers the figures of each page from 1
explorables    gives a page the colours of the book and the scripts of the explorables it shows, no
               others; says once what is the same in them, and finds what is large, which becomes
               files too
cards          shows lists of chapters as cards with pictures
driving        claims the links in the text that set a lab, of this page or another, and checks each
               against that lab
outside        moves parts of a page to files, for the two above
head           takes out of a page's head what its body does not use, and adds what search engines
               are told
references     keeps the capitals of titles in the list of references
terms          lets the search lead from a term of the glossary to its section
folds          lets what a cell shows stand before its code where that is folded away
pages          takes stale pages out of the book and mends what a screen reader would trip over
icons          cuts the theme's icon fonts down to the icons that are drawn
sitemap        tells search engines every page
paper          fits a page to what can be read without a screen
epub           builds the EPUB
cover          draws its cover
terminal       leaves out the colours of terminals where nothing is printed in them
fonts          cuts a font down to given signs, for icons and formulas
"""

import os
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx

from . import (
    cards,
    driving,
    epub,
    explorables,
    figures,
    formulas,
    head,
    icons,
    outside,
    pages,
    pictures,
    references,
    run_chapters,
    sitemap,
    terminal,
    terms,
    unused,
)

# Tells the kernels that run chapters to record every frame of a recorded slider (the name is that
# in explorables/recorded/lab.py, which is not imported here: it takes PyTorch with it).
RECORD = "CONVNETS_RECORD"


def setup(app: Sphinx) -> dict[str, bool]:
    """Connect the extension to Sphinx; called by Sphinx when it loads `book_utils.sphinx_ext`."""
    os.environ[RECORD] = "1"
    app.add_css_file(f"{explorables.FOLDER}/{explorables.THEME}")
    references.register()
    app.add_builder(epub.EpubBuilder, override=True)
    app.connect("config-inited", epub.state_version)
    app.add_transform(driving.Claim)
    app.add_post_transform(driving.ClaimOnOtherPages)
    app.add_transform(cards.Cards)
    # myst-nb makes its configuration at builder-inited too, with the default priority of 500.
    app.connect("builder-inited", run_chapters.drop_stale_cache, priority=800)
    app.connect("builder-inited", formulas.prepare_katex, priority=800)
    app.connect("builder-inited", epub.prepare, priority=900)
    app.connect("env-before-read-docs", run_chapters.run_stale)
    app.connect("write-started", pages.clear_assets, priority=400)
    app.connect("write-started", for_screens(explorables.copy_bundles))
    app.connect("write-started", epub.copy_sheets)
    app.connect("write-started", figures.number_by_page)
    # Before each page is written: its body is made ready, then its head fitted to that.
    app.connect("html-page-context", outside.mover(pictures.FOLDER, pictures.named), priority=700)
    app.connect("html-page-context", epub.write_page, priority=740)
    for priority, handler in (
        (690, driving.check),  # while each lab has its whole state and its schema
        (740, explorables.drop_known_schemas),
        (750, outside.mover(explorables.STATES, explorables.with_states_outside)),
        (800, explorables.add_to_page),
        (900, head.fit),
    ):
        app.connect("html-page-context", for_screens(handler), priority=priority)
    # Once all are written. Fonts come last: they are cut down to what the pages then show.
    for priority, mend in (
        (790, pages.drop_leftovers),
        (795, explorables.drop_states),
        (800, pages.offer_clean_notebooks),
        (802, sitemap.write),
        (805, pages.mend_written),
        (806, terms.lead_to_sections),
        (808, terminal.drop_colours),
        (809, unused.drop_rules),
        (810, icons.subset_fonts),
        (815, formulas.subset_fonts),
    ):
        app.connect("build-finished", if_written(mend), priority=priority)
    app.connect("build-finished", read_again_after_warnings, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def for_screens(handler: Callable[..., None]) -> Callable[..., None]:
    """Return a handler that leaves the EPUB alone."""

    @wraps(handler)
    def only_for_screens(app: Sphinx, *given: Any) -> None:
        if not epub.is_built(app):
            handler(app, *given)

    return only_for_screens


def if_written(mend: Callable[[Sphinx], None]) -> Callable[..., None]:
    """Return a handler of build-finished that mends a book of pages that was built to its end."""

    @wraps(mend)
    def handler(app: Sphinx, exception: Exception | None) -> None:
        if exception is None and app.builder.format == "html" and not epub.is_built(app):
            mend(app)

    return handler


def read_again_after_warnings(app: Sphinx, exception: Exception | None) -> None:
    """Forget which pages are up to date if the build warned.

    Sphinx warns about a page only when it reads it, so a second build would pass in silence.
    """
    if exception is None and app._warncount:
        Path(app.doctreedir, "environment.pickle").unlink(missing_ok=True)
