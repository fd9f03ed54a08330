"""Checkers of fast training: a batch that fits, a schedule, steps, flips."""

import math
from collections.abc import Callable

import torch
from hypothesis import strategies as st
from torch import Tensor, nn

from .engine import Case, Checker, Misconception, numbers

CHAPTER = "Training fast"


# ---- how large a batch fits ----


@st.composite
def memories(draw: st.DrawFn) -> Case:
    """Draw megabytes: those that are free, those of the weights, and those of an image."""
    weights, image = draw(st.integers(1, 9)), draw(st.integers(2, 7))
    return {"free": draw(st.integers(4 * weights, 200)), "weights": weights, "image": image}


def largest(free: int, weights: int, image: int) -> int:
    """Say how many images fit beside weights, gradients and velocities: -> int."""
    n = 0
    while 3 * weights + (n + 1) * image <= free:
        n += 1
    return n


batch_that_fits = Checker(
    name="batch_that_fits",
    oracle=largest,
    draw=memories,
    chapter=CHAPTER,
    misconceptions=[
        Misconception(
            "only the weights are counted",
            lambda free, weights, image: (free - weights) // image,
            "Each weight has a gradient as well, and momentum keeps a velocity for each.",
        ),
        Misconception(
            "the velocities are forgotten",
            lambda free, weights, image: (free - 2 * weights) // image,
            "Momentum keeps one more number for each weight: three copies in all.",
        ),
        Misconception(
            "nothing but images is counted",
            lambda free, weights, image: free // image,
            "Weights, gradients and velocities need room before the first image comes.",
        ),
        Misconception(
            "every image has weights of its own",
            lambda free, weights, image: free // (3 * weights + image),
            "All images of a batch go through the same weights: they are there once.",
        ),
        Misconception(
            "it is rounded up",
            lambda free, weights, image: math.ceil((free - 3 * weights) / image),
            "A part of an image does not fit: round down.",
        ),
    ],
)


# ---- a schedule ----


@st.composite
def places_on_a_triangle(draw: st.DrawFn) -> Case:
    """Draw a step counted from 0, how many there are, the peak, and the steps of the warm-up."""
    warm = draw(st.integers(1, 6))
    steps = warm + draw(st.integers(1, 10))
    step = draw(st.integers(0, steps - 1))
    return {"step": step, "steps": steps, "peak": draw(st.sampled_from([1.0, 2.0])), "warm": warm}


def triangle(step: int, steps: int, peak: float, warm: int) -> float:
    """Rise in a line from 0 to the peak, then fall in a line to 0: -> float."""
    optimizer = torch.optim.SGD([nn.Parameter(torch.zeros(1))], lr=peak)
    up = torch.optim.lr_scheduler.LinearLR(optimizer, 1e-9, 1, warm)
    down = torch.optim.lr_scheduler.LinearLR(optimizer, 1, 0, steps - warm)
    schedule = torch.optim.lr_scheduler.SequentialLR(optimizer, [up, down], [warm])
    for _ in range(step):
        optimizer.step()
        schedule.step()
    return optimizer.param_groups[0]["lr"]


def after_warming(fall: Callable[[int, int, float, int], float]) -> Callable:
    """Rise as the right answer does, then fall in a way of its own."""
    return lambda step, steps, peak, warm: (
        peak * step / warm if step < warm else fall(step, steps, peak, warm)
    )


