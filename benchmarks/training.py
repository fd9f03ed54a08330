"""How fast `fit` trains, as ratios to other loops over the same examples.

The contestants take turns in rounds, each in another order, and each ratio is of two times of one
round, so that whatever else the machine does hits them alike. Each trains the same number of
whole batches with plain gradient descent, on the fastest device there is; on a CPU with one
thread, so that a second core is free for worker processes:

- *fit*: `book_utils.train.fit` as a chapter calls it, one epoch in a terminal, the whole call
  timed. Its test set has one image, so the evaluation does not count.
- *bare*: forward, backward and step on slices of tensors that lie on the device, and nothing else:
  no shuffling, no accuracy, no record of the loss.
- *pictures*: the straightforward loop of many courses, on a DataLoader whose data set opens each
  sample as a PIL image and applies its transforms one by one; the loss and the number of right
  answers are fetched after each batch. Once without worker processes, once with two.
"""

from __future__ import annotations

import io
import random
import time
from collections.abc import Callable
from contextlib import redirect_stdout

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image
from torch import Tensor, nn
from torch.utils.data import DataLoader
from torch.utils.data import Dataset as TorchDataset

from benchmarks.rows import Row
from book_utils.data import Dataset, fashion_mnist
from book_utils.models import LeNet, small_resnet
from book_utils.timing import one_thread
from book_utils.train import device, fit

MODELS = {"LeNet": LeNet, "small ResNet": lambda: small_resnet(8, 16)}
BATCHES = {"LeNet": 39, "small ResNet": 6}  # of 256; the bundled sample holds 39
ROUNDS = {"LeNet": 12, "small ResNet": 7}
OTHERS = {
    "bare": "the bare forward, backward and step",
    "pictures": "a loop over PIL images in a `DataLoader`",
    "pictures, 2 workers": "the same loop with 2 worker processes",
}
LR = 0.1


class Pictures(TorchDataset):
    """Images as they come from a file, bytes, turned into tensors one by one when asked for."""

    def __init__(self, data: Dataset, transforms: list[Callable]) -> None:
        self.pixels = (data.images[:, 0] * 255).round().to(torch.uint8).cpu()
        self.labels, self.transforms = data.labels.cpu(), transforms

    def __len__(self) -> int:
        return len(self.labels)

    def __getitem__(self, i: int) -> tuple[Tensor, int]:
        sample = Image.fromarray(self.pixels[i].numpy(), mode="L")
        for transform in self.transforms:
            sample = transform(sample)
        return sample, int(self.labels[i])


def to_tensor(picture: Image.Image) -> Tensor:
    """Turn a picture, bytes (h, w), into float32 (1, h, w) in [0, 1]."""
    return torch.from_numpy(np.array(picture))[None].to(torch.float32).div(255)


def train_bare(model: nn.Module, data: Dataset, batch_size: int) -> None:
    """Take the steps of one epoch on resident tensors, and do nothing else."""
    optimizer = torch.optim.SGD(model.parameters(), lr=LR)
    for i in range(0, len(data), batch_size):
        loss = F.cross_entropy(
            model(data.images[i : i + batch_size]), data.labels[i : i + batch_size]
        )
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()


def train_pictures(model: nn.Module, pictures: Pictures, batch_size: int, workers: int) -> None:
    """Take the steps of one epoch on pictures, and fetch loss and accuracy after each."""
    optimizer = torch.optim.SGD(model.parameters(), lr=LR)
    where = next(model.parameters()).device
    total = right = 0
    for x, y in DataLoader(pictures, batch_size, shuffle=True, num_workers=workers):
        x, y = x.to(where), y.to(where)
        scores = model(x)
        loss = F.cross_entropy(scores, y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        total += loss.item() * len(y)
        right += (scores.argmax(1) == y).sum().item()


def train_fit(model: nn.Module, data: Dataset, batch_size: int) -> None:
    """Take the steps of one epoch by `fit`; the line it prints is not shown."""
    with redirect_stdout(io.StringIO()):
        fit(model, data, data[:1], epochs=1, lr=LR, batch_size=batch_size)


def contest(
    make: Callable[[], nn.Module], data: Dataset, batch_size: int, rounds: int
) -> dict[str, list[float]]:
    """Return, for each contestant, the seconds of each round; a first round warms up."""
    data = data.to(device())
    pictures = Pictures(data, [to_tensor])
    contestants = {
        "fit": lambda model: train_fit(model, data, batch_size),
        "bare": lambda model: train_bare(model, data, batch_size),
        "pictures": lambda model: train_pictures(model, pictures, batch_size, workers=0),
        "pictures, 2 workers": lambda model: train_pictures(model, pictures, batch_size, workers=2),
    }
    draw = random.Random(0)
    seconds = {name: [] for name in contestants}
    for turn in range(rounds + 1):
        for name in draw.sample(list(contestants), k=len(contestants)):
            torch.manual_seed(turn)
            taken = timed(contestants[name], make().to(device()))
            if turn:
                seconds[name].append(taken)
    return seconds


def timed(train: Callable[[nn.Module], None], model: nn.Module) -> float:
    """Return the seconds that training takes, to the end of what a GPU was given to do."""
    start = time.perf_counter()
    train(model)
    if device().type != "cpu":
        getattr(torch, device().type).synchronize()
    return time.perf_counter() - start


@one_thread()
def measure(batch_size: int = 256, scale: float = 1.0) -> list[Row]:
    """Return the ratios for each model. `scale` < 1: fewer rounds and batches, for a trial."""
    sample, _ = fashion_mnist()
    rows = []
    for name, make in MODELS.items():
        batches, rounds = (max(1, round(scale * n[name])) for n in (BATCHES, ROUNDS))
        n = batches * batch_size
        seconds = contest(make, sample[:n], batch_size, rounds)
        rows.append(Row(f"{name}: `fit`", "examples/s", [n / s for s in seconds["fit"]]))
        for other, words in OTHERS.items():
            ratios = [o / f for o, f in zip(seconds[other], seconds["fit"], strict=True)]
            rows.append(Row(f"{name}: speed of `fit` against {words}", "×", ratios))
    return rows
