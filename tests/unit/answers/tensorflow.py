"""Answers to the exercises on what comes from TensorFlow, right and wrong."""

import math

import numpy as np
import torch

from tests.unit.answers.padding_stride import divmod_split

# ---- right answers ----


def same_by_arithmetic(n, k, stride):
    total = max(k - stride, 0) if n % stride == 0 else max(k - n % stride, 0)
    return total // 2, (total + 1) // 2


def same_by_walking(n, k, stride):
    last = list(range(0, n, stride))[-1]
    missing = max(last + k - n, 0)
    return [missing // 2, missing - missing // 2]


def neuron_by_neuron(kernel, h, w, c):
    """Lay the weights of each output out as maps, and read those map by map."""
    maps = [np.asarray(kernel)[:, i].reshape(h, w, c) for i in range(kernel.shape[1])]
    return np.stack([np.moveaxis(one, -1, 0).ravel() for one in maps])


def by_places(kernel, h, w, c):
    order = [(i * w + j) * c + k for k in range(c) for i in range(h) for j in range(w)]
    return kernel[order].T


RIGHT = {
    "same_padding": [
        same_by_arithmetic,
        same_by_walking,
        lambda *a: torch.tensor(same_by_walking(*a)),
    ],
    "dense_weight": [
        neuron_by_neuron,
        by_places,
        lambda kernel, h, w, c: kernel.T.unflatten(1, (h * w, c)).mT.flatten(1),
    ],
}


# ---- wrong answers ----


def needed(n, k, s):
    """Count the zeros that the last of ceil(n / s) windows lacks."""
    starts = range(0, n, s)
    return max(0, starts[-1] + k - n)


SAME_PADDING = {
    "stride is forgotten": lambda n, k, s: ((k - 1) // 2, k // 2),
    "the odd zero comes first": lambda n, k, s: (
        math.ceil(needed(n, k, s) / 2),
        needed(n, k, s) // 2,
    ),
    "both ends get the smaller half": lambda n, k, s: [needed(n, k, s) // 2] * 2,
    "both ends get the larger half": lambda n, k, s: [math.ceil(needed(n, k, s) / 2)] * 2,
    "both ends get k // 2": lambda n, k, s: [math.floor(k / 2)] * 2,
    "both ends get (k - 1) // 2": lambda n, k, s: [math.ceil(k / 2) - 1] * 2,
    "both ends get the total": lambda n, k, s: [needed(n, k, s)] * 2,
    "all padding is on one side": lambda n, k, s: (0, needed(n, k, s)),
    "padding becomes negative": lambda n, k, s: divmod_split(range(0, n, s)[-1] + k - n),
    "the output is as long as the input": lambda n, k, s: divmod_split(s * n - s + k - n),
}


def in_order(kernel, order):
    """Give each output its weights in another order, taken from the rows."""
    rows = np.asarray(kernel)
    return np.array([[rows[at][i] for at in order] for i in range(rows.shape[1])])


DENSE_WEIGHT = {
    "the columns keep their order": lambda kernel, h, w, c: in_order(kernel, range(h * w * c)),
    "inputs and outputs are not exchanged": lambda kernel, h, w, c: np.array(
        [kernel[p * c + k].numpy() for k in range(c) for p in range(h * w)]
    ),
    "the weights are cut anew": [
        lambda kernel, h, w, c: np.array(np.split(np.ravel(kernel), kernel.shape[1])),
        lambda kernel, h, w, c: np.array(
            [
                np.moveaxis(np.asarray(kernel)[:, i].reshape(c, h, w), 0, -1).ravel()
                for i in range(kernel.shape[1])
            ]
        ),
    ],
    "rows and columns of the maps are exchanged": lambda kernel, h, w, c: in_order(
        kernel, [(i * w + j) * c + k for k in range(c) for j in range(w) for i in range(h)]
    ),
    "the order of the channels is reversed": lambda kernel, h, w, c: in_order(
        kernel, [p * c + k for k in reversed(range(c)) for p in range(h * w)]
    ),
}

WRONG = {"same_padding": SAME_PADDING, "dense_weight": DENSE_WEIGHT}
