"""Answers to the exercises on pooling, right and wrong."""

import math

import numpy as np
import torch
import torch.nn.functional as F
from numpy.lib.stride_tricks import sliding_window_view

from book_utils import ops
from tests.unit.answers.padding_stride import strided
from tests.unit.answers.sliding import around, frame, thinned

# ---- right answers ----


def pooled(reduce, fill):
    """Pool by two loops, the padding filled in."""

    def f(x, k, stride, padding):
        x = F.pad(x, (padding,) * 4, value=fill)
        rows = range(0, x.shape[0] - k + 1, stride)
        columns = range(0, x.shape[1] - k + 1, stride)
        return torch.tensor([[reduce(x[i : i + k, j : j + k]) for j in columns] for i in rows])

    return f


def pooled_by_views(reduce, fill):
    def f(x, k, stride, padding):
        x = np.pad(x, padding, constant_values=fill)
        return reduce(sliding_window_view(x, (k, k))[::stride, ::stride], (-1, -2))

    return f


def windows(x, k, stride, padding, fill):
    x = F.pad(x, (padding,) * 4, value=fill)
    return x.unfold(0, k, stride).unfold(1, k, stride).flatten(2)


def largest(window):
    return max(window.flatten().tolist())


def average(window):
    return sum(window.flatten().tolist()) / window.numel()


RIGHT = {
    "max_pool2d": [
        pooled(largest, -math.inf),
        pooled_by_views(np.max, -np.inf),
        lambda x, k, s, p: windows(x, k, s, p, -100).amax(-1),
    ],
    "avg_pool2d": [
        pooled(average, 0),
        pooled_by_views(np.mean, 0),
        lambda x, k, s, p: windows(x, k, s, p, 0).mean(-1).double(),
        lambda x, k, s, p: strided(ops.corr2d)(x, torch.ones(k, k), s, p) / k**2,
    ],
}


# ---- wrong answers ----


def pool(x, k, s, reduce):
    """Reduce each window of a matrix to a number."""
    x = np.asarray(x)
    rows, columns = range(0, len(x) - k + 1, s), range(0, len(x[0]) - k + 1, s)
    return np.array([[reduce(x[i : i + k, j : j + k]) for j in columns] for i in rows])


def pool_with_ceil(x, k, s, p, reduce):
    """Let a last window stick out if it begins in the picture or in the padding before it."""
    x = np.asarray(x)
    h, w = (-(-(n + 2 * p - k) // s) + 1 for n in x.shape)
    h, w = h - ((h - 1) * s >= x.shape[0] + p), w - ((w - 1) * s >= x.shape[1] + p)
    return np.array([[reduce(x, i * s - p, j * s - p) for j in range(w)] for i in range(h)])


def clipped_max(k):
    return lambda x, i, j: x[max(i, 0) : i + k, max(j, 0) : j + k].max()


def mean_with_margin(k, p):
    def mean(x, i, j):
        pixels = x[max(i, 0) : i + k, max(j, 0) : j + k].sum()
        (n_h, n_w), bottom, right = x.shape, i + k, j + k
        return pixels / ((min(bottom, n_h + p) - i) * (min(right, n_w + p) - j))

    return mean


LOW = -np.inf


MAX_POOL2D = {
    "the padding is zeros instead of -∞": lambda x, k, s, p: pool(around(x, p), k, s, np.max),
    "the stride is ignored": lambda x, k, s, p: pool(around(x, p, LOW), k, 1, np.max),
    "the stride is always the window": lambda x, k, s, p: pool(around(x, p, LOW), k, k, np.max),
    "the stride is applied to the input": lambda x, k, s, p: pool(
        thinned(around(x, p, LOW), s), k, 1, np.max
    ),
    "the windows are averaged": lambda x, k, s, p: pool(around(x, p), k, s, np.mean),
    "the smallest number is taken": lambda x, k, s, p: pool(around(x, p, np.inf), k, s, np.min),
    "signs are lost": lambda x, k, s, p: pool(around(np.abs(x), p), k, s, np.max),
    "negative numbers become 0": lambda x, k, s, p: pool(
        around(x, p, LOW), k, s, lambda w: max([0, *w.ravel()])
    ),
    "padding is not applied": lambda x, k, s, p: pool(x, k, s, np.max),
    "padding is on one side only": [
        lambda x, k, s, p: pool(frame(x, p, 0, p, 0, LOW), k, s, np.max),
        lambda x, k, s, p: pool(frame(x, 0, p, 0, p, LOW), k, s, np.max),
    ],
    "it is rounded up instead of down": lambda x, k, s, p: pool_with_ceil(
        x, k, s, p, clipped_max(k)
    ),
}


AVG_POOL2D = {
    "padding is not counted in the average": lambda x, k, s, p: pool(
        around(x, p, np.nan), k, s, np.nanmean
    ),
    "padding is counted in the average": lambda x, k, s, p: pool(around(x, p), k, s, np.mean),
    "the sum is not divided": lambda x, k, s, p: pool(around(x, p), k, s, np.sum),
    "the sum is divided by the side of the window": lambda x, k, s, p: pool(
        around(x, p), k, s, lambda w: w.sum() / len(w)
    ),
    "the stride is ignored": lambda x, k, s, p: pool(around(x, p), k, 1, np.mean),
    "the stride is always the window": lambda x, k, s, p: pool(around(x, p), k, k, np.mean),
    "the stride is applied to the input": lambda x, k, s, p: pool(
        thinned(around(x, p), s), k, 1, np.mean
    ),
    "the largest number is taken": lambda x, k, s, p: pool(around(x, p, LOW), k, s, np.max),
    "padding is not applied": lambda x, k, s, p: pool(x, k, s, np.mean),
    "padding is on one side only": [
        lambda x, k, s, p: pool(frame(x, p, 0, p, 0), k, s, np.mean),
        lambda x, k, s, p: pool(frame(x, 0, p, 0, p), k, s, np.mean),
    ],
    "it is rounded up instead of down": lambda x, k, s, p: pool_with_ceil(
        x, k, s, p, mean_with_margin(k, p)
    ),
}


WRONG = {
    "max_pool2d": MAX_POOL2D,
    "avg_pool2d": AVG_POOL2D,
}
# A mistake that can be made only where the exercise asks for the other mean.
FIXED = {("avg_pool2d", "padding is counted in the average"): {"count_include_pad": False}}
