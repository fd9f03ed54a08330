"""What the book needs of Sphinx, one idea a module.

run_chapters   executes chapters two at a time, and again when the helper package changed
explorables    gives a page the scripts of the explorables it shows, and no others, and moves what
               is large in them to files that are loaded when looked at
pictures       moves pictures from inside a page to files that are loaded when looked at
outside        moves parts of a page to files, for the two above
formulas       renders math while the book is built, so that pages need no script for it, and cuts
               the fonts of formulas down to the signs that are drawn
pages          takes out what pages do not use and mends what a screen reader would trip over
icons          cuts the theme's icon fonts down to the icons that are drawn
"""

import os
from pathlib import Path

from sphinx.application import Sphinx

from . import explorables, formulas, icons, pages, pictures, run_chapters

# Tells the kernels that run chapters to record every frame of a recorded slider (the name is that
# in explorables/recorded.py, which is not imported here: it takes PyTorch with it).
RECORD = "CONVNETS_RECORD"


def setup(app: Sphinx) -> dict[str, bool]:
    """Connect the extension to Sphinx; called by Sphinx when it loads `book_utils.sphinx_ext`."""
    os.environ[RECORD] = "1"
    # myst-nb makes its configuration at builder-inited too, with the default priority of 500.
    app.connect("builder-inited", run_chapters.drop_stale_cache, priority=800)
    app.connect("builder-inited", formulas.prepare_katex, priority=800)
    app.connect("env-before-read-docs", run_chapters.run_stale)
    app.connect("write-started", pages.clear_assets, priority=400)
    app.connect("write-started", explorables.copy_bundles)
    app.connect("html-page-context", pictures.move_out, priority=700)
    app.connect("html-page-context", explorables.move_states_out, priority=750)
    app.connect("html-page-context", explorables.add_to_page, priority=800)
    app.connect("html-page-context", pages.prepare, priority=900)
    # From here on: once all is written.
    app.connect("build-finished", pages.drop_leftovers, priority=790)
    app.connect("build-finished", explorables.drop_states, priority=795)
    app.connect("build-finished", pages.mend_written, priority=800)
    app.connect("build-finished", icons.subset_fonts, priority=810)
    app.connect("build-finished", formulas.subset_fonts, priority=810)
    app.connect("build-finished", read_again_after_warnings, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def read_again_after_warnings(app: Sphinx, exception: Exception | None) -> None:
    """Forget which pages are up to date if the build warned.

    Sphinx warns about a page only when it reads it, so a second build would pass in silence.
    """
    if exception is None and app._warncount:
        Path(app.doctreedir, "environment.pickle").unlink(missing_ok=True)
