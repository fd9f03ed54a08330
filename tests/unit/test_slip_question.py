"""A wrong answer whose mistake is to be named: what the checker gives to the page, and refusals."""

import re

import pytest
import torch

from book_utils import check
from book_utils.explorables import SlipQuestion
from tests.unit.answers import FIXED, WRONG
from tests.unit.answers.sliding import backwards, window_sums


def flipped(x, k):
    return window_sums(x, backwards(k))


def right_one(x, k):
    return window_sums(x, k)


def blank(x, k): ...


def random_one(x, k):
    return torch.rand(1)


def unknown(x, k):
    return window_sums(x, k) + 0.25


def cut_off(x, k):
    return torch.tensor(window_sums(x, k)).long()


def asked(name="slip-1", answer=flipped, **changes):
    return SlipQuestion(name, check.corr2d, answer, **changes)


def test_the_checker_names_the_mistake_and_finds_the_smallest_case():
    content = asked().content
    options, verdict = content["options"], check.corr2d(flipped)
    assert [option["right"] for option in options] == [True, False, False, False]
    assert options[0]["text"] == verdict.misconception == "the kernel is flipped"
    shown = {part["label"]: part["rows"] for part in content["case"]}
    assert shown == {
        "x (1×2)": [["0", "1"]],
        "k (1×2)": [["0", "1"]],
        "expected (1×1)": [["1"]],
        "got (1×1)": [["0"]],
    }
    assert [part["wrong"] for part in content["case"]] == [
        [[False, False]],
        [[False, False]],
        [[False]],
        [[True]],
    ]


def test_the_source_is_shown_under_the_name_of_the_exercise():
    merged = asked(called="merge")
    assert merged.content["code"].startswith("def merge(x, k):") and "`merge`" in merged.prompt
    assert asked().content["code"] == ("def corr2d(x, k):\n    return window_sums(x, backwards(k))")


def test_what_another_mistake_would_give_is_computed():
    """Of x = [[0, 1]], k = [[0, 1]]: each misconception's own result, held against the case."""
    names = [mistake.name for mistake in check.corr2d.misconceptions]
    said = {}
    for n in range(12):
        for option in asked(f"slip-{n}").content["options"]:
            said[option["text"]] = option["why"]
    assert set(said) == set(names), "over many questions every misconception is drawn"
    assert said["the kernel is flipped"].startswith("The checker tells its author: “You compute a")
    same = "With that mistake this case would give the same; the code tells them apart."
    gives = {
        "the kernel is flipped top to bottom": "With that mistake, this case would be right.",
        "the kernel is flipped left to right": same,
        "the products are averaged": "With that mistake, this case would give `[[0.5]]`.",
        "the input is padded": "With that mistake, this case would give `[[0, 1, 0]]`.",
        "the sum is missing": same,
    }
    for name, begins in gives.items():
        assert said[name].startswith(begins), name
        why = next(m.why for m in check.corr2d.misconceptions if m.name == name)
        assert said[name].endswith(f" The checker would tell its author: “{why}”")


def on_its_side(k):
    return check.corr2d_matrix.oracle(k.T, 3, 3)


def test_of_a_large_result_the_shape_or_the_count_of_wrong_numbers_is_told():
    said = {}
    for n in range(8):
        sides = {"n_h": 3, "n_w": 3}
        question = SlipQuestion(f"wide-{n}", check.corr2d_matrix, on_its_side, **sides)
        assert question.content["case"][0]["rows"] == [["0", "1"]]
        said |= {option["text"]: option["why"] for option in question.content["options"]}
    truth, flipped = (
        check.corr2d_matrix.oracle(torch.tensor([row]), 3, 3) for row in ([0.0, 1.0], [1.0, 0.0])
    )
    count = int((truth != flipped).sum())
    begins = f"With that mistake, {count} of the 54 numbers would be wrong. The checker would"
    assert said["the kernel is flipped"].startswith(begins)
    begins = "With that mistake, the result would have the shape (9, 6). The checker would"
    assert said["the matrix is transposed"].startswith(begins)


def test_a_mistake_that_explains_the_answer_as_well_is_no_option():
    for n in range(8):
        question = SlipQuestion(f"pool-{n}", check.max_pool2d, averaged, padding=0)
        texts = [option["text"] for option in question.content["options"]]
        assert texts[0] == check.max_pool2d(averaged, padding=0).misconception
        tried = check.max_pool2d.tried(averaged, padding=0)
        for mistake in check.max_pool2d.known:
            if mistake.name in texts[1:]:
                assert not mistake.explains(tried) and mistake.is_possible(tried)


def averaged(x, k, s):
    return torch.nn.functional.avg_pool2d(x[None], k, s)[0]


def test_slips_that_anyone_can_make_are_named_and_fill_up_the_options():
    options = asked(answer=cut_off).content["options"]
    assert options[0]["text"] == "fractions are cut off" and len(options) == 4


def test_an_author_may_say_it_in_other_words():
    options = asked(because={"the kernel is flipped": "Turned by 180°."}).content["options"]
    assert options[0]["why"] == "Turned by 180°."
    with pytest.raises(ValueError, match="slip-1: .* no misconception 'magic'; it has: the kernel"):
        asked(because={"magic": "No."})


@pytest.mark.parametrize("answer", [right_one, blank, random_one, unknown])
def test_an_answer_without_a_known_mistake_is_refused(answer):
    with pytest.raises(ValueError, match="slip-1: check.corr2d knows no mistake in this answer"):
        asked(answer=answer)


def test_what_has_no_source_is_refused():
    with pytest.raises(ValueError, match="no source to show; define it with def"):
        asked(answer=lambda x, k: window_sums(x, backwards(k)))
    with pytest.raises(TypeError, match="takes a checker such as check.corr2d"):
        SlipQuestion("slip-1", flipped, flipped)
    with pytest.raises(TypeError, match="cannot fix stride"):
        asked(stride=2)


def test_the_still_shows_code_case_and_options_and_gives_nothing_away():
    question = asked("slip-1")
    still = question.still()
    assert "backwards(k)" in still and still.count("<table>") == 4
    listed = re.findall(r"<li>(.*?)</li>", still)
    texts = [option["text"] for option in question.content["options"]]
    assert listed == [texts[i] for i in question.content["order"]]
    assert "tells its author" not in still and "class=wrong" in still


@pytest.mark.parametrize("name", [name for name in WRONG if name in check.__all__])
def test_every_checker_can_be_asked_about(name):
    """Whatever a case holds (sizes, names, many axes), it goes to the page as JSON."""
    checker = getattr(check, name)
    for mistake, forms in list(WRONG[name].items())[:1]:
        answer = forms[0] if isinstance(forms, list) else forms

        def my_answer(*values, _answer=answer):
            return _answer(*values)

        question = SlipQuestion("any-1", checker, my_answer, **FIXED.get((name, mistake), {}))
        assert question.content["options"][0]["text"] == mistake
        assert "<script" in question.static_html()
        assert len(question.content["options"]) >= 3
