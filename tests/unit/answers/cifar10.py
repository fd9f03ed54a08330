"""Answers to the exercises of the CIFAR-10 case study, right and wrong."""

import math

import numpy as np
import torch

# ---- right answers ----


def layer_by_layer(units):
    total = 0
    for n, m in zip(units, units[1:], strict=False):
        total += (n + 1) * m
    return total


def by_sine(rate, epoch, epochs):
    return rate * math.cos(math.pi * epoch / epochs / 2) ** 2


def mixture(label, classes, eps):
    one = torch.eye(classes)[label]
    return (1 - eps) * one + eps / classes


def pixel_by_pixel(x, down, right):
    y = torch.zeros_like(x)
    h, w = x.shape
    for i in range(h):
        for j in range(w):
            if 0 <= i - down < h and 0 <= j - right < w:
                y[i, j] = x[i - down, j - right]
    return y


def cut_from_padded(x, down, right):
    h, w = x.shape
    padded = np.pad(np.asarray(x), ((h, h), (w, w)))
    return padded[h - down : 2 * h - down, w - right : 2 * w - right]


RIGHT = {
    "dense_parameters": [
        layer_by_layer,
        lambda units: sum(n * m for n, m in zip(units, units[1:], strict=False)) + sum(units[1:]),
        lambda units: sum(torch.empty(m, n + 1).numel() for n, m in zip(units[:-1], units[1:])),  # noqa: B905
    ],
    "cosine_rate": [
        by_sine,
        lambda rate, epoch, epochs: 0.5 * rate * (1 + math.cos(epoch / epochs * math.pi)),
        lambda rate, epoch, epochs: rate * (1 + np.cos(np.pi * epoch / epochs)) / 2,
    ],
    "smoothed_label": [
        mixture,
        lambda label, n, eps: torch.tensor([(1 - eps) * (c == label) + eps / n for c in range(n)]),
        lambda label, n, eps: (1 - eps) * np.eye(n)[label] + np.full(n, eps / n),
    ],
    "moved_picture": [
        pixel_by_pixel,
        cut_from_padded,
        lambda x, down, right: torch.as_tensor(cut_from_padded(x, down, right)).clone(),
    ],
}


# ---- wrong answers ----


def rolled(x, down, right):
    return np.roll(np.asarray(x), (down, right), axis=(0, 1))


def edges_repeated(x, down, right):
    h, w = x.shape
    rows = [min(max(i - down, 0), h - 1) for i in range(h)]
    columns = [min(max(j - right, 0), w - 1) for j in range(w)]
    return x[rows][:, columns]


def with_room_for_all(x, down, right):
    h, w = x.shape
    y = torch.zeros(h + abs(down), w + abs(right))
    y[max(down, 0) : max(down, 0) + h, max(right, 0) : max(right, 0) + w] = x
    return y


def numbered(label, n, own, others):
    return [own if c == label else others for c in range(n)]


WRONG = {
    "dense_parameters": {
        "the biases are forgotten": lambda u: layer_by_layer(u) - sum(u[1:]),
        "the inputs have biases": lambda u: layer_by_layer(u) + u[0],
        "only the first and the last layer count": lambda u: (u[0] + 1) * u[-1],
        "every layer has one bias": lambda u: layer_by_layer(u) - sum(u[1:]) + len(u) - 1,
        "all numbers are multiplied": lambda u: int(np.prod(u)),
    },
    "cosine_rate": {
        "the rate falls in a straight line": lambda r, e, n: r * (n - e) / n,
        "the cosine goes below 0": lambda r, e, n: 2 * by_sine(r, e, n) - r,
        "a quarter of the wave is used": lambda r, e, n: r * math.sin(math.pi * (1 - e / n) / 2),
        "it is not halved": lambda r, e, n: 2 * by_sine(r, e, n),
        "the angle is in degrees": lambda r, e, n: r * math.cos(90 * e / n) ** 2,
    },
    "smoothed_label": {
        "the share is spread over the other classes alone": lambda label, n, eps: numbered(
            label, n, 1 - eps, eps / (n - 1)
        ),
        "the label's own class gets none of it": lambda label, n, eps: numbered(
            label, n, 1 - eps, eps / n
        ),
        "nothing is taken from the label": lambda label, n, eps: numbered(label, n, 1.0, eps / n),
        "every other class gets the whole share": lambda label, n, eps: numbered(
            label, n, 1 - eps, eps
        ),
        "nothing is smoothed": lambda label, n, eps: np.eye(n)[label],
    },
    "moved_picture": {
        "pixels wrap around": rolled,
        "it is shifted the other way": lambda x, down, right: pixel_by_pixel(x, -down, -right),
        "the edge is drawn out": edges_repeated,
        "it is shifted along one axis only": [
            lambda x, down, right: pixel_by_pixel(x, down, 0),
            lambda x, down, right: pixel_by_pixel(x, 0, right),
        ],
        "it has grown": with_room_for_all,
    },
}
