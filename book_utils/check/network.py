"""Checkers of training and testing: the steps of gradient descent, and an evaluation."""

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import torch
from hypothesis import strategies as st
from torch import Tensor, nn

from .engine import Case, Checker, Misconception, as_tensor, numbers

CHAPTER = "LeNet"


class Bowl:
    """A loss of a few weights: Σ steep · (w - lowest)²."""

    def __init__(self, steep: list[int], lowest: Tensor) -> None:
        self.steep, self.lowest = torch.tensor(steep), lowest

    def __call__(self, w: Tensor) -> Tensor:
        """Return the loss at w."""
        return (self.steep * (w - self.lowest) ** 2).sum()

    def __repr__(self) -> str:
        terms = zip(self.steep.tolist(), self.lowest.tolist(), strict=True)
        return " + ".join(
            f"{a}·(w[{i}] {'+' if c < 0 else '-'} {abs(c):g})²" for i, (a, c) in enumerate(terms)
        )


@st.composite
def descents(draw: st.DrawFn) -> Case:
    """Draw a bowl, a place to start from, a learning rate and a number of steps."""
    n = draw(st.integers(1, 3))
    steep = draw(st.lists(st.integers(1, 2), min_size=n, max_size=n))
    return {
        "loss": Bowl(steep, draw(numbers(n))),
        "w": draw(numbers(n)),
        "lr": draw(st.sampled_from([0.25, 0.1])),
        "steps": draw(st.integers(1, 4)),
    }


def descended(loss: Callable, w: Tensor, lr: float, steps: int) -> Tensor:
    """Return the weights after some steps against the gradient of loss(w)."""
    w = w.clone().requires_grad_()
    optimizer = torch.optim.SGD([w], lr)
    for _ in range(steps):
        optimizer.zero_grad()
        loss(w).backward()
        optimizer.step()
    return w.detach()


def gradient(loss: Callable, w: Tensor) -> Tensor:
    """Return the gradient of loss(w)."""
    return torch.autograd.grad(loss(w := w.clone().requires_grad_()), w)[0]


def without_zero_grad(loss: Callable, w: Tensor, lr: float, steps: int) -> Tensor:
    """Let gradients add up from step to step."""
    total = torch.zeros_like(w)
    for _ in range(steps):
        total = total + gradient(loss, w)
        w = w - lr * total
    return w


gradient_descent = Checker(
    name="gradient_descent",
    oracle=descended,
    draw=descents,
    chapter=CHAPTER,
    misconceptions=[
        Misconception(
            "the gradient is not set to zero between steps",
            without_zero_grad,
            "backward() adds to what is in .grad already: each step must begin with zero.",
        ),
        Misconception(
            "it goes up instead of down",
            lambda loss, w, lr, steps: descended(lambda w: -loss(w), w, lr, steps),
            "The gradient points to where the loss grows: go against it, w - lr · gradient.",
        ),
        Misconception(
            "the learning rate is forgotten",
            lambda loss, w, lr, steps: descended(loss, w, 1.0, steps),
            "A step is the gradient times the learning rate.",
        ),
        Misconception(
            "every step uses the gradient of the start",
            lambda loss, w, lr, steps: w - steps * lr * gradient(loss, w),
            "The slope changes with w: compute loss and gradient anew before each step.",
        ),
        Misconception(
            "it takes one step only",
            lambda loss, w, lr, steps: descended(loss, w, lr, 1),
            "Go on for the given number of steps. Does the return stand inside the loop?",
        ),
        Misconception(
            "it takes one step too many",
            lambda loss, w, lr, steps: descended(loss, w, lr, steps + 1),
            "range(steps) has exactly that many rounds.",
        ),
        Misconception(
            "the gradient is returned",
            lambda loss, w, lr, steps: gradient(loss, descended(loss, w, lr, steps - 1)),
            "Asked for are the weights after the last step.",
        ),
        Misconception(
            "the loss is returned",
            lambda loss, w, lr, steps: loss(descended(loss, w, lr, steps)),
            "Asked for are the weights after the last step.",
        ),
    ],
)


class Forgetful(nn.Module):
    """A network whose scores are its inputs; in training it drops the largest of each row.

    It notes whether autograd took notes of a call.
    """

    def __init__(self, training: bool) -> None:
        super().__init__()
        self.weight, self.noted = nn.Parameter(torch.ones(())), False
        self.train(training)

    def forward(self, x: Tensor) -> Tensor:  # (n, classes) -> (n, classes)
        """Return the scores, the largest of each row set to 0 when training."""
        scores = self.weight * x
        self.noted = self.noted or scores.requires_grad
        return scores * (scores < scores.amax(1, keepdim=True)) if self.training else scores

    def __repr__(self) -> str:
        return f"a network in {'training' if self.training else 'evaluation'} mode"


