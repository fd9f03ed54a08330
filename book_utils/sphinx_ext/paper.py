"""A page as it can be read without a screen: for the EPUB and, in `paper/`, for the PDF.

Nothing can be pressed there. A lab is the still picture of its present state, with the address that
opens it so; a link that sets a lab leads to that address, too. Folds are open, but for the code of
pictures and of the setup, which is left out, and for solutions, which come last.
"""

import json
import re
from collections.abc import Callable
from pathlib import PurePosixPath
from urllib.parse import urljoin

from bs4 import BeautifulSoup, Tag

from .driving import CLASS as DRIVING

LAB = ".cnl-explorable"
STILL = "cnl-still"
ADDRESS = "cnl-address"
FOLD = "cnl-fold"
UNNAMED = "Show the code"  # as _config.yml has it: nb_code_prompt_show
SOLUTION = re.compile(r"(check of )?solution \d", re.IGNORECASE)
# What only a screen has a use for. A lab's scripts are its state and its schema.
IDLE = "script, button, .headerlink"


def fit(page: BeautifulSoup, address: str, read: Callable[[str], str]) -> None:
    """Change a page, or an article of one, into what paper can show.

    `address` is that of the published page; `read` gives the text of a file that the page names.
    """
    for lab in page.select(LAB):
        show_still(lab, address, read)
    for link in page.select(f"a.{DRIVING}"):
        link["href"] = published(address, link["href"])
        del link["title"]  # "Sets the lab", which it cannot do from here
    for idle in page.select(IDLE):
        idle.decompose()
    open_folds(page)
    put_solutions_last(page)


def published(address: str, link: str) -> str:
    """Return where a link on the page that is published at `address` leads: there, or beside it."""
    page, _, fragment = link.partition("#")
    if page:  # an EPUB has its pages under names of its own
        address = urljoin(address, PurePosixPath(page).with_suffix(".html").as_posix())
    return f"{address}#{fragment}"


def show_still(lab: Tag, address: str, read: Callable[[str], str]) -> None:
    """Leave of a lab its still picture, what to try, and where."""
    state = state_of(lab, read)
    name, task = state["name"], state["task"]
    if task:
        stop = "" if task.endswith((".", "?", "!")) else "."
        words, there = f"{task}{stop} Try it at ", f"{address}#{name}?"
    else:  # a question, which no link can set
        words, there = "Answer at ", f"{address}#lab-{name}"
    link = Tag(name="a", attrs={"href": there})
    link.string = there.removeprefix("https://")
    caption = Tag(name="p", attrs={"class": ADDRESS})
    caption.extend([words, link])
    del lab["style"]  # the room that the page keeps for it
    lab.append(caption)


def state_of(lab: Tag, read: Callable[[str], str]) -> dict:
    """Return the state of a lab: in the page, or in the file that `explorables` moved it to."""
    script = lab.find("script")
    if file := script.get("data-from"):
        return json.loads(json.loads(read(file).partition("=")[2]))
    return json.loads(script.string)


def open_folds(page: BeautifulSoup) -> None:
    """Lay every fold open that has a name of its own; drop those that only hide code."""
    for fold in page.select("details"):
        title = title_of(fold)
        fold.summary.decompose()
        if title == UNNAMED:
            cell = fold.find_parent(class_="cell")
            fold.decompose()
            if cell and not cell.find(True):
                cell.decompose()
            continue
        fold.name, fold.attrs = "div", {"class": FOLD}
        heading = Tag(name="p", attrs={"class": f"{FOLD}-title"})
        heading.string = title
        fold.insert(0, heading)


def title_of(fold: Tag) -> str:
    """Return what is written on a fold while it is closed; myst-nb's say two things."""
    words = fold.summary.select_one(".collapsed") or fold.summary
    return words.get_text().strip()


def put_solutions_last(page: BeautifulSoup) -> None:
    """Move the solutions of a page behind all else, so that none is seen beside its exercise."""
    titles = page.select(f".{FOLD}-title")
    solutions = [title.parent for title in titles if SOLUTION.match(title.get_text())]
    if not solutions:
        return
    last = BeautifulSoup('<section id="solutions"><h2>Solutions</h2></section>', "html.parser")
    section = last.section
    for solution in solutions:
        section.append((solution.find_parent(class_="cell") or solution).extract())
    page.select_one("section").append(section)
