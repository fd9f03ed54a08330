"""Write the lists of chapters in `README.md` and `intro.md`: `make notebooks` does it.

They are written into the files, not made where they are read: GitHub shows the README, and Colab
the front page, without the other files of the repository.
"""

from pathlib import Path

import yaml

from book_utils import reading_time
from book_utils.chapters import ROOT, Chapter, in_order, left_out, pages, parts
from book_utils.numbers import plural

START, END = "<!-- chapters: make notebooks writes what follows -->", "<!-- chapters: end -->"


def launch_table(chapters: list[Chapter], config: dict) -> str:
    """Return a Markdown table that opens each chapter on Colab and on Binder.

    `config`: what is in `_config.yml`.
    """
    repository, launch = config["repository"], config["launch_buttons"]
    slug, branch = repository["url"].removeprefix("https://github.com/"), repository["branch"]
    colab = f"{launch['colab_url']}/github/{slug}/blob/{branch}"
    binder = f"{launch['binderhub_url']}/v2/gh/{slug}/{branch}?urlpath=lab/tree"
    rows = [("chapter", "Colab (a GPU if you ask for one)", "Binder"), ("---", "---", "---")]
    for chapter in chapters:
        notebook = f"chapters/{chapter.name}.ipynb"
        links = [f"[open]({place}/{notebook})" for place in (colab, binder)]
        rows.append((chapter.title, *links))
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def contents(root: Path = ROOT) -> str:
    """Return the chapters in Markdown: how long all take, then a numbered list for each part.

    An item has the title as a link, the summary, and in italics minutes and questions.
    """
    read = {page: chapter for page, chapter in zip(pages(root), in_order(root), strict=True)}
    hours = in_hours(sum(chapter.minutes for chapter in read.values()))
    exercises = in_hours(sum(reading_time.of(page).exercise_minutes for page in read))
    said = [f"{hours} of reading and trying in all, and {exercises} more for the exercises."]
    number = 0
    for caption, part in parts(root).items():
        if part:
            said.append(f"### {caption}")
            said.append("\n".join(item(number + i, read[page]) for i, page in enumerate(part, 1)))
            number += len(part)
    return "\n\n".join(said)


def item(number: int, chapter: Chapter) -> str:
    """Return a chapter as an item of a list."""
    figures = [f"{chapter.minutes} minutes"]
    if asked := len(chapter.questions):
        figures.append(plural(asked, "question"))
    title = f"[{chapter.title}](chapters/{chapter.name}.md)"
    return f"{number}. {title}: {chapter.summary} *{', '.join(figures)}*"


def in_hours(minutes: int) -> str:
    """Return a time in hours, to the nearest half."""
    halves = max(1, round(minutes / 30))
    return plural(halves // 2, "hour") if halves % 2 == 0 else f"{halves / 2:g} hours"


def progress_rows(chapters: list[Chapter]) -> str:
    """Return what `Progress` is given, in Python: the chapters that ask something."""
    return "".join(
        f'    ("{chapter.title}", "chapters/{chapter.name}", {len(chapter.questions)}),\n'
        for chapter in chapters
        if chapter.questions
    )


def between(text: str, start: str, end: str, new: str) -> str:
    """Return the text with `new` instead of what stands between `start` and the next `end`.

    Raises ValueError if it does not have `start` once, or no `end` after it.
    """
    before, *rest = text.split(start)
    if len(rest) != 1 or end not in rest[0]:
        raise ValueError(f"{start!r} must stand once in the text, and {end!r} after it")
    return f"{before}{start}{new}{end}{rest[0].split(end, 1)[1]}"


def with_lists(root: Path = ROOT) -> dict[Path, str]:
    """Return the text that each file with a list of chapters must have."""
    chapters = in_order(root)
    config = yaml.safe_load((root / "_config.yml").read_text(encoding="utf-8"))
    readme, front = root / "README.md", root / "intro.md"
    table = f"\n\n{launch_table(chapters, config)}\n\n"
    listed = between(front.read_text("utf-8"), START, END, f"\n\n{contents(root)}\n\n")
    return {
        readme: between(readme.read_text("utf-8"), START, END, table),
        front: between(listed, "Progress([\n", "]", progress_rows(chapters)),
    }


def write() -> None:
    """Write the lists anew; end with what to do if a chapter is not described or has no place."""
    try:
        texts = with_lists()
    except ValueError as error:
        raise SystemExit(str(error)) from None
    if strays := left_out():
        raise SystemExit("\n".join(strays))
    for path, text in texts.items():
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write()
