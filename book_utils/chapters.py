"""The chapters of the book: `_toc.yml` gives their order, their front matter what they are about.

For those who make the book, not for readers: it reads the repository's files, which are not there
on Colab.
"""

import re
from dataclasses import dataclass
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[1]
FRONT_MATTER = re.compile(r"---\n(.*?)^---\n", re.MULTILINE | re.DOTALL)
CODE_CELL = re.compile(r"^(```+)\{code-cell\}.*?^\1$", re.MULTILINE | re.DOTALL)
# The start of a question in a code cell, and its name.
QUESTION = re.compile(r'Question\(\s*(?:name=)?"([^"]+)"')
# What stands under `chapter` in the front matter of a page.
DESCRIBED = {
    "title": (str, "its title, as in the heading of the page"),
    "summary": (str, "what it is about, as the words go on after “Title: ”, with a full stop"),
    "minutes": (int, "how many minutes the page takes without its exercises, a whole number"),
}


@dataclass(frozen=True)
class Chapter:
    """A chapter as its page describes it.

    `summary` is Markdown that goes on after "Title: "; `minutes` is without the exercises;
    `questions` holds the names of the page's questions in order.
    """

    name: str  # of its files: chapters/NAME.md, chapters/NAME.ipynb
    title: str
    summary: str
    minutes: int
    questions: tuple[str, ...]


def parts(root: Path = ROOT) -> dict[str, list[Path]]:
    """Return the pages of each part of the book by its caption, `chapters/NAME.md`, in order."""
    contents = yaml.safe_load((root / "_toc.yml").read_text(encoding="utf-8"))
    files = {p["caption"]: [entry["file"] for entry in p["chapters"]] for p in contents["parts"]}
    return {
        caption: [root / f"{file}.md" for file in named if file.startswith("chapters/")]
        for caption, named in files.items()
    }


def pages(root: Path = ROOT) -> list[Path]:
    """Return the page of each chapter in reading order."""
    return [page for part in parts(root).values() for page in part]


def read(page: Path) -> Chapter:
    """Return the chapter whose page this is.

    Raises ValueError, which says what to do, if it is missing or does not describe itself.
    """
    where = f"chapters/{page.name}"
    if not page.exists():
        raise ValueError(f"_toc.yml names {where}, which is not there: write it, or take it out.")
    text = page.read_text(encoding="utf-8")
    front = FRONT_MATTER.match(text)
    described = (yaml.safe_load(front[1]) if front else {}).get("chapter") or {}
    for key, (kind, what) in DESCRIBED.items():
        if not isinstance(described.get(key), kind) or not described[key]:
            raise ValueError(
                f"{where} does not say its {key}: add `{key}` under `chapter` in its front "
                f"matter: {what}."
            )
    cells = [cell[0] for cell in CODE_CELL.finditer(text)]
    return Chapter(
        name=page.stem,
        **{key: described[key] for key in DESCRIBED},
        questions=tuple(name for cell in cells for name in QUESTION.findall(cell)),
    )


def in_order(root: Path = ROOT) -> list[Chapter]:
    """Return every chapter in reading order.

    Raises ValueError as `read` does.
    """
    return [read(page) for page in pages(root)]


def left_out(root: Path = ROOT) -> list[str]:
    """Return a sentence for each page or notebook in `chapters/` that `_toc.yml` does not name."""
    named = {page.with_suffix("") for page in pages(root)}
    files = [*root.glob("chapters/*.md"), *root.glob("chapters/*.ipynb")]
    return [
        f"chapters/{file.name} is not in _toc.yml: give it its place there, or take it away."
        for file in sorted(files)
        if file.with_suffix("") not in named
    ]
