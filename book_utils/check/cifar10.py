"""Checkers of the CIFAR-10 case study: dense layers counted, three ingredients of a good run."""

import math
from itertools import pairwise

import torch
import torch.nn.functional as F
from hypothesis import strategies as st
from torch import Tensor, nn

from .engine import Case, Checker, Misconception, numbers

CHAPTER = "Case study: CIFAR-10"


@st.composite
def units_of_layers(draw: st.DrawFn) -> Case:
    """Draw the numbers of units from the input to the scores."""
    return {"units": draw(st.lists(st.integers(1, 12), min_size=2, max_size=5))}


def dense(units: list[int]) -> int:
    """Count the parameters of a stack of dense layers: -> int."""
    layers = (nn.Linear(n, m, device="meta") for n, m in pairwise(units))
    return sum(p.numel() for layer in layers for p in layer.parameters())


dense_parameters = Checker(
    name="dense_parameters",
    oracle=dense,
    draw=units_of_layers,
    chapter=CHAPTER,
    misconceptions=[
        Misconception(
            "the biases are forgotten",
            lambda units: sum(n * m for n, m in pairwise(units)),
            "Each output has a bias, too: n·m + m for a layer from n to m.",
        ),
        Misconception(
            "the inputs have biases",
            lambda units: sum(n * m for n, m in pairwise(units)) + sum(units),
            "A bias belongs to an output of a layer: the first number is only read.",
        ),
        Misconception(
            "only the first and the last layer count",
            lambda units: units[0] * units[-1] + units[-1],
            "Go from pair to pair: every two neighbours are a layer.",
        ),
        Misconception(
            "every layer has one bias",
            lambda units: sum(n * m + 1 for n, m in pairwise(units)),
            "There is a bias for each output, not one for the whole layer.",
        ),
        Misconception(
            "all numbers are multiplied",
            lambda units: math.prod(units),
            "The layers follow one another, so their parameters are added.",
        ),
    ],
)


@st.composite
def places_on_a_schedule(draw: st.DrawFn) -> Case:
    """Draw a first rate, an epoch counted from 0, and how many there are."""
    epochs = draw(st.integers(1, 30))
    epoch = draw(st.integers(0, epochs - 1))
    return {"rate": draw(st.sampled_from([0.5, 1.0, 2.0])), "epoch": epoch, "epochs": epochs}


def cosine(rate: float, epoch: int, epochs: int) -> float:
    """Return the rate of an epoch on a cosine that ends at 0: -> float."""
    weight = nn.Parameter(torch.zeros(1))
    optimizer = torch.optim.SGD([weight], lr=rate)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, epochs)
    for _ in range(epoch):
        optimizer.step()
        schedule.step()
    return optimizer.param_groups[0]["lr"]


cosine_rate = Checker(
    name="cosine_rate",
    oracle=cosine,
    draw=places_on_a_schedule,
    chapter=CHAPTER,
    misconceptions=[
        Misconception(
            "the rate falls in a straight line",
            lambda rate, epoch, epochs: rate * (1 - epoch / epochs),
            "That is a linear schedule. A cosine falls slowly, then fast, then slowly.",
        ),
        Misconception(
            "the cosine goes below 0",
            lambda rate, epoch, epochs: rate * math.cos(math.pi * epoch / epochs),
            "A cosine goes from 1 to −1. Add 1 and halve it, so that it goes from 1 to 0.",
        ),
        Misconception(
            "a quarter of the wave is used",
            lambda rate, epoch, epochs: rate * math.cos(math.pi * epoch / epochs / 2),
            "Half a wave, from 0 to π, is flat at both ends; a quarter ends steeply.",
        ),
        Misconception(
            "it is not halved",
            lambda rate, epoch, epochs: rate * (1 + math.cos(math.pi * epoch / epochs)),
            "1 + cos starts at 2: halve it, or the first epoch has twice the rate.",
        ),
        Misconception(
            "the angle is in degrees",
            lambda rate, epoch, epochs: rate * (1 + math.cos(180 * epoch / epochs)) / 2,
            "math.cos takes radians: half a wave is π, not 180.",
        ),
    ],
)


