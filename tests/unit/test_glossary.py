"""The glossary: each term has a Chinese name, a sentence, and a link to a section that is there."""

import re

import pytest

from book_utils.chapters import CODE_CELL, ROOT, pages

GLOSSARY = (ROOT / "glossary.md").read_text(encoding="utf-8")
ENTRIES = re.search(r":sorted:\n\n(.*?)\n```", GLOSSARY, re.DOTALL)[1].split("\n\n")
CHINESE = re.compile(r"[\u4e00-\u9fff]")
SEE = re.compile(r"    See \[\]\(chapters/(?P<page>[\w-]+)\.md#(?P<section>[\w-]+)\)\.")
HEADING = re.compile(r"^#{1,3} (.+)$", re.MULTILINE)

each_entry = pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.split("\n")[0])


def names_of(entry):
    return [line for line in entry.split("\n") if not line.startswith(" ")]


def sections_of(page):
    """Return what MyST calls the sections of a page in an address, down to the third level."""
    text = CODE_CELL.sub("", page.read_text(encoding="utf-8"))
    return {
        re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in HEADING.findall(text)
    }


SECTIONS = {page.stem: sections_of(page) for page in pages()}


def test_there_are_a_hundred_terms_and_no_name_twice():
    names = [name.lower() for entry in ENTRIES for name in names_of(entry)]
    assert len(ENTRIES) > 100 and len(set(names)) == len(names)


@each_entry
def test_a_term_has_a_name_in_both_languages_and_a_sentence(entry):
    *_, sentence, _ = entry.split("\n")
    assert not CHINESE.search(names_of(entry)[0]) and CHINESE.search(names_of(entry)[-1])
    assert re.fullmatch(r"    [^a-z].{20,}\.", sentence)


@each_entry
def test_a_term_leads_to_a_section_of_the_book(entry):
    link = SEE.fullmatch(entry.split("\n")[-1])
    assert link, "the last line is “    See [](chapters/NAME.md#section).”"
    assert link["page"] in SECTIONS
    assert link["section"] in SECTIONS[link["page"]], (
        f"{link['page']} has the sections {sorted(SECTIONS[link['page']])}"
    )
