"""The slope lab: what residual blocks of one number each multiply a gradient by."""

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor
from traitlets import Unicode

from ...numbers import short
from ..platform.base import Explorable
from ..platform.traits import Real, Switch, Whole


class SlopeLab(Explorable):
    """The gradient on its way back through 1 to 30 blocks of one number each.

    Each block computes relu(x + F(x)), without `shortcut` relu(F(x)); its branch F multiplies by
    `slope`, from -1.5 to 1, and the first block gets a 1. A block multiplies the gradient by
    1 + slope, without a shortcut by slope, where its ReLU is open, else by 0. `.output` has the
    derivative of the last block's output with respect to the input of each, shape (blocks,), as
    PyTorch finds it.
    Source: He et al. (2016b), equation 5; chapter "Residual networks".
    """

    room = (600, 720)
    essential = ("slope", "blocks", "shortcut")
    task = Unicode("Move F′: when does a gradient vanish?").tag(sync=True, data=True)
    in_code = {"gradient": lambda lab: lab.output}

    slope = Real(-1.5, 1, 0.1).tag(sync=True)
    blocks = Whole(1, 30, 15).tag(sync=True)
    shortcut = Switch(True).tag(sync=True)

    @property
    def output(self) -> Tensor:
        """The gradient at the input of each block, shape (blocks,)."""
        return self.gradient(self.shortcut)

    def gradient(self, shortcut: bool) -> Tensor:
        """Return the gradient at the input of each block, with or without shortcuts."""
        inputs = [torch.tensor(1.0, dtype=torch.float64, requires_grad=True)]
        for _ in range(self.blocks):
            x = inputs[-1]
            branch = self.slope * x
            inputs.append(F.relu(x + branch if shortcut else branch))
        return torch.stack(torch.autograd.grad(inputs[-1], inputs[:-1]))

    @classmethod
    def large(cls) -> "SlopeLab":
        """Return a lab with as many blocks as there can be."""
        return cls(blocks=30)

    def still(self) -> str:
        """Return the gradients at a few blocks as a table."""
        each = {kind: self.gradient(kind == "with").tolist() for kind in ("with", "without")}
        blocks = sorted({1 + round(i * (self.blocks - 1) / 4) for i in range(5)})
        head = "".join(f'<th scope="col">{kind} shortcuts</th>' for kind in each)
        rows = "".join(
            f'<tr><th scope="row">block {block}</th>'
            + "".join(f"<td>{short(found[block - 1])}</td>" for found in each.values())
            + "</tr>"
            for block in blocks
        )
        caption = f"The gradient at the input of each of {self.blocks} blocks, F′ = "
        return (
            f"<table><caption>{caption}{short(self.slope)}</caption>"
            f"<thead><tr><td></td>{head}</tr></thead><tbody>{rows}</tbody></table>"
        )

    def __repr__(self) -> str:
        shown: dict[str, Any] = {name: getattr(self, name) for name in (*self.schema(), "name")}
        return f"SlopeLab({', '.join(f'{name}={value!r}' for name, value in shown.items())})"
