"""Training: `fit` and `evaluate`."""

from __future__ import annotations

import copy
import math
import re
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.optim import Optimizer

from book_utils.checkpoint import Checkpoint, State
from book_utils.data import Dataset
from book_utils.graphed import Graphed, why_not
from book_utils.history import History
from book_utils.interrupts import held_back
from book_utils.numbers import plural
from book_utils.progress import progress
from book_utils.schedules import Rates, Schedule

__all__ = ["History", "Loss", "Schedule", "device", "evaluate", "fit"]

Loss = Callable[[Tensor, Tensor], Tensor]
LOOK = 50  # steps between two looks at the loss: each look makes a GPU wait


def device() -> torch.device:
    """Return the fastest device here: an NVIDIA GPU (cuda), an Apple GPU (mps), else the CPU."""
    if torch.cuda.is_available():
        return torch.device("cuda")
    return torch.device("mps" if torch.backends.mps.is_available() else "cpu")


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
    checkpoint: str | Path | None = None,
    schedule: Schedule | None = None,
    graph: bool = True,
) -> History:
    """Train a classifier and return what happened, epoch by epoch.

    `optimizer`: stochastic gradient descent with rate `lr` unless another is given; `loss`: the
    mean over (n, classes) scores and (n,) labels; `seed`: of the order of the images and of
    dropout; `device`: the fastest there is unless named, and the model stays on it; `plot`: in a
    notebook, draw the curves while it runs; `checkpoint`: a .safetensors file that is written
    after every epoch. If it is there already, the run goes on from it, to the same result on a
    CPU, bit for bit, as without the stop; a finished run returns at once. `schedule`: a function
    of the share of the steps that are done, from 0 up to 1, which returns the factor of the rate at
    the next step. `graph`: on an NVIDIA GPU record the step as a CUDA graph and replay it, several
    times as fast for a small network; Python in the model, the loss or the optimizer then runs only
    in the first steps. A step that cannot be recorded runs as without: `.graph` of the history says
    which, and why.

    Ctrl+C, or the notebook's stop button, ends the run after the step under way and keeps the
    model and the epochs so far. Every layer is left in the mode, training or evaluation, it had.
    Raises ValueError for settings out of range and for a file that is not this run's checkpoint;
    FloatingPointError when the loss is not a number: the model is then as after the last epoch.
    Source: chapter "Training", where the loop is written out.
    """
    _check(train, test, epochs, lr, batch_size)
    where = torch.device(device) if device is not None else _fastest()
    model, train, test = model.to(where), train.to(where), test.to(where)
    optimizer = optimizer or torch.optim.SGD(model.parameters(), lr=lr)
    with (
        _seeded(seed, where) as order,
        held_back() as let_through,
        _mode(model, training=True),
        _own_settings(optimizer),
    ):
        run = _Run(model, optimizer, loss, train, test, batch_size, order, History(_name(where)))
        run.schedule(schedule, epochs)
        file = checkpoint and Checkpoint(checkpoint, run.settings() | {"seed": str(seed)})
        if file:
            run.resume(file, epochs)
        step = run.recordable(epochs, graph)
        good = run.state()
        with progress(run.history, epochs, run.steps, plot) as tick:
            try:
                while len(run.history) < epochs:
                    run.epoch(step, lambda: (tick(), let_through()))
                    good = run.state()
                    if file:
                        file.save(good)
                    let_through()
            except KeyboardInterrupt:
                run.history.interrupted = True
            except FloatingPointError as error:
                run.restore(good)
                raise FloatingPointError(f"{error}. {run.standing(file)}") from None
    return run.history


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
    with _mode(model, training=False), torch.inference_mode():
        for x, y in dataset.batches(batch_size):
            scores, y = model(x.to(where)), y.to(where)
            total = total + loss(scores, y) * len(y)
            right = right + (scores.argmax(1) == y).sum()
    return total.item() / len(dataset), right.item() / len(dataset)


