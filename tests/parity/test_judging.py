"""Number questions take their answer, within the tolerance that the page states, and no more."""

import ast
import json
import math

import pytest

from book_utils.explorables import NumberQuestion
from tests.book.pages import code_cells, notebook_pages
from tests.parity.front_end import evaluate

CLOSE = 0.01  # of the answer: a page that asks for two digits tolerates no more


def declared():
    """Return what each number question of the pages declares, by its name."""
    found = {}
    for page in notebook_pages():
        for cell in code_cells(page):
            if "NumberQuestion(" not in cell:
                continue
            for call in ast.walk(ast.parse(cell)):
                if isinstance(call, ast.Call) and ast.unparse(call.func) == "NumberQuestion":
                    given = {word.arg: value_of(word.value) for word in call.keywords}
                    found[given["name"]] = given
    return found


def value_of(expression):
    """Evaluate what a question is given: texts, numbers and sums of numbers."""
    return eval(ast.unparse(expression), {"__builtins__": {}, "math": math})


QUESTIONS = declared()


def test_every_number_question_of_the_pages_is_tried():
    texts = [cell for page in notebook_pages() for cell in code_cells(page)]
    assert len(QUESTIONS) == sum(text.count("NumberQuestion(") for text in texts) > 10


@pytest.mark.parametrize("name", QUESTIONS)
def test_a_tolerance_is_for_what_has_no_last_digit(name):
    answer, tolerance = QUESTIONS[name]["answer"], QUESTIONS[name].get("tolerance", 0)
    assert tolerance <= (0 if float(answer).is_integer() else CLOSE * abs(answer))


def probes(answer, tolerance):
    """Return numbers around an answer, near and far, on both sides of what is tolerated."""
    steps = {0, 1, 2, 0.5, 0.1, 1e-6, answer / 100, answer / 10, answer, 10 * answer}
    steps |= {0.999 * tolerance, 1.001 * tolerance, tolerance + 1, 2 * tolerance}
    return sorted({answer + sign * step for step in steps for sign in (1, -1)})


def test_a_number_is_right_exactly_within_the_tolerance_that_the_page_states():
    calls, wanted = [], []
    for name, given in QUESTIONS.items():
        content = json.loads(json.dumps(NumberQuestion(**given).content))
        answer, tolerance = given["answer"], given.get("tolerance", 0)
        for number in probes(answer, tolerance):
            calls.append(["judge", "number", content, number])
            wanted.append((name, number, abs(number - answer) <= tolerance))
    answers = evaluate(calls)
    wrong = [
        f"{name}: {number} is {'right' if not right else 'wrong'}"
        for (name, number, right), said in zip(wanted, answers, strict=True)
        if said["right"] != right
    ]
    assert not wrong, wrong
    assert {right for _, _, right in wanted} == {True, False}
