"""Move pictures that stand inside a page, as data URIs, to files that are loaded when looked at."""

import base64
import re
from pathlib import Path

from . import outside

FOLDER = "_images"
KINDS = {"png": "png", "jpeg": "jpg", "svg+xml": "svg"}
# The source of an <img> or <image>, or of a recorded frame ("src" in the JSON of an explorable).
# Pictures whose pixels a lab reads stay inside the page: from file:// it may read no others.
INSIDE = re.compile(
    r'(?P<before>\b(?:src|href)="|"src":")data:image/(?P<kind>png|jpeg|svg\+xml);base64,'
    r'(?P<data>[A-Za-z0-9+/=\s]+)(?=")'
)
EAGER = re.compile(rf'<img (?![^>]*\bloading=)(?=[^>]*\bsrc="[^"]*{FOLDER}/)')


def named(html: str, folder: Path, address: outside.Address) -> str:
    """Return `html` with its pictures written into `folder` and named by `address(file name)`."""

    def write(found: re.Match[str]) -> str:
        content = base64.b64decode(found["data"])
        return found["before"] + address(outside.keep(folder, content, KINDS[found["kind"]]))

    return EAGER.sub('<img loading="lazy" ', INSIDE.sub(write, html))
