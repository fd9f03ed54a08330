"""What a checker says: as text in a terminal, as HTML with small tables in a notebook."""

import html
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import torch

from book_utils.numbers import significant
from book_utils.theme import THEME

from .cases import Case
from .values import ROUNDING, as_tensor

# Seen on white and on black; the words beside them say the same.
COLOURS = {
    "right": THEME["right"],
    "not yet": THEME["not-yet"],
    "not written yet": THEME["not-written"],
}
DIGITS = 4
MOST_NUMBERS = 200  # a larger tensor is shown by its shape alone


class Said(str):
    """Words of ours or of Python's, shown as they are."""


class Shown(NamedTuple):
    """A value as it is shown: rows of numbers, of which some are marked as wrong, or words."""

    label: str
    words: str = ""
    rows: Sequence[list[str]] = ()
    wrong: Sequence[list[bool]] = ()


@dataclass(frozen=True)
class Counterexample:
    """The smallest case that went wrong: what went in, what should come out and what came out.

    `inputs` are by the names that the reader's function has for them; `case` holds all that the
    oracle takes, by its own.
    """

    inputs: dict[str, Any]
    expected: Any
    got: Any = None
    got_nothing: str = ""  # why there is no `got`: an error, or time that ran out
    printed: str = ""
    case: Case = field(default_factory=dict, repr=False)

    def shown(self) -> list[Shown]:
        """Return what is to be seen of it, in order; tensors of many axes as several grids."""
        return [part for label, value in _rows(self) for part in _shown(label, value, self)]


@dataclass(frozen=True)
class Verdict:
    """The outcome of a check; it shows itself, and never raises.

    `status` is "right", "not yet" or "not written yet"; `cases`, how many were right; `message`,
    sentences for the reader; `misconception`, the name of the mistake if it is a known one;
    `counterexample`, the smallest case that went wrong, if there is one.
    """

    name: str
    status: str
    cases: int
    message: str
    misconception: str | None = None
    counterexample: Counterexample | None = field(default=None, repr=False)

    @property
    def passed(self) -> bool:
        """Whether every case was right."""
        return self.status == "right"

    @property
    def _headline(self) -> str:
        return f"{self.name}: {self.status}."

    def __str__(self) -> str:
        lines = [f"{self._headline} {self.message}"]
        example = self.counterexample
        if example is not None:
            lines.append("The smallest case found:")
            lines += [_text(label, value) for label, value in _rows(example)]
        return "\n".join(lines)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        colour = COLOURS[self.status]
        message = "<br>".join(html.escape(line) for line in self.message.splitlines())
        example = "" if self.counterexample is None else _example_html(self.counterexample)
        return (
            f'<div class="cnl-verdict" style="border-left: 3px solid {colour}; '
            'padding: 0.2rem 0 0.2rem 0.9rem; margin: 0.4rem 0">'
            f'<p style="margin: 0"><strong>{html.escape(self._headline)}</strong> {message}</p>'
            f"{example}</div>"
        )


def _rows(example: Counterexample) -> list[tuple[str, Any]]:
    """Return what is shown of an example, each with its label; strings stand for themselves."""
    rows = [*example.inputs.items(), ("expected", example.expected)]
    rows.append(("got", Said(example.got_nothing) if example.got_nothing else example.got))
    return rows + [("printed", Said(example.printed))] * bool(example.printed)


def _number(value: float) -> str:
    """Write a number as Python does, since a reader may try the case by hand."""
    return f"{value + 0.0:.{DIGITS}g}"  # no -0


def _grids(label: str, tensor: torch.Tensor) -> list[tuple[str, torch.Tensor]]:
    """Cut a tensor of more than two axes into labelled matrices: k[0, 1] and so on."""
    if tensor.ndim <= 2:
        return [(label, tensor)]
    places = torch.cartesian_prod(*(torch.arange(n) for n in tensor.shape[:-2]))
    places = [(p,) if isinstance(p, int) else tuple(p) for p in places.tolist()]
    return [(f"{label}[{', '.join(map(str, p))}]", tensor[p]) for p in places]


