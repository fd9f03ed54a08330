"""The Fashion-MNIST speedrun: its classes, its rules, and the submissions that were sent in.

A submission is a JSON file in `book_utils/records/speedrun/`, as `python -m experiments.speedrun`
and the lab on the page write it. `standings()` reads, checks and sorts them.
"""

from __future__ import annotations

import json
import math
from dataclasses import MISSING, asdict, dataclass, field, fields
from datetime import date
from pathlib import Path

from book_utils.records import mean_std

FOLDER = Path(__file__).parent / "records" / "speedrun"


@dataclass(frozen=True)
class Class:
    """Where a run is made, what it has to reach, on average over how many seeds, on which data."""

    title: str
    accuracy: float
    seeds: int
    data: str
    n_train: int
    n_test: int


CLOTHES = ("Fashion-MNIST", 60_000, 10_000)
CLASSES = {
    "gpu": Class("One GPU", 0.94, 20, *CLOTHES),
    "cpu": Class("One CPU thread", 0.90, 10, *CLOTHES),
    "tab": Class("One browser tab", 0.95, 10, "MNIST digits", 1_500, 500),
}


class SubmissionError(ValueError):
    """A file is no submission by the rules; the message names all that is wrong with it."""


@dataclass(frozen=True)
class Submission:
    """What one file says: `n` seeds, the mean and standard deviation of accuracy and seconds.

    kind: a key of `CLASSES`; by: whom the table names; date: ISO, of the last run; device:
    processor or GPU, or browser; threads: that computed, 0 where that is not known; versions: of
    the programs that time may depend on; commit: of the code; command: how to run it again;
    data, n_train, n_test: as the class asks; evaluation: how the test images were looked at;
    recipe: the settings; runs: a dictionary for each seed, from 0 on, with "seed", "accuracy" (0
    to 1) and "seconds"; note: what else a reader should know. SubmissionError for what breaks a
    rule.
    """

    kind: str
    by: str
    date: str
    device: str
    threads: int
    versions: dict[str, str]
    commit: str
    command: str
    data: str
    n_train: int
    n_test: int
    evaluation: str
    recipe: dict
    runs: list[dict]
    note: str = ""
    name: str = field(default="", compare=False)

    def __post_init__(self) -> None:
        if wrong := [*_problems(self)]:
            raise SubmissionError(f"{self.name or 'this submission'}: {'; '.join(wrong)}")

    @property
    def n(self) -> int:
        """How many seeds were run."""
        return len(self.runs)

    @property
    def accuracy(self) -> tuple[float, float]:
        """The mean and the standard deviation over the seeds, 0 to 1."""
        return mean_std(run["accuracy"] for run in self.runs)

    @property
    def seconds(self) -> tuple[float, float]:
        """The mean and the standard deviation over the seeds."""
        return mean_std(run["seconds"] for run in self.runs)

    def text(self) -> str:
        """Return the file's text: a line for each field, and for each run."""
        content = {key: value for key, value in asdict(self).items() if key not in ("name", "runs")}
        head = [f"{json.dumps(key)}: {_json(value)}" for key, value in content.items()]
        runs = ",\n".join(_json(run) for run in self.runs)
        return "{\n" + ",\n".join(head) + f',\n"runs": [\n{runs}\n]\n}}\n'


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


TYPES = {"int": int, "str": str, "dict": dict, "dict[str, str]": dict, "list[dict]": list}
RUN = {"seed": int, "accuracy": int | float, "seconds": int | float}
MAY_BE_EMPTY = ("note", "name", "threads")


def _problems(given: Submission) -> list[str]:
    """Return what is wrong: first the types, and if those are right, what breaks a rule."""
    wrong = [
        f"{each.name} is {getattr(given, each.name)!r}: give a {TYPES[each.type].__name__}"
        for each in fields(given)
        if type(getattr(given, each.name)) is not TYPES[each.type]
    ]
    if wrong:
        return wrong
    wrong = [
        f"{each.name} is empty"
        for each in fields(given)
        if not getattr(given, each.name) and each.name not in MAY_BE_EMPTY
    ]
    if given.kind not in CLASSES:
        return [*wrong, f"kind is {given.kind!r}: choose from {', '.join(CLASSES)}"]
    try:
        date.fromisoformat(given.date)
    except ValueError:
        wrong.append(f"date is {given.date!r}: give year-month-day")
    for i, run in enumerate(given.runs):
        if problem := _of_run(run):
            wrong.append(f"run {i}: {problem}")
            break
    return wrong or _breaches(given, CLASSES[given.kind])


