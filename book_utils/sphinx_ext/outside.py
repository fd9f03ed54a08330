"""Move parts of a page to files that are named by what they hold."""

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

Address = Callable[[str], str]


def mover(folder: str, moved: Callable[[str, Path, Address], str]) -> Callable[..., None]:
    """Return a handler of html-page-context that moves parts of a page's body to files in `folder`.

    It replaces the body by `moved(body, folder of the files, address of a file by its name)`.
    """

    def move(
        app: Sphinx,
        pagename: str,
        templatename: str,
        context: dict[str, Any],
        doctree: nodes.document | None,
    ) -> None:
        def address(name: str) -> str:
            return context["pathto"](f"{folder}/{name}", 1)

        if "body" in context and app.builder.format == "html":
            context["body"] = moved(context["body"], Path(app.outdir, folder), address)

    return move


def keep(folder: Path, content: bytes, suffix: str) -> str:
    """Write `content` into `folder`, which is made if need be; return the name of the file."""
    name = f"{hashlib.sha256(content).hexdigest()[:16]}.{suffix}"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(content)
    return name
