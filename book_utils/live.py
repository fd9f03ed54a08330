"""Serve the book, and build it anew when one of its files is saved: `make live` does it.

    python -m book_utils.live PORT BUILD...

BUILD is the command that builds; what it finds wrong it says, and the page stays as it was. An open
page reloads itself when a build is over.
"""

import subprocess
import sys
from contextlib import suppress

from livereload import Server

SOURCES = ["*.md", "_config.yml", "_toc.yml", "references.bib", "chapters/*.md", "assets"]
# Not its bundles alone: a lab's pictures for print come from Python.
SOURCES += ["book_utils"]


def serve(port: int, command: list[str]) -> None:
    """Build, then serve and watch until Ctrl+C."""

    def build() -> None:
        subprocess.run(command, check=False)

    build()
    server = Server()
    for source in SOURCES:
        server.watch(source, build)
    server.serve(port=port, root="_build/html")


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):  # in a build: there is no more to say
        serve(int(sys.argv[1]), sys.argv[2:])
