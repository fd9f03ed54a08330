"""Checkers stand in a file of their chapter's name, and pages and checkers name each other."""

import re
from importlib import import_module
from pathlib import Path

import pytest

from book_utils import chapters, check

ROOT = Path(__file__).parents[2]
PAGES = {page.stem: page.read_text("utf-8") for page in chapters.pages()}
TITLES = {chapter.name: chapter.title for chapter in chapters.in_order()}
# For readers who write these functions along with the text: no exercise asks for them.
ASKED_BY_NO_EXERCISE = {"conv_layer", "corr2d", "layer_norm"}


def checkers_of(file):
    """Return the checkers that a file holds, by the names that it gives them."""
    module = import_module(f"book_utils.check.{file.stem}")
    return {name: c for name, c in vars(module).items() if isinstance(c, check.Checker)}


def files():
    """Return the files that hold checkers, each with its checkers."""
    beside = (ROOT / "book_utils/check").glob("[!_]*.py")
    return {file.stem: held for file in beside if (held := checkers_of(file))}


FILES = files()
CHECKERS = {name: checker for held in FILES.values() for name, checker in held.items()}


def named_on(page):
    """Return the names NAME of all `check.NAME` on a page."""
    return set(re.findall(r"(?<![\w.])check\.(\w+)", page))


def test_every_file_of_checkers_is_named_for_a_chapter():
    assert set(FILES) <= {name.replace("-", "_") for name in PAGES}


@pytest.mark.parametrize("file", FILES)
def test_every_checker_is_used_by_the_page_of_its_file(file):
    unused = set(FILES[file]) - named_on(PAGES[file.replace("_", "-")])
    assert unused == ASKED_BY_NO_EXERCISE & set(FILES[file])


@pytest.mark.parametrize(
    "page", [*ROOT.glob("*.md"), *ROOT.glob("chapters/*.md")], ids=lambda page: page.stem
)
def test_every_checker_that_a_page_names_exists(page):
    assert named_on(page.read_text("utf-8")) <= set(CHECKERS)


@pytest.mark.parametrize("file", FILES)
def test_answers_stand_in_a_file_of_the_same_name(file):
    answers = import_module(f"tests.unit.answers.{file}")
    assert set(answers.RIGHT) == set(answers.WRONG) == set(FILES[file])


def test_all_checkers_are_offered_and_nothing_else():
    assert {name: getattr(check, name) for name in CHECKERS} == CHECKERS
    assert sum(map(len, FILES.values())) == len(CHECKERS)  # none in two files
    others = {"Checker", "Counterexample", "Misconception", "Verdict"}
    assert sorted(check.__all__) == sorted([*CHECKERS, *others])


@pytest.mark.parametrize("name", CHECKERS)
def test_a_checker_calls_itself_by_the_name_it_is_offered_by(name):
    assert CHECKERS[name].name == name


@pytest.mark.parametrize("file", FILES)
def test_a_verdict_sends_the_reader_to_the_chapter_by_its_title(file):
    title = TITLES[file.replace("_", "-")]
    assert {checker.chapter for checker in FILES[file].values()} == {title}


def test_an_unknown_checker_is_refused_with_a_list_of_those_there_are():
    with pytest.raises(AttributeError) as refused:
        check.corr3d  # noqa: B018
    there_are = ", ".join(sorted(CHECKERS))
    assert str(refused.value) == f"there is no check.corr3d; there are {there_are}"
    assert not hasattr(check, "corr3d")
