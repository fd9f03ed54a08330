"""The architecture ledger: a network in rows that a reader edits, and what each of them costs."""

import base64
import html
import io
from collections.abc import Mapping, Sequence
from typing import Any, Self

import torch
from PIL import Image
from torch import nn
from traitlets import List, Unicode, default

from book_utils import data, shapes
from book_utils.architecture import SIGNATURES, Row, build, rows_of
from book_utils.numbers import thousands

from ..platform.base import Explorable
from ..platform.traits import Choice, Pair, Real, Records, Setting, Switch, Whole, Wholes
from .presets import PRESETS
from .presets import preset as preset_of

MOST_ROWS, LARGEST = 500, 100_000  # as in rows.ts
SIDE = 160  # pixels of the photograph
OWN = "own"  # the preset of a network that came from none
ON_THE_PAGE = ("alexnet", "astronaut")  # the network and the photograph to begin with

_TAKES: Mapping[str, Setting] = {
    "whole": Whole(-LARGEST, LARGEST),
    "pair": Pair(-LARGEST, LARGEST),
    "padding": Pair(-LARGEST, LARGEST, words=("same",)),
    "sizes": Wholes((2, 2), -LARGEST, LARGEST, gaps=True),
    "sides": Wholes((4, 4), -LARGEST, LARGEST),
    "maps": Wholes((6, 6), -LARGEST, LARGEST),
    "shape": Wholes((1, 8), -LARGEST, LARGEST),
    "share": Real(0, 1, 0.5),
    "number": Real(-LARGEST, LARGEST, 0, words=("inf", "-inf")),
    "truth": Switch(False),
}
_KINDS = {
    kind: {each["field"]: _TAKES[each["takes"]] for each in arguments if "field" in each}
    for kind, arguments in SIGNATURES.items()
}


class ArchitectureLedger(Explorable):
    """A network in rows that can be edited: what each makes, costs and sees, worked out at once.

    `network` is the name of one of the book's networks, a model whose layers stand one behind the
    other, or a list of rows as `book_utils.architecture` has them; for the last two `input_shape`
    is the shape of one example, (channels, height, width). `preset` is the network that it came
    from, or "own"; `rows` and `input` are the reader's own in place of the preset's, or None;
    `picked` is the row that is edited, counted from 0; `shows` is what the bars show:
    "parameters", "multiply_adds" or "memory".

    A row that does not fit is no error: the page says why and what would fit; `model` and `output`
    then raise PyTorch's error. Raises a TraitError for rows that are none (an unknown kind, a
    missing field, more than 500), a ValueError for a model that cannot be written in rows or
    without its input.
    """

    room = (620, 780)
    full_room = (940, 1640)
    essential = ("preset", "shows")
    task = Unicode("Change a layer: what does it cost?").tag(sync=True, data=True)
    in_code = {}  # a network, which tests of its own run and count

    presets = List(read_only=True).tag(sync=True, data=True)
    photo = Unicode(read_only=True).tag(sync=True, data=True)
    preset = Choice((*PRESETS, OWN), ON_THE_PAGE[0]).tag(sync=True)
    shows = Choice(("parameters", "multiply_adds", "memory")).tag(sync=True)
    picked = Whole(0, MOST_ROWS - 1).tag(sync=True)
    input = Wholes((3, 3), 1, LARGEST, None, allow_none=True).tag(sync=True)
    rows = Records(
        _KINDS, MOST_ROWS, None, allow_none=True, besides={"expects": Whole(-LARGEST, LARGEST)}
    ).tag(sync=True)

    def __init__(
        self,
        network: str | nn.Module | Sequence[Row] | None = None,
        input_shape: Sequence[int] | None = None,
        **settings: Any,
    ) -> None:
        if isinstance(network, str):
            settings = {"preset": network} | settings
        elif network is not None:
            if input_shape is None:
                raise ValueError("give the shape of one example too, such as (3, 224, 224)")
            rows = rows_of(network) if isinstance(network, nn.Module) else network
            settings = {"preset": OWN, "rows": rows} | settings
        if input_shape is not None:
            settings["input"] = list(input_shape)
        super().__init__(**settings)

    @default("presets")
    def _of_the_book(self) -> list[dict[str, Any]]:
        return [preset_of(name) for name in PRESETS]

    @default("photo")
    def _in_grey(self) -> str:
        file = io.BytesIO()
        pixels = data.photo(ON_THE_PAGE[1], size=SIDE).mean(0).mul(255).round().byte().numpy()
        Image.fromarray(pixels).save(file, "JPEG", quality=70, optimize=True)
        return "data:image/jpeg;base64," + base64.b64encode(file.getvalue()).decode()

    @classmethod
    def large(cls) -> Self:
        """Return the network with the most rows."""
        return cls(max(PRESETS, key=lambda name: len(preset_of(name)["rows"])))

    @property
    def network(self) -> list[Row]:
        """The rows as they are now, the reader's own or the preset's."""
        return self.rows or preset_of(self.preset)["rows"]

    @property
    def input_shape(self) -> tuple[int, ...]:
        """The shape of one example, (channels, height, width)."""
        return tuple(self.input or preset_of(self.preset)["input"])

    @property
    def model(self) -> nn.Sequential:
        """The network in PyTorch, with fresh weights: a layer or block for each row."""
        return build(self.network, self.input_shape)

    @property
    def output(self) -> shapes.LayerTable:
        """The table of `layer_table` for the present rows."""
        return shapes.layer_table(self.model, self.input_shape)

    def clash(self, **wanted: Any) -> str:
        """Say that nothing tells which rows there are."""
        if wanted["preset"] == OWN and not (wanted["rows"] and wanted["input"]):
            return f"{OWN!r} needs rows and an input; allowed: one of {', '.join(PRESETS)}"
        return ""

    def still(self) -> str:
        """Return the rows as a table in HTML, with what each puts out and learns."""
        cells = [[row["kind"], "", ""] for row in self.network]
        try:
            with torch.device("meta"), torch.no_grad():
                model, x = self.model.eval(), torch.empty(1, *self.input_shape)
                for cell, layer in zip(cells, model, strict=True):
                    x = layer(x)
                    counts = thousands(shapes.parameters(layer))
                    cell[1:] = ["×".join(map(str, x.shape[1:])), counts]
        except (RuntimeError, ValueError):
            pass  # the page says what does not fit
        head, *body = [
            "".join(f"<{tag}>{html.escape(text)}</{tag}>" for text in texts)
            for tag, texts in [
                ("th", ("Layer", "Output", "Parameters")),
                *(("td", c) for c in cells),
            ]
        ]
        rows = "".join(f"<tr>{each}</tr>" for each in body)
        return f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
