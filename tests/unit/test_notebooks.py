"""What becomes of a page in its notebook: links that set a lab are their words."""

import re

import nbformat
import pytest

from book_utils import notebooks

PAGE = """---
jupytext:
  text_representation:
    extension: .md
    format_name: myst
kernelspec:
  display_name: Python 3
  language: python
  name: python3
---

# A page

Take it [with a stride of 2](#first?stride=2), then on to [the next](next.md).

```{code-cell} ipython3
text = "[a](#b?c=1)"
```
"""


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("[with a stride of 2](#first?stride=2)", "with a stride of 2"),
        ("see [one](#a?b=1) and [two](#a?b=2,1&c=0,1;2,3).", "see one and two."),
        ("[as it was](#first?)", "as it was"),
        ("[a *stride* of $s_h$, `x[0]`](#first?stride=2)", "a *stride* of $s_h$, `x[0]`"),
        ("[over\ntwo lines](#first?stride=2)", "over\ntwo lines"),
        ("[max](<#shift?method=max 2×2>)", "max"),
        ('[it](#first?stride=2 "A title")', "it"),
        ("([in brackets](#first?stride=2))", "(in brackets)"),
        ("[a section](#a-section)", "[a section](#a-section)"),
        ("[elsewhere](https://a.org/b?c=1#d)", "[elsewhere](https://a.org/b?c=1#d)"),
        ("[another page](pooling.md)", "[another page](pooling.md)"),
        ("![a picture](a.png?b=1)", "![a picture](a.png?b=1)"),
        ("x[0] and (#first?stride=2)", "x[0] and (#first?stride=2)"),
    ],
)
def test_links_that_set_a_lab_are_their_words(text, plain):
    assert notebooks.without_driving_links(text) == plain


def test_a_notebook_is_written_beside_its_page_and_its_cells_keep_their_ids(tmp_path):
    page, written = tmp_path / "page.md", tmp_path / "page.ipynb"
    page.write_text(PAGE, encoding="utf-8")
    notebooks.write(page)
    first = written.read_text(encoding="utf-8")
    prose, code = nbformat.reads(first, as_version=4).cells
    assert prose.source == "# A page\n\nTake it with a stride of 2, then on to [the next](next.md)."
    assert code.source == 'text = "[a](#b?c=1)"'
    notebooks.write(page)
    assert written.read_text(encoding="utf-8") == first
    page.write_text(PAGE.replace("of 2", "of 3"), encoding="utf-8")
    notebooks.write(page)
    again = nbformat.read(written, as_version=4).cells
    assert "of 3" in again[0].source
    assert [cell.id for cell in again] == [prose.id, code.id]


def test_citations_are_names_that_link_to_the_work():
    text = "as others saw {cite}`he2016deep, lecun1998`."
    assert notebooks.with_named_citations(text) == (
        "as others saw ([He et al., 2016a](https://doi.org/10.1109/CVPR.2016.90); "
        "[LeCun et al., 1998a](https://doi.org/10.1109/5.726791))."
    )


def test_a_work_that_is_not_in_the_list_is_named():
    with pytest.raises(ValueError, match="references.bib has no work nobody2030"):
        notebooks.with_named_citations("{cite}`nobody2030`")


def test_links_to_chapters_go_to_their_notebooks(tmp_path):
    (tmp_path / "next.ipynb").write_text("{}")
    text = "[on](next.md), [there](next.md#a-part), [words](terms.md), `x](next.md)`"
    assert notebooks.with_links_to_notebooks(text, tmp_path / "page.md") == (
        "[on](next.ipynb), [there](next.ipynb#a-part), [words](terms.md), `x](next.ipynb)`"
    )
    sets = '[set](next.md#lab?stride=2&rows=[{"kind":"Flatten"}]), [as it was](next.md#lab?)'
    assert notebooks.with_links_to_notebooks(sets, tmp_path / "page.md") == (
        "[set](next.ipynb), [as it was](next.ipynb)"
    )


def test_a_cell_that_the_page_folds_is_folded(tmp_path):
    page = tmp_path / "page.md"
    folded = "```{code-cell} ipython3\n:tags: [hide-input]\n\nx = 1\n```\n"
    page.write_text(PAGE + "\n" + folded)
    opened, closed = [c for c in notebooks.as_notebook(page).cells if c.cell_type == "code"]
    assert "jupyter" not in opened.metadata
    assert closed.metadata["jupyter"] == {"source_hidden": True}
    assert closed.metadata["cellView"] == "form"


def test_no_notebook_shows_a_role_or_links_to_a_page_that_has_a_notebook():
    for path in [notebooks.ROOT / "intro.ipynb", *notebooks.ROOT.glob("chapters/*.ipynb")]:
        cells = nbformat.read(path, as_version=4).cells
        text = "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
        assert "{cite}" not in text, path.name
        for page in re.findall(r"\]\(([\w./-]+)\.md[#)]", text):
            assert not (path.parent / f"{page}.ipynb").exists(), (path.name, page)
