"""What becomes of a page in its notebook: links that set a lab are their words."""

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
