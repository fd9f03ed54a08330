"""How fast `fit` trains, as ratios to other loops over the same examples.

The contestants take turns in rounds, each in another order, and each ratio is of two rates of one
round, so that whatever else the machine does hits them alike. Each takes whole batches with plain
gradient descent, on the fastest device there is; on a CPU with one thread, so that a second core is
free for worker processes. On a GPU, `fit` and the graph train for ten epochs, and what they need to
record the step is timed with them:

- *fit*: `book_utils.train.fit` as a chapter calls it, in a terminal, the whole call timed. Its test
  set has one image, so the evaluation does not count.
- *bare*: forward, backward and step on slices of tensors that lie on the device, and nothing else:
  no shuffling, no accuracy, no record of the loss.
- *graph*: on a GPU, the bare step as a CUDA graph.
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

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.utils.data import DataLoader

from benchmarks.rows import Row
from book_utils.data import Dataset, fashion_mnist
from book_utils.graphed import DEVICES, Graphed
from book_utils.models import LeNet, small_resnet
from book_utils.pace import Pictures, to_tensor
from book_utils.timing import one_thread
from book_utils.train import device, fit

MODELS = {"LeNet": LeNet, "small ResNet": lambda: small_resnet(8, 16)}
BATCHES = {"LeNet": 39, "small ResNet": 6}  # of 256 on a CPU; the bundled sample holds 39
ON_GPU = {"epochs": 10, "batches": 234, "pictures": 20}  # batches: of an epoch, of the PIL loop
ROUNDS = {"LeNet": 12, "small ResNet": 7}
OTHERS = {
    "bare": "the bare forward, backward and step",
    "graph": "the bare step as a CUDA graph",
    "pictures": "a loop over PIL images in a `DataLoader`",
    "pictures, 2 workers": "the same loop with 2 worker processes",
}
WANTED = {  # of `fit`, at least
    "cpu": {"LeNet": {"bare": 0.95}, "small ResNet": {"bare": 0.95}},
    "cuda": {"LeNet": {"bare": 4, "pictures": 30}, "small ResNet": {"bare": 2, "pictures": 9}},
}
LR = 0.1


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


def train_graph(model: nn.Module, data: Dataset, batch_size: int, epochs: int = 1) -> None:
    """Take the steps of some epochs as a CUDA graph, and do nothing else."""
    optimizer = torch.optim.SGD(model.parameters(), lr=LR)

    def learn(x: Tensor, y: Tensor) -> tuple[Tensor]:
        loss = F.cross_entropy(model(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        return (loss.detach(),)

    step = Graphed(learn, data.device)
    for _ in range(epochs):
        for i in range(0, len(data), batch_size):
            step(data.images[i : i + batch_size], data.labels[i : i + batch_size])


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


def train_fit(model: nn.Module, data: Dataset, batch_size: int, epochs: int = 1) -> None:
    """Take the steps of some epochs by `fit`; the line it prints is not shown."""
    with redirect_stdout(io.StringIO()):
        fit(model, data, data[:1], epochs, lr=LR, batch_size=batch_size)


def contest(
    make: Callable[[], nn.Module], data: Dataset, batch_size: int, rounds: int
) -> dict[str, list[float]]:
    """Return, for each contestant, the examples a second of each round; a first round warms up.

    On a GPU the slow loop trains on a part of the data, and the fast ones for some epochs.
    """
    data = data.to(device())
    gpu = data.device.type in DEVICES
    epochs = ON_GPU["epochs"] if gpu else 1
    part = data[: ON_GPU["pictures"] * batch_size] if gpu else data
    pictures = Pictures(part, [to_tensor])
    contestants = {  # how many examples, and what trains on them
        "fit": (epochs * len(data), lambda model: train_fit(model, data, batch_size, epochs)),
        "bare": (len(data), lambda model: train_bare(model, data, batch_size)),
        "pictures": (len(part), lambda model: train_pictures(model, pictures, batch_size, 0)),
        "pictures, 2 workers": (
            len(part), lambda model: train_pictures(model, pictures, batch_size, 2)
        ),
    }  # fmt: skip
    if gpu:
        contestants["graph"] = (
            epochs * len(data), lambda model: train_graph(model, data, batch_size, epochs)
        )  # fmt: skip
    draw = random.Random(0)
    rates = {name: [] for name in contestants}
    for turn in range(rounds + 1):
        for name in draw.sample(list(contestants), k=len(contestants)):
            torch.manual_seed(turn)
            n, train = contestants[name]
            taken = timed(train, make().to(device()))
            if turn:
                rates[name].append(n / taken)
    return rates


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
        wanted = WANTED.get(device().type, {}).get(name, {})
        batches = ON_GPU["batches"] if device().type in DEVICES else BATCHES[name]
        n, rounds = (max(1, round(scale * count)) for count in (batches, ROUNDS[name]))
        data = sample[torch.arange(n * batch_size) % len(sample)]
        rates = contest(make, data, batch_size, rounds)
        rows.append(Row(f"{name}: `fit`", "examples/s", rates["fit"]))
        for other, words in OTHERS.items():
            if other in rates:
                goal = f" (wanted: {wanted[other]})" if other in wanted else ""
                ratios = [f / o for f, o in zip(rates["fit"], rates[other], strict=True)]
                rows.append(Row(f"{name}: speed of `fit` against {words}{goal}", "×", ratios))
    return rows
