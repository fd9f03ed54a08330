"""The pace lab: what a training loop waits for, from recorded times, and what each remedy buys."""

from itertools import product
from typing import Any

from traitlets import Dict, Unicode, default

from book_utils import pace, records
from book_utils.pace import Spent, Way

from ..platform.base import Explorable
from ..platform.traits import Choice, Switch

RECORDS = ("steps", "steps_gpu")  # those that are there are shown
PLACES = ("cpu", "gpu")
NAMES = {"lenet": "LeNet", "small_resnet": "a small ResNet"}


class PaceLab(Explorable):
    """How long training takes and what it waits for, with and without what makes it fast.

    `model`: "lenet" or "small_resnet"; `resident`: the images lie on the device as one tensor,
    instead of being opened as pictures one by one; `large`: the larger of two recorded batches;
    `form` and `launch`: as `pace.Way` has them, recorded for resident images alone; `moved`: images
    are shifted and mirrored, as pictures or with their whole batch; `place`: the device, "cpu" or
    "gpu", of those that were recorded. Numbers are those of `records.load("steps")`, or of another
    record like it. `.spent` takes the recorded time of a batch apart, `.output` has the examples a
    second; `.way` is the loop, and `measure` takes its times on this machine.
    Raises TraitError for what was not recorded.
    Source: chapter "Training fast, and on more than one device".
    """

    room = (560, 740)
    essential = ("model", "resident", "large", "form")
    task = Unicode("Make it faster: what does it wait for?").tag(sync=True, data=True)
    in_code = {"rate": lambda lab: lab.output}

    model = Choice(tuple(NAMES)).tag(sync=True)
    resident = Switch(False).tag(sync=True)
    large = Switch(False).tag(sync=True)
    form = Choice(tuple(pace.FORMS)).tag(sync=True)
    launch = Choice(pace.LAUNCHES).tag(sync=True)
    moved = Switch(False).tag(sync=True)
    place = Choice(PLACES).tag(sync=True)
    recorded = Dict().tag(sync=True, data=True)  # place -> see `recorded_of`
    measured = Dict().tag(sync=True, data=True)  # model and key -> times the slow loop, here

    def __init__(self, *given: records.Record, **settings: Any) -> None:
        found = given or [records.load(name) for name in RECORDS if name in records.names()]
        self._records = {place_of(record): record for record in found}
        super().__init__(
            recorded={
                place: recorded_of(self._records[place])
                for place in PLACES
                if place in self._records
            },
            **settings,
        )

    @default("place")
    def _first(self) -> str:
        return next(iter(self.recorded), PLACES[0])

    def clash(self, **wanted: Any) -> str:
        """Say what was not recorded."""
        if wanted["place"] not in self.recorded:
            return f"no {wanted['place']} was recorded; allowed: {', '.join(self.recorded)}"
        if not wanted["resident"] and (wanted["form"], wanted["launch"]) != ("float32", "eager"):
            return "form and launch were recorded for resident images alone; set resident too"
        launches = self.recorded[wanted["place"]]["launches"]
        if wanted["launch"] not in launches:
            return f"launch {wanted['launch']!r}; recorded on this device: {', '.join(launches)}"
        return ""

    @property
    def way(self) -> Way:
        """The loop that is shown."""
        small, large = self.recorded[self.place]["batches"]
        data = "tensors" if self.resident else "pictures"
        batch = large if self.large else small
        return Way(data, batch, self.form, self.launch, data if self.moved else "no")

    @property
    def slow(self) -> Way:
        """The loop of many courses for the same task."""
        small, _ = self.recorded[self.place]["batches"]
        return Way(batch=small, moved="pictures" if self.moved else "no")

    @property
    def spent(self) -> Spent:
        """The recorded time of a batch, taken apart."""
        return pace.spent(self._records[self.place], self.model, self.way)

    @property
    def output(self) -> float:
        """The examples a second that were recorded."""
        return self.spent.examples_a_second

    def measure(self, rounds: int = 5) -> float:
        """Measure how many times as fast as the slow loop it is here; return and show it.

        Some seconds. ValueError, RuntimeError or MemoryError, which say what to do, for a loop that
        this machine does not run.
        """
        before, now = pace.measure(self.model, self.slow, self.way, rounds=rounds)
        self.measured = {**self.measured, f"{self.model} {self.way.key}": round(now / before, 3)}
        return now / before

    def still(self) -> str:
        """Return a few loops as a table."""
        slow, record = self.slow, self._records[self.place]
        resident = slow._replace(data="tensors", moved="tensors" if self.moved else "no")
        ways = {
            "slow loop": slow,
            "images resident": resident,
            "and larger batches": resident._replace(batch=self.recorded[self.place]["batches"][1]),
        }
        rows = "".join(
            f'<tr><th scope="row">{name}</th><td>{spent.examples_a_second:,.0f}</td>'
            f"<td>{spent.seconds:.3g}</td></tr>"
            for name, way in ways.items()
            for spent in [pace.spent(record, self.model, way)]
        )
        return (
            f"<table><caption>{NAMES[self.model]}. {about(record)}</caption><thead><tr><td></td>"
            '<th scope="col">images a second</th><th scope="col">seconds for 60,000 images</th>'
            f"</tr></thead><tbody>{rows}</tbody></table>"
        )