def _of_run(run: object) -> str:
    """Return what is wrong with a run, if anything is."""
    if not isinstance(run, dict) or any(
        isinstance(run.get(key), bool) or not isinstance(run.get(key), kind)
        for key, kind in RUN.items()
    ):
        return f"give seed, accuracy and seconds as numbers, not {run}"
    if not 0 <= run["accuracy"] <= 1:
        return f"its accuracy is {run['accuracy']}: give a share from 0 to 1"
    return "" if 0 < run["seconds"] < math.inf else f"it took {run['seconds']} seconds"


def _breaches(given: Submission, rules: Class) -> list[str]:
    """Return which rules of its class a well-formed submission breaks."""
    wrong = []
    for key in ("data", "n_train", "n_test"):
        if getattr(given, key) != getattr(rules, key):
            wrong.append(f"{key} is {getattr(given, key)!r}, by the rules {getattr(rules, key)!r}")
    if given.kind == "cpu" and given.threads != 1:
        wrong.append(f"{given.threads} threads computed, by the rules 1")
    seeds = [run["seed"] for run in given.runs]
    if seeds != [*range(given.n)]:
        wrong.append(f"its seeds are {seeds}: give all from 0 on, in order, none left out")
    if given.n < rules.seeds:
        wrong.append(f"it has {given.n} runs, by the rules at least {rules.seeds}")
    elif given.accuracy[0] < rules.accuracy - 1e-9:
        wrong.append(
            f"the mean accuracy is {given.accuracy[0]:.2%}, by the rules at least "
            f"{rules.accuracy:.1%}"
        )
    return wrong


def read(path: Path) -> Submission:
    """Return the submission in a file; SubmissionError says all that is wrong with it."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, OSError) as error:
        raise SubmissionError(f"{path.name} cannot be read as JSON: {error}") from error
    if not isinstance(content, dict):
        raise SubmissionError(f"{path.name} holds a {type(content).__name__}, not an object")
    known = {each.name for each in fields(Submission)} - {"name"}
    needed = {each.name for each in fields(Submission) if each.default is MISSING}
    wrong = [f"lacks {key!r}" for key in sorted(needed - content.keys())]
    wrong += [f"has {key!r}, which is unknown" for key in sorted(content.keys() - known)]
    if wrong:
        raise SubmissionError(f"{path.name} {', '.join(wrong)}")
    return Submission(**content, name=path.stem)


def standings(folder: Path = FOLDER) -> dict[str, list[Submission]]:
    """Return the submissions of each class, the fastest first; SubmissionError for a wrong file."""
    given = [read(path) for path in sorted(folder.glob("*.json"))]
    return {
        kind: sorted((each for each in given if each.kind == kind), key=lambda each: each.seconds)
        for kind in CLASSES
    }


def as_markdown(folder: Path = FOLDER) -> str:
    """Return the standings as a table in Markdown."""
    rows = [
        ("class", "seconds", "accuracy", "seeds", "device", "date", "by"),
        ("---", "---:", "---:", "---:", "---", "---", "---"),
    ]
    for kind, given in standings(folder).items():
        rules = CLASSES[kind]
        asked = f"{rules.title}, {rules.accuracy * 100:.1f} %"
        for each in given:
            accuracy, seconds = each.accuracy, each.seconds
            rows.append(
                (
                    asked,
                    f"{seconds[0]:.2f} ± {seconds[1]:.2f}",
                    f"{accuracy[0] * 100:.2f} ± {accuracy[1] * 100:.2f} %",
                    str(each.n),
                    each.device.replace("|", "/"),
                    each.date,
                    each.by.replace("|", "/"),
                )
            )
        if not given:
            rows.append((asked, "no record yet", "", f"at least {rules.seeds}", "", "", ""))
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)
