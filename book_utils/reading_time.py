"""How long a page takes, reckoned from what is on it: front matter states it, a test compares.

What is folded away (solutions, `<details>`, hidden cells) takes no time: it is for those who ask.
"""

import math
import re
from dataclasses import dataclass
from pathlib import Path

import jupytext
from nbformat import NotebookNode

WORDS_A_MINUTE = 180
SECONDS_A_CELL = 20
MINUTES_A_LAB = 2  # or a question
MINUTES_AN_EXERCISE = 3

FOLDED = re.compile(r"<details>.*?</details>", re.DOTALL)
# What a reader does not read: comments, the target of a link, marks of Markdown between words.
UNREAD = re.compile(r"<!--[\s\S]*?-->|\]\([^)]*\)|^(?::::|```).*$|[#*_`|>$\\{}]+", re.MULTILINE)
HEADING = re.compile(r"^## (.+)$", re.MULTILINE)
EXERCISE = re.compile(r"^\*\*\d+\. ", re.MULTILINE)
CALL = re.compile(r"\b([A-Z]\w+)\(")
CLOSED = {"hide-input", "hide-cell", "remove-input", "remove-cell"}


@dataclass(frozen=True)
class ReadingTime:
    """What takes time on a page; exercises are counted apart."""

    words: int
    cells: int
    labs: int  # and questions
    exercises: int

    @property
    def minutes(self) -> int:
        """The page without its exercises, in whole minutes."""
        prose, code = self.words / WORDS_A_MINUTE, self.cells * SECONDS_A_CELL / 60
        return math.ceil(prose + code + self.labs * MINUTES_A_LAB)

    @property
    def exercise_minutes(self) -> int:
        """The exercises, in whole minutes."""
        return self.exercises * MINUTES_AN_EXERCISE


def labs_in(source: str) -> int:
    """Count the labs and questions that a cell shows."""
    from book_utils import explorables  # which takes PyTorch with it

    return sum(name in explorables.__all__ for name in CALL.findall(source))


def words_in(markdown: str) -> int:
    """Count the words of Markdown that a reader reads; a formula has as many as it has parts."""
    return len(re.findall(r"\w[\w'’.,-]*", UNREAD.sub(" ", FOLDED.sub(" ", markdown))))


def reckon(notebook: NotebookNode) -> ReadingTime:
    """Return how long a notebook takes. What stands under *Exercises* is an exercise's time."""
    words = cells = labs = exercises = 0
    section = ""
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            for line in re.split(r"(?m)^(?=## )", cell.source):
                heading = HEADING.match(line)
                section = heading[1] if heading else section
                if section == "Exercises":
                    exercises += len(EXERCISE.findall(line))
                else:
                    words += words_in(line)
        elif cell.cell_type == "code" and section != "Exercises":
            shown = labs_in(cell.source)
            is_open = not CLOSED & set(cell.metadata.get("tags", []))
            labs += shown
            cells += is_open and not shown
    return ReadingTime(words, cells, labs, exercises)


def of(page: Path) -> ReadingTime:
    """Return how long a page takes, `chapters/NAME.md`."""
    return reckon(jupytext.read(page))