@dataclass
class _Run:
    """A model, what it learns from and by, and how far it has come."""

    model: nn.Module
    optimizer: Optimizer
    loss: Loss
    train: Dataset
    test: Dataset
    batch_size: int
    order: torch.Generator
    history: History
    rates: Rates | None = None
    planned: str = ""

    @property
    def steps(self) -> int:
        """The number of batches in an epoch."""
        return math.ceil(len(self.train) / self.batch_size)

    def epoch(self, step: Graphed, after_step: Callable[[], object]) -> None:
        """Train on every image once, evaluate, and note both in the history."""
        start = time.perf_counter()
        losses, right = self._go_through(step, after_step)
        seconds = time.perf_counter() - start
        epoch, n = len(self.history) + 1, len(self.train)
        for number, value in enumerate(losses, 1):
            self._refuse_nan(value, f"the loss became {value} at step {number} of epoch {epoch}")
        tested = evaluate(self.model, self.test, loss=self.loss)
        self._refuse_nan(tested[0], f"the test loss became {tested[0]} after epoch {epoch}")
        last = n - self.batch_size * (self.steps - 1)  # the last batch may be short
        mean = (self.batch_size * sum(losses[:-1]) + last * losses[-1]) / n
        self.history.add((mean, right / n), tested, seconds, n)
        self.history.graph = step.said

    def _go_through(
        self, step: Graphed, after_step: Callable[[], object]
    ) -> tuple[list[float], int]:
        """Take a step for each batch; return the loss of each and the number of right answers.

        Both stay on the device and are fetched once, at the end: asking a GPU for a number at each
        step would make it wait. Only every so often one is looked at, so as to stop in time.
        """
        losses, right = [], []
        for x, y in self.train.batches(self.batch_size, shuffle=True, generator=self.order):
            if self.rates:
                self.rates.set(len(self.history) * self.steps + len(losses))
            value, hits = step(x, y)
            losses.append(value)
            right.append(hits)
            after_step()
            if len(losses) % LOOK == 0 and not losses[-1].isfinite():
                break
        return torch.stack(losses).tolist(), int(torch.stack(right).sum())

    def learn(self, x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
        """Take one step on a batch; return its loss and the number of right answers."""
        scores = self.model(x)
        value = self.loss(scores, y)
        self.optimizer.zero_grad()
        value.backward()
        self.optimizer.step()
        return value.detach(), (scores.argmax(1) == y).sum()

    def schedule(self, schedule: Schedule | None, epochs: int) -> None:
        """Let a schedule, if there is one, set the rates from step to step."""
        if schedule:
            self.rates = Rates(self.optimizer, schedule, epochs * self.steps)
            self.planned = f"{_called(schedule)} over {plural(epochs, 'epoch')}"

    def recordable(self, epochs: int, wanted: bool) -> Graphed:
        """Return the step, which is recorded on its way if that is wanted, can be, and pays."""
        where, ahead = self.train.device, (epochs - len(self.history)) * self.steps
        reason = why_not(self.model, self.optimizer, where, ahead) if wanted else "graph=False"
        if self.rates and not reason:
            self.rates.put_on(where)
        self.history.graph = reason
        return Graphed(self.learn, where, reason, self.model)

    def _refuse_nan(self, value: float, what: str) -> None:
        if math.isfinite(value):
            return
        spoilt = [data.name for data in (self.train, self.test) if not data.images.isfinite().all()]
        if spoilt:
            cause = f"the images of {spoilt[0]} hold values that are not finite: replace them"
        else:
            rate = self.rates.full[0] if self.rates else self.optimizer.param_groups[0]["lr"]
            cause = (
                f"most often the learning rate, here {rate:g}, is too large: try a third of it; "
                "else look for a logarithm, root or division in the model or the loss"
            )
        raise FloatingPointError(f"{what}: {cause}")

    def settings(self) -> dict[str, str]:
        """Say, as text, what decides the course of the run besides its state."""
        weights = self.model.state_dict().items()
        trained = [len(group["params"]) for group in self.optimizer.param_groups]
        texts = {
            "model": repr(self.model),
            "weights": "\n".join(f"{k} {v.dtype} {tuple(v.shape)}" for k, v in weights),
            "optimizer": f"{self.optimizer!r}\nweights and biases by group: {trained}",
            "loss": _called(self.loss),
            "batch_size": str(self.batch_size),
            "training data": _fingerprint(self.train),
            "test data": _fingerprint(self.test),
        } | ({"schedule": self.planned} if self.planned else {})
        return {name: re.sub(r" at 0x[0-9a-f]+", "", text) for name, text in texts.items()}

    def state(self) -> State:
        """Return a copy of all that changes from epoch to epoch."""
        where = self.train.device
        state = {
            "model": self.model.state_dict(),
            "optimizer": self.optimizer.state_dict()["state"],
            "order": self.order.get_state(),
            "cpu": torch.get_rng_state(),
            "cuda": torch.cuda.get_rng_state(where) if where.type == "cuda" else None,
            "history": self.history.lists(),
        }
        return copy.deepcopy(state)

    def restore(self, state: State) -> None:
        """Go back, or on, to a state."""
        self.model.load_state_dict(state["model"])
        groups = self.optimizer.state_dict()["param_groups"]
        by_weight = {int(key): value for key, value in state["optimizer"].items()}
        self.optimizer.load_state_dict({"state": by_weight, "param_groups": groups})
        self.order.set_state(state["order"])
        torch.set_rng_state(state["cpu"])
        if state["cuda"] is not None and self.train.device.type == "cuda":
            torch.cuda.set_rng_state(state["cuda"], self.train.device)
        for name, values in state["history"].items():
            getattr(self.history, name)[:] = values

    def resume(self, file: Checkpoint, epochs: int) -> None:
        """Go on from the file, if it is there; it must not be past the last epoch."""
        if (state := file.load()) is None:
            return
        if (done := len(state["history"]["seconds"])) > epochs:
            raise ValueError(
                f"{file.path} holds {done} epochs and epochs = {epochs}: give {done} or more, "
                "or give checkpoint another name"
            )
        self.restore(state)

    def standing(self, file: Checkpoint | None) -> str:
        """Say how far the model has come."""
        if not len(self.history):
            return "The model is again as it was before the first epoch"
        kept = f", which is in {file.path}" if file else ""
        return f"The model is again as it was after epoch {len(self.history)}{kept}"


def _called(function: Callable) -> str:
    return getattr(function, "__qualname__", repr(function))


def _fingerprint(data: Dataset) -> str:
    checksum = 0
    for part in data:
        checksum = zlib.crc32(part.cpu().contiguous().numpy(), checksum)
    shape = "×".join(map(str, data.images.shape))
    return f"{data.name}, {shape}, checksum {checksum:08x}"


def _check(train: Dataset, test: Dataset, epochs: int, lr: float, batch_size: int) -> None:
    for name, value in (("epochs", epochs), ("batch_size", batch_size)):
        if isinstance(value, bool) or not isinstance(value, int) or value < 1:
            raise ValueError(f"{name} = {value!r}: give a whole number of at least 1")
    if not 0 < lr < math.inf:
        raise ValueError(f"lr = {lr!r}: give a learning rate above 0, such as 0.1")
    for dataset in (train, test):
        if not len(dataset):
            raise ValueError(f"{dataset.name} has no examples: give at least one")


@contextmanager
def _seeded(seed: int, where: torch.device) -> Iterator[torch.Generator]:
    """Seed dropout and the order of the images, and put the global generators back afterwards."""
    gpus = [where] if where.type == "cuda" else []
    with torch.random.fork_rng(devices=gpus):
        torch.manual_seed(seed)
        yield torch.Generator().manual_seed(seed)


@contextmanager
def _own_settings(optimizer: Optimizer) -> Iterator[None]:
    """Give an optimizer its rates and other settings back afterwards."""
    before = [{k: v for k, v in group.items() if k != "params"} for group in optimizer.param_groups]
    try:
        yield
    finally:
        for group, settings in zip(optimizer.param_groups, before, strict=True):
            group.update(settings)


@contextmanager
def _mode(model: nn.Module, training: bool) -> Iterator[None]:
    """Put a model into training or evaluation mode, and each layer back afterwards."""
    before = [(layer, layer.training) for layer in model.modules()]
    model.train(training)
    try:
        yield
    finally:
        for layer, was_training in before:
            layer.training = was_training


def _name(where: torch.device) -> str:
    return f"cuda ({torch.cuda.get_device_name(where)})" if where.type == "cuda" else where.type
