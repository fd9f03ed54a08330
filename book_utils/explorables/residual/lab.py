"""The residual lab: signal and gradient, layer by layer, in networks with and without shortcuts."""

from collections.abc import Iterable, Mapping
from typing import Any, Self

import torch
from torch import Tensor
from traitlets import Dict, TraitError, Unicode, default, observe, validate

from book_utils import records, signals

from ...numbers import short
from ..platform.base import Explorable
from ..platform.traits import Choice, Switch, Whole

TRAINED = "trained"
STATES = (*signals.WEIGHTS, TRAINED)
DEPTHS = range(8, 111, 6)  # 6·n + 2 layers with weights

Curves = dict[str, dict[str, Any]]


class ResidualLab(Explorable):
    """Signal and gradient at each layer of a small network, with and without shortcuts.

    `depth` counts the layers with weights, 8 to 110 in steps of 6; `shortcut` and `norm` say
    whether the network has shortcuts and batch normalisation; `weights` are "default" (as PyTorch
    draws them), "he" (as He et al., 2015) or "trained"; `layer` is the picked one, counted from 1.
    The curves come from a record of real runs, `records.load("signals")` unless another is given;
    with a kernel, PyTorch measures every other depth when it is asked for. Raises TraitError for a
    depth that no network has, for trained networks that were not recorded, for a layer too many.
    Source: chapter "Residual networks".
    """

    room = (640, 756)
    full_room = (1080, 1480)
    essential = ("shortcut", "depth", "layer")
    task = Unicode("Throw the switch: what gets through?").tag(sync=True, data=True)

    in_code = {}  # one network, where the lab shows the mean of several

    depth = Whole(DEPTHS[0], DEPTHS[-1], 32).tag(sync=True)
    shortcut = Switch(True).tag(sync=True)
    norm = Switch(False).tag(sync=True)
    weights = Choice(STATES).tag(sync=True)
    layer = Whole(1, DEPTHS[-1]).tag(sync=True)
    recorded = Dict().tag(sync=True, data=True)  # name of a network -> its curves, see `name_of`
    measured = Dict().tag(sync=True, data=True)  # the same, for networks that were measured here
    # what the view asks for
    request = Dict(allow_none=True, default_value=None).tag(sync=True, data=True)

    def __init__(self, record: records.Record | None = None, **settings: Any) -> None:
        record = records.load("signals") if record is None else record
        super().__init__(recorded=curves_of(record), **settings)

    def schema(self) -> dict[str, dict[str, Any]]:
        """Return what each setting may be; the depths are those that need no kernel."""
        return self._with_depths({int(name.split()[-2]) for name in self._known})

    @default("_schema")
    def _as_it_is_here(self) -> dict[str, dict[str, Any]]:
        """With a kernel, any depth can be measured."""
        return self._with_depths(DEPTHS)

    def _with_depths(self, depths: Iterable[int]) -> dict[str, dict[str, Any]]:
        found = super().schema()
        depth = {"type": "choice", "of": sorted(depths), "default": found["depth"]["default"]}
        return found | {"depth": depth}

    @classmethod
    def large(cls) -> Self:
        """Return the deepest networks that were recorded."""
        return cls(depth=56)

    @property
    def _known(self) -> Curves:
        return self.recorded | self.measured

    @property
    def output(self) -> dict[str, Tensor]:
        """What the present network shows: "forward" and "gradient", each of shape (depth,)."""
        curves = self.curves(self.shortcut)
        return {what: torch.tensor(curves[what]) for what in ("forward", "gradient")}

    def curves(self, shortcut: bool) -> dict[str, Any]:
        """Return the curves at the present depth with or without shortcuts; measure if need be."""
        name = name_of(self.weights, self.norm, self.depth, shortcut)
        if name not in self._known:
            self._measure(self.depth, self.norm, self.weights)
        return self._known[name]

    def _measure(self, depth: int, norm: bool, weights: str) -> None:
        """Measure one network with and one without shortcuts: so fast that a reader can wait."""
        found = {}
        for shortcut in (True, False):
            network = signals.network(depth, shortcut, norm, weights)
            seen = signals.measure(network, *signals.batch())
            found[name_of(weights, norm, depth, shortcut)] = rounded([seen])
        self.measured = self.measured | found

    @observe("request")
    def _answer(self, change: Mapping[str, Any]) -> None:
        asked = change["new"]
        if asked and name_of(**asked, shortcut=True) not in self._known:
            self._measure(**asked)

    @validate("request")
    def _asked(self, proposal: dict[str, Any]) -> dict[str, Any] | None:
        asked = proposal["value"]
        if asked is None:
            return None
        kinds = {"depth": int, "norm": bool, "weights": str}
        shaped = asked.keys() == kinds.keys() and all(type(asked[k]) is kinds[k] for k in kinds)
        if not shaped or asked["weights"] not in signals.WEIGHTS or asked["depth"] not in DEPTHS:
            raise TraitError(
                f"ResidualLab.request was given {asked!r}; allowed: a depth of 8 to {DEPTHS[-1]} "
                f"in steps of 6, norm true or false, weights {' or '.join(signals.WEIGHTS)}"
            )
        return asked

    def clash(self, **wanted: Any) -> str:
        """Say of a depth that no network has it, or that none was trained at it."""
        depth, norm = wanted["depth"], wanted["norm"]
        if depth not in DEPTHS:
            some = ", ".join(map(str, DEPTHS[:3]))
            return f"a depth of {depth}; allowed: {some}, … {DEPTHS[-1]}: 6·n + 2 with weights"
        trained = [d for d in DEPTHS if name_of(TRAINED, norm, d, True) in self.recorded]
        if wanted["weights"] == TRAINED and depth not in trained:
            listed = ", ".join(map(str, trained)) or "none"
            return f"trained networks of {depth} layers; allowed: the depths recorded: {listed}"
        return ""

    @validate("layer")
    def _there(self, proposal: dict[str, Any]) -> int:
        if proposal["value"] > self.depth:
            given = f"ResidualLab.layer was given {proposal['value']}"
            raise TraitError(f"{given}; allowed: a layer from 1 to {self.depth}, the depth")
        return proposal["value"]

    @observe("depth")
    def _stay_inside(self, _change: object) -> None:
        """Keep the picked layer in a network that is made shallower."""
        self.layer = min(self.layer, self.depth)

    def __repr__(self) -> str:
        shown = (f"{name}={getattr(self, name)!r}" for name in (*self.schema(), "name"))
        return f"ResidualLab({', '.join(shown)})"

    def static_html(self) -> str:
        """Return the HTML for the built book; what it shows is measured, for no kernel answers."""
        self.curves(self.shortcut)
        return super().static_html()

    def still(self) -> str:
        """Return signal and gradient at a few layers as a table."""
        each = {kind: self.curves(kind == "with") for kind in ("with", "without")}
        layers = sorted({1 + round(i * (self.depth - 1) / 6) for i in range(7)})
        columns = [(what, kind) for what in ("forward", "gradient") for kind in each]
        words = {"forward": "signal", "gradient": "gradient"}
        head = "".join(f'<th scope="col">{words[w]}, {kind}</th>' for w, kind in columns)
        rows = "".join(
            f'<tr><th scope="row">{layer}</th>'
            + "".join(f"<td>{short(each[kind][w][layer - 1])}</td>" for w, kind in columns)
            + "</tr>"
            for layer in layers
        )
        norm = "with" if self.norm else "without"
        caption = (
            f"Signal and gradient in networks of {self.depth} layers {norm} batch normalisation, "
            "with and without shortcuts"
        )
        return (
            f'<table><caption>{caption}</caption><thead><tr><th scope="col">layer</th>{head}</tr>'
            f"</thead><tbody>{rows}</tbody></table>"
        )


