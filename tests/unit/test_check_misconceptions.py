"""Each declared misconception is named when a wrong answer, written another way, makes it."""

import pytest

from book_utils import check
from book_utils.check.engine.trial import Trial
from tests.unit.answers import FIXED, WRONG

CHECKERS = {
    name: checker
    for name in check.__all__
    if isinstance(checker := getattr(check, name), check.Checker)
}
DECLARED = [
    pytest.param(checker, known, id=f"{name}: {known.name}")
    for name, checker in CHECKERS.items()
    for known in checker.misconceptions
]


def wrong_answers(checker, known):
    """Return the wrong answers that are written for a misconception; none if there are none."""
    written = WRONG.get(checker.name, {}).get(known.name, [])
    return written if isinstance(written, list) else [written]


def asked(checker, known):
    """Return the parameters that the exercise fixes where this mistake is made."""
    return FIXED.get((checker.name, known.name), {})


@pytest.fixture(autouse=True)
def no_search_for_smaller_cases(monkeypatch):
    """Save the time: that search has its own tests, and does not change what is named."""
    monkeypatch.setattr(Trial, "smallest", lambda trial, fault, wrong: wrong[0])


@pytest.mark.parametrize(("checker", "known"), DECLARED)
def test_a_known_mistake_is_named(checker, known):
    assert wrong_answers(checker, known), "no wrong answer is written for this misconception"
    for wrong in wrong_answers(checker, known):
        verdict = checker(wrong, **asked(checker, known))
        assert not verdict.passed
        assert verdict.misconception == known.name
        assert known.why in verdict.message
        assert f"It looks as if {known.name}." in str(verdict)


def outcomes(checker, known, wrong):
    """Return what a wrong answer gives on the cases of a checker."""
    trial = Trial(checker, wrong, checker.fixed | asked(checker, known))
    return [trial.try_on(case) for case in trial.drawn]


@pytest.mark.parametrize(
    ("checker", "known"), [case for case in DECLARED if len(case.values[1].forms) > 1]
)
def test_each_form_of_a_mistake_is_behind_some_wrong_answer(checker, known):
    tried = [outcomes(checker, known, wrong) for wrong in wrong_answers(checker, known)]
    unused = [form for form in known.forms if not any(known.gives(form, one) for one in tried)]
    assert unused == []


@pytest.mark.parametrize("checker", CHECKERS.values(), ids=CHECKERS)
def test_a_misconception_is_declared_once(checker):
    names = [known.name for known in checker.misconceptions]
    assert sorted(names) == sorted(set(names))


@pytest.mark.parametrize("name", sorted({*CHECKERS, *WRONG}))
def test_wrong_answers_are_written_for_misconceptions_that_there_are(name):
    declared = {known.name for known in CHECKERS[name].misconceptions}
    assert set(WRONG[name]) - declared == set()


def test_what_is_fixed_is_fixed_for_a_mistake_that_there_is():
    assert all(mistake in WRONG[name] for name, mistake in FIXED)
