"""The blocks lab: take blocks out of trained networks, and see what is left of their accuracy."""

from collections.abc import Iterable
from typing import Any, Self

from traitlets import Dict, Int, List, Unicode

from book_utils import records

from ...numbers import thousands
from ..platform.base import Explorable
from ..platform.traits import Switch, Wholes

KINDS = ("residual", "plain")
COUNTS = (1, 2, 3, 4, 6, 8, 10)  # of blocks taken out at random, as the record has them
MOST = 54  # blocks of the deepest network of the family, which has 110 layers
CLASSES = 10

Runs = list[dict[str, Any]]
Spread = list[float]  # mean and standard deviation


class BlocksLab(Explorable):
    """Recorded accuracies of trained networks without some of their blocks, none retrained.

    `out` lists the blocks that are taken out, counted from 1 at the input; the first block of a
    later stage changes the shape, and stays. `shortcut` says whether the network is the residual
    or the plain one. The numbers are those of `records.load("blocks")`, or of another record like
    it: for one block, the accuracy without that block; for several, the mean over random draws of
    as many. A kernel computes nothing. `.output` has the present accuracies, one for each run;
    none for a number of blocks that was not recorded.
    Raises TraitError for a block that is not there, stays, or is named twice.
    Source: Veit, Wilber & Belongie (2016); chapter "Residual networks".
    """

    room = (580, 720)
    essential = ("shortcut",)
    task = Unicode("Press a block to take it out.").tag(sync=True, data=True)
    in_code = {}  # what was recorded is read, not computed

    out = Wholes((0, MOST), 1, MOST, []).tag(sync=True)
    shortcut = Switch(True).tag(sync=True)
    stages = List(Int()).tag(sync=True, data=True)  # how many blocks each has
    counts = List(Int()).tag(sync=True, data=True)  # of which draws were recorded
    recorded = Dict().tag(sync=True, data=True)  # kind -> its accuracies, see `spreads_of`
    about = Unicode().tag(sync=True, data=True)

    def __init__(self, record: records.Record | None = None, **settings: Any) -> None:
        self._record = records.load("blocks") if record is None else record
        runs = {kind: self._select(kind) for kind in KINDS}
        first = runs[KINDS[0]][0]
        super().__init__(
            stages=[(first["depth"] - 2) // 6] * 3,
            counts=list(COUNTS[: len(first["without_some"])]),
            recorded={kind: spreads_of(found) for kind, found in runs.items()},
            about=about(self._record, runs),
            **settings,
        )

    @classmethod
    def example(cls) -> Self:
        """Return a lab on a record that is made up, to try out."""
        return cls(made_up())

    def _select(self, kind: str) -> Runs:
        """The recorded runs of a kind, but for those that diverged."""
        return [run for run in self._record.select(model=kind) if not run["diverged"]]

    @property
    def spare(self) -> list[int]:
        """The blocks that can be taken out: all but the first of the second and third stage."""
        starts = {1 + sum(self.stages[:i]) for i in range(1, len(self.stages))}
        return [block for block in range(1, 1 + sum(self.stages)) if block not in starts]

    def schema(self) -> dict[str, dict[str, Any]]:
        """Return what each setting may be: the network has so many blocks."""
        found = super().schema()
        found["out"] |= {"most": len(self.spare), "high": sum(self.stages)}
        return found

    def clash(self, **wanted: Any) -> str:
        """Say which block is not there, stays where it is, or is named twice."""
        out = wanted["out"]
        if strangers := [block for block in out if block not in self.spare]:
            return f"block {strangers[0]}; allowed: {', '.join(map(str, self.spare))}"
        twice = [block for block in out if out.count(block) > 1]
        return f"block {twice[0]} twice; name it once" if twice else ""

    @property
    def runs(self) -> Runs:
        """The recorded runs of the present network, one for each seed."""
        return self._select("residual" if self.shortcut else "plain")

    @property
    def output(self) -> list[float]:
        """Their accuracies on the test images without the blocks that are out."""
        if not self.out:
            return [run["test_accuracy"][-1] for run in self.runs]
        if len(self.out) == 1:
            return [run["without_one"][self.spare.index(self.out[0])] for run in self.runs]
        if len(self.out) not in self.counts:
            return []
        return [run["without_some"][self.counts.index(len(self.out))] for run in self.runs]

    def still(self) -> str:
        """Return the accuracy without each block as a table."""
        head = "".join(f'<th scope="col">{kind}</th>' for kind in KINDS)
        names = ["whole", *(f"without block {block}" for block in self.spare)]
        columns = [[found["whole"], *found["one"]] for found in map(self.recorded.get, KINDS)]
        rows = "".join(
            f'<tr><th scope="row">{name}</th>'
            + "".join(f"<td>{100 * mean:.1f} ± {100 * sd:.1f} %</td>" for mean, sd in each)
            + "</tr>"
            for name, *each in zip(names, *columns, strict=True)
        )
        return (
            f"<table><caption>Test accuracy without a block. {self.about}</caption>"
            f"<thead><tr><td></td>{head}</tr></thead><tbody>{rows}</tbody></table>"
        )


def spreads_of(runs: Runs) -> dict[str, Any]:
    """Return mean and standard deviation of runs: "whole", for each block, for each count."""
    return {
        "whole": spread([run["test_accuracy"][-1] for run in runs]),
        "one": [spread(found) for found in zip(*(r["without_one"] for r in runs), strict=True)],
        "some": [spread(found) for found in zip(*(r["without_some"] for r in runs), strict=True)],
    }


def spread(accuracies: Iterable[float]) -> Spread:
    """Return mean and standard deviation, to a hundredth of a percent."""
    mean, deviation = records.mean_std(list(accuracies))
    return [round(mean, 4), round(deviation, 4)]


def about(record: records.Record, runs: dict[str, Runs]) -> str:
    """Say what was trained on what."""
    run = runs[KINDS[0]][0]
    kinds = " and ".join(f"{len(found)} {kind}" for kind, found in runs.items())
    return (
        f"{kinds} networks of {run['depth']} layers, trained on {thousands(run['n_train'])} images "
        f"({run['data']}), tried on {thousands(run['n_test'])}; {record.device}."
    )


def made_up(depth: int = 32, seeds: int = 3) -> records.Record:
    """Return a record with the fields of "blocks" and accuracies by a formula, for trying out."""
    blocks = (depth - 2) // 2
    runs = [
        {
            "model": kind, "depth": depth, "seed": seed, "data": "made-up images",
            "n_train": 1000, "n_test": 1000, "seconds": 1.0, "diverged": False,
            "test_accuracy": [0.9 - 0.01 * seed],
            "without_one": [
                (0.88 if kind == "residual" else 0.3) - 0.01 * seed - 0.2 / (1 + block)
                for block in range(blocks - 2)
            ],
            "without_some": [
                0.1 + 0.78 * (0.8 if kind == "residual" else 0.2) ** n - 0.01 * seed
                for n in COUNTS if n <= blocks - 2
            ],
        }
        for seed in range(seeds)
        for kind in KINDS
    ]  # fmt: skip
    texts = dict.fromkeys(("question", "date", "commit", "device", "command"), "made up")
    return records.Record(
        name="blocks", dirty=False, versions={"torch": "made up"}, runs=runs, **texts
    )
