"""Numbers in the prose of a page: read, found, held against the page's cells, counted."""

import json
import shutil
import subprocess
import sys
from fractions import Fraction

import numpy as np
import pytest
import torch

from book_utils import chapters
from book_utils.explorables import CorrelationLab
from tests.stated.guard import FILES, ROOT, Cited, Guard, check, file_of, page_of
from tests.stated.numerals import numerals
from tests.stated.prose import prose


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("19, 25, 37 and 43.", [19, 25, 37, 43]),
        ("294,912 weights, 1,000,000 and 61{,}706", [294_912, 1_000_000, 61_706]),
        ("294\u202f912 and 4\u00a0096", [294_912, 4096]),
        ("1,23 and 1,2345", [1, 23, 1, 2345]),  # no thousands
        ("−0.9477, (−1, 2) and $-3$", [-0.9477, -1, 2, -3]),
        ("5 − 1 = 4, $5 - 1$, $n-1$, 2–4", [5, 1, 4, 5, 1, 1, 2, 4]),
        ("98.5 % and 31%", [98.5, 31]),
        ("a 3×3 kernel, 6×16×5×5", [3, 3, 6, 16, 5, 5]),
        ("10⁹, 10⁻⁵, 2², 3 · 10⁸", [1e9, 1e-5, 4, 3, 1e8]),
        (r"$2^{13}$, $10^{-5}$, $0.1^2$", [8192, 1e-5, 0.01]),
        ("1.23e5, 1.5e−7", [1.23e5, 1.5e-7]),
        (r"$\frac{1}{9}$, $\tfrac12$, $\frac{10}{25}$, 1/9", [1, 9, 1, 2, 10, 25, 1, 9]),
        (r"$k^2$, $x_{12}$, $x_1$, $e^{-2}$, $10 x^{2}$", [10]),
        ("`conv2d`, LeNet-5, ResNet-18, CIFAR-10's, PyTorch 2.13.0, 2-D", []),
        ("`padding=1`, |7|, [8], “9”", [1, 7, 8, 9]),
        ("Version 2.5, and 3.", [2.5, 3]),
    ],
)
def test_numerals_are_read_as_the_page_writes_them(text, values):
    assert [number.value for number in numerals(text)] == pytest.approx(values)


@pytest.mark.parametrize(
    ("written", "right", "wrong"),
    [
        ("0.81", [0.8132, 0.805, 0.815, torch.tensor(0.81)], [0.8049, 0.8151, 0.82, -0.81]),
        ("0.8130", [0.8130, 0.81304], [0.8132]),
        ("43", [43, 43.4, np.int64(43), Fraction(86, 2)], [42, 44, 43.6]),
        ("1,024", [1024], [1023, 1025, 1.024]),
        ("−0.5", [-0.5, -0.52], [0.5]),
        ("10⁻⁵", [1e-5], [1.1e-5, 1e-4]),
        ("1.2e5", [123_000], [126_000]),
        ("0", [0, 0.2], [float("nan"), float("inf"), 1]),
    ],
)
def test_a_numeral_shows_the_values_that_round_to_it(written, right, wrong):
    (number,) = numerals(written)
    assert all(number.shows(float(value)) for value in right)
    assert not any(number.shows(float(value)) for value in wrong)


PAGE = """---
chapter: {minutes: 45}
---

# A page of 4 parts

See [the **lab** with 2](#lab?stride=3), the
[source 1998](https://example.org/2020 "2021") and {cite}`lecun1998`; ![alt 5](six7.png).

% a comment of 8
<!-- another of 9 -->

```{code-cell} ipython3
:tags: [hide-input]
x = 10
```

```{figure} eleven11.png
:width: 12

A caption of 13.
```

:::{admonition} Fourteen, 14
---
class: tip15
---
Inside, 16.
:::

```python
y = 17
```

1. A list,
2. with a formula, $n + 18$, and one of numbers, $19 + 1 = 20$.

**3. An exercise.** What is 21?
"""


def test_prose_is_what_a_reader_reads():
    read = [number.value for number in numerals(prose(PAGE))]
    assert read == [4, 2, 1998, 5, 13, 14, 16, 18, 19, 1, 20, 21]
    assert prose(PAGE).split("\n\n")[2:6] == [
        "A caption of 13.",
        "Fourteen, 14",
        "Inside, 16.",
        "A list, with a formula, $n + 18$, and one of numbers, $19 + 1 = 20$.",
    ]


def test_formulas_of_symbols_need_not_be_stated():
    guard = Guard(PAGE)
    assert {n.value for n in guard.numerals} - {n.value for n in guard.counted()} == {18}


def problems_of(guard, markdown, *values):
    guard.states(markdown, *values)
    found, guard.problems = guard.problems, []
    return "".join(found)


def test_a_fragment_is_taken_as_it_stands_in_the_markdown():
    guard = Guard(PAGE)
    right = [
        ("[the **lab** with 2](#lab?stride=3), the [source 1998](https://example.org/2020", 2),
        ("[the **lab** with 2](#lab?stride=3)", 2),
        ("lab** with 2", 2),
        ("one of numbers,\n  $19 + 1 = 20$", 19, 1, 20),
        ("**3. An exercise.** What is 21?", 21),
    ]
    assert "does not stand" in problems_of(guard, *right[0])  # half a link
    assert [problems_of(guard, *case) for case in right[1:]] == ["", "", "", ""]
    assert {n.value for n in guard.stated} == {2, 19, 1, 20, 21}


