"""The page on notation: it has every symbol of the book, and each where it says."""

import re

import pytest

from book_utils.chapters import CODE_CELL
from tests.book.pages import CHAPTERS, name_of

FORMULA = re.compile(r"\$\$(.+?)\$\$|\$([^$\n]+)\$", re.DOTALL)
WORDS = re.compile(r"\\(?:text|operatorname|mathrm|mathsf|begin|end)\{[^}]*\}|\\mathcal ")
GREEK = "alpha beta gamma delta Delta varepsilon eta mu sigma ell"
SIGNS = f"{GREEK} star partial sum int lfloor lceil leftarrow bmod top"
SYMBOL = re.compile(r"\\([a-zA-Z]+)|([a-zA-Z])")
ROW = re.compile(r"^\| (\$.+?\$) \|.+$", re.MULTILINE)
PAGE = re.compile(r"\]\(([\w-]+)\.md")


def formulas(markdown: str) -> str:
    prose = CODE_CELL.sub("", markdown)
    return " ".join(found[1] or found[2] for found in FORMULA.finditer(prose))


def symbols(markdown: str) -> set[str]:
    """Return the letters and signs in the formulas of a text, subscripts too."""
    found = SYMBOL.finditer(WORDS.sub(" ", formulas(markdown)))
    return {each[2] or each[1] for each in found if each[2] or each[1] in SIGNS.split()}


TEXTS = {page.stem: page.read_text(encoding="utf-8") for page in CHAPTERS}
ROWS = {row[0]: row[1] for row in ROW.finditer(TEXTS["notation"])}


@pytest.mark.parametrize("page", CHAPTERS, ids=name_of)
def test_every_symbol_of_a_page_is_explained(page):
    explained = symbols("".join(ROWS.values()))
    assert symbols(TEXTS[page.stem]) <= explained, "give it a row in chapters/notation.md"


@pytest.mark.parametrize("row", ROWS)
def test_a_symbol_is_on_the_pages_that_its_row_names(row):
    pages = PAGE.findall(row)
    assert pages
    assert symbols(ROWS[row]) <= set().union(*(symbols(TEXTS[page]) for page in pages))


def test_the_tables_are_read():
    assert len(ROWS) > 70
