"""Chapters are read in order, and one that is not described or has no place is never skipped."""

import pytest

from book_utils import chapter_lists, chapters

CONTENTS = """\
format: jb-book
root: intro
parts:
  - caption: One
    chapters:
      - file: chapters/second
      - file: chapters/first
  - caption: Back matter
    chapters:
      - file: glossary
"""
PAGE = """\
---
chapter:
  title: TITLE
  summary: what there is to say of *it*.
  minutes: 40
---

# TITLE

Prose asks, too: Question("not one").

```{code-cell} ipython3
from book_utils.explorables import ChoiceQuestion, NumberQuestion

ChoiceQuestion(
    name="NAME-1", prompt="?", options=[])
NumberQuestion("NAME-2", "?", 1, "So.", "No.")
```
"""


@pytest.fixture
def book(tmp_path):
    """The folder of a book of two chapters, of which the first asks nothing."""
    (tmp_path / "_toc.yml").write_text(CONTENTS)
    (tmp_path / "chapters").mkdir()
    second = PAGE.replace("TITLE", "Second thoughts").replace("NAME", "second")
    first = PAGE.replace("TITLE", "First steps").split("\n```")[0]
    (tmp_path / "chapters/second.md").write_text(second)
    (tmp_path / "chapters/first.md").write_text(first)
    return tmp_path


def change(page, old, new):
    text = page.read_text()
    assert old in text
    page.write_text(text.replace(old, new))


def test_chapters_come_in_the_order_of_the_contents_with_their_questions(book):
    second, first = chapters.in_order(book)
    asked = ("second-1", "second-2")
    about = "what there is to say of *it*."
    assert second == chapters.Chapter("second", "Second thoughts", about, 40, asked)
    assert (first.name, first.title, first.questions) == ("first", "First steps", ())
    assert chapters.left_out(book) == []


@pytest.mark.parametrize(
    ("written", "instead", "told"),
    [
        ("  minutes: 40\n", "", "does not say its minutes: add `minutes` under `chapter` in its"),
        ("minutes: 40", "minutes: an hour", "does not say its minutes"),
        ("minutes: 40", "minutes: 0", "does not say its minutes"),
        ("title: First steps", "title:", "does not say its title"),
        ("  summary: what there is to say of *it*.\n", "", "does not say its summary"),
        ("chapter:", "chapters:", "does not say its title: add `title` under `chapter` in its"),
    ],
)
def test_a_chapter_that_does_not_describe_itself_is_told_what_to_add(book, written, instead, told):
    change(book / "chapters/first.md", written, instead)
    with pytest.raises(ValueError, match=rf"^chapters/first\.md {told}"):
        chapters.in_order(book)


def test_a_chapter_without_front_matter_is_told_what_to_add(book):
    (book / "chapters/first.md").write_text("# First steps\n")
    with pytest.raises(ValueError, match=r"^chapters/first\.md does not say its title: add"):
        chapters.in_order(book)


def test_a_chapter_that_the_contents_name_and_nobody_wrote_is_missed(book):
    (book / "chapters/first.md").unlink()
    with pytest.raises(ValueError, match=r"^_toc\.yml names chapters/first\.md, which is not"):
        chapters.in_order(book)


@pytest.mark.parametrize("kind", ["md", "ipynb"])
def test_a_file_without_a_place_in_the_contents_is_named(book, kind):
    (book / f"chapters/draft.{kind}").touch()
    told = f"chapters/draft.{kind} is not in _toc.yml: give it its place there, or take it away."
    assert chapters.left_out(book) == [told]


# ---- the lists that are written from them ----

README = f"before\n\n{chapter_lists.START}\n\nold\n\n{chapter_lists.END}\n\nafter\n"
FRONT = f"{README}\nProgress([\n    old\n])\n"
CONFIG = """\
repository: {url: https://github.com/me/book, branch: main}
launch_buttons: {colab_url: https://colab, binderhub_url: https://binder}
"""


@pytest.fixture
def with_lists(book):
    (book / "_config.yml").write_text(CONFIG)
    (book / "README.md").write_text(README)
    (book / "intro.md").write_text(FRONT)
    return book


def test_lists_are_written_between_their_marks_and_nothing_else_is(with_lists):
    texts = chapter_lists.with_lists(with_lists)
    notebook = "chapters/second.ipynb"
    table = (
        "| chapter | Colab (a GPU if you ask for one) | Binder |\n| --- | --- | --- |\n"
        f"| Second thoughts | [open](https://colab/github/me/book/blob/main/{notebook}) | "
        f"[open](https://binder/v2/gh/me/book/main?urlpath=lab/tree/{notebook}) |\n"
    )
    readme, front = texts[with_lists / "README.md"], texts[with_lists / "intro.md"]
    assert readme.startswith(f"before\n\n{chapter_lists.START}\n\n{table}| First steps |")
    assert readme.endswith(f" |\n\n{chapter_lists.END}\n\nafter\n")
    about = "what there is to say of *it*."
    listed = f"""1.5 hours of reading and trying in all, and 0.5 hours more for the exercises.

### One

1. [Second thoughts](chapters/second.md): {about} *40 minutes, 2 questions*
2. [First steps](chapters/first.md): {about} *40 minutes*"""
    asking = '    ("Second thoughts", "chapters/second", 2),\n'
    assert front == FRONT.replace("\n    old\n", f"\n{asking}").replace("\nold\n", f"\n{listed}\n")


def test_items_are_numbered_on_from_part_to_part(with_lists):
    change(
        with_lists / "_toc.yml",
        "      - file: chapters/first\n",
        "  - caption: Two\n    chapters:\n      - file: chapters/first\n",
    )
    listed = chapter_lists.contents(with_lists).split("\n\n")[1:]
    assert [line.split(" [")[0] for line in listed] == ["### One", "1.", "### Two", "2."]


@pytest.mark.parametrize(
    ("minutes", "said"),
    [(3, "0.5 hours"), (50, "1 hour"), (75, "1 hour"), (80, "1.5 hours"), (383, "6.5 hours")],
)
def test_a_time_in_hours_is_right_to_the_nearest_half(minutes, said):
    assert chapter_lists.in_hours(minutes) == said


@pytest.mark.parametrize("mark", [chapter_lists.START, chapter_lists.END, "Progress([\n"])
def test_a_file_that_lost_a_mark_is_not_written(with_lists, mark):
    change(with_lists / "intro.md", mark, "")
    with pytest.raises(ValueError, match="must stand once in the text"):
        chapter_lists.with_lists(with_lists)
