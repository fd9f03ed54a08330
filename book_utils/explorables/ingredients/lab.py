"""The ingredients lab: what three ingredients of a training run contribute, from recorded runs."""

from itertools import product
from statistics import mean
from typing import Any, Self

from traitlets import Dict, Unicode

from book_utils import records

from ...numbers import thousands
from ..platform.base import Explorable
from ..platform.still import grids_svg
from ..platform.traits import Switch

RECORD = "ingredients"
Runs = list[dict[str, Any]]


class IngredientsLab(Explorable):
    """Recorded runs of one network, with and without three ingredients of a good run.

    `moved`: each training image is shifted and mirrored at random; `falls`: the learning rate
    decays along a cosine instead of staying; `smooth`: 0.1 of each label is spread over all
    classes. The runs are those of study "switches" of `records.load("ingredients")`, or of another
    record with the same settings; a kernel trains nothing. `.runs` are the present ones, `.output`
    their accuracies on the test images after the last epoch.
    Source: chapter "Case study: CIFAR-10".
    """

    room = (560, 740)
    essential = ("moved", "falls", "smooth")
    task = Unicode("Add ingredients: which one helps?").tag(sync=True, data=True)
    in_code = {"accuracy": lambda lab: lab.output}

    moved = Switch(False).tag(sync=True)
    falls = Switch(False).tag(sync=True)
    smooth = Switch(False).tag(sync=True)
    recorded = Dict().tag(sync=True, data=True)  # key of a combination -> its curves
    about = Unicode().tag(sync=True, data=True)

    def __init__(self, record: records.Record | None = None, **settings: Any) -> None:
        self._record = records.load(RECORD) if record is None else record
        every = {key_of(*on): self._select(*on) for on in product((False, True), repeat=3)}
        super().__init__(
            recorded={key: curves_of(runs) for key, runs in every.items()},
            about=about(self._record, every["000"]),
            **settings,
        )

    @classmethod
    def large(cls) -> Self:
        """Return the lab with everything on."""
        return cls(moved=True, falls=True, smooth=True)

    def _select(self, moved: bool, falls: bool, smooth: bool) -> Runs:
        return self._record.select(
            study="switches",
            moved=moved,
            schedule="cosine" if falls else "constant",
            smoothing=0.1 if smooth else 0.0,
        )

    @property
    def runs(self) -> Runs:
        """The recorded runs with the present settings, one for each seed."""
        return self._select(self.moved, self.falls, self.smooth)

    @property
    def output(self) -> list[float]:
        """Their accuracies on the test images after the last epoch."""
        return [run["test_accuracy"][-1] for run in self.runs]

    def still(self) -> str:
        """Return the mean accuracy of every combination as a grid."""
        rows = [
            [mean(self.recorded[key_of(moved, falls, smooth)]["last"]) for moved, falls in BOTH]
            for smooth in (False, True)
        ]
        alt = (
            "Mean test accuracy. Columns: neither, decaying rate, shifted images, both; rows: "
            f"labels as they are, smoothed. {rows}"
        )
        shown = [[f"{value:.3f}" for value in row] for row in rows]
        return grids_svg([("neither · decaying rate · shifted · both", shown)], alt)


BOTH = tuple(product((False, True), repeat=2))


def key_of(moved: bool, falls: bool, smooth: bool) -> str:
    """Name a combination: a digit for each ingredient, 1 where it is in."""
    return f"{moved:d}{falls:d}{smooth:d}"


def curves_of(runs: Runs) -> dict[str, list[float]]:
    """Return the mean, least and greatest test accuracy by epoch, the mean in training, the end."""
    test = list(zip(*(run["test_accuracy"] for run in runs), strict=True))
    train = zip(*(run["train_accuracy"] for run in runs), strict=True)
    return {
        "mean": [round(mean(values), 5) for values in test],
        "low": [min(values) for values in test],
        "high": [max(values) for values in test],
        "train": [round(mean(values), 5) for values in train],
        "last": list(test[-1]),
    }


def about(record: records.Record, runs: Runs) -> str:
    """Say what was trained on what."""
    run = runs[0]
    return (
        f"{len(runs)} runs of each, {run['epochs']} epochs on {thousands(run['n_train'])} images "
        f"of Fashion-MNIST as 3×32×32, tried on {thousands(run['n_test'])}; {record.device}"
    )
