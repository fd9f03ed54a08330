"""Answers to the exercises on fast training, right and wrong."""

import math

import numpy as np
import torch

# ---- right answers ----


def one_by_one(free, weights, image):
    left, n = free - 3 * weights, 0
    while left >= image:
        left, n = left - image, n + 1
    return n


def by_interpolation(step, steps, peak, warm):
    return float(np.interp(step, [0, warm, steps], [0, peak, 0]))


def by_cases(step, steps, peak, warm):
    if step <= warm:
        return peak * step / warm
    return peak * (steps - step) / (steps - warm)


def with_velocity(w, gradients, lr, momentum):
    velocity = 0
    for gradient in gradients:
        velocity = momentum * velocity + gradient
        w = w - lr * (gradient + momentum * velocity)
    return w


def as_a_sum(w, gradients, lr, momentum):
    """Every gradient acts in its own step, and with ever smaller weight in all later ones."""
    n = len(gradients)
    for i, gradient in enumerate(gradients.tolist()):
        w -= lr * gradient * (1 + sum(momentum**power for power in range(1, n - i + 1)))
    return w


def in_place(w, gradients, lr, momentum):
    w, velocity = torch.tensor(w), torch.zeros(())
    for gradient in gradients:
        velocity.mul_(momentum).add_(gradient)
        w.sub_(lr * gradient.add(velocity, alpha=momentum))
    return w


def if_all_are_finite(w, gradient, scale, lr):
    return w - lr * gradient / scale if torch.isfinite(gradient).all() else w.clone()


def in_numpy(w, gradient, scale, lr):
    w, gradient = np.array(w), np.array(gradient)
    return w if np.isinf(gradient).any() else w - lr / scale * gradient


def tried(w, gradient, scale, lr):
    moved = w - lr * gradient / scale
    return moved if moved.abs().sum() < math.inf else w + 0


def indexed(x, heads):
    y = x.clone()
    y[heads] = x[heads].flip(-1)
    return y


def gathered(x, heads):
    width = x.shape[-1]
    columns = torch.arange(width)
    columns = torch.where(heads[:, None], width - 1 - columns, columns)
    return x.gather(-1, columns[:, None, None].expand_as(x))


def every_step_ordinary(w, gradients, lr, momentum):
    velocity = 0
    for gradient in gradients:
        velocity = momentum * velocity + gradient
        w = w - lr * velocity
    return w


def averaged(w, gradients, lr, momentum):
    velocity = 0
    for gradient in gradients:
        velocity += (1 - momentum) * (gradient - velocity)
        w = w - lr * (gradient + momentum * velocity)
    return w


def velocity_alone(w, gradients, lr, momentum):
    velocity = 0
    for gradient in gradients:
        velocity = momentum * velocity + gradient
        w = w - lr * momentum * velocity
    return w


RIGHT = {
    "batch_that_fits": [
        lambda free, weights, image: (free - 3 * weights) // image,
        lambda free, weights, image: int((free - weights - weights - weights) / image),
        one_by_one,
    ],
    "one_cycle_rate": [
        by_interpolation,
        by_cases,
        lambda step, steps, peak, warm: peak * min(step / warm, (steps - step) / (steps - warm)),
    ],
    "nesterov_steps": [with_velocity, as_a_sum, in_place],
    "scaled_step": [if_all_are_finite, in_numpy, tried],
    "flip_batch": [
        lambda x, heads: torch.where(heads[:, None, None, None], x.flip(3), x),
        indexed,
        gathered,
    ],
}

# ---- wrong answers ----

WRONG = {
    "batch_that_fits": {
        "only the weights are counted": lambda f, w, i: math.floor((f - w) / i),
        "the velocities are forgotten": lambda f, w, i: int((f - w - w) / i),
        "nothing but images is counted": lambda f, w, i: int(f / i),
        "every image has weights of its own": lambda f, w, i: int(f / (w + w + w + i)),
        "it is rounded up": lambda f, w, i: -((3 * w - f) // i),
    },
    "one_cycle_rate": {
        "there is no warm-up": lambda step, n, peak, warm: peak * (1 - step / n),
        "it jumps down after the warm-up": lambda step, n, peak, warm: (
            peak * (step / warm if step < warm else 1 - step / n)
        ),
        "it never falls": lambda step, n, peak, warm: peak * min(1, step / warm),
        "it falls along a cosine": lambda step, n, peak, warm: (
            peak * step / warm
            if step < warm
            else peak * math.cos(math.pi / 2 * (step - warm) / (n - warm)) ** 2
        ),
        "it goes on rising": lambda step, n, peak, warm: step / warm * peak,
    },
    "nesterov_steps": {
        "it does not look ahead": every_step_ordinary,
        "there is no momentum": lambda w, g, lr, momentum: w - lr * g.sum(),
        "the velocity is an average": averaged,
        "the gradient is left out": velocity_alone,
        "it goes uphill": lambda w, g, lr, momentum: 2 * w - with_velocity(w, g, lr, momentum),
    },
    "scaled_step": {
        "the scale stays in the gradient": lambda w, g, scale, lr: (
            w + 0 if g.isinf().any() else w - lr * g
        ),
        "infinite gradients are used": lambda w, g, scale, lr: w - lr / scale * g,
        "only the weights with infinite gradients stay": lambda w, g, scale, lr: (
            w - lr / scale * g.where(g.isfinite(), torch.zeros(()))
        ),
        "the gradient is multiplied once more": lambda w, g, scale, lr: (
            w + 0 if g.isinf().any() else w - lr * scale * g
        ),
        "no step is ever taken": lambda w, g, scale, lr: w * 1,
    },
    "flip_batch": {
        "one coin turns all images": lambda x, heads: x.flip(3) if heads.sum() else x + 0,
        "the first coin decides for all": lambda x, heads: x.flip(3) if heads[0].item() else x + 0,
        "images are turned upside down": lambda x, heads: torch.where(
            heads[:, None, None, None], x.flip(2), x
        ),
        "the order of the images is turned round": lambda x, heads: torch.stack(
            [x[-1 - i] if coin else x[i] for i, coin in enumerate(heads.tolist())]
        ),
        "the others are mirrored": lambda x, heads: torch.where(
            heads[:, None, None, None], x, x.flip(3)
        ),
    },
}
