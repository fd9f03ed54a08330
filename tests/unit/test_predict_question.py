"""Code whose result is predicted: what Python makes of it, what is refused."""

import numpy as np
import pytest
import torch

from book_utils.explorables import PredictQuestion


def predict(code, **changes):
    settings = {"right": "It runs.", "otherwise": "Go line by line."}
    return PredictQuestion("predict-1", "What comes out?", code, **(settings | changes))


RESULTS = {
    "2 + 3": ("number", 5),
    "torch.ones(2, 3).sum()": ("number", 6.0),
    "np.int64(7)": ("number", 7),
    "x = torch.ones(4, 5)\nx[1:].shape": ("shape", [3, 5]),
    "torch.Size([])": ("shape", []),
    "(4, 5)": ("shape", [4, 5]),
    "print(torch.ones(2, 1).shape)": ("shape", [2, 1]),
    "print(3 * 4)": ("number", 12),
    "print(0.5)": ("number", 0.5),
    "for i in (1, 2):\n    print(i)": ("text", "1\n2"),
    "print('a  b')": ("text", "a  b"),
    "3 > 2": ("text", "True"),
    "torch.tensor(3) > 2": ("text", "True"),
    "'left'": ("text", "left"),
    "torch.arange(4).reshape(2, 2)": ("grid", [[0, 1], [2, 3]]),
    "torch.tensor([0.5, 1.0])": ("grid", [[0.5, 1.0]]),
    "np.eye(2)": ("grid", [[1.0, 0.0], [0.0, 1.0]]),
    "[[1, 2], [3, 4]]": ("grid", [[1, 2], [3, 4]]),
    "[0.5, 2]": ("grid", [[0.5, 2.0]]),
    "nn.Parameter(torch.zeros(1, 2))": ("grid", [[0.0, 0.0]]),
    "F.relu(torch.tensor(-1.0))": ("number", 0.0),
}


@pytest.mark.parametrize("code", RESULTS, ids=RESULTS)
def test_python_says_what_comes_out(code):
    content = predict(code).content
    assert (content["form"], content["answer"]) == RESULTS[code]
    assert "<script" in predict(code).static_html()


def test_code_may_use_what_the_page_has_and_leaves_it_as_it_is():
    page = {"twice": lambda x: 2 * x, "x": 4}
    assert predict("x = twice(x)\nx", given=page).content["answer"] == 8
    assert page["x"] == 4


def test_the_code_loses_the_indentation_it_has_in_common():
    code = "\n    for i in range(2):\n        print(i)\n    "
    assert predict(code).content["code"] == "for i in range(2):\n    print(i)"


def test_whole_numbers_are_exact_and_fractions_are_not():
    assert predict("7").content["tolerance"] == 0
    assert predict("1 / 9").content["tolerance"] == pytest.approx(0.005 / 9)
    assert predict("[0.5, -4]").content["tolerance"] == pytest.approx(0.02)
    assert predict("1 / 9", tolerance=0.2).content["tolerance"] == 0.2
    assert predict("(1, 2)").content["tolerance"] == 0


def test_foreseen_results_are_of_the_same_form():
    grid = predict("torch.eye(2)", wrong={((1, 1), (0, 0)): "Rows?"}).content["wrong"]
    assert grid == [{"value": [[1, 1], [0, 0]], "why": "Rows?"}]
    row = predict("np.array([0.5, 1])", wrong={(1, 1): "Halves?"}).content["wrong"]
    assert row == [{"value": [[1, 1]], "why": "Halves?"}]
    shape = predict("(2, 3)", wrong={(3, 2): "Turned.", torch.Size([6]): "Flat."})
    assert [item["value"] for item in shape.content["wrong"]] == [[3, 2], [6]]
    assert predict("3 > 2", wrong={"False": "No."}).content["wrong"][0]["value"] == "False"


REFUSED = {
    "an error": ("x = 1\nx / 0", {}, "stops with an error: ZeroDivisionError: division by zero"),
    "no such name": ("corr2d(1)", {}, "NameError: name 'corr2d' is not defined"),
    "no Python": ("x = = 1", {}, "stops with an error: SyntaxError"),
    "exit": ("raise SystemExit", {}, "stops with an error: SystemExit"),
    "nothing": ("x = 1", {}, "prints nothing, and its last line has no value"),
    "empty": (" ", {}, "prints nothing"),
    "too large": ("torch.ones(7, 2)", {}, r"a Tensor of shape \(7, 2\); it must be a number,"),
    "too many axes": ("torch.ones(2, 2, 2)", {}, r"of shape \(2, 2, 2\); it must be"),
    "truths": ("torch.eye(2) > 0", {}, "it must be a number"),
    "an object": ("object()", {}, "the result is a object; it must be"),
    "ragged": ("[[1, 2], [3]]", {}, "the result is a list; it must be"),
    "no number": ("float('nan')", {}, "not finite: nan"),
    "infinite": ("torch.tensor([1, float('inf')])", {}, "not finite"),
    "right and wrong": ("6", {"wrong": {6: "No."}}, "6 also stands among the wrong ones"),
    "as good as right": ("1 / 9", {"wrong": {0.111: "No."}}, "also stands among the wrong ones"),
    "another form": ("6", {"wrong": {(1, 6): "No."}}, r"\(1, 6\) is no number like 6"),
    "another size": ("torch.eye(2)", {"wrong": {((1, 2),): "No."}}, "is no grid like"),
    "no hint": ("6", {"otherwise": " "}, "needs an explanation"),
    "no reason": ("6", {"wrong": {7: ""}}, "needs an explanation"),
}


@pytest.mark.parametrize(("code", "changes", "complaint"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_asked_is_refused_by_name(code, changes, complaint):
    with pytest.raises(ValueError, match=f"predict-1: (.|\n)*{complaint}"):
        predict(code, **changes)


def test_the_still_shows_the_code_and_gives_nothing_away():
    question = predict("a = 2 < 3\nprint(a)", wrong={"False": "Backwards."})
    assert "a = 2 &lt; 3" in question.still()
    assert not any(text in question.still() for text in ("True", "Backwards", "It runs", "Go line"))


def test_numbers_of_numpy_reach_the_page_as_plain_ones():
    content = predict("np.float32(0.5)").content
    assert type(content["answer"]) is float
    shape = predict("tuple(np.array([2, 3]))").content["answer"]
    assert shape == [2, 3] and all(type(side) is int for side in shape)
    assert np.shape(predict("np.zeros((3, 2))").content["answer"]) == (3, 2)
