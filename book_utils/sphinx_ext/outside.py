"""Move parts of a page to files that are named by what they hold."""

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx

Address = Callable[[str], str]


def move(
    app: Sphinx,
    context: dict[str, Any],
    folder: str,
    moved: Callable[[str, Path, Address], str],
) -> None:
    """Replace a page's body by `moved(body, folder of its files, address of a file by name)`."""
    if "body" in context and app.builder.format == "html":

        def address(name: str) -> str:
            return context["pathto"](f"{folder}/{name}", 1)

        context["body"] = moved(context["body"], Path(app.outdir, folder), address)


def keep(folder: Path, content: bytes, suffix: str) -> str:
    """Write `content` into `folder`, which is made if need be; return the name of the file."""
    name = f"{hashlib.sha256(content).hexdigest()[:16]}.{suffix}"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(content)
    return name
