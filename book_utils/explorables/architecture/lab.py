"""The architecture ledger: a network in rows that a reader edits, and what each of them costs."""

import base64
import io
from collections.abc import Mapping
from functools import cache
from typing import Any, Self

import numpy as np
from PIL import Image
from torch import nn
from traitlets import List, Unicode, default

from book_utils import data, models

from ..ledger.lab import KINDS as DESCRIBE
from ..platform.base import Explorable, given
from ..platform.traits import Choice, Pair, Real, Records, Setting, Switch, Whole, Wholes
import json
from pathlib import Path
SIGNATURES = json.loads((Path(__file__).parents[2] / "layers.json").read_text())
L = 100_000

FIELDS = {
    "whole": Whole(-L, L), "pair": Pair(-L, L), "padding": Pair(-L, L, words=("same",)),
    "sizes": Wholes((2, 2), -L, L, gaps=True), "sides": Wholes((4, 4), -L, L),
    "maps": Wholes((6, 6), -L, L), "shape": Wholes((1, 8), -L, L), "share": Real(0, 1, 0.5),
    "number": Real(-L, L, 0, words=("inf", "-inf")), "truth": Switch(False),
}
KINDS = {k: {a["field"]: FIELDS[a["takes"]] for a in args if "field" in a} for k, args in SIGNATURES.items()}


def _rows(model):
    out = []
    for m in model.modules():
        if any(m.children()):
            continue
        d = DESCRIBE[type(m).__name__](m)
        r = {"kind": type(m).__name__} | d
        for f in KINDS[r["kind"]]:
            r.setdefault(f, [1, 1] if f == "dilation" else False if f == "inplace" else getattr(m, f, None))
        r = {k: v for k, v in r.items() if k == "kind" or k in KINDS[r["kind"]]}
        out.append(r)
    return out


@cache
def _presets():
    import torch
    with torch.device("meta"):
        nets = [("lenet", "LeNet", models.LeNet(), [1, 28, 28]), ("alexnet", "AlexNet", models.alexnet(), [3, 224, 224]),
          ("vgg16", "VGG-16", models.vgg16(), [3, 224, 224]), ("vgg19", "VGG-19", models.vgg19(), [3, 224, 224]), ("nin", "NiN", models.nin(), [3, 224, 224])]
        return [{"name": n, "title": t, "rows": _rows(m), "input": i} for n, t, m, i in nets]

NAMES = ("lenet", "alexnet", "vgg16", "vgg19", "nin")


class ArchitectureLedger(Explorable):
    """A network as rows that a reader edits."""

    room = (620, 780)
    essential = ("preset", "shows")
    task = Unicode("Change a layer: what does it cost?").tag(sync=True, data=True)
    in_code = {}

    presets = List(read_only=True).tag(sync=True, data=True)
    photo = Unicode(read_only=True).tag(sync=True, data=True)
    preset = Choice(NAMES, "vgg16", allow_none=True).tag(sync=True)
    shows = Choice(("parameters", "multiply_adds", "memory")).tag(sync=True)
    picked = Whole(0, 499).tag(sync=True)
    input = Wholes((3, 3), 1, 4096, None, allow_none=True).tag(sync=True)
    rows = Records(KINDS, 500, None, allow_none=True, besides={"expects": Whole(1, L)}).tag(sync=True)

    def __init__(self, network: Any = None, **settings: Any) -> None:
        super().__init__(**given(preset=network), **settings)

    @default("presets")
    def _of_the_book(self):
        return _presets()

    @default("photo")
    def _in_grey(self):
        x = data.photo("astronaut", size=160).mean(0)
        file = io.BytesIO()
        Image.fromarray((x.double().numpy() * 255).round().astype(np.uint8)).save(file, "JPEG", quality=70)
        return "data:image/jpeg;base64," + base64.b64encode(file.getvalue()).decode()

    def still(self) -> str:
        return "<p>rows</p>"
