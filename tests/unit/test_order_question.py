"""Lines to put in order: what a question refuses, and what it hands to the page."""

import html
import json
import re

import pytest

from book_utils.explorables import OrderQuestion

CODE = """
    def corr2d(x, k):
        k_h, k_w = k.shape
        y = zeros(x, k)

        for i, j in places(y):
            y[i, j] = (x[i : i + k_h, j : j + k_w] * k).sum()
        return y
"""
FALSE = {"        y[i, j] = x[i, j] * k": "That is a grid, not one number."}


def order(**changes):
    settings = {"lines": CODE, "right": "It slides.", "otherwise": "What is needed first?"}
    return OrderQuestion("order-1", "Put the lines in order.", **(settings | changes))


def test_the_lines_keep_their_indentation_and_lose_blank_ones():
    texts = [line["text"] for line in order().content["lines"]]
    assert texts[0] == "def corr2d(x, k):" and texts[4].startswith("        y[i, j]")
    assert len(texts) == 6


def test_pieces_of_several_lines_stay_together():
    pieces = ["y = 0", "for i in x:\n    y += i", "print(y)"]
    assert [line["text"] for line in order(lines=pieces).content["lines"]] == pieces


def test_each_line_stands_before_the_next_but_where_neighbours_are_free():
    assert order().content["before"] == [[i, i + 1] for i in range(5)]
    free = order(free=[(1, 2)]).content["before"]
    assert free == [[0, 1], [0, 2], [1, 3], [2, 3], [3, 4], [4, 5]]
    both = order(free=[(1, 2), (4, 5)]).content["before"]
    assert both == [[0, 1], [0, 2], [1, 3], [2, 3], [3, 4], [3, 5]]
    assert order(before=[(0, 1), (1, 5)]).content["before"] == [[0, 1], [1, 5]]


def test_reasons_go_with_their_lines():
    content = order(false=FALSE, too_early={4: "It needs `i`."}).content
    whys = [line["why"] for line in content["lines"]]
    assert whys == ["", "", "", "", "It needs `i`.", "", "That is a grid, not one number."]
    assert content["count"] == 6


def test_the_lines_are_mixed_by_the_name_and_never_right_to_begin_with():
    firsts = set()
    for n in range(60):
        lines = ["a = 1", "b = a", "c = b"]
        content = OrderQuestion(f"mixed-{n}", "Order.", lines, "Yes.", "No.").content
        assert sorted(content["order"]) == [0, 1, 2] and content["order"] != [0, 1, 2]
        again = OrderQuestion(f"mixed-{n}", "Order.", lines, "Yes.", "No.").content
        assert again == content
        firsts.add(tuple(content["order"]))
    assert len(firsts) == 5


def test_the_still_shows_the_lines_as_they_are_mixed_and_gives_nothing_away():
    question = order(false=FALSE)
    shown = [html.unescape(t) for t in re.findall(r"<pre.*?><code>(.*?)</code>", question.still())]
    lines = question.content["lines"]
    assert shown == [lines[i]["text"] for i in question.content["order"]]
    assert "Not all of these lines belong" in question.still()
    assert "Not all" not in order().still()
    assert not any(text in question.still() for text in ("a grid", "It slides", "needed first"))
    state = json.loads(re.search(r"json\">(.*?)</script>", question.static_html())[1])
    assert state["kind"] == "order" and state["response"] is None


REFUSED = {
    "one line": ({"lines": "y = 0\n\n"}, "two lines or more"),
    "no reason": ({"false": {"y = 1": " "}}, "needs an explanation"),
    "right and false": ({"false": {"    return y ": "No."}}, "right lines and the false"),
    "blank false line": ({"false": {"  ": "No."}}, "a false line is blank"),
    "no such line": ({"too_early": {6: "No."}}, "no line 6; the lines are 0 to 5"),
    "no such pair": ({"before": [(0, 9)]}, "no line 9"),
    "free apart": ({"free": [(1, 3)]}, r"\[1, 3\] are not neighbours"),
    "free alone": ({"free": [(1,)]}, "are not neighbours"),
    "free twice": ({"free": [(1, 2), (2, 3)]}, "two free groups"),
    "both": ({"free": [(1, 2)], "before": [(0, 1)]}, "not both"),
    "all free": ({"free": [range(6)]}, "every order is right"),
    "none before": ({"before": []}, "every order is right"),
    "turned": ({"before": [(3, 1)]}, r"says \(3, 1\), but"),
    "no hint": ({"otherwise": ""}, "needs an explanation"),
}


@pytest.mark.parametrize(("change", "complaint"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_answered_is_refused_by_name(change, complaint):
    with pytest.raises(ValueError, match=f"order-1: .*{complaint}"):
        order(**change)
