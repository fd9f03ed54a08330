"""The pace lab: what a training loop waits for, from recorded times, and what each step buys."""

from collections.abc import Iterable
from typing import Any

from traitlets import Dict, Unicode, default

from book_utils import pace, records
from book_utils.pace import Loop, Spent

from ...numbers import thousands
from ..platform.base import Explorable
from ..platform.traits import Choice, Switch, WholeChoice

RECORDS = {"cpu": "steps", "gpu": "steps_gpu"}  # those that are there are shown
PLACES = tuple(RECORDS)
NAMES = {"lenet": "LeNet", "small_resnet": "a small ResNet"}
BATCHES = (64, 256, 1024)


class PaceLab(Explorable):
    """How long training takes and what it waits for, with and without what makes it fast.

    The settings are those of `pace.Loop`; `place` says on what the times were taken, the "cpu" or
    the "gpu", if the record has it. Times are those of `records.load("steps")`, or of other
    records like it: of feeding a batch, of a step with one image, and of a step with the whole
    batch; the lab adds them up. `.spent` has the three, `.output` the examples a second; `.loop`
    is the loop, and `measure` takes its times on this machine and shows them beside the record's.
    Raises TraitError for what was not recorded.
    Source: chapter "Training fast".
    """

    room = (560, 740)
    essential = ("model", "resident", "batch_size", "half")
    task = Unicode("Make it faster: what does it wait for?").tag(sync=True, data=True)
    in_code = {"rate": lambda lab: lab.output}

    model = Choice(tuple(NAMES)).tag(sync=True)
    resident = Switch(False).tag(sync=True)
    batch_size = WholeChoice(BATCHES).tag(sync=True)
    half = Switch(False).tag(sync=True)
    channels_last = Switch(False).tag(sync=True)
    moved = Switch(False).tag(sync=True)
    step = Choice(pace.STEPS).tag(sync=True)
    place = Choice(PLACES).tag(sync=True)
    recorded = Dict().tag(sync=True, data=True)  # place -> its times, see `times_of`
    measured = Dict().tag(sync=True, data=True)  # key of a loop -> times the slow loop, here

    def __init__(self, *given: records.Record, **settings: Any) -> None:
        there = [name for name in RECORDS.values() if name in records.names()]
        self._records = {
            run["place"]: record
            for record in given or map(records.load, there)
            for run in record.runs
            if run["study"] == "feed"
        }
        places = [place for place in PLACES if place in self._records]
        super().__init__(
            recorded={place: times_of(self._records[place], place) for place in places}, **settings
        )

    @default("place")
    def _first(self) -> str:
        return next(iter(self.recorded), PLACES[0])

    def clash(self, **wanted: Any) -> str:
        """Say which device or step was not recorded."""
        if wanted["place"] not in self.recorded:
            return f"{wanted['place']!r} was not recorded; allowed: {', '.join(self.recorded)}"
        steps = self.recorded[wanted["place"]]["steps"]
        if wanted["step"] not in steps:
            return f"step {wanted['step']!r} on a {wanted['place']}; allowed: {', '.join(steps)}"
        return ""

    @property
    def loop(self) -> Loop:
        """The loop that is shown."""
        return Loop(
            self.model, self.resident, self.moved, self.batch_size, self.channels_last, self.half,
            self.step,
        )  # fmt: skip

    @property
    def spent(self) -> Spent:
        """The recorded times of a batch."""
        return pace.recorded(self._records[self.place], self.loop, self.place)

    @property
    def output(self) -> float:
        """The examples a second that these times make."""
        return self.spent.examples_a_second

    def measure(self) -> Spent:
        """Measure the loop and its slow one here, for some seconds; return the loop's times.

        What comes out is shown as well. ValueError or MemoryError, with what to do, for a loop
        that this machine cannot run.
        """
        slow, here = pace.measure(self.loop.slow), pace.measure(self.loop)
        times = here.examples_a_second / slow.examples_a_second
        self.measured = {**self.measured, key_of(self.loop): round(times, 3)}
        return here

    def still(self) -> str:
        """Return the times of a few loops as a table."""
        record = self._records[self.place]
        loops = {
            "the slow loop": self.loop.slow,
            "images resident": Loop(self.model, True, self.moved),
            "and batches of 1,024": Loop(self.model, True, self.moved, 1024),
        }
        rows = "".join(
            f'<tr><th scope="row">{name}</th><td>{thousands(round(spent.examples_a_second))}</td>'
            f"<td>{spent.seconds:.1f}</td></tr>"
            for name, loop in loops.items()
            for spent in [pace.recorded(record, loop, self.place)]
        )
        return (
            f"<table><caption>{NAMES[self.model]}. {about(record)}</caption><thead><tr>"
            '<td></td><th scope="col">images a second</th><th scope="col">seconds for 60,000 '
            f"images</th></tr></thead><tbody>{rows}</tbody></table>"
        )


def key_of(loop: Loop) -> str:
    """Name a loop, as words.ts does."""
    switches = f"{loop.resident:d}{loop.moved:d}{loop.channels_last:d}{loop.half:d}"
    return f"{loop.model} {switches} {loop.step} {loop.batch_size}"


def times_of(record: records.Record, place: str) -> dict[str, Any]:
    """Return the milliseconds of a batch: of feeding it, and of a step by network; which steps."""
    feed = {
        f"{run['resident']:d}{run['moved']:d} {run['batch_size']}": run["milliseconds"]
        for run in record.select(study="feed", place=place)
    }
    step: dict[str, dict[str, float]] = {model: {} for model in NAMES}
    steps = record.select(study="step", place=place)
    for run in steps:
        key = f"{run['channels_last']:d}{run['half']:d} {run['step']} {run['batch_size']}"
        step[run["model"]][key] = run["milliseconds"]
    found = {run["step"] for run in steps}
    return {
        "feed": feed,
        "step": step,
        "steps": [name for name in pace.STEPS if name in found],
        "about": about(record),
    }


def about(record: records.Record) -> str:
    """Say where the times were taken."""
    return f"Recorded {record.date} on {record.device}"


def made_up(places: Iterable[str] = PLACES) -> records.Record:
    """Return a record with the fields of "steps" and times by a formula, for trying out."""
    common = {"seed": 0, "data": "made-up images", "n_train": 1, "n_test": 1, "seconds": 1.0}
    runs = []
    for place in places:
        fast = 50 if place == "gpu" else 1
        for resident in (False, True):
            for moved in (False, True):
                runs += [
                    {"study": "feed", "model": "none", "place": place, "resident": resident,
                     "moved": moved, "batch_size": n, **common,
                     "milliseconds": (0.001 if resident else 0.05) * n * (2 if moved else 1)}
                    for n in BATCHES
                ]  # fmt: skip
        steps = pace.STEPS if place == "gpu" else pace.STEPS[:2]
        for model in NAMES:
            image = (1.0 if model == "small_resnet" else 0.08) / fast
            for last in (False, True):
                for half in (False, True):
                    runs += [
                        {"study": "step", "model": model, "place": place, "channels_last": last,
                         "half": half, "step": step, "batch_size": n, **common,
                         "milliseconds": (2, 1.5, 0.1)[pace.STEPS.index(step)]
                         + image * n / (1 + last + half)}
                        for step in steps
                        for n in (1, *BATCHES)
                    ]  # fmt: skip
    texts = dict.fromkeys(("question", "date", "commit", "device", "command"), "made up")
    return records.Record(
        name="steps", dirty=False, versions={"torch": "made up"}, runs=runs, **texts
    )
