"""Recorded runs at full size, as `experiments/` wrote them: small JSON files for the chapters.

r = records.load("lenets")
accuracy = [run["test_accuracy"][-1] for run in r.select(model="lenet")]
mean, deviation = records.mean_std(accuracy)
"""

from __future__ import annotations

import html
import json
from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from pathlib import Path
from statistics import mean, stdev

from book_utils.numbers import plural, thousands

FOLDER = Path(__file__).parent
RUN = {
    "model": str,
    "seed": int,
    "data": str,
    "n_train": int,
    "n_test": int,
    "seconds": int | float,
}


class RecordError(ValueError):
    """A record is not what it should be; the message says which field of which file."""


@dataclass(frozen=True, repr=False)
class Record:
    """What one experiment measured: who asks finds the runs, when, where and how they were made.

    date: ISO, of the last run; commit: of the code at the start; dirty: whether that code had been
    changed since the commit; command: how to run it again; runs: one dictionary a run, its
    settings ("model", "seed", "data", "n_train", "n_test", and "lr", "epochs", … where they
    apply), then its results: "seconds", curves with one entry an epoch (None once a run has
    diverged), other lists; notes: what was done, and what the numbers mean, by topic.
    RecordError when a field is missing or of another type.
    """

    name: str
    question: str
    date: str
    commit: str
    dirty: bool
    device: str
    versions: dict[str, str]
    command: str
    runs: list[dict]
    notes: dict[str, str] = field(default_factory=dict)
    shipped: dict[str, dict] = field(default_factory=dict)

    def __post_init__(self) -> None:
        texts = ("name", "question", "date", "commit", "device", "command")
        types = dict.fromkeys(texts, str) | {"dirty": bool, "versions": dict, "runs": list}
        types |= {"notes": dict, "shipped": dict}
        _check(f"record {self.name!r}", vars(self), types)
        if not self.runs:
            raise RecordError(f"record {self.name!r} has no runs")
        for i, run in enumerate(self.runs):
            _check(f"record {self.name!r}, run {i}", run, RUN)

    @property
    def seeds(self) -> list[int]:
        """The seeds that were used, ascending."""
        return sorted({run["seed"] for run in self.runs})

    @property
    def n_train(self) -> int:
        """Training images of the largest runs; a run on other data carries its own number."""
        return max(run["n_train"] for run in self.runs)

    @property
    def n_test(self) -> int:
        """Test images of the largest runs."""
        return max(run["n_test"] for run in self.runs)

    def select(self, **settings: object) -> list[dict]:
        """Return the runs with these settings, in the order they were made.

        ValueError if there are none: it lists the values that each setting has.
        """
        absent = object()
        runs = [r for r in self.runs if all(r.get(k, absent) == v for k, v in settings.items())]
        if not runs:
            raise ValueError(
                f"no run of record {self.name!r} has {_in_words(settings)}: "
                + "; ".join(self._values(key) for key in settings)
            )
        return runs

    def _values(self, key: str) -> str:
        values = {json.dumps(run[key]): None for run in self.runs if key in run}
        if not values:
            return f"no run has a setting {key!r}, there are {', '.join(self.runs[0])}"
        return f"{key} is one of {', '.join(values)}"

    def __repr__(self) -> str:
        sizes = sorted({run["n_train"] for run in self.runs}, reverse=True)
        return (
            f"recorded {self.date} on {self.device}, PyTorch {self.versions.get('torch', '?')}, "
            f"commit {self.commit}{' with changes' if self.dirty else ''}, "
            f"n = {' and '.join(map(thousands, sizes))}, {plural(len(self.seeds), 'seed')}: "
            f"{self.command}"
        )

    def _repr_html_(self) -> str:
        line, command = repr(self).removesuffix(f": {self.command}"), html.escape(self.command)
        return f'<p>{html.escape(line)}: <code class="command">{command}</code></p>'


def names() -> list[str]:
    """Return the names of the records there are."""
    return sorted(path.stem for path in FOLDER.glob("*.json"))


def load(name: str) -> Record:
    """Return a record by its name.

    ValueError for a name that is not there; RecordError (a ValueError) for a file that is broken.
    """
    if name not in names():
        raise ValueError(f"there is no record {name!r}: choose from {', '.join(names())}")
    return read(FOLDER / f"{name}.json")


def read(path: Path) -> Record:
    """Return the record in a file; RecordError says what is wrong with it."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise RecordError(f"{path.name} is not JSON: {error}") from error
    if not isinstance(content, dict):
        raise RecordError(f"{path.name} holds a {type(content).__name__}, not an object")
    known = {f.name for f in fields(Record)}
    missing = known - {"notes", "shipped"} - content.keys()
    if missing or content.keys() - known:
        wrong = [f"lacks {key!r}" for key in sorted(missing)]
        wrong += [f"has {key!r}, which is unknown" for key in sorted(content.keys() - known)]
        raise RecordError(f"{path.name} {', '.join(wrong)}")
    return Record(**content)


def mean_std(values: Iterable[float]) -> tuple[float, float]:
    """Return the mean and the standard deviation (with n − 1) of at least two numbers.

    ValueError for fewer, or where a run diverged and left None: select those that did not.
    """
    values = list(values)
    lost = sum(value is None for value in values)
    if lost:
        raise ValueError(f"{lost} of {len(values)} values are None: leave out runs that diverged")
    if len(values) < 2:
        raise ValueError(f"there are {len(values)} values: a standard deviation needs two or more")
    return mean(values), stdev(values)


def _check(where: str, content: dict, types: dict[str, type]) -> None:
    for key, kind in types.items():
        if key not in content:
            raise RecordError(f"{where} lacks {key!r}")
        if not isinstance(content[key], kind):
            raise RecordError(f"{where}: {key!r} is {content[key]!r}, not of type {kind}")


def _in_words(settings: dict[str, object]) -> str:
    return ", ".join(f"{key} = {json.dumps(value)}" for key, value in settings.items())
