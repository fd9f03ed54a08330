"""One network in training on the bundled digits, as arithmetic/training.ts trains it on a page."""

import math
from collections.abc import Iterator

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from .bundled_digits import TRAIN, digits
from .chance import normals, random_from, shuffled

MAPS, KERNEL, FEATURES, CLASSES = 4, 5, 576, 10
FAR, DEAD, MOST = 20, 3, 1e6  # as in trouble.ts; the greatest loss of a chart


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


def moved_images(images: Tensor, by: list[tuple[int, int]]) -> Tensor:
    """Return images (n, 1, h, w), each moved down and to the right by its own whole pixels."""
    most = max((abs(pixels) for pair in by for pixels in pair), default=0)
    framed, (h, w) = F.pad(images, (most,) * 4), images.shape[-2:]
    return torch.stack(
        [
            frame[:, most - down : most - down + h, most - right : most - right + w]
            for frame, (down, right) in zip(framed, by, strict=True)
        ]
    )


class Run:
    """One network in training, and all that has been seen of it; a seed gives the same run.

    It learns from the first `count` of the bundled digits.
    """

    def __init__(self, seed: int, count: int = TRAIN) -> None:
        self._random = random_from(seed)
        self._count = count
        self.model = network(self._random)
        self._order = shuffled(count, self._random)
        self._velocities = [torch.zeros_like(weights) for weights in self.model.parameters()]
        self.losses: list[float] = []
        self.accuracies: list[float] = []
        self.trouble = ""
        self._shut = 0

    def _draw(self) -> int:
        """The next of the images; each comes once before any comes again."""
        if not self._order:
            self._order = shuffled(self._count, self._random)
        return self._order.pop(0)

    def _pixels(self, most: int) -> int:
        return math.floor((2 * most + 1) * next(self._random)) - most

    def _batch(self, size: int, shift: int) -> tuple[Tensor, Tensor]:
        """The next images, each moved at random if `shift` is not 0, and their labels."""
        images, labels, *_ = digits()
        which, by = [], []
        for _ in range(size):
            which.append(self._draw())
            if shift:
                by.append((self._pixels(shift), self._pixels(shift)))
        return (moved_images(images[which], by) if shift else images[which]), labels[which]

    def step(self, batch: int, rate: float, momentum: float = 0.0, shift: int = 0) -> None:
        """Take one step of gradient descent on the mean cross-entropy of the next batch.

        `momentum` is Nesterov's; each image is moved by up to `shift` pixels along either axis.
        """
        images, labels = self._batch(batch, shift)
        opened = self.model.relu(self.model.conv(images))
        scores = self.model.dense(self.model.flatten(self.model.pool(opened)))
        loss = F.cross_entropy(scores, labels)
        self.model.zero_grad()
        loss.backward()
        self._descend(rate, momentum)
        self._note(loss.item(), is_dead=not bool((opened > 0).any()))

    @torch.no_grad()
    def _descend(self, rate: float, momentum: float) -> None:
        for weights, velocity in zip(self.model.parameters(), self._velocities, strict=True):
            along = weights.grad
            if momentum:
                velocity.mul_(momentum).add_(along)
                along = along + momentum * velocity
            weights -= rate * along

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
