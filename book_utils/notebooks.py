"""Write the notebooks from their pages: `make notebooks` does it.

A notebook is its page, but for what only the built page can do: a link that sets a lab is plain
text there, or leads to that lab's notebook; its sentence names the setting, so that it can be
followed by hand. Citations name
authors and year, links to chapters go to their notebooks, and cells that the page folds are folded
in JupyterLab and on Colab.
"""

import re
from functools import cache
from pathlib import Path

import jupytext
from jupytext.combine import combine_inputs_with_outputs
from nbformat import NotebookNode
from pybtex.database import Entry, parse_file
from pybtex.richtext import Text

from book_utils.chapters import ROOT

# [words](#LAB?settings) or [words](<#LAB?settings>), perhaps with a title; words may hold brackets.
DRIVING = re.compile(
    r"""\[(?P<words>(?:[^\[\]]|\[[^\[\]]*\])*)\]"""
    r"""\((?:<\#[^?<>]*\?[^<>]*>|\#[^?\s()]*\?[^\s()]*)(?:\s+"[^"]*")?\)"""
)


def without_driving_links(text: str) -> str:
    """Return Markdown in which each link that sets a lab is its words."""
    return DRIVING.sub(r"\g<words>", text)


CITATION = re.compile(r"\{cite\}`(?P<keys>[^`]+)`")
# [words](PAGE.md) or [words](PAGE.md#section), or one that sets a lab there, [words](PAGE.md#LAB?…)
PAGE_LINK = re.compile(
    r"\]\((?P<page>[\w./-]+)\.md(?:(?P<section>#[\w-]+)|\#[^?\s()]*\?[^\s()]*)?\)"
)


@cache
def bibliography() -> dict[str, Entry]:
    """Return the works that pages cite, by key."""
    return dict(parse_file(str(ROOT / "references.bib")).entries)


def named(key: str) -> str:
    """Return a cited work as authors and year, linked to where it is to be read.

    Raises ValueError if references.bib has no such work.
    """
    work = bibliography().get(key)
    if work is None:
        raise ValueError(f"references.bib has no work {key}, which a page cites")
    people = work.persons.get("author") or work.persons.get("editor", [])
    latex = (" ".join([*person.prelast_names, *person.last_names]) for person in people)
    names = [str(Text.from_latex(name)) for name in latex]
    if len(names) > 2:
        names = [f"{names[0]} et al."]
    said = f"{' and '.join(names)}, {work.fields['year']}"
    fields = work.fields
    address = f"https://doi.org/{fields['doi']}" if "doi" in fields else fields.get("url", "")
    return f"[{said}]({address})" if address else said


def with_named_citations(text: str) -> str:
    """Return Markdown in which a citation names its works in brackets."""
    return CITATION.sub(
        lambda found: f"({'; '.join(named(key.strip()) for key in found['keys'].split(','))})",
        text,
    )


def with_links_to_notebooks(text: str, page: Path) -> str:
    """Return Markdown whose links to other pages go to their notebooks, where they have one."""

    def write(found: re.Match[str]) -> str:
        there = page.parent / f"{found['page']}.ipynb"
        return f"]({found['page']}.ipynb{found['section'] or ''})" if there.exists() else found[0]

    return PAGE_LINK.sub(write, text)


def as_notebook(page: Path) -> NotebookNode:
    """Return the notebook of a page, without outputs."""
    notebook = jupytext.read(page)
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            text = with_named_citations(without_driving_links(cell.source))
            cell.source = with_links_to_notebooks(text, page)
        elif "hide-input" in cell.metadata.get("tags", []):
            cell.metadata["jupyter"] = {"source_hidden": True}
            cell.metadata["cellView"] = "form"  # on Colab
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
