"""Checkers of a network's loss, of its training and of its test."""

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import torch
import torch.nn.functional as F
from hypothesis import strategies as st
from torch import Tensor, nn

from .engine import Case, Checker, Misconception, as_tensor, numbers

CHAPTER = "Training"

# ---- from scores to a loss ----

LARGE = 20.0


@st.composite
def score_tables(draw: st.DrawFn) -> Case:
    """Draw the scores of a few examples, some of them too large for their exponentials."""
    n, classes = draw(st.integers(1, 4)), draw(st.integers(2, 5))
    return {"scores": draw(numbers(n, classes)) * draw(st.sampled_from([1, 1, LARGE]))}


@st.composite
def labelled_scores(draw: st.DrawFn) -> Case:
    """Draw scores, and the number of the true class for each example."""
    scores = draw(score_tables())["scores"]
    n, classes = scores.shape
    labels = draw(st.lists(st.integers(0, classes - 1), min_size=n, max_size=n))
    return {"scores": scores, "labels": torch.tensor(labels)}


def on_small_scores(wrong: Callable) -> Callable:
    """Leave scores out on which a naive exponential overflows: that is a mistake of its own."""

    def with_an_opinion(scores: Tensor, *labels: Tensor) -> Tensor:
        if scores.abs().max() > LARGE:
            raise ValueError("no opinion on large scores")
        return wrong(scores, *labels)

    return with_an_opinion


def probabilities(scores: Tensor) -> Tensor:
    """Turn the scores of each row into probabilities: (n, classes) -> (n, classes)."""
    return F.softmax(scores, 1)


def surprise(scores: Tensor, labels: Tensor) -> Tensor:
    """Take the mean of -log p over the true classes: (n, classes), (n,) -> one number."""
    return F.cross_entropy(scores, labels)


def of_truth(values: Tensor, labels: Tensor) -> Tensor:
    """Pick the value at the true class of each row: (n, classes), (n,) -> (n,)."""
    return values.gather(1, labels[:, None])[:, 0]


def naive(scores: Tensor) -> Tensor:
    """Softmax as the formula says it, without regard for what a float can hold."""
    return scores.exp() / scores.exp().sum(1, keepdim=True)


OVERFLOW = (
    "Beyond e^88 a 32-bit number is infinite, and infinity by infinity is no number: subtract "
    "the largest score of each row first. It cancels out."
)
ROWS = "Each row holds the scores of one example, and its probabilities add up to 1: dim=1."

softmax = Checker(
    name="softmax",
    oracle=probabilities,
    draw=score_tables,
    chapter=CHAPTER,
    misconceptions=[
        Misconception("large scores overflow", naive, OVERFLOW),
        Misconception(
            "one maximum serves all rows",
            lambda z: naive(z - z.max()),
            "A row far below the largest of all underflows to zeros; take the largest of each row.",
        ),
        Misconception(
            "the sum runs over examples instead of classes",
            on_small_scores(lambda z: z.softmax(0)),
            ROWS,
        ),
        Misconception(
            "the sum runs over all numbers",
            on_small_scores(lambda z: z.flatten().softmax(0).reshape(z.shape)),
            ROWS,
        ),
        Misconception(
            "the exponentials are not divided by their sum",
            on_small_scores(torch.exp),
            "Probabilities add up to 1: divide by the sum of the row.",
        ),
        Misconception(
            "the scores are divided without an exponential",
            on_small_scores(lambda z: z / z.sum(1, keepdim=True)),
            "Scores may be negative; e to the power of a score is not.",
        ),
        Misconception(
            "each score is squashed by itself",
            on_small_scores(torch.sigmoid),
            "A sigmoid knows nothing of the other classes, and its results do not add up to 1.",
        ),
        Misconception(
            "logarithms of the probabilities are returned",
            on_small_scores(lambda z: z.log_softmax(1)),
            "Probabilities are positive; their logarithms belong into the loss.",
        ),
        Misconception(
            "the signs are turned round",
            on_small_scores(lambda z: (-z).softmax(1)),
            "The largest score gets the largest probability.",
        ),
    ],
)

cross_entropy = Checker(
    name="cross_entropy",
    oracle=surprise,
    draw=labelled_scores,
    chapter=CHAPTER,
    misconceptions=[
        Misconception(
            "large scores overflow", lambda z, y: -of_truth(naive(z), y).log().mean(), OVERFLOW
        ),
        Misconception(
            "a probability is rounded towards 0 before its logarithm is taken",
            lambda z, y: -of_truth(probabilities(z), y).log().mean(),
            "A small probability loses its digits, or becomes 0. Write log p as the score minus "
            "the logarithm of the sum, and leave the division out.",
        ),
        Misconception(
            "the losses are added up, not averaged",
            on_small_scores(lambda z, y: surprise(z, y) * len(y)),
            "With the mean, the gradient does not grow with the size of the batch.",
        ),
        Misconception(
            "the loss is divided by the number of classes too",
            on_small_scores(lambda z, y: surprise(z, y) / z.shape[1]),
            "There is one loss for each example: divide by the number of examples alone.",
        ),
        Misconception(
            "the losses are not averaged",
            on_small_scores(lambda z, y: F.cross_entropy(z, y, reduction="none")),
            "backward() starts from one number: take the mean.",
        ),
        Misconception(
            "softmax is taken twice",
            on_small_scores(lambda z, y: surprise(probabilities(z), y)),
            "The loss takes scores and does the softmax itself; probabilities as scores can never "
            "be far apart, and learning is slow.",
        ),
        Misconception(
            "the scores are taken for probabilities",
            on_small_scores(lambda z, y: -of_truth(z, y).log().mean()),
            "Scores may be negative, and do not add up to 1: softmax comes first.",
        ),
        Misconception(
            "the loss is that of the class with the largest score",
            on_small_scores(lambda z, y: -z.log_softmax(1).amax(1).mean()),
            "What counts is the probability of the true class, whatever the network prefers.",
        ),
        Misconception(
            "the loss of all classes is added up",
            on_small_scores(lambda z, y: -z.log_softmax(1).sum(1).mean()),
            "What counts is the probability of the true class alone: pick it by its label.",
        ),
        Misconception(
            "the minus sign is missing",
            on_small_scores(lambda z, y: -surprise(z, y)),
            "The logarithm of a probability is negative; a loss is to be made small.",
        ),
        Misconception(
            "the logarithm is missing",
            on_small_scores(lambda z, y: -of_truth(probabilities(z), y).mean()),
            "The surprise at a probability is the negative of its logarithm.",
        ),
        Misconception(
            "the logarithm is taken of the mean",
            on_small_scores(lambda z, y: -of_truth(probabilities(z), y).mean().log()),
            "Each example has its own surprise: first the logarithms, then their mean.",
        ),
        Misconception(
            "the sum runs over examples instead of classes",
            on_small_scores(lambda z, y: -of_truth(z.log_softmax(0), y).mean()),
            ROWS,
        ),
    ],
)


# ---- training and testing ----


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


ASKED_FOR = "Asked for are the weights after the last step."

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
            ASKED_FOR,
        ),
        Misconception(
            "the loss is returned",
            lambda loss, w, lr, steps: loss(descended(loss, w, lr, steps)),
            ASKED_FOR,
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
