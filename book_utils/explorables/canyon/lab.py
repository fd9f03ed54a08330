"""The canyon lab: gradient descent where one input is many times as large as the other."""

import html
from typing import Self

import torch
from torch import Tensor
from traitlets import Unicode

from ..platform.base import Explorable
from ..platform.traits import Matrix, Position, Real, Switch, Whole
from .still import map_svg

TENTHS = 10  # places of the map to a weight of 1
REACH = 3  # the map shows weights from −3 to 3
PLACES = 2 * REACH * TENTHS + 1
START = [5, 10]

# First input, second input before it is made larger, and 1.5 times their sum. Both inputs have mean
# 0 and the same spread; their correlation is 0.25.
EXAMPLES = [
    [-1, -0.4, -2.1],
    [-0.8, -0.8, -2.4],
    [-0.4, 1, 0.9],
    [-0.2, 0.2, 0],
    [0.2, 0.4, 0.9],
    [0.4, -1, -0.9],
    [0.8, -0.2, 0.9],
    [1, 0.8, 2.7],
]


class CanyonLab(Explorable):
    """Gradient descent on the mean squared error of y = w₁x₁ + w₂x₂ + b over eight examples.

    x₁ goes from −1 to 1; `ratio`, a whole number from 1 to 100, says how many times as large x₂ is.
    `normalised` standardises both. `rate` is the learning rate over the largest one that does not
    diverge, 2 over the largest curvature: above 0, at most 2. `steps` (0 to 50) have been taken.
    `at` is where they begin, [row, column] of the map from its top left, a tenth of a weight each:
    w₁ = column / 10 − 3 and w₂ = 3 − row / 10; None is [5, 10], so w₁ = −2 and w₂ = 2.5. All means
    are 0, and b stays 0, its best value. Raises a TraitError for what is out of range.
    Source: chapter "Batch normalisation".
    """

    room = (600, 760)
    essential = ("normalised", "ratio", "rate", "steps")
    task = Unicode("Normalise the inputs. Watch the path.").tag(sync=True, data=True)
    in_code = {"path": lambda lab: lab.output}

    ratio = Whole(1, 100, 30).tag(sync=True)
    rate = Real(0, 2, 0.7, above=True).tag(sync=True)
    normalised = Switch(False).tag(sync=True)
    steps = Whole(0, 50, 20).tag(sync=True)
    at = Position({"row": PLACES, "column": PLACES}, START).tag(sync=True)
    examples = Matrix(len(EXAMPLES), EXAMPLES).tag(sync=True, data=True)

    @classmethod
    def large(cls) -> Self:
        """Return the lab after as many steps as there may be."""
        return cls(steps=50)

    @property
    def inputs(self) -> Tensor:
        """The two inputs of each example, as the loss takes them: (8, 2), float64."""
        x = torch.tensor(self.examples, dtype=torch.float64)[:, :2]
        x = x * torch.tensor([1, self.ratio])
        return (x - x.mean(0)) / x.std(0, correction=0) if self.normalised else x

    @property
    def targets(self) -> Tensor:
        """What is to come out for each example: (8,), float64."""
        return torch.tensor(self.examples, dtype=torch.float64)[:, 2]

    @property
    def learning_rate(self) -> float:
        """The learning rate itself."""
        x = self.inputs
        return self.rate * 2 / torch.linalg.eigvalsh(2 * x.T @ x / len(x))[-1].item()

    def loss(self, w: Tensor) -> Tensor:
        """Return the mean squared error for weights (2,)."""
        return (self.inputs @ w - self.targets).square().mean()

    @property
    def output(self) -> Tensor:
        """The weights before the first step, after it and so on: (steps + 1, 2), float64."""
        row, column = self.at or START
        start = [column / TENTHS - REACH, REACH - row / TENTHS]
        w = torch.tensor(start, dtype=torch.float64, requires_grad=True)
        optimizer = torch.optim.SGD([w], lr=self.learning_rate)
        path = [w.detach().clone()]
        for _ in range(self.steps):
            optimizer.zero_grad()
            self.loss(w).backward()
            optimizer.step()
            path.append(w.detach().clone())
        return torch.stack(path)

    def still(self) -> str:
        """Return the map with the path as a picture, and the loss in words."""
        path = self.output
        first, last = (self.loss(w).item() for w in (path[0], path[-1]))
        kind = "standardised inputs" if self.normalised else f"x₂ {self.ratio} times as large as x₁"
        says = (
            f"Contours of the loss over two weights, {kind}: {self.steps} steps of gradient "
            f"descent take the loss from {first:.3g} to {last:.3g}."
        )
        x, y = self.inputs, self.targets
        best = torch.linalg.lstsq(x, y[:, None]).solution[:, 0]
        drawn = map_svg(2 * x.T @ x / len(x), best, path, REACH, says)
        return f"<figure>{drawn}<figcaption>{html.escape(says)}</figcaption></figure>"
