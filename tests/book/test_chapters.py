"""Chapters and what is said of them elsewhere: their front matter, the README, the front page."""

import re

import jupytext
import pytest

from book_utils import chapter_lists, chapters, reading_time
from tests.book.pages import CHAPTERS, name_of, read_page

each_chapter = pytest.mark.parametrize("page", CHAPTERS, ids=name_of)
MOST_OFF = 0.1  # of the time reckoned


def test_every_file_of_a_chapter_has_one_place_in_the_contents():
    strays = chapters.left_out()
    assert not strays, "\n".join(strays)
    assert len(set(CHAPTERS)) == len(CHAPTERS) > 0


@each_chapter
def test_a_page_is_headed_by_its_title(page):
    prose = [cell.source for cell in read_page(page).cells if cell.cell_type == "markdown"]
    heads = re.findall(r"^# (.+)$", "\n".join(prose), re.MULTILINE)
    assert heads == [chapters.read(page).title], "the heading is not `title` in the front matter"


@each_chapter
def test_a_page_says_how_long_it_takes_as_its_front_matter_does(page):
    minutes, reckoned = chapters.read(page).minutes, reading_time.of(page)
    exercises = f", and another {reckoned.exercise_minutes} for the exercises"
    told = f"Allow {minutes} minutes{exercises if reckoned.exercises else ''}"
    assert page.read_text(encoding="utf-8").count(told) == 1, (
        f"{name_of(page)} has {minutes} minutes in its front matter: write once “{told} …”"
    )


@each_chapter
def test_the_minutes_of_a_page_are_those_that_it_takes(page):
    minutes, reckoned = chapters.read(page).minutes, reading_time.of(page)
    assert abs(minutes - reckoned.minutes) <= MOST_OFF * reckoned.minutes, (
        f"{name_of(page)} states {minutes} minutes; reckoned are {reckoned.minutes}: {reckoned}"
    )


@each_chapter
def test_a_page_that_is_saved_in_jupyterlab_still_describes_itself(page):
    notebook = read_page(page)
    saved = jupytext.reads(jupytext.writes(notebook, fmt="md:myst"), fmt="md:myst")
    assert saved.metadata.get("chapter") == notebook.metadata["chapter"], (
        "add `notebook_metadata_filter: chapter` under `jupytext` in the front matter"
    )


def test_lists_of_chapters_are_those_of_the_chapters():
    for path, text in chapter_lists.with_lists().items():
        written, lines = path.read_text(encoding="utf-8").splitlines(), text.splitlines()
        missing = [line for line in lines if line not in written]
        assert missing == [], f"{path.name} lacks these lines: make notebooks"
        assert written == lines, f"{path.name} has lines too many or out of order: make notebooks"
