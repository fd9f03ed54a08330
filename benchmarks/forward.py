"""How long the LeNet lab takes for one picture, all maps included, in the engine of Chromium."""

from __future__ import annotations

import json
from pathlib import Path

from benchmarks.rows import Row
from book_utils.data import fashion_mnist, mnist
from book_utils.explorables import LeNetLab
from tests.parity.front_end import node

SCRIPT = Path(__file__).with_name("forward.ts")
NETWORKS = {"digit_lenet": mnist, "lenet": fashion_mnist}


def measure(pictures: int = 50, rounds: int = 10) -> list[Row]:
    """Return the time of a forward pass of each network that the lab shows."""
    rows = []
    for name, sample in NETWORKS.items():
        x = sample()[1].images[:pictures].flatten(1).tolist()
        told = {"layers": LeNetLab(name).settings()["layers"], "pictures": x, "rounds": rounds}
        done = node(str(SCRIPT), input=json.dumps(told), encoding="utf-8")
        if done.returncode:
            raise RuntimeError(f"the forward pass failed:\n{done.stderr}")
        what = f"LeNet lab, `{name}`: forward pass of a picture, in JavaScript"
        rows.append(Row(what, "ms", json.loads(done.stdout)))
    return rows
