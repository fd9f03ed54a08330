"""The questions in the chapters: numbered from 1, and counted on the front page."""

import ast
import re

import jupytext

from tests.book.pages import ROOT, code_cells, name_of, notebook_pages

CHAPTERS = [page for page in notebook_pages() if page.parent.name == "chapters"]
ASKED = re.compile(r'Question\(\s*(?:name=)?"([^"]+)"')


def asked(page):
    """Return the names of a page's questions in order."""
    return [name for cell in code_cells(page) for name in ASKED.findall(cell)]


def with_questions():
    return {page: asked(page) for page in CHAPTERS if asked(page)}


def test_questions_are_numbered_in_order_and_bear_the_name_of_their_chapter():
    pages = with_questions()
    assert pages, "no chapter asks anything"
    for page, names in pages.items():
        assert names == [f"{page.stem}-{n}" for n in range(1, len(names) + 1)]


def test_the_front_page_counts_the_questions_of_every_chapter():
    cell = next(cell for cell in code_cells(ROOT / "intro.md") if "Progress(" in cell)
    listed = ast.literal_eval(cell[cell.index("Progress(") + len("Progress(") : cell.rindex(")")])
    counted = {
        name_of(page): (page.read_text(encoding="utf-8"), len(names))
        for page, names in with_questions().items()
    }
    assert {page: n for _, page, n in listed} == {page: n for page, (_, n) in counted.items()}
    for title, page, _ in listed:
        assert f"\n# {title}\n" in counted[page][0]


def test_a_notebook_shows_no_answer_before_it_is_asked_for():
    """In JupyterLab the source of a question, its right answer included, stands folded."""
    for page in CHAPTERS:
        for cell in jupytext.read(page).cells:
            if ASKED.search(cell.source):
                assert cell.metadata.get("jupyter", {}).get("source_hidden"), cell.source
                assert "remove-input" in cell.metadata.tags, cell.source
