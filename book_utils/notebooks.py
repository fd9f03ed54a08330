"""Write the notebooks from their pages: `make notebooks` does it.

A notebook is its page, but for what only the built page can do: a link that sets a lab is plain
text there, and its sentence names the setting, so that it can be followed by hand.
"""

import re
from pathlib import Path

import jupytext
from jupytext.combine import combine_inputs_with_outputs
from nbformat import NotebookNode

from book_utils.chapters import ROOT

# [words](#LAB?settings) or [words](<#LAB?settings>), perhaps with a title; words may hold brackets.
DRIVING = re.compile(
    r"""\[(?P<words>(?:[^\[\]]|\[[^\[\]]*\])*)\]"""
    r"""\((?:<\#[^?<>]*\?[^<>]*>|\#[^?\s()]*\?[^\s()]*)(?:\s+"[^"]*")?\)"""
)


def without_driving_links(text: str) -> str:
    """Return Markdown in which each link that sets a lab is its words."""
    return DRIVING.sub(r"\g<words>", text)


def as_notebook(page: Path) -> NotebookNode:
    """Return the notebook of a page, without outputs."""
    notebook = jupytext.read(page)
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = without_driving_links(cell.source)
    return notebook


def write(page: Path) -> None:
    """Write the notebook beside a page; cells that were there before keep their ids."""
    notebook, path = as_notebook(page), page.with_suffix(".ipynb")
    if path.exists():
        notebook = combine_inputs_with_outputs(notebook, jupytext.read(path))
    path.write_text(jupytext.writes(notebook, fmt="ipynb") + "\n", encoding="utf-8")


if __name__ == "__main__":
    for page in [ROOT / "intro.md", *sorted(ROOT.glob("chapters/*.md"))]:
        write(page)
