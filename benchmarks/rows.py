"""One line of the table: what was measured, in which unit, and every value that was taken."""

from __future__ import annotations

from dataclasses import dataclass, field
from statistics import median

FORMATS = {"×": "{:.2f}×", "s": "{:.1f} s", "ms": "{:.1f} ms", "KiB": "{:.0f} KiB"}
FORMATS["examples/s"] = "{:,.0f} examples/s"


@dataclass(frozen=True)
class Row:
    """The same thing measured again and again, or, with `labels`, one thing after the other.

    Raises ValueError for a unit without a format, without values, or for labels that do not fit.
    """

    what: str
    unit: str
    values: list[float]
    labels: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        if self.unit not in FORMATS:
            raise ValueError(f"unit = {self.unit!r}: give one of {', '.join(FORMATS)}")
        if not self.values or len(self.labels) not in (0, len(self.values)):
            raise ValueError(f"{self.what}: {len(self.values)} values, {len(self.labels)} labels")

    @property
    def result(self) -> str:
        """The median of the same thing measured again; the largest of several things."""
        if self.labels:
            return f"at most {self._show(max(self.values))}"
        return self._show(median(self.values))

    @property
    def spread(self) -> str:
        """The quartiles around a median; the name of the largest, and the median of all."""
        n = len(self.values)
        if self.labels:
            most = self.labels[self.values.index(max(self.values))]
            return f"{most}; median of {n}: {self._show(median(self.values))}"
        low, high = (self._show(quantile(self.values, share)) for share in (0.25, 0.75))
        return f"{low} to {high}, n = {n}" if n > 1 else ""

    def _show(self, value: float) -> str:
        if self.unit == "ms" and value < 1:
            return f"{value:.2g} ms"
        return FORMATS[self.unit].format(value)


def quantile(values: list[float], share: float) -> float:
    """Return the value that a share of the values lies below, between two of them by a line."""
    ordered = sorted(values)
    place = share * (len(ordered) - 1)
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (place - low) * (ordered[high] - ordered[low])
