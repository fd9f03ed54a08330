"""Give each page the scripts of the explorables it shows, and no others.

An explorable's HTML says which one it is: `<div class="cnl-explorable" data-explorable="NAME" …>`.
Its committed bundles are `explorables/dist/NAME.static.js`, beside what all of them share.
"""

import re
import shutil
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.builders import Builder
from sphinx.util import logging

logger = logging.getLogger(__name__)

DIST = Path(__file__).parent.parent / "explorables" / "dist"
FOLDER = "explorables"
SHARED = "shared"
STYLES = "explorables.css"
MARK = re.compile(r'data-explorable="([^"]*)"')


def names_in(html: str) -> list[str]:
    """Return the names of the explorables in a page's HTML, each once, in order."""
    return list(dict.fromkeys(MARK.findall(html)))


def known(dist: Path = DIST) -> set[str]:
    """Return the names of the explorables that have a bundle for pages."""
    return {path.name.removesuffix(".static.js") for path in dist.glob("*.static.js")} - {SHARED}


def copy_bundles(app: Sphinx, builder: Builder) -> None:
    """Copy the bundles that pages load to where pages load them from."""
    target = Path(app.outdir, "_static", FOLDER)
    target.mkdir(parents=True, exist_ok=True)
    for path in [*DIST.glob("*.static.js"), *DIST.glob(STYLES)]:
        shutil.copy(path, target / path.name)


def add_to_page(
    app: Sphinx,
    pagename: str,
    templatename: str,
    context: dict[str, Any],
    doctree: nodes.document | None,
) -> None:
    """Add the scripts and styles of a page's explorables; warn of one that does not exist."""
    names = names_in(context.get("body", ""))
    for name in sorted(set(names) - known()):
        logger.warning(
            "there is no explorable %r; there are: %s",
            name,
            ", ".join(sorted(known())) or "none (run `make bundles`)",
            location=pagename,
            type="book",
            subtype="explorable",
        )
    names = [name for name in names if name in known()]
    if names:
        app.add_css_file(f"{FOLDER}/{STYLES}")
        # Classic deferred scripts: they run in this order, and from file:// too.
        for name in [SHARED, *names]:
            app.add_js_file(f"{FOLDER}/{name}.static.js", loading_method="defer", priority=800)
