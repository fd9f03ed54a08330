"""Answers to the exercises on image kernels, right and wrong."""

import numpy as np
import torch
import torch.nn.functional as F

from book_utils import ops
from tests.unit.answers.sliding import window_sums

ACROSS = np.array([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]])
DOWN = ACROSS.T


def legs(x):
    return window_sums(x, ACROSS), window_sums(x, DOWN)


# ---- right answers ----


def by_complex_numbers(x):
    across, down = legs(x)
    return abs(across + 1j * down)


def by_differences(x):
    """Split both kernels: a difference in one direction, a small blur in the other."""
    x = np.asarray(x)
    right, down = x[:, 2:] - x[:, :-2], x[2:] - x[:-2]
    right = right[:-2] + 2 * right[1:-1] + right[2:]
    down = down[:, :-2] + 2 * down[:, 1:-1] + down[:, 2:]
    return np.sqrt(right**2 + down**2)


def by_two_channels(x):
    kernels = torch.stack([ops.KERNELS[name].weights for name in ("Sobel x", "Sobel y")])
    return F.conv2d(x[None, None], kernels[:, None])[0].norm(dim=0)


def by_cases(blur, amount):
    """Change the sign of each weight, and then the one in the middle."""
    k = -amount * blur
    k[len(k) // 2, len(k) // 2] += 1 + amount
    return k


def by_numpy(blur, amount):
    middle = np.zeros(blur.shape)
    middle[blur.shape[0] // 2, blur.shape[1] // 2] = 1
    return (1 + amount) * middle - amount * blur.numpy()


def by_lerp(blur, amount):
    middle = F.pad(torch.ones(1, 1), (len(blur) // 2,) * 4)
    return torch.lerp(blur, middle, 1 + amount)


RIGHT = {
    "edge_strength": [by_complex_numbers, by_differences, by_two_channels],
    "sharpener": [by_cases, by_numpy, by_lerp],
}


# ---- wrong answers ----


def equal_rows(x):
    across = np.array([[-1, 0, 1]] * 3)
    return np.sqrt(window_sums(x, across) ** 2 + window_sums(x, across.T) ** 2)


EDGE_STRENGTH = {
    "only one direction counts": [
        lambda x: abs(window_sums(x, ACROSS)),
        lambda x: abs(window_sums(x, DOWN)),
    ],
    "the two maps are added with their signs": [
        lambda x: window_sums(x, ACROSS + DOWN),
        lambda x: abs(window_sums(x, ACROSS + DOWN)),
    ],
    "the sizes of the two maps are added": lambda x: np.abs(legs(x)).sum(0),
    "the square root is missing": lambda x: np.square(legs(x)).sum(0),
    "the middle row counts once": equal_rows,
}


def centre(blur):
    n = len(blur)
    return np.eye(n)[:, [n // 2]] @ np.eye(n)[[n // 2]]


SHARPENER = {
    "the blur is mixed in instead of taken away": lambda blur, amount: (
        (1 - amount) * centre(blur) + amount * blur.numpy()
    ),
    "the image itself is missing": lambda blur, amount: amount * (centre(blur) - blur.numpy()),
    "the amount is left out": lambda blur, amount: 2 * centre(blur) - blur.numpy(),
    "the brightness is not kept": lambda blur, amount: centre(blur) - amount * blur.numpy(),
    "the identity has a 1 everywhere": lambda blur, amount: (
        np.ones(blur.shape) * (1 + amount) - amount * blur.numpy()
    ),
}


WRONG = {"edge_strength": EDGE_STRENGTH, "sharpener": SHARPENER}