one_cycle_rate = Checker(
    name="one_cycle_rate",
    oracle=triangle,
    draw=places_on_a_triangle,
    chapter=CHAPTER,
    misconceptions=[
        Misconception(
            "there is no warm-up",
            lambda step, steps, peak, warm: peak * (steps - step) / steps,
            "The rate begins at 0, and reaches its peak after the warm-up.",
        ),
        Misconception(
            "it jumps down after the warm-up",
            after_warming(lambda step, steps, peak, warm: peak * (steps - step) / steps),
            "The fall has steps − warm steps, and begins at the peak.",
        ),
        Misconception(
            "it never falls",
            after_warming(lambda step, steps, peak, warm: peak),
            "After the warm-up it falls, to 0 at step `steps`.",
        ),
        Misconception(
            "it falls along a cosine",
            after_warming(
                lambda step, steps, peak, warm: (
                    peak * (1 + math.cos(math.pi * (step - warm) / (steps - warm))) / 2
                )
            ),
            "Here it falls in a straight line.",
        ),
        Misconception(
            "it goes on rising",
            lambda step, steps, peak, warm: peak * step / warm,
            "From the end of the warm-up on it falls.",
        ),
    ],
)


# ---- a step of Nesterov's ----


@st.composite
def gradients_of_steps(draw: st.DrawFn) -> Case:
    """Draw a weight, the gradients of a few steps, a rate and a momentum."""
    count = draw(st.integers(1, 4))
    return {
        "w": float(draw(st.integers(-3, 3))),
        "gradients": draw(numbers(count)),
        "lr": draw(st.sampled_from([0.5, 1.0])),
        "momentum": draw(st.sampled_from([0.5, 0.25])),
    }


def by_pytorch(w: float, gradients: Tensor, lr: float, momentum: float, **how: bool) -> float:
    """Take PyTorch's steps along given gradients."""
    weight = nn.Parameter(torch.tensor(w))
    optimizer = torch.optim.SGD([weight], lr=lr, momentum=momentum, **how)
    for gradient in gradients:
        weight.grad = gradient.clone()
        optimizer.step()
    return weight.item()


def ahead(w: float, gradients: Tensor, lr: float, momentum: float) -> float:
    """Take steps of stochastic gradient descent with Nesterov momentum: -> float."""
    return by_pytorch(w, gradients, lr, momentum, nesterov=True)


def with_steps(move: Callable[[float, float, float], float], share: bool = False) -> Callable:
    """Take steps that move by what a function makes of gradient, velocity and momentum."""

    def walk(w: float, gradients: Tensor, lr: float, momentum: float) -> float:
        velocity = 0.0
        for g in gradients.tolist():
            velocity = momentum * velocity + ((1 - momentum) * g if share else g)
            w -= lr * move(g, velocity, momentum)
        return w

    return walk


nesterov_steps = Checker(
    name="nesterov_steps",
    oracle=ahead,
    draw=gradients_of_steps,
    chapter=CHAPTER,
    misconceptions=[
        Misconception(
            "it does not look ahead",
            lambda w, gradients, lr, momentum: by_pytorch(w, gradients, lr, momentum),
            "That is ordinary momentum. Nesterov's moves by g + momentum·velocity.",
        ),
        Misconception(
            "there is no momentum",
            lambda w, gradients, lr, momentum: by_pytorch(w, gradients, lr, 0),
            "The velocity keeps a part of all earlier gradients.",
        ),
        Misconception(
            "the velocity is an average",
            with_steps(lambda g, v, momentum: g + momentum * v, share=True),
            "PyTorch adds the whole gradient to momentum·velocity, not 1 − momentum of it.",
        ),
        Misconception(
            "the gradient is left out",
            with_steps(lambda g, v, momentum: momentum * v),
            "The step is the gradient plus momentum times the velocity.",
        ),
        Misconception(
            "it goes uphill",
            lambda w, gradients, lr, momentum: ahead(w, -gradients, lr, momentum),
            "Against the gradient: w − lr·(…).",
        ),
    ],
)


# ---- a step with scaled gradients ----


@st.composite
def scaled_gradients(draw: st.DrawFn) -> Case:
    """Draw weights, their scaled gradients, of which some may be infinite, scale and rate."""
    count = draw(st.integers(1, 4))
    gradient = draw(numbers(count))
    if draw(st.booleans()):
        gradient[draw(st.integers(0, count - 1))] = math.inf
    return {
        "w": draw(numbers(count)),
        "gradient": gradient,
        "scale": draw(st.sampled_from([2.0, 4.0])),
        "lr": draw(st.sampled_from([1.0, 0.5])),
    }