def _drawable(value: Any) -> torch.Tensor | None:
    """Return a value as a tensor if it can be shown as grids of numbers."""
    tensor = None if isinstance(value, Said) or hasattr(value, "_asdict") else as_tensor(value)
    if tensor is None or tensor.ndim == 0 or not 0 < tensor.numel() <= MOST_NUMBERS:
        return None
    return tensor


def _words(value: Any) -> str:
    """Describe what has no grid: a single number, nothing at all, too much, no tensor."""
    if isinstance(value, Said):
        return value
    if hasattr(value, "_asdict"):  # several results, each with a name
        parts = value._asdict().items()
        return ", ".join(f"{name.replace('_', ' ')}: {_words(part)}" for name, part in parts)
    tensor = as_tensor(value)
    if tensor is None or isinstance(value, bool):
        return repr(value)[:80]
    if tensor.ndim == 0:
        return _number(tensor.item())
    return f"a tensor of shape {tuple(tensor.shape)}"


def _text(label: str, value: Any) -> str:
    tensor = _drawable(value)
    if tensor is None:
        return f"  {label} = {_words(value)}"
    lines = []
    for name, grid in _grids(label, tensor):
        cells = [[_number(v) for v in row] for row in torch.atleast_2d(grid).tolist()]
        width = max(len(cell) for row in cells for cell in row)
        rows = ["[" + ", ".join(cell.rjust(width) for cell in row) + "]" for row in cells]
        head = f"  {name} = " + "[" * (grid.ndim == 2)
        lines.append(head + (",\n" + " " * len(head)).join(rows) + "]" * (grid.ndim == 2))
    return "\n".join(lines)


def _shown(label: str, value: Any, example: Counterexample) -> list[Shown]:
    tensor = _drawable(value)
    if tensor is None:
        return [Shown(label, _words(value))]
    wrong = torch.zeros(tensor.shape, dtype=torch.bool)
    truth = as_tensor(example.expected)
    if label == "got" and truth is not None and truth.shape == tensor.shape:
        wrong = ~torch.isclose(tensor, truth, **ROUNDING)
    pairs = zip(_grids(label, tensor), _grids(label, wrong), strict=True)
    return [_grid_shown(name, grid, marks) for (name, grid), (_, marks) in pairs]


def _grid_shown(label: str, grid: torch.Tensor, wrong: torch.Tensor) -> Shown:
    rows = torch.atleast_2d(grid).tolist()
    texts = [[significant(value, DIGITS) for value in row] for row in rows]
    sides = "×".join(map(str, grid.shape))
    return Shown(f"{label} ({sides})", rows=texts, wrong=torch.atleast_2d(wrong).tolist())


def _example_html(example: Counterexample) -> str:
    return (
        '<p style="margin: 0.5rem 0 0">The smallest case found:</p>'
        '<div style="display: flex; flex-wrap: wrap; gap: 0.4rem 1.6rem; align-items: flex-start">'
        f"{''.join(map(_html, example.shown()))}</div>"
    )


def _html(part: Shown) -> str:
    """Draw a matrix as a table, wrong cells bold and boxed; say what is none."""
    label = html.escape(part.label)
    if not part.rows:
        return f'<p style="margin: 0.4rem 0">{label} = <code>{html.escape(part.words)}</code></p>'
    rows = zip(part.rows, part.wrong, strict=True)
    body = "".join(
        "<tr>" + "".join(_cell(v, w) for v, w in zip(*row, strict=True)) + "</tr>" for row in rows
    )
    return (
        '<table style="border-collapse: collapse; margin: 0.4rem 0; width: auto; color: inherit">'
        '<caption style="caption-side: top; color: inherit; padding: 0; text-align: left; '
        f'white-space: nowrap">{label}</caption>{body}</table>'
    )


def _cell(text: str, wrong: bool) -> str:
    mark = f"outline: 2px solid {COLOURS['not yet']}; outline-offset: -2px; font-weight: bold"
    look = mark if wrong else ""
    return (
        f'<td style="border: 1px solid {THEME["faint"]}; min-width: 2rem; padding: 0.15rem 0.5rem; '
        f'text-align: right; font-variant-numeric: tabular-nums; {look}">'
        f"{text}</td>"
    )
