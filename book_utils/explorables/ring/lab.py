"""The ring lab: the gradients of several devices are added up by passing pieces round a ring."""

from typing import Any, Self

import torch
from torch import Tensor
from traitlets import Unicode

from book_utils.numbers import plural, short, significant

from ..platform.base import Explorable, given
from ..platform.still import grids_svg
from ..platform.traits import Choice, Whole

MOST = 8  # devices
# The gradients, a row for each device: the first 64 digits of π. As in solution.ts.
DIGITS = "3141592653589793238462643383279502884197169399375105820974944592"


class RingLab(Explorable):
    """An all-reduce step by step: each device has a gradient, in the end each has their sum.

    There are 2 to 8 `devices`, and each cuts its gradient into as many pieces, one small whole
    number each. `step` is how many moves have been made, from 0 to 2·(devices − 1); a number beyond
    the last counts as the last. With `method` "ring" each device passes one piece to its neighbour
    in every move; with "collect" device 0 receives all gradients, one in each move, and sends the
    sum back in the same way. In the first half of the moves the receiver adds, in the second it
    copies. Raises a TraitError for what is out of range.
    Source: Patarasuk and Yuan, "Bandwidth optimal all-reduce algorithms for clusters of
    workstations", Journal of Parallel and Distributed Computing 69, 2009.
    """

    room = (600, 740)
    essential = ("step", "devices", "method")
    task = Unicode("Press Play: when do all have the sum?").tag(sync=True, data=True)
    in_code = {"pieces": lambda lab: lab.pieces, "y": lambda lab: lab.output}

    devices = Whole(2, MOST, 4).tag(sync=True)
    step = Whole(0, 2 * (MOST - 1)).tag(sync=True)
    method = Choice(("ring", "collect")).tag(sync=True)

    def __init__(
        self, devices: int | None = None, step: int | None = None, **settings: Any
    ) -> None:
        super().__init__(**given(devices=devices, step=step), **settings)

    @classmethod
    def large(cls) -> Self:
        """Return eight devices, in the middle."""
        return cls(MOST, MOST)

    @property
    def steps(self) -> int:
        """How many steps there are in all."""
        return 2 * (self.devices - 1)

    @property
    def taken(self) -> int:
        """How many of them have been taken."""
        return min(self.step, self.steps)

    @property
    def gradients(self) -> Tensor:
        """What the devices begin with: (devices, pieces), as many pieces as devices."""
        n = self.devices
        digits = torch.tensor([int(digit) for digit in DIGITS], dtype=torch.get_default_dtype())
        return digits.reshape(MOST, MOST)[:n, :n].clone()

    @property
    def pieces(self) -> Tensor:
        """What the devices have after the steps that were taken: (devices, pieces)."""
        pieces = self.gradients
        for step in range(self.taken):
            from_, to, piece = self.transfers(step)
            sent, own = pieces[from_, piece], pieces[to, piece]
            pieces[to, piece] = own + sent if step < self.devices - 1 else sent
        return pieces

    def transfers(self, step: int) -> tuple[Tensor, Tensor, Tensor]:
        """Return who sends what in a step, from 0 on: sender, receiver, piece, each (devices,)."""
        n = self.devices
        each = torch.arange(n)
        if self.method == "ring":
            return each, (each + 1) % n, (each - step) % n
        other, first = torch.full((n,), step % (n - 1) + 1), torch.zeros(n, dtype=torch.long)
        return (other, first, each) if step < n - 1 else (first, other, each)

    @property
    def sent(self) -> Tensor:
        """How much each device has sent, in gradients: (devices,)."""
        return self._count(0)

    @property
    def received(self) -> Tensor:
        """How much each device has received, in gradients: (devices,)."""
        return self._count(1)

    def _count(self, end: int) -> Tensor:
        found = torch.zeros(self.devices, dtype=torch.long)
        for step in range(self.taken):
            found += torch.bincount(self.transfers(step)[end], minlength=self.devices)
        return found / self.devices

    @property
    def output(self) -> Tensor:
        """What every device has in the end, the sum of all gradients: (pieces,)."""
        return self.gradients.sum(0)

    def still(self) -> str:
        """Return what the devices begin with and what they have now, and what it takes in all."""
        n, taken = self.devices, self.taken
        grids = [("gradients", self.gradients.T.tolist())]
        if taken:
            grids += [("→", []), (f"move {taken} of {self.steps}", self.pieces.T.tolist())]
        alt = f"A column for each of {n} devices, a row for each piece of its gradient" + (
            f"; and the same after {taken} of {self.steps} moves." if taken else "."
        )
        total = ", ".join(map(short, self.output.tolist()))
        busiest = (
            f"each device has sent {significant(2 * (n - 1) / n, 3)} times its gradient"
            if self.method == "ring"
            else f"device 0 has sent and received {plural(n - 1, 'gradient')}"
        )
        return (
            f"{grids_svg(grids, alt)}<p>A column for each device, a row for each piece. After "
            f"{self.steps} moves every device has the sum {total}, and {busiest}.</p>"
        )
