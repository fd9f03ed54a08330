"""The kernel learner: gradient descent finds a kernel from a picture and its feature map."""

from typing import Any, Self

import numpy as np
import torch
import torch.nn.functional as F
from traitlets import Unicode

from ..platform.base import Explorable
from ..platform.still import grids_svg
from ..platform.traits import Matrix, Real, Whole

Rows = list[list[float]]

DIVERGED = 1e6  # a weight beyond this will not come back: the run ends


class KernelLearner(Explorable):
    """Gradient descent on the squared error of a cross-correlation, from `start` towards `kernel`.

    `input` (height, width) and the `kernel` to be found (height, width) make the target map;
    `start` holds the first weights, `rate` the learning rate (above 0, at most 1), `steps` how many
    steps have been taken (0 to 200). The whole run follows from these, on the page as here. Raises
    a TraitError for a rate or a number of steps out of range, or a start of another shape.
    """

    in_code = {"w": lambda lab: lab.output}
    room = (540, 736)
    essential = ("rate", "steps")
    task = Unicode("Press Play. Then raise the rate.").tag(sync=True, data=True)

    input = Matrix(16).tag(sync=True, data=True)
    kernel = Matrix(9).tag(sync=True, data=True)
    start = Matrix(9).tag(sync=True)
    rate = Real(0, 1, 0.03, above=True).tag(sync=True)
    steps = Whole(0, 200, slider=60).tag(sync=True)

    def __init__(self, input: Any, kernel: Any, start: Any, **settings: Any) -> None:
        super().__init__(input=input, kernel=kernel, start=start, **settings)

    @classmethod
    def example(cls) -> Self:
        """Return a lab that finds two weights in a picture with an edge."""
        return cls([[0, 0, 1, 1], [0, 1, 1, 0], [1, 1, 0, 0]], kernel=[[1, -1]], start=[[0, 0]])

    def clash(self, *, start: Rows, kernel: Rows | None = None, **_: Any) -> str:
        """Say whether there is a first weight for each weight to be found."""
        found, begun = (np.shape(grid) for grid in (kernel or self.kernel, start))
        if found == begun:
            return ""
        return f"a start {begun} for a kernel {found}; allowed: the same shape for start and kernel"

    def run(self, steps: int | None = None) -> tuple[torch.Tensor, list[float]]:
        """Return the kernel (height, width) after `steps` steps, and the errors on the way there.

        The run ends early when a weight passes a million in size: it has diverged.
        """
        steps = self.steps if steps is None else steps
        grids = (self.input, self.kernel, self.start)
        x, goal, w = (torch.tensor(grid, dtype=torch.float64)[None, None] for grid in grids)
        target, losses = F.conv2d(x, goal), []
        while True:
            w.requires_grad_()
            loss = ((F.conv2d(x, w) - target) ** 2).sum()
            losses.append(loss.item())
            if len(losses) > steps or w.abs().max() > DIVERGED:
                return w.detach()[0, 0].to(torch.get_default_dtype()), losses
            w = w.detach() - self.rate * torch.autograd.grad(loss, w)[0]

    @property
    def output(self) -> torch.Tensor:
        """The learned kernel after the present number of steps, (height, width)."""
        return self.run()[0]

    def still(self) -> str:
        """Return the first weights beside the kernel to be found."""
        alt = f"The weights begin at {self.start}; to be found is {self.kernel}."
        return grids_svg([("start", self.start), ("→", []), ("to be found", self.kernel)], alt)
