"""The dense block lab: what the layers of a block read and cost, concatenated or added."""

from typing import Self

import torch
from torch import Tensor, nn
from traitlets import Unicode

from book_utils.models.densenet import DenseBlock, DenseLayer
from book_utils.numbers import thousands
from book_utils.shapes import parameters

from ..platform.base import Explorable
from ..platform.traits import Choice, Switch, Whole

JOINS = ("concatenate", "add")
MOST_LAYERS = 8  # as many columns as a phone has room for
BOTTLENECK = 4  # maps of the 1×1 convolution, for each new map


class Added(DenseLayer):
    """A layer as in a dense block whose maps are added to those that came in, not put behind."""

    def forward(self, x: Tensor) -> Tensor:  # (n, c, h, w) -> (n, c, h, w)
        """Add the new maps."""
        return x + self.f(x)


class DenseBlockLab(Explorable):
    """The channels and parameters of a block, layer by layer: concatenated or added.

    `join` is "concatenate" (a dense block: each layer puts `growth` new maps, 1 to 32, behind those
    that came in) or "add" (each layer adds its maps to those that came in; the block is as wide
    from the start as the dense block is at its end). `layers` go from 1 to 8, `channels_in` from 1
    to 64. With `bottleneck` a 1×1 convolution to 4·growth maps comes first in each layer of a dense
    block. `layer` is the one whose inputs are shown; beyond the last it is the last.
    """

    room = (580, 770)
    essential = ("join", "growth", "layers", "layer")
    task = Unicode("Switch: what does each layer read?").tag(sync=True, data=True)

    join = Choice(JOINS).tag(sync=True)
    growth = Whole(1, 32, 10).tag(sync=True)
    layers = Whole(1, MOST_LAYERS, 2).tag(sync=True)
    layer = Whole(1, MOST_LAYERS, 2).tag(sync=True)
    channels_in = Whole(1, 64, 3).tag(sync=True)
    bottleneck = Switch(False).tag(sync=True)

    @classmethod
    def large(cls) -> Self:
        """Return the block with the most layers, connections and channels."""
        return cls(growth=32, layers=MOST_LAYERS, layer=MOST_LAYERS, channels_in=64)

    @property
    def width(self) -> int:
        """Channels at the end of the block."""
        return self.channels_in + self.layers * self.growth

    @property
    def model(self) -> nn.Sequential:
        """The block in PyTorch; its weights are drawn with seed 0."""
        with torch.random.fork_rng(devices=[]):
            return self._drawn()[0]

    @property
    def output(self) -> Tensor:
        """What the block makes of a random input of 8×8 pixels: (1, width, 8, 8)."""
        with torch.random.fork_rng(devices=[]):
            block, x = self._drawn()
        return block(x).detach()

    def _drawn(self) -> tuple[nn.Sequential, Tensor]:
        torch.manual_seed(0)
        block = self._block(self.join)
        c = self.channels_in if self.join == "concatenate" else self.width
        return block, torch.rand(1, c, 8, 8)

    def _block(self, join: str) -> nn.Sequential:
        if join == "add":
            return nn.Sequential(*(Added(self.width, self.width) for _ in range(self.layers)))
        bottleneck = BOTTLENECK if self.bottleneck else 0
        return DenseBlock(self.layers, self.channels_in, self.growth, bottleneck)

    def still(self) -> str:
        """Return what each layer reads and costs as a table."""
        with torch.device("meta"):
            counts = [[parameters(layer) for layer in self._block(join)] for join in JOINS]
        reads = [self.channels_in + i * self.growth for i in range(self.layers)]
        rows = "".join(
            f'<tr><th scope="row">{i + 1}</th><td>{c}</td><td>{thousands(dense)}</td>'
            f"<td>{self.width}</td><td>{thousands(added)}</td></tr>"
            for i, (c, dense, added) in enumerate(zip(reads, *counts, strict=True))
        )
        dense, added = (thousands(sum(each)) for each in counts)
        caption = (
            f"A block of {self.layers} layers that ends with {self.width} channels: what each "
            f"layer reads, and its parameters. In all {dense} where the maps are concatenated, "
            f"{added} where they are added"
        )
        heads = ("layer", "concatenate: channels read", "parameters",
                 "add: channels read", "parameters")  # fmt: skip
        head = "".join(f'<th scope="col">{each}</th>' for each in heads)
        return (
            f"<table><caption>{caption}</caption><thead><tr>{head}</tr></thead>"
            f"<tbody>{rows}</tbody></table>"
        )