@pytest.mark.parametrize(
    ("markdown", "values", "said"),
    [
        ("one of numbers, $19 + 1 = 20$", (19, 1, 21), "says 20, and it is 21"),
        ("one of numbers, $19 + 1 = 20$", (19, 20), "3 numerals (19, 1, 20) and was given 2"),
        ("one of numbers", (1,), "0 numerals (none) and was given 1"),
        ("one of numbers, $18 + 1 = 20$", (18, 1, 20), "does not stand"),
        ("9 + 1", (9, 1), "cuts through 19"),
        ("1 = 2", (1, 2), "cuts through 20"),
        ("is", (), "stands 3 times"),
    ],
)
def test_what_is_wrong_with_a_fragment_is_said(markdown, values, said):
    guard = Guard(PAGE)
    assert said in problems_of(guard, markdown, *values)
    assert not guard.stated


def test_a_cited_number_needs_a_source_in_its_section():
    text = "# A\n\nOf 1990.\n\n## B\n\nOf 1998, a network {cite}`lecun1998`.\n"
    guard = Guard(text)
    assert "names no source" in problems_of(guard, "Of 1990", Cited(1990))
    assert problems_of(guard, "Of 1998", Cited(1998)) == ""
    assert "says 1998" in problems_of(guard, "Of 1998", Cited(1989))


def test_four_of_five_numerals_are_stated():
    text = "# A\n\nFirst 1, 2, 3 are stated. Then comes 4. And 5 is left.\n"
    guard = Guard(text)
    guard.states("First 1, 2, 3", 1, 2, 3)
    with pytest.raises(AssertionError, match="3 of 5 numerals") as missing:
        guard.finish()
    assert "4 in “Then comes 4.”" in str(missing.value)
    assert "5 in “And 5 is left.”" in str(missing.value)
    guard.states("comes 4", 4)
    guard.finish()


def test_a_page_comes_with_its_file():
    pages = {"intro", *(page.stem for page in chapters.pages())}
    stated = {name for name in pages if file_of(name).exists()}
    assert stated, "no page states its numbers"
    assert not pages - stated, "write their files in tests/numbers"
    assert {path.name for path in FILES.glob("*.py")} == {file_of(name).name for name in stated}


def test_any_numeral_of_a_page_that_is_changed_is_found():
    """On the workbench, whose file states all that stands there."""
    text = page_of("workbench").read_text(encoding="utf-8")
    names = {"correlation": CorrelationLab(full=True)}
    check("workbench", names)
    guard = Guard(text)
    assert len(guard.counted()) == 5
    for number in guard.counted():
        written, value = guard.written(number), int(number.value)
        sentence = guard.sentence(number)
        at = number.start - guard.text.index(sentence)
        changed = sentence[:at] + str(value + 1) + sentence[at + len(written) :]
        assert sentence in text
        with pytest.raises(AssertionError, match="does not stand"):
            check("workbench", names, text.replace(sentence, changed))


def pytest_of(folder):
    told = [sys.executable, "-m", "pytest", "--nbval-lax", "--nbval-current-env", "chapters"]
    return subprocess.run(
        [*told, "-p", "no:cacheprovider"], cwd=folder, capture_output=True, text=True
    )


def test_a_chapter_is_checked_after_its_last_cell(tmp_path):
    """By `make chapters`: one cell more, in the same kernel, for a page that has a file."""
    shutil.copy(ROOT / "conftest.py", tmp_path)
    shutil.copytree(ROOT / "tests" / "stated", tmp_path / "tests" / "stated")
    (tmp_path / "chapters").mkdir()
    (tmp_path / "tests" / "numbers").mkdir()
    (tmp_path / "tests" / "__init__.py").touch()  # or a checkout on PYTHONPATH would come first
    code = {"cell_type": "code", "source": "x = 7", "metadata": {}, "outputs": [], "id": "x"}
    notebook = {"cells": [code | {"execution_count": None}], "metadata": {}}
    for name in ("two-sevens", "bare"):
        (tmp_path / f"chapters/{name}.ipynb").write_text(
            json.dumps(notebook | {"nbformat": 4, "nbformat_minor": 5})
        )
    page = tmp_path / "chapters/two-sevens.md"
    page.write_text("# Sevens\n\nIt gives 14.\n")
    (tmp_path / "tests/numbers/two_sevens.py").write_text('states("It gives 14.", 2 * x)\n')
    right = pytest_of(tmp_path)
    assert right.returncode == 0, right.stdout
    assert "3 passed" in right.stdout
    page.write_text("# Sevens\n\nIt gives 15.\n")
    (tmp_path / "tests/numbers/two_sevens.py").write_text('states("It gives 15.", 2 * x)\n')
    wrong = pytest_of(tmp_path)
    assert "1 failed, 2 passed" in wrong.stdout
    assert "says 15, and it is 14" in wrong.stdout
