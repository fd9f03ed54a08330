"""The questions people ask: 25, each listed, answered, shown and explained."""

import re

import pytest

from book_utils.chapters import CODE_CELL, ROOT

PAGE = (ROOT / "chapters/questions.md").read_text(encoding="utf-8")
ANSWERS = dict(re.findall(r"^### (.+)\n([\s\S]*?)(?=^##|\Z)", PAGE, re.MULTILINE))
SETS_A_LAB = re.compile(r"\]\([\w-]*(?:\.md)?#[\w-]+\?[^)]*\)")
SECTION = re.compile(r"\*Why\*: .*\]\([\w-]+\.md#[\w-]+\)")
END = re.compile(r"\.(?= [A-Z`$]|$)")

each_answer = pytest.mark.parametrize("question", ANSWERS)


def slug(heading: str) -> str:
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def test_there_are_25_and_the_list_at_the_top_names_each_once():
    listed = re.findall(r"\]\(#([\w-]+)\)", PAGE.partition("```")[0])
    groups = re.findall(r"^## (.+)", PAGE, re.MULTILINE)
    assert len(ANSWERS) == 25
    assert sorted(listed) == sorted(map(slug, [*groups, *ANSWERS]))


@each_answer
def test_an_answer_is_short_is_shown_and_leads_to_its_section(question):
    text = ANSWERS[question]
    answer = CODE_CELL.sub("", text).strip().split("\n\n")[0]
    assert 1 <= len(END.findall(answer)) <= 3, answer
    assert SETS_A_LAB.search(text), "no link sets a lab to the case"
    assert SECTION.search(text), "no section says why"


@each_answer
def test_an_error_that_is_asked_about_is_raised(question):
    """Its message is compared with what the cell prints in tests/browser/test_search.py."""
    error = re.search(r"`(\S+ [^`]+)`", question)
    assert not error or "error_of(" in ANSWERS[question], f"no cell raises {error[1]}"
