"""Training of one network or several, step by step, as session.ts does it on a page."""

import math
from collections.abc import Iterator
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ..parts.chance import normals, random_from, shuffled
from .digits import digits

MAPS, KERNEL, FEATURES, CLASSES = 4, 5, 576, 10
LENGTH = 400  # steps of a whole run, as in orders.ts
TESTED_EVERY = 5  # steps, as in orders.ts
FAR, DEAD, MOST = 20, 3, 1e6  # as in session.ts


def network(random: Iterator[float]) -> nn.Sequential:
    """Return the network with He's initial weights (He et al., 2015), biases 0.

    Takes images (n, 1, 28, 28), gives scores (n, 10).
    """
    model = nn.Sequential()
    model.add_module("conv", nn.Conv2d(1, MAPS, KERNEL))
    model.add_module("relu", nn.ReLU())
    model.add_module("pool", nn.MaxPool2d(2))
    model.add_module("flatten", nn.Flatten())
    model.add_module("dense", nn.Linear(FEATURES, CLASSES))
    with torch.no_grad():
        for layer, fan_in in ((model.conv, KERNEL * KERNEL), (model.dense, FEATURES)):
            numbers = normals(layer.weight.numel(), math.sqrt(2 / fan_in), random)
            layer.weight.copy_(torch.tensor(numbers).reshape(layer.weight.shape))
            layer.bias.zero_()
    return model


class Run:
    """One network in training, and all that has been seen of it; a seed gives the same run."""

    def __init__(self, seed: int) -> None:
        self._random = random_from(seed)
        self.model = network(self._random)
        self._order: list[int] = []
        self.losses: list[float] = []
        self.accuracies: list[float] = []
        self.trouble = ""
        self._shut = 0

    def _draw(self, batch: int) -> list[int]:
        """The next images; each comes once before any comes again."""
        images, *_ = digits()
        while len(self._order) < batch:
            self._order += shuffled(len(images), self._random)
        drawn, self._order = self._order[:batch], self._order[batch:]
        return drawn

    def step(self, batch: int, rate: float) -> None:
        """Take one step of gradient descent on the mean cross-entropy of the next batch."""
        images, labels, *_ = digits()
        which = self._draw(batch)
        opened = self.model.relu(self.model.conv(images[which]))
        scores = self.model.dense(self.model.flatten(self.model.pool(opened)))
        loss = F.cross_entropy(scores, labels[which])
        self.model.zero_grad()
        loss.backward()
        with torch.no_grad():
            for weights in self.model.parameters():
                weights -= rate * weights.grad
        self._note(loss.item(), is_dead=not bool((opened > 0).any()))

    def _note(self, loss: float, is_dead: bool) -> None:
        self.losses.append(min(loss, MOST) if math.isfinite(loss) else MOST)
        self._shut = self._shut + 1 if is_dead else 0
        if not loss <= FAR:
            self.trouble = self.trouble or "exploded"
        elif self._shut == DEAD:
            self.trouble = self.trouble or "dead"

    def test(self) -> None:
        """Note the share of held-out digits that the network names right."""
        *_, images, labels = digits()
        with torch.no_grad():
            self.accuracies.append((self.model(images).argmax(1) == labels).float().mean().item())


class Course:
    """Runs side by side, with seeds from 0 up."""

    def __init__(self, seeds: int) -> None:
        self.runs = [Run(seed) for seed in range(seeds)]
        self.tested: list[int] = []
        self.step = 0

    @property
    def is_over(self) -> bool:
        """Whether it has come to its end, or to nothing."""
        return self.step == LENGTH or all(run.trouble for run in self.runs)

    def take_step(self, batch: int, rate: float) -> None:
        """Take one step of each network."""
        if self.step == 0:
            self.test()
        for run in self.runs:
            run.step(batch, rate)
        self.step += 1
        if self.step % TESTED_EVERY == 0 or self.is_over:
            self.test()

    def test(self) -> None:
        """Test all networks, unless they have been since the last step."""
        if self.tested[-1:] == [self.step]:
            return
        for run in self.runs:
            run.test()
        self.tested.append(self.step)

    @property
    def progress(self) -> dict[str, Any]:
        """All that has been seen, as a page takes it: see orders.ts."""
        model = self.runs[0].model
        slopes = [torch.zeros_like(w) if w.grad is None else w.grad for w in model.parameters()]
        return {
            "step": self.step,
            "losses": [list(run.losses) for run in self.runs],
            "tested": list(self.tested),
            "accuracies": [list(run.accuracies) for run in self.runs],
            "troubles": [run.trouble for run in self.runs],
            "weights": _bytes(list(model.parameters())),
            "gradients": _bytes(slopes),
        }


def _bytes(tensors: list[Tensor]) -> bytes:
    return torch.cat([each.detach().flatten() for each in tensors]).float().numpy().tobytes()
