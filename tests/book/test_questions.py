"""The questions in the chapters: numbered from 1, and folded in a notebook."""

from book_utils import chapters
from book_utils.chapters import QUESTION
from tests.book.pages import CHAPTERS, read_page


def test_questions_are_numbered_in_order_and_bear_the_name_of_their_chapter():
    asked = {chapter.name: chapter.questions for chapter in chapters.in_order()}
    assert any(asked.values()), "no chapter asks anything"
    for chapter, names in asked.items():
        assert names == tuple(f"{chapter}-{n}" for n in range(1, len(names) + 1))


def test_a_notebook_shows_no_answer_before_it_is_asked_for():
    """In JupyterLab the source of a question, its right answer included, stands folded."""
    for page in CHAPTERS:
        for cell in read_page(page).cells:
            if QUESTION.search(cell.source):
                assert cell.metadata.get("jupyter", {}).get("source_hidden"), cell.source
                assert "remove-input" in cell.metadata.tags, cell.source