@st.composite
def labels_to_smooth(draw: st.DrawFn) -> Case:
    """Draw a label, the number of classes, and how much is spread."""
    classes = draw(st.integers(2, 10))
    label = draw(st.integers(0, classes - 1))
    return {"label": label, "classes": classes, "eps": draw(st.sampled_from([0.1, 0.2, 0.5]))}


def smoothed(label: int, classes: int, eps: float) -> Tensor:
    """Spread a share eps of a label over all classes: -> (classes,).

    The gradient of PyTorch's smoothed loss at equal scores is 1 / classes minus the target.
    """
    scores = torch.zeros(classes, requires_grad=True)
    F.cross_entropy(scores, torch.tensor(label), label_smoothing=eps).backward()
    return 1 / classes - scores.grad


def target(label: int, classes: int, own: float, others: float) -> Tensor:
    """Return one number for the label and another for all other classes."""
    return torch.full((classes,), others).index_fill(0, torch.tensor([label]), own)


smoothed_label = Checker(
    name="smoothed_label",
    oracle=smoothed,
    draw=labels_to_smooth,
    chapter=CHAPTER,
    misconceptions=[
        Misconception(
            "the share is spread over the other classes alone",
            lambda label, n, eps: target(label, n, 1 - eps, eps / (n - 1)),
            "It is spread over all classes: the label's own gets 1 − eps + eps / classes.",
        ),
        Misconception(
            "the label's own class gets none of it",
            lambda label, n, eps: target(label, n, 1 - eps, eps / n),
            "Then the numbers do not add up to 1: the own class gets eps / classes as well.",
        ),
        Misconception(
            "nothing is taken from the label",
            lambda label, n, eps: target(label, n, 1.0, eps / n),
            "What is spread is taken from the label: all numbers add up to 1.",
        ),
        Misconception(
            "every other class gets the whole share",
            lambda label, n, eps: target(label, n, 1 - eps, eps),
            "eps is divided among all classes.",
        ),
        Misconception(
            "nothing is smoothed",
            lambda label, n, eps: target(label, n, 1.0, 0.0),
            "That is the label as it was: 1 for its class, 0 for the others.",
        ),
    ],
)


@st.composite
def images_to_shift(draw: st.DrawFn) -> Case:
    """Draw a small image and how far it is shifted: no further than it is large."""
    h, w = draw(st.integers(1, 4)), draw(st.integers(1, 4))
    down, right = draw(st.integers(1 - h, h - 1)), draw(st.integers(1 - w, w - 1))
    return {"x": draw(numbers(h, w)), "down": down, "right": right}


def shifted(x: Tensor, down: int, right: int) -> Tensor:
    """Shift an image, with zeros in uncovered pixels: (h, w) -> (h, w)."""
    return F.pad(x, (right, -right, down, -down))


moved_picture = Checker(
    name="moved_picture",
    oracle=shifted,
    draw=images_to_shift,
    chapter=CHAPTER,
    misconceptions=[
        Misconception(
            "pixels wrap around",
            lambda x, down, right: x.roll((down, right), (0, 1)),
            "What leaves the image is gone, and zeros come in: torch.roll moves in a circle.",
        ),
        Misconception(
            "it is shifted the other way",
            lambda x, down, right: shifted(x, -down, -right),
            "A positive number shifts the image down and to the right.",
        ),
        Misconception(
            "the edge is drawn out",
            lambda x, down, right: F.pad(
                x[None], (max(right, 0), max(-right, 0), max(down, 0), max(-down, 0)), "replicate"
            )[0, max(-down, 0) :, max(-right, 0) :][: x.shape[0], : x.shape[1]],
            "Uncovered pixels are 0, not the last row or column once more.",
        ),
        Misconception(
            "it is shifted along one axis only",
            [
                lambda x, down, right: shifted(x, down, 0),
                lambda x, down, right: shifted(x, 0, right),
            ],
            "Shift it down and to the right.",
        ),
        Misconception(
            "it has grown",
            lambda x, down, right: F.pad(
                x, (max(right, 0), max(-right, 0), max(down, 0), max(-down, 0))
            ),
            "Cut off what leaves the frame: the image keeps its size.",
        ),
    ],
)
