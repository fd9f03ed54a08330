"""The page on notation: every letter and sign of the book, in order, and where it says it is."""

import re
from typing import NamedTuple

import pytest

from book_utils import chapters
from book_utils.chapters import CODE_CELL
from tests.book.pages import CHAPTERS, name_of

FORMULA = re.compile(r"\$\$(.+?)\$\$|\$([^$\n]+)\$", re.DOTALL)
WORDS = re.compile(r"\\(?:text|operatorname|mathrm|begin|end)\{[^}]*\}|\\mathcal ")
GREEK = ["alpha", "beta", "gamma", "delta", "Delta", "varepsilon", "eta", "mu", "pi", "sigma"]
SIGNS = {"star", "partial", "sum", "int", "lfloor", "lceil", "leftarrow", "bmod", "top", "max"}
SIGNS |= {"min", "sqrt", "binom", "approx", "subseteq"}
SYMBOL = re.compile(r"\\([a-zA-Z]+)|([a-zA-Z])")
ROW = re.compile(r"^\| (?:(\$.+?) )?\| (.+?) \| (\[.+?) \|$", re.MULTILINE)
LINK = re.compile(r"\[([^]]+)\]\(([\w-]+)\.md")
# What only says again what other pages introduce.
REPEATS = {"notation", "questions"}


def symbols(markdown: str) -> list[str]:
    """Return the letters and signs in the formulas of a text, in order, subscripts too."""
    prose = CODE_CELL.sub("", markdown)
    formulas = " ".join(found[1] or found[2] for found in FORMULA.finditer(prose))
    found = [each[2] or each[1] for each in SYMBOL.finditer(WORDS.sub(" ", formulas))]
    return [each for each in found if len(each) == 1 or each in [*GREEK, *SIGNS, "ell"]]


class Row(NamedTuple):
    """One meaning: of a letter, or of signs; the text of each link, and its page."""

    explained: tuple[str, ...]
    links: list[tuple[str, str]]


def rows(table: str) -> list[Row]:
    """Return the rows of a table; one that begins with an empty cell goes on with a letter."""
    found, signs = [], ()
    for cell, _, where in ROW.findall(table):
        signs = tuple(symbols(cell)) if cell else signs
        found.append(Row(signs, LINK.findall(where)))
    return found


TEXTS = {page.stem: page.read_text(encoding="utf-8") for page in CHAPTERS}
USED = {name: set(symbols(text)) for name, text in TEXTS.items()}
LETTERS, GREEK_LETTERS, TABLE_OF_SIGNS = map(rows, TEXTS["notation"].split("\n## ")[2:])
ROWS = [*LETTERS, *GREEK_LETTERS, *TABLE_OF_SIGNS]


def heads(table: list[Row]) -> list[str]:
    """Return the letters that a table explains, each as often as it begins a row anew."""
    letters = [row.explained[0] for row in table]
    return [letter for i, letter in enumerate(letters) if letter != letters[i - 1] or not i]


def alphabetical(letter: str) -> tuple[str, bool, bool]:
    """Return what letters are sorted by: l, ℓ, L."""
    plain = "l" if letter == "ell" else letter
    return plain.lower(), plain.isupper(), letter == "ell"


@pytest.mark.parametrize("page", CHAPTERS, ids=name_of)
def test_every_letter_and_sign_of_a_page_is_explained(page):
    explained = {*heads(LETTERS), *heads(GREEK_LETTERS)}
    explained |= {sign for row in TABLE_OF_SIGNS for sign in row.explained if sign in SIGNS}
    assert USED[page.stem] <= explained, "give it a row in chapters/notation.md"


def test_each_letter_stands_once_in_the_order_of_its_alphabet():
    assert heads(LETTERS) == sorted(set(heads(LETTERS)), key=alphabetical)
    assert heads(GREEK_LETTERS) == [each for each in GREEK if each in heads(GREEK_LETTERS)]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.explained[0]}-{row.links[0][1]}")
def test_a_letter_or_sign_is_on_the_pages_that_its_row_names(row):
    assert row.links
    for _, page in row.links:
        signs = [sign for sign in row.explained if sign in SIGNS]
        wanted = signs or row.explained[:1]
        assert set(wanted) & USED[page], f"{page} has no {wanted} in a formula"


def test_pages_are_named_by_their_titles():
    titles = {page.stem: chapters.read(page).title for page in CHAPTERS}
    links = {link for row in ROWS for link in row.links}
    assert [text for text, page in links if not titles[page].startswith(text)] == []


def test_a_page_that_has_letters_in_its_formulas_is_named():
    named = {page for row in ROWS for _, page in row.links}
    assert {name for name in USED if USED[name]} - REPEATS == named, (
        "give its letters a row in chapters/notation.md, or its name to one that is there"
    )


def test_the_tables_are_read():
    written = TEXTS["notation"].count("\n|") - 2 * 3  # each has a head and a line below it
    assert len(ROWS) == written > 100