def place_of(record: records.Record) -> str:
    """Return on what kind of device a record was made."""
    return "gpu" if record.device.startswith("GPU") else "cpu"


def recorded_of(record: records.Record) -> dict[str, Any]:
    """Return what the view shows of a record: each way's rate and factor, by network and key."""
    every = {model: (pace.rates(record, model), pace.factors(record, model)) for model in NAMES}
    keys = next(iter(every.values()))[0]
    launches = {key.split(",")[3] for key in keys}
    return {
        "batches": pace.batches(record),
        "launches": [name for name in pace.LAUNCHES if name in launches],
        "about": about(record),
        "ways": {
            model: {key: [float(f"{rates[key]:.5g}"), round(times[key], 3)] for key in rates}
            for model, (rates, times) in every.items()
        },
    }


def about(record: records.Record) -> str:
    """Say where and when the times were taken."""
    return f"Recorded {record.date} on {record.device}"


def made_up(place: str = "cpu", rounds: int = 2) -> records.Record:
    """Return a record with the fields of "steps" and rates by a formula, for trying out."""
    sizes = (256, 1024) if place == "gpu" else (64, 256)
    launches = ("eager", "fused", "graph" if place == "gpu" else "compile")
    ways = [
        Way(*each)
        for each in (
            *product(["pictures"], sizes, ["float32"], ["eager"], ["no", "pictures"]),
            *product(["tensors"], sizes, pace.FORMS, launches, ["no", "tensors"]),
            *product(["tensors"], [1], pace.FORMS, launches, ["no"]),
        )
    ]
    common = {"seed": 0, "data": "made-up images", "n_train": 1, "n_test": 1, "seconds": 1.0}
    runs = [
        {"study": "paces", "model": model, **common, "seed": seed,
         "rates": {way.key: (1 + seed / 20) * made_up_rate(model, way, place) for way in ways}}
        for model in NAMES
        for seed in range(rounds)
    ]  # fmt: skip
    texts = dict.fromkeys(("question", "date", "commit", "command"), "made up")
    device = f"{place.upper()} (made up)"
    return records.Record(
        name="steps", dirty=False, versions={"torch": "made up"}, runs=runs, device=device, **texts
    )


def made_up_rate(model: str, way: Way, place: str) -> float:
    """Return examples a second by a formula: data, a step's price, and arithmetic."""
    data = {"no": 0.0, "tensors": 0.002, "pictures": 0.05}[way.moved]
    data += 0.06 if way.data == "pictures" else 0
    price = {"eager": 2.0, "fused": 1.5, "compile": 1.2, "graph": 0.1}[way.launch]
    image = 1.0 if model == "small_resnet" else 0.08
    image /= (1 + sum(pace.FORMS[way.form])) * (100 if place == "gpu" else 1)
    return 1000 * way.batch / (price + way.batch * (data + image))
