"""The book as an EPUB, from Sphinx's own builder: `make epub`.

The theme is for browsers: its launch buttons fail where a page has no header to put them in. So
what it does to pages is switched off here, and each page becomes XHTML without scripts, with stills
in place of labs and with MathML, which KaTeX writes beside its own drawing of a formula.
"""

import re
import shutil
from importlib.metadata import version
from pathlib import Path
from typing import Any

from bs4 import BeautifulSoup
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.builders import Builder
from sphinx.builders.epub3 import Epub3Builder
from sphinx.config import Config

from . import explorables, paper

BELOW = "An interactive course in PyTorch"  # the title, on the cover
SHEET = Path("paper", "paper.css")
THEMES = ("sphinx_book_theme", "pydata_sphinx_theme")
SHEETS = ("pygments.css", f"_static/{explorables.THEME}", SHEET.name)
SVG = "http://www.w3.org/2000/svg"
XLINK = "http://www.w3.org/1999/xlink"
COVER = "_static/cover.png"
COVER_LISTED = re.compile(rf'(?P<entry><item [^>]*href="{COVER}"[^>]*")')
PAGE_LISTED = re.compile(r'(?P<entry><item [^>]*href="(?P<file>(?!nav)[^"]*\.xhtml)"[^>]*")')
HOLDS = {"mathml": "<math ", "svg": "<svg "}
# XML minds capitals, which an HTML parser forgets.
CAPITALS = {
    name.lower(): name
    for name in ("clipPath", "viewBox", "preserveAspectRatio", "patternUnits", "textLength")
}


class EpubBuilder(Epub3Builder):
    """Sphinx's builder, which leaves out of the list of files what the standard wants said."""

    def build_content(self) -> None:
        """Write the list of files, and say there what pages hold and which file is the cover."""
        super().build_content()
        path = Path(self.outdir, "content.opf")
        listed = PAGE_LISTED.sub(self.with_properties, path.read_text("utf-8"))
        path.write_text(COVER_LISTED.sub(r'\g<entry> properties="cover-image"', listed), "utf-8")

    def with_properties(self, listed: re.Match[str]) -> str:
        """Return an entry of the list with its properties."""
        page = Path(self.outdir, listed["file"]).read_text(encoding="utf-8")
        holds = " ".join(name for name, tag in HOLDS.items() if tag in page)
        return f'{listed["entry"]} properties="{holds}"' if holds else listed["entry"]


def state_version(app: Sphinx, config: Config) -> None:
    """Give the book the version of its package, which an EPUB has to name."""
    config.version = version("convnets-live")


def is_built(app: Sphinx) -> bool:
    """Return whether it is the EPUB that is built."""
    return app.builder.name == EpubBuilder.name


def prepare(app: Sphinx) -> None:
    """Switch the theme off, and the files that only browsers have a use for."""
    if not is_built(app):
        return
    for event in ("html-page-context", "build-finished"):
        for listener in list(app.events.listeners[event]):
            if listener.handler.__module__.startswith(THEMES):
                app.disconnect(listener.id)
    app.config.html_static_path = []
    app.config.epub_cover = (COVER, "")  # without a page of its own
    app.add_css_file(explorables.THEME)
    app.add_css_file(SHEET.name)
    # The builder packs whatever lies in its folder.
    shutil.rmtree(app.outdir)
    Path(app.outdir).mkdir()


def copy_sheets(app: Sphinx, builder: Builder) -> None:
    """Copy the styles that the EPUB does have, and draw its cover."""
    if is_built(app):
        folder = Path(app.outdir, "_static")
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copy(Path(app.srcdir, SHEET), folder)
        shutil.copy(explorables.DIST / explorables.THEME, folder)
        from . import cover  # which takes PyTorch with it

        cover.draw(app.config.epub_title, BELOW).save(Path(app.outdir, COVER), optimize=True)


def write_page(
    app: Sphinx,
    pagename: str,
    templatename: str,
    context: dict[str, Any],
    doctree: nodes.document | None,
) -> None:
    """Make a page ready for the EPUB."""
    if not is_built(app):
        return
    sheets = [sheet for sheet in context["css_files"] if str(sheet.filename).endswith(SHEETS)]
    context["css_files"], context["script_files"] = sheets, []
    if "body" in context:
        address = f"{app.config.html_baseurl}{pagename}.html"
        context["body"] = as_xhtml(context["body"], address)


def as_xhtml(body: str, address: str) -> str:
    """Return the body of the page that is published at `address`, as an EPUB can hold it."""
    page = BeautifulSoup(body, "html.parser")
    paper.fit(page, address, read=lambda file: Path(file).read_text(encoding="utf-8"))
    for formula in page.select(".katex"):
        formula.replace_with(formula.select_one("math"))
    for operator in page.select("mo:has(mrow)"):  # \\mathbin{mod}: KaTeX writes letters into it
        operator.string = operator.get_text()
    for picture in page.select("svg"):
        picture["xmlns"], picture["xmlns:xlink"] = SVG, XLINK
        for part in [picture, *picture.find_all(True)]:
            part.name = CAPITALS.get(part.name, part.name)
            part.attrs = {CAPITALS.get(name, name): value for name, value in part.attrs.items()}
    for image in page.select("img"):
        del image["loading"]
    for work in page.select("[role=doc-biblioentry]"):  # no longer in the standard
        del work["role"]
    return str(page)