def name_of(weights: str, norm: bool, depth: int, shortcut: bool) -> str:
    """Return the name under which the curves of a network stand, such as "he norm 32 residual"."""
    parts = (weights, "norm" if norm else "bare", str(depth), "residual" if shortcut else "plain")
    return " ".join(parts)


def curves_of(record: records.Record) -> Curves:
    """Return the curves of all networks of a record of signals, means over the seeds.

    Networks of which a run diverged in training are left out, with their like of the other kind.
    """
    runs: dict[str, list] = {}
    for run in record.runs:
        for field, weights in (("initial", run["weights"]), ("trained", TRAINED)):
            if field in run:
                name = name_of(weights, run["norm"], run["depth"], run["model"] == "residual")
                runs.setdefault(name, []).append(run[field])
    twin = {"residual": "plain", "plain": "residual"}
    whole = {name for name, found in runs.items() if None not in found}
    return {
        name: rounded(found)
        for name, found in runs.items()
        if {name, " ".join([*name.split()[:-1], twin[name.split()[-1]]])} <= whole
    }


def rounded(runs: Iterable[signals.Signals]) -> dict[str, Any]:
    """Return the typical curves of some runs to 3 digits, and how many runs there are."""
    runs = list(runs)
    curves = signals.typical(runs)
    digits = {what: [float(f"{v:.3g}") for v in values] for what, values in curves.items()}
    return {**digits, "runs": len(runs)}
