"""The time a page takes, on a page whose words, cells, labs and exercises are counted by hand."""

import jupytext

from book_utils import reading_time

PAGE = """\
# Two words

Four more are [here](a-target-is-not-read.md). <!-- nor is this -->

```{code-cell} ipython3
:tags: [hide-input]

import torch
```

<details><summary>More</summary>

What is folded away is not counted.

</details>

```{code-cell} ipython3
torch.ones(3)
```

```{code-cell} ipython3
:tags: [remove-input]

from book_utils.explorables import NumberQuestion, PoolingLab

PoolingLab([[1, 2], [3, 4]])
NumberQuestion("a-1", "How many?", 1, "So.", "No.")
```

## Exercises

**1. By hand.** Words of an exercise are not counted.

```{code-cell} ipython3
torch.zeros(3)
```

**2. In code.** Nor are these.

## Summary

Three more words.
"""


def reckoned(page):
    return reading_time.reckon(jupytext.reads(page, fmt="md:myst"))


def test_what_takes_time_is_counted_and_what_is_folded_away_is_not():
    assert reckoned(PAGE) == reading_time.ReadingTime(words=10, cells=1, labs=2, exercises=2)


def test_minutes_are_words_cells_and_labs_and_exercises_are_apart():
    time = reading_time.ReadingTime(words=1800, cells=6, labs=5, exercises=8)
    assert time.minutes == 10 + 2 + 10
    assert time.exercise_minutes == 24
    assert reading_time.ReadingTime(words=181, cells=0, labs=0, exercises=0).minutes == 2


def test_a_formula_has_as_many_words_as_it_has_parts():
    assert reckoned("So $a = b + 2$.").words == 4
    assert reckoned("$$\ny = \\sum_i w_i x_i\n$$").words == reckoned("y sum i w i x i").words