class Evaluation(NamedTuple):
    """What an evaluation returned, and what it left behind."""

    accuracy: float
    training_mode_after: bool
    autograd_took_notes: bool


def with_what_it_left(value: Any, given: Case) -> Any:
    """Put beside an accuracy in which mode the network is now, and whether autograd took notes."""
    number, model = as_tensor(value), next(iter(given.values()))
    if number is None or number.numel() != 1:
        return value
    return Evaluation(number.item(), model.training, model.noted)


@st.composite
def evaluations(draw: st.DrawFn) -> Case:
    """Draw a network in either mode, labelled examples and a batch size."""
    n, classes = draw(st.integers(1, 6)), draw(st.integers(2, 3))
    labels = draw(st.lists(st.integers(0, classes - 1), min_size=n, max_size=n))
    return {
        "model": Forgetful(draw(st.booleans())),
        "x": draw(numbers(n, classes)),
        "y": torch.tensor(labels),
        "batch_size": draw(st.integers(1, 4)),
    }


def tested(model: nn.Module, x: Tensor, y: Tensor, batch_size: int) -> Evaluation:
    """Return the share of right answers, in evaluation mode, without gradients, and tidy up."""
    return evaluated(model, x, y, batch_size)


def evaluated(
    model: nn.Module,
    x: Tensor,
    y: Tensor,
    batch_size: int,
    switch: bool = True,
    after: bool | None = None,
    notes: bool = False,
    score: Callable = lambda batches: torch.cat(batches).mean(),
) -> Evaluation:
    """Evaluate: with `eval()` or not, ending in a mode of one's own or in the first, with notes.

    `score` makes one number of the batches of right (1) and wrong (0) answers.
    """
    before = model.training
    drops = Forgetful(before and not switch)
    batches = zip(x.split(batch_size), y.split(batch_size), strict=True)
    right = [(drops(images).argmax(1) == labels).float() for images, labels in batches]
    return Evaluation(float(score(right)), before if after is None else after, notes)


def averaged_over_batches(right: list[Tensor]) -> Tensor:
    """Average the accuracies of the batches, however many examples each has."""
    return torch.stack([batch.mean() for batch in right]).mean()


def of_whole_batches(right: list[Tensor]) -> Tensor:
    """Leave out a last batch that is shorter than the first; no opinion if that is the only one."""
    return torch.cat([batch for batch in right if len(batch) == len(right[0])]).mean()


EVAL_FORGOTTEN = (
    "In training mode, layers such as dropout and batch normalisation compute something else: "
    "say model.eval() first."
)
NOT_RESTORED = "Who called may be in the middle of training. "
NOTES = (
    "The number is right, but memory and time go into a graph that nobody needs: go through the "
    "batches under torch.no_grad() or torch.inference_mode()."
)

evaluate = Checker(
    name="evaluate",
    oracle=tested,
    draw=evaluations,
    chapter=CHAPTER,
    observe=with_what_it_left,
    misconceptions=[
        Misconception("eval() is forgotten", partial(evaluated, switch=False), EVAL_FORGOTTEN),
        Misconception(
            "eval() and no_grad() are both forgotten",
            partial(evaluated, switch=False, notes=True),
            f"{EVAL_FORGOTTEN} And autograd need not take notes: torch.no_grad().",
        ),
        Misconception(
            "the network is left in evaluation mode",
            partial(evaluated, after=False),
            f"{NOT_RESTORED}Note model.training before, and end with model.train(that).",
        ),
        Misconception(
            "the network is left in evaluation mode, and no_grad() is forgotten",
            partial(evaluated, after=False, notes=True),
            f"{NOT_RESTORED}Put the mode back as it was; and torch.no_grad() keeps autograd from "
            "taking notes.",
        ),
        Misconception(
            "the network is always left in training mode",
            partial(evaluated, after=True),
            "Who called may have been evaluating already: put back the mode that there was.",
        ),
        Misconception("autograd takes notes", partial(evaluated, notes=True), NOTES),
        Misconception(
            "the accuracies of the batches are averaged",
            partial(evaluated, score=averaged_over_batches),
            "The last batch may be short, and its examples then count for too much: add up right "
            "answers, and divide by the number of examples at the end.",
        ),
        Misconception(
            "a short last batch is left out",
            partial(evaluated, score=of_whole_batches),
            "Every example counts, also those that do not fill a batch.",
        ),
        Misconception(
            "the number of right answers is returned",
            partial(evaluated, score=lambda right: torch.cat(right).sum()),
            "The accuracy is their share: divide by the number of examples.",
        ),
        Misconception(
            "the share of wrong answers is returned",
            partial(evaluated, score=lambda right: 1 - torch.cat(right).mean()),
            "The accuracy is the share of right answers.",
        ),
        Misconception(
            "the accuracy is given in percent",
            partial(evaluated, score=lambda right: 100 * torch.cat(right).mean()),
            "An accuracy runs from 0 to 1.",
        ),
    ],
)
