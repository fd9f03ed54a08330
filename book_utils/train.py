"""Training: `fit`, `evaluate` and the `History` of a run."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import torch
import torch.nn.functional as F
from matplotlib import pyplot as plt
from torch import Tensor, nn
from torch.optim import Optimizer

from book_utils.data import Dataset
from book_utils.plot import INK, Picture, show, style
from book_utils.progress import progress

Loss = Callable[[Tensor, Tensor], Tensor]


def device() -> torch.device:
    """Return the fastest device here: an NVIDIA GPU (cuda), an Apple GPU (mps), else the CPU."""
    if torch.cuda.is_available():
        return torch.device("cuda")
    return torch.device("mps" if torch.backends.mps.is_available() else "cpu")


@dataclass(repr=False)
class History:
    """What happened in a run of training, one entry an epoch.

    `train_loss` and `train_accuracy` are means over the epoch while the model was changing;
    `seconds` and `examples_per_second` are of training alone, without the evaluation after it;
    `device` names where it ran; `interrupted` says that it was stopped by hand.
    """

    device: str
    train_loss: list[float] = field(default_factory=list)
    train_accuracy: list[float] = field(default_factory=list)
    test_loss: list[float] = field(default_factory=list)
    test_accuracy: list[float] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    examples_per_second: list[float] = field(default_factory=list)
    interrupted: bool = False

    def __len__(self) -> int:
        """Return the number of finished epochs."""
        return len(self.seconds)

    def __repr__(self) -> str:
        stop = "interrupted · " if self.interrupted else ""
        if not len(self):
            return f"{stop}no epoch finished · {self.device}"
        examples = sum(s * e for s, e in zip(self.seconds, self.examples_per_second, strict=True))
        return (
            f"{stop}{len(self)} {'epoch' if len(self) == 1 else 'epochs'} · "
            f"test accuracy {self.test_accuracy[-1]:.3f} · "
            f"{examples / sum(self.seconds):,.0f} examples/s · {self.device}"
        )

    def plot(self) -> Picture:
        """Draw loss and accuracy by epoch, on the training and on the test images.

        Raises ValueError if no epoch was finished.
        """
        if not len(self):
            raise ValueError("there is nothing to draw: no epoch was finished")
        epochs = range(1, len(self) + 1)
        with style():
            fig, axes = plt.subplots(1, 2, figsize=(6.4, 2.6))
            for ax, what in zip(axes, ("loss", "accuracy"), strict=True):
                train, test = getattr(self, f"train_{what}"), getattr(self, f"test_{what}")
                ax.plot(epochs, train, "--", marker=".", color=INK, label="train")
                ax.plot(epochs, test, marker="o", markersize=4, label="test")
                ax.set(xlabel="epoch", title=what)
                ax.xaxis.get_major_locator().set_params(integer=True)
            axes[0].legend()
            axes[1].set_ylim(0, 1)
        return show(fig, f"Loss and accuracy by epoch. {self._in_words()}")

    def _in_words(self) -> str:
        def course(name: str) -> str:
            values = getattr(self, name.replace(" ", "_").lower())
            return f"{name} from {values[0]:.2f} to {values[-1]:.2f}"

        names = ("Train loss", "test loss", "train accuracy", "test accuracy")
        return ", ".join(map(course, names)) + "."


def fit(
    model: nn.Module,
    train: Dataset,
    test: Dataset,
    epochs: int = 10,
    lr: float = 0.9,
    batch_size: int = 256,
    optimizer: Optimizer | None = None,
    loss: Loss = F.cross_entropy,
    seed: int = 0,
    device: torch.device | str | None = None,
    plot: bool = True,
) -> History:
    """Train a classifier and return what happened, epoch by epoch.

    `optimizer`: stochastic gradient descent with rate `lr` unless another is given; `loss`: the
    mean over (n, classes) scores and (n,) labels; `seed`: of the order of the images and of
    dropout; `device`: the fastest there is unless named, and the model stays on it; `plot`: in a
    notebook, draw the curves while it runs. Ctrl+C, or the notebook's stop button, ends the run
    early and keeps the model and the epochs so far.
    Raises ValueError for settings out of range, FloatingPointError when the loss is not a number.
    Source: chapter "LeNet", where the loop is written out.
    """
    _check(train, test, epochs, lr, batch_size)
    where = torch.device(device) if device is not None else _fastest()
    model, train, test = model.to(where), train.to(where), test.to(where)
    optimizer = optimizer or torch.optim.SGD(model.parameters(), lr=lr)
    history = History(_name(where))
    steps = math.ceil(len(train) / batch_size)
    with _seeded(seed, where) as order, progress(history, epochs, steps, plot) as tick:
        try:
            for _ in range(epochs):
                start = time.perf_counter()
                batches = train.batches(batch_size, shuffle=True, generator=order)
                losses, right = _epoch(model, batches, steps, optimizer, loss, tick)
                seconds = time.perf_counter() - start
                _refuse_nan(losses, len(history), optimizer, train)
                tested = evaluate(model, test, loss=loss)
                trained = _mean(losses, len(train), batch_size), right / len(train)
                _note(history, trained, tested, seconds, len(train) / seconds)
        except KeyboardInterrupt:
            history.interrupted = True
    return history


_fastest = device  # inside `fit`, `device` is an argument


def evaluate(
    model: nn.Module, dataset: Dataset, batch_size: int = 1000, loss: Loss = F.cross_entropy
) -> tuple[float, float]:
    """Return (loss, accuracy) of a classifier, means over the dataset.

    The model is run in evaluation mode, without gradients, and left in the mode it was in; the
    images are moved to its device.
    Raises ValueError if the dataset is empty.
    """
    if not len(dataset):
        raise ValueError(f"{dataset.name} has no examples: give at least one")
    where = next((p.device for p in model.parameters()), dataset.device)
    total = right = torch.zeros((), device=where)
    was_training = model.training
    model.eval()
    try:
        with torch.inference_mode():
            for x, y in dataset.batches(batch_size):
                scores, y = model(x.to(where)), y.to(where)
                total = total + loss(scores, y) * len(y)
                right = right + (scores.argmax(1) == y).sum()
    finally:
        model.train(was_training)
    return total.item() / len(dataset), right.item() / len(dataset)


def _epoch(
    model: nn.Module,
    batches: Iterator[tuple[Tensor, Tensor]],
    steps: int,
    optimizer: Optimizer,
    loss: Loss,
    tick: Callable[[], object],
) -> tuple[Tensor, int]:
    """Go through the batches once; return the loss of each and the number of right answers.

    Both are added up on the device and fetched once at the end: asking a GPU for a number at each
    step would make it wait.
    """
    model.train()
    losses = right = None
    for step, (x, y) in enumerate(batches):
        scores = model(x)
        value = loss(scores, y)
        optimizer.zero_grad()
        value.backward()
        optimizer.step()
        if losses is None:
            losses, right = value.new_zeros(steps), y.new_zeros(())
        losses[step] = value.detach()
        right += (scores.argmax(1) == y).sum()
        tick()
    return losses.cpu(), int(right)


def _mean(losses: Tensor, n: int, batch_size: int) -> float:
    """Weigh the loss of each batch by its size: the last may be short."""
    sizes = torch.full_like(losses, batch_size)
    sizes[-1] = n - batch_size * (len(losses) - 1)
    return float((losses * sizes).sum() / n)


def _note(
    history: History,
    trained: tuple[float, float],
    tested: tuple[float, float],
    seconds: float,
    rate: float,
) -> None:
    history.train_loss.append(trained[0])
    history.train_accuracy.append(trained[1])
    history.test_loss.append(tested[0])
    history.test_accuracy.append(tested[1])
    history.examples_per_second.append(rate)
    history.seconds.append(seconds)


def _check(train: Dataset, test: Dataset, epochs: int, lr: float, batch_size: int) -> None:
    for name, value in (("epochs", epochs), ("batch_size", batch_size)):
        if isinstance(value, bool) or not isinstance(value, int) or value < 1:
            raise ValueError(f"{name} = {value!r}: give a whole number of at least 1")
    if not 0 < lr < math.inf:
        raise ValueError(f"lr = {lr!r}: give a learning rate above 0, such as 0.1")
    for dataset in (train, test):
        if not len(dataset):
            raise ValueError(f"{dataset.name} has no examples: give at least one")


def _refuse_nan(losses: Tensor, epoch: int, optimizer: Optimizer, train: Dataset) -> None:
    bad = (~losses.isfinite()).nonzero()
    if not len(bad):
        return
    step = int(bad[0])
    if not train.images.isfinite().all():
        cause = f"the images of {train.name} hold values that are not finite: find and replace them"
    else:
        rate = optimizer.param_groups[0]["lr"]
        cause = (
            f"most often the learning rate, here {rate:g}, is too large: try a third of it; else "
            "look for a logarithm, root or division in the model or the loss. "
            "The weights are spoilt: make the model anew"
        )
    raise FloatingPointError(
        f"the loss became {losses[step]} at step {step + 1} of epoch {epoch + 1}: {cause}"
    )


@contextmanager
def _seeded(seed: int, where: torch.device) -> Iterator[torch.Generator]:
    """Seed dropout and the order of the images, and put the global generators back afterwards."""
    gpus = [where] if where.type == "cuda" else []
    with torch.random.fork_rng(devices=gpus):
        torch.manual_seed(seed)
        yield torch.Generator().manual_seed(seed)


def _name(where: torch.device) -> str:
    return f"cuda ({torch.cuda.get_device_name(where)})" if where.type == "cuda" else where.type