def by_scaler(w: Tensor, gradient: Tensor, scale: float, lr: float) -> Tensor:
    """Take a step with a scaled gradient, or none if it is not finite: (n,) -> (n,)."""
    weight = nn.Parameter(w.clone())
    optimizer = torch.optim.SGD([weight], lr=lr)
    scaler = torch.amp.GradScaler("cpu", init_scale=scale)
    scaler.scale(torch.zeros(1))  # from here on it has a scale
    weight.grad = gradient.clone()
    scaler.step(optimizer)
    return weight.detach()


def if_finite(step: Callable) -> Callable:
    """Take another step, where all is finite."""
    return lambda w, g, scale, lr: step(w, g, scale, lr) if g.isfinite().all() else w.clone()


scaled_step = Checker(
    name="scaled_step",
    oracle=by_scaler,
    draw=scaled_gradients,
    chapter=CHAPTER,
    misconceptions=[
        Misconception(
            "the scale stays in the gradient",
            if_finite(lambda w, g, scale, lr: w - lr * g),
            "The loss was multiplied by the scale, and so was the gradient: divide by it.",
        ),
        Misconception(
            "infinite gradients are used",
            lambda w, g, scale, lr: w - lr * g / scale,
            "One infinite step, and the weight is lost: leave the whole step out.",
        ),
        Misconception(
            "only the weights with infinite gradients stay",
            lambda w, g, scale, lr: torch.where(g.isfinite(), w - lr * g / scale, w),
            "An overflow spoils the whole step: no weight moves.",
        ),
        Misconception(
            "the gradient is multiplied once more",
            if_finite(lambda w, g, scale, lr: w - lr * g * scale),
            "The gradient holds the scale already: divide by it.",
        ),
        Misconception(
            "no step is ever taken",
            lambda w, g, scale, lr: w.clone(),
            "Where all gradients are finite, the step is taken.",
        ),
    ],
)


# ---- mirrored images ----


@st.composite
def coins_for_images(draw: st.DrawFn) -> Case:
    """Draw a batch of small images, and a coin for each."""
    n, height, width = draw(st.integers(1, 3)), draw(st.integers(1, 3)), draw(st.integers(2, 3))
    heads = draw(st.lists(st.booleans(), min_size=n, max_size=n))
    return {"x": draw(numbers(n, 1, height, width)), "heads": torch.tensor(heads)}


def mirrored(x: Tensor, heads: Tensor) -> Tensor:
    """Mirror left to right the images whose coin shows heads: (n, c, h, w) -> (n, c, h, w)."""
    pairs = zip(x, heads, strict=True)
    return torch.stack([image.flip(-1) if coin else image for image, coin in pairs])


flip_batch = Checker(
    name="flip_batch",
    oracle=mirrored,
    draw=coins_for_images,
    chapter=CHAPTER,
    misconceptions=[
        Misconception(
            "one coin turns all images",
            lambda x, heads: x.flip(-1) if heads.any() else x.clone(),
            "Each image has a coin of its own.",
        ),
        Misconception(
            "the first coin decides for all",
            lambda x, heads: x.flip(-1) if heads[0] else x.clone(),
            "Each image has a coin of its own.",
        ),
        Misconception(
            "images are turned upside down",
            lambda x, heads: mirrored(x.mT, heads).mT,
            "Mirror left to right, along the last axis: few things are seen upside down.",
        ),
        Misconception(
            "the order of the images is turned round",
            lambda x, heads: torch.where(heads[:, None, None, None], x.flip(0), x),
            "The first axis counts the images. Left and right are on the last.",
        ),
        Misconception(
            "the others are mirrored",
            lambda x, heads: mirrored(x, ~heads),
            "Mirror where the coin shows heads, True.",
        ),
    ],
)
