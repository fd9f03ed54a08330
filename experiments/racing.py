"""One run of the speedrun: the recipe, the step, the clock around it, and what is outside it."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from book_utils.data import Dataset
from book_utils.graphed import WARM, Graphed
from book_utils.models.racer import GPU_LAYERS, Layers, Racer

TO_WHITEN = 1_000  # images that the first layer's filters are made from
TYPES = {"float32": torch.float32, "bfloat16": torch.bfloat16, "float16": torch.float16}


@dataclass(frozen=True)
class Recipe:
    """All settings of a run: the network (`Racer` explains its five), how it learns, from what.

    whitened: whether the first layer's filters are, or else random; epochs: passes over the
    training images, whole or not; rate, head_rate: for the mean loss of a batch; bias_rate: the
    same, of the first layer's and the normalisations' shifts; muon: instead of `rate`, the size of
    an orthogonalised step; decay: the share of a weight that a step at the full rate takes away;
    peak: when the rate is highest, as a share of all steps; begin, end: the first and the last
    rate, as shares of the highest; flip: mirror every image in every other epoch, and average
    over both in the end; shift: pixels, either way; half: the type of images and convolutions.
    """

    patch: int = 2
    stride: int = 1
    layers: Layers = GPU_LAYERS
    activation: str = "gelu"
    shifts: bool = True
    whitened: bool = True
    epochs: float = 9.0
    batch: int = 768
    rate: float = 1.125
    bias_rate: float = 72.0
    head_rate: float = 1.125
    momentum: float = 0.85
    muon: float = 0.0
    decay: float = 0.01
    smoothing: float = 0.2
    begin: float = 0.2
    peak: float = 0.23
    end: float = 0.07
    flip: bool = True
    shift: int = 2
    half: str = "float16"

    def factor(self, done: float) -> float:
        """Return the share of the full rate once a share of all steps, 0 to 1, is done."""
        if done < self.peak:
            return self.begin + (1 - self.begin) * done / self.peak
        return 1 + (self.end - 1) * (done - self.peak) / (1 - self.peak)


class Race:
    """A network and its training images on a device, ready to start again with any seed."""

    def __init__(self, recipe: Recipe, train: Dataset) -> None:
        self.recipe, self.labels = recipe, train.labels
        self.batch = min(recipe.batch, len(train))
        self.steps = max(1, round(recipe.epochs * len(train) / self.batch))
        activation = getattr(F, recipe.activation)
        net = Racer(recipe.patch, recipe.stride, recipe.layers, activation, recipe.shifts)
        self.net = net.to(train.device, memory_format=torch.channels_last)
        self.images = train.images.to(TYPES[recipe.half])
        self.padded = F.pad(self.images, (recipe.shift,) * 4)
        self.updates = Updates(self.net, recipe, self.batch)
        # What a step reads lies at one place, so that a recorded step finds it there.
        self.x = self.images[: self.batch].clone(memory_format=torch.channels_last)
        self.y = self.labels[: self.batch].clone()
        self.factor = torch.zeros((), device=train.device)
        self.net.whiten(self.images[:TO_WHITEN].float())
        self.step = prepared(self._step, train.device)

    def run(self, seed: int) -> float:
        """Train from the start and return the seconds that took, by the clock on the wall."""
        torch.manual_seed(seed)
        self._wait()
        start = time.perf_counter()
        self.net.reset()
        if self.recipe.whitened:
            self.net.whiten(self.images[:TO_WHITEN].float())
        self.updates.reset()
        for step, (images, labels) in enumerate(self.batches()):
            self.x.copy_(images)
            self.y.copy_(labels)
            self.factor.fill_(self.recipe.factor(step / self.steps))
            self.step()
        self._wait()
        return time.perf_counter() - start

    def batches(self) -> Iterator[tuple[Tensor, Tensor]]:
        """Yield images, varied, and labels, batch by batch, in a new order in each epoch.

        Half of the images begin mirrored, and each is mirrored in every other epoch.
        """
        n, device, left = len(self.labels), self.labels.device, self.steps
        mirrored = torch.rand(n, device=device) < 0.5
        while left:
            order = torch.randperm(n, device=device)
            for pick in order.split(self.batch)[: min(left, n // self.batch)]:
                yield self._varied(pick, mirrored), self.labels[pick]
                left -= 1
            mirrored = ~mirrored

    def _varied(self, pick: Tensor, mirrored: Tensor) -> Tensor:
        """Return images with these indices, mirrored and moved as the recipe says."""
        most, flip = self.recipe.shift, mirrored[pick] & self.recipe.flip
        if not most:
            images = self.images.index_select(0, pick)
            return torch.where(flip.view(-1, 1, 1, 1), images.flip(3), images)
        height, width = self.images.shape[2:]
        down, right = torch.randint(0, 2 * most + 1, (2, len(pick), 1), device=pick.device)
        rows = down + torch.arange(height, device=pick.device)
        columns = right + torch.arange(width, device=pick.device)
        columns = torch.where(flip[:, None], columns.flip(1), columns)
        at = pick[:, None, None], rows[:, :, None], columns[:, None, :]
        return self.padded[:, 0][at][:, None]

    def _step(self) -> tuple[()]:
        scores = self.net(self.x)
        # The sum over the batch: its gradients are large enough for half precision.
        loss = F.cross_entropy(
            scores, self.y, label_smoothing=self.recipe.smoothing, reduction="sum"
        )
        self.updates(torch.autograd.grad(loss, self.updates.weights), self.factor)
        return ()  # all that it does is in place

    @torch.no_grad()
    def accuracy(self, data: Dataset) -> float:
        """Return the share of images named right; with flips, seen both plain and mirrored."""
        self.net.eval()
        right = 0
        for images, labels in data.batches(1_000):
            images = images.to(self.images.dtype, memory_format=torch.channels_last)
            scores = self.net(images)
            if self.recipe.flip:
                scores += self.net(images.flip(3))
            right += (scores.argmax(1) == labels).sum()
        self.net.train()
        return int(right) / len(data)

    def _wait(self) -> None:
        if self.images.is_cuda:
            torch.cuda.synchronize()


class Updates:
    """Nesterov's momentum for all weights, or Muon for those of convolutions; all in place."""

    def __init__(self, net: Racer, recipe: Recipe, batch: int) -> None:
        self.recipe = recipe
        biases = [norm.bias for norm in net.norms]
        if net.shift is not None:
            biases.insert(0, net.shift)
        self.groups = [
            (list(net.convolutions), recipe.rate / batch),
            (biases, recipe.bias_rate / batch),
            ([net.head], recipe.head_rate / batch),
        ]
        self.weights = [weight for group, _ in self.groups for weight in group]
        self.velocities = [torch.zeros_like(weight) for weight in self.weights]

    def reset(self) -> None:
        """Forget all steps."""
        torch._foreach_zero_(self.velocities)

    @torch.no_grad()
    def __call__(self, gradients: tuple[Tensor, ...], factor: Tensor) -> None:
        """Make a step along gradients of the summed loss, at this share of the full rate."""
        recipe, steps = self.recipe, list(gradients)
        torch._foreach_mul_(self.velocities, recipe.momentum)
        torch._foreach_add_(self.velocities, steps)
        torch._foreach_add_(steps, self.velocities, alpha=recipe.momentum)
        for group, rate in self.groups:
            mine, steps = steps[: len(group)], steps[len(group) :]
            if recipe.muon and group[0].ndim == 4:
                for weight, step in zip(group, mine, strict=True):
                    weight.mul_(len(weight) ** 0.5 / weight.norm())
                    weight.sub_(orthogonal(step) * (factor * recipe.muon))
                continue
            torch._foreach_mul_(group, 1 - recipe.decay * factor)
            torch._foreach_mul_(mine, factor * rate)
            torch._foreach_sub_(group, mine)


def orthogonal(step: Tensor, times: int = 3) -> Tensor:
    """Return a step (out, …) whose singular values have all come near 1, seen as a matrix.

    By Newton and Schulz's iteration, in the polynomial that Jordan (2024) chose for Muon.
    """
    a, b, c = 3.4445, -4.7750, 2.0315
    x = step.flatten(1)
    tall = x.shape[0] > x.shape[1]
    x = (x.T if tall else x) / (x.norm() + 1e-7)
    for _ in range(times):
        gram = x @ x.T
        x = a * x + (b * gram + c * gram @ gram) @ x
    return (x.T if tall else x).reshape(step.shape)


def prepared(step: Callable[[], tuple[()]], device: torch.device) -> Graphed:
    """Warm a step up, outside the clock; on an NVIDIA GPU it is recorded at the end of that."""
    torch.backends.cudnn.benchmark = True  # the batch never changes: the search is worth it
    ready = Graphed(step, device)
    for _ in range(WARM):
        ready()
    return ready
