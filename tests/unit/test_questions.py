"""Questions that answer back: what they refuse, and what they hand to the page."""

import json
import re

import pytest

from book_utils.explorables import CellQuestion, ChoiceQuestion, NumberQuestion, Progress

PUBLISHED = [2, 3, 0, 1, 4]
OPTIONS = [("8×8", True, "8 + 2 − 3 + 1 = 8."), ("6×6", False, "That is without padding.")]


def number(**changes):
    settings = {"answer": 9, "right": "3 · 3.", "otherwise": "Multiply.", "wrong": {6: "Added."}}
    return NumberQuestion("q-1", "How many weights?", **(settings | changes))


def cell(**changes):
    settings = {"answer": (1, 1), "right": "Yes.", "otherwise": "No.", "wrong": {(0, 0): "Corner."}}
    grid = [[0, 1], [2, 3]]
    return CellQuestion("q-2", "Which?", grid=grid, **(settings | changes))


@pytest.mark.parametrize(
    "options",
    [
        [],
        OPTIONS[:1],
        [(text, True, why) for text, _, why in OPTIONS],
        [(text, False, why) for text, _, why in OPTIONS],
        [(text, right, " ") for text, right, _ in OPTIONS],
    ],
)
def test_a_choice_has_one_right_option_and_explains_each(options):
    with pytest.raises(ValueError, match="q-0: "):
        ChoiceQuestion("q-0", "What comes out?", options)


def test_options_are_shuffled_by_the_name_alone_and_each_keeps_its_number():
    """What a browser has kept of an answer is the option's number, as the author gave it."""
    options = [(f"option {i}", i == 2, f"Why {i}.") for i in range(5)]
    orders = {}
    for n in range(1, 41):
        question = ChoiceQuestion(f"pooling-{n}", "Which?", options)
        order = question.content["order"]
        assert question.content["options"][2]["right"] and sorted(order) == [0, 1, 2, 3, 4]
        listed = re.findall(r"<li>option (\d)</li>", question.still())
        assert listed == [str(i) for i in order]
        orders[tuple(order)] = order.index(2)
    assert len(orders) > 25 and set(orders.values()) == {0, 1, 2, 3, 4}
    again = ChoiceQuestion("pooling-1", "Which?", options).content["order"]
    assert again == PUBLISHED, "readers and builds of today and tomorrow see one order"


def test_a_right_number_cannot_be_listed_as_wrong():
    with pytest.raises(ValueError, match="also stands among the wrong ones"):
        number(wrong={9: "No."})


def test_cells_must_be_in_the_grid():
    with pytest.raises(ValueError, match=r"no cell \(2, 0\)"):
        cell(answer=(2, 0))
    with pytest.raises(ValueError, match=r"no cell \(0, -1\)"):
        cell(wrong={(0, -1): "Corner."})


def test_several_cells_may_be_right():
    assert cell(answer=[(1, 0), (1, 1)]).content["answers"] == [[1, 0], [1, 1]]


@pytest.mark.parametrize("question", [ChoiceQuestion("q-0", "What?", OPTIONS), number(), cell()])
def test_the_still_question_does_not_give_its_answer_away(question):
    html = question.static_html()
    state = json.loads(re.search(r"json\">(.*?)</script>", html)[1])
    assert state["kind"] in ("choice", "number", "cell") and state["response"] is None
    assert 'data-explorable="question"' in html
    assert not any(text in question.still() for text in ("without padding", "Multiply", "Corner"))


def test_hostile_text_cannot_leave_its_place():
    question = ChoiceQuestion("q-0", "</script><img onerror=x> `a<b`", OPTIONS)
    html = question.static_html()
    assert "<img" not in html and html.count("</script>") == 2 and "<code>a&lt;b</code>" in html


def test_progress_lists_chapters_in_order():
    progress = Progress([("Pooling", "chapters/pooling", 4), ("LeNet", "chapters/lenet", 3)])
    assert progress.chapters[0] == ["Pooling", "chapters/pooling", 4]
    assert progress.still().index("Pooling") < progress.still().index("LeNet")
