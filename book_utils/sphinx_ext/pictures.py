"""Move pictures that stand inside a page, as data URIs, to files that are loaded when looked at."""

import base64
import hashlib
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

FOLDER = "_images"
KINDS = {"png": "png", "jpeg": "jpg", "svg+xml": "svg"}
# The source of an <img> or <image>, or of a recorded frame ("src" in the JSON of an explorable).
# Pictures whose pixels a lab reads stay inside the page: from file:// it may read no others.
INSIDE = re.compile(
    r'(?P<before>\b(?:src|href)="|"src":")data:image/(?P<kind>png|jpeg|svg\+xml);base64,'
    r'(?P<data>[A-Za-z0-9+/=\s]+)(?=")'
)
EAGER = re.compile(rf'<img (?![^>]*\bloading=)(?=[^>]*\bsrc="[^"]*{FOLDER}/)')


def move_out(
    app: Sphinx,
    pagename: str,
    templatename: str,
    context: dict[str, Any],
    doctree: nodes.document | None,
) -> None:
    """Write the pictures of a page's body to files, and have the page name those."""
    if "body" not in context or app.builder.format != "html":
        return
    folder = Path(app.outdir, FOLDER)

    def address(name: str) -> str:
        return context["pathto"](f"{FOLDER}/{name}", 1)

    context["body"] = named(context["body"], folder, address)


def named(html: str, folder: Path, address: Callable[[str], str]) -> str:
    """Return `html` with its pictures written into `folder` and named by `address(file name)`."""

    def write(found: re.Match[str]) -> str:
        data = base64.b64decode(found["data"])
        name = f"{hashlib.sha256(data).hexdigest()[:16]}.{KINDS[found['kind']]}"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
        return found["before"] + address(name)

    html = INSIDE.sub(write, html)
    return re.sub(
        r'<img (?![^>]*\bloading=)(?=[^>]*\bsrc="[^"]*/?_images/)', '<img loading="lazy" ', html
    )
