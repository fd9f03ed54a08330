"""Right and wrong answers to the exercises on the classic networks, written another way."""

import numpy as np
import torch
from torch import nn


def conv(x, w):
    """Slide over an array padded with zeros, pixel by pixel."""
    x, w = np.asarray(x, float), np.asarray(w, float)
    k, (_, height, width) = w.shape[-1], x.shape
    wide = np.pad(x, ((0, 0), (k // 2, k // 2), (k // 2, k // 2)))
    y = np.zeros((len(w), height, width))
    for o, i, j in np.ndindex(y.shape):
        y[o, i, j] = (wide[:, i : i + k, j : j + k] * w[o]).sum()
    return y


def valid(x, w):
    """Slide without padding, at least over one window."""
    k = w.shape[-1]
    inner = conv(x, w)[:, k // 2 : -(k // 2), k // 2 : -(k // 2)]
    if not inner.size:
        raise ValueError("no window fits")
    return inner


def relu(x):
    return np.maximum(x, 0)


def windows(x, k, s, reduce):
    """Reduce each window of k×k that fits; at least one must."""
    rows, columns = range(0, x.shape[1] - k + 1, s), range(0, x.shape[2] - k + 1, s)
    if not rows or not columns:
        raise ValueError("no window fits")
    x = np.asarray(x, float)
    return np.array([[[reduce(m[i : i + k, j : j + k]) for j in columns] for i in rows] for m in x])


def halved(x):
    return windows(x, 2, 2, np.max)


def twice(x, w1, w2):
    return relu(conv(relu(conv(x, w1)), w2))


def by_modules(x, w1, w2):
    layers = []
    for w in (w1, w2):
        layer = nn.Conv2d(w.shape[1], w.shape[0], 3, padding=1, bias=False)
        layer.weight.data[:] = w
        layers += [layer, nn.ReLU()]
    return nn.Sequential(*layers, nn.MaxPool2d(2))(x[None])[0].detach()


def around(x, reduce, border=-np.inf):
    """Reduce the 3×3 neighbourhood of each pixel."""
    wide = np.pad(np.asarray(x, float), ((0, 0), (1, 1), (1, 1)), constant_values=border)
    return windows(wide, 3, 1, reduce)


def four(x, w1, w3, w5, wp):
    return [conv(x, w1), conv(x, w3), conv(x, w5), conv(around(x, np.max), wp)]


def filled_in(x, w1, w3, w5, wp):
    """Write each branch into its channels."""
    y, at = np.zeros((sum(map(len, (w1, w3, w5, wp))), *x.shape[1:])), 0
    for maps in four(x, w1, w3, w5, wp):
        y[at : at + len(maps)] = maps
        at += len(maps)
    return y


def in_order(*order):
    return lambda *given: np.concatenate([four(*given)[i] for i in order])


def fourth(make):
    """Return the block with another fourth branch, made from x and its kernels."""
    return lambda x, w1, w3, w5, wp: np.concatenate([*four(x, w1, w3, w5, wp)[:3], make(x, wp)])


def added(*given):
    total = 0
    for maps in four(*given):
        total = total + maps
    return total


def layers(c_i, c_o, n):
    """List the channels of n layers, in and out."""
    return [(c_i if i == 0 else c_o, c_o) for i in range(n)]


def weights(pairs):
    return sum(9 * a * b for a, b in pairs)


def unit_by_unit(x, u, p, training):
    y = x.clone()
    for i, j in np.ndindex(*x.shape):
        if training:
            y[i, j] = 0 if u[i, j] < p else x[i, j] / (1 - p)
    return y


def masked(x, u, p, kept=None):
    """Multiply by a mask of 0 and 1."""
    kept = np.asarray(u) >= p if kept is None else kept
    return np.asarray(x) * kept


def only_in_training(change):
    return lambda x, u, p, training: change(x, u, p) if training else x


RIGHT = {
    "stack_weights": [
        lambda c_i, c_o, k: weights(layers(c_i, c_o, k // 2)),
        lambda c_i, c_o, k: 9 * c_o * (c_i + c_o * (k - 3) // 2),
        lambda c_i, c_o, k: (
            9 * c_i * c_o + sum(torch.empty(c_o, c_o, 3, 3).numel() for _ in range(3, k, 2))
        ),
    ],
    "bottleneck_cost": [
        lambda c_i, c_m, c_o, k, n: n * n * c_m * (c_i + c_o * k * k),
        lambda c_i, c_m, c_o, k, n: sum(
            a * b * side**2 * n**2 for a, b, side in ((c_i, c_m, 1), (c_m, c_o, k))
        ),
        lambda c_i, c_m, c_o, k, n: (
            np.ones((c_m, c_i)).size * n**2 + np.ones((c_o, c_m, k, k)).size * n**2
        ),
    ],
    "vgg_block": [
        lambda x, w1, w2: halved(twice(x, w1, w2)),
        by_modules,
        lambda x, w1, w2: torch.from_numpy(relu(halved(conv(relu(conv(x, w1)), w2)))),
    ],
    "four_branches": [
        lambda *given: np.concatenate(four(*given)),
        filled_in,
        lambda *given: torch.vstack([torch.from_numpy(maps) for maps in four(*given)]),
    ],
    "dropout": [
        unit_by_unit,
        only_in_training(lambda x, u, p: masked(x, u, p) / (1 - p)),
        lambda x, u, p, training: x * (u >= p) / (1 - p) if training else x.clone(),
    ],
}


def two_layers_of(first, second):
    """Return the cost of two layers, each weights × pixels."""
    return lambda c_i, c_m, c_o, k, n: (
        np.prod(first(c_i, c_m, c_o, k, n)) + np.prod(second(c_i, c_m, c_o, k, n))
    )


WRONG = {
    "stack_weights": {
        "a single layer with a k×k kernel is counted": lambda c_i, c_o, k: k * k * c_o * c_i,
        "every layer is counted from c_i to c_o": lambda c_i, c_o, k: weights(
            [(c_i, c_o)] * (k // 2)
        ),
        "every layer is counted from c_o to c_o": lambda c_i, c_o, k: weights(
            [(c_o, c_o)] * (k // 2)
        ),
        "a single 3×3 layer is counted": lambda c_i, c_o, k: weights([(c_i, c_o)]),
        "there is one layer too many": lambda c_i, c_o, k: weights(layers(c_i, c_o, (k + 1) // 2)),
        "each layer is taken to add 3 pixels": [
            lambda c_i, c_o, k: weights(layers(c_i, c_o, k // 3)),
            lambda c_i, c_o, k: weights(layers(c_i, c_o, (k + 2) // 3)),
        ],
        "channels go back to c_i between the layers": lambda c_i, c_o, k: weights(
            [*[(c_i, c_i)] * (k // 2 - 1), (c_i, c_o)]
        ),
        "a kernel is taken to have 3 weights": lambda c_i, c_o, k: sum(
            3 * a * b for a, b in layers(c_i, c_o, k // 2)
        ),
        "the biases are counted": lambda c_i, c_o, k: sum(
            (9 * a + 1) * b for a, b in layers(c_i, c_o, k // 2)
        ),
    },
    "bottleneck_cost": {
        "there is no bottleneck": lambda c_i, c_m, c_o, k, n: (k * n) ** 2 * c_o * c_i,
        "the 1×1 layer is not counted": lambda c_i, c_m, c_o, k, n: (k * n) ** 2 * c_o * c_m,
        "the k×k layer is not counted": lambda c_i, c_m, c_o, k, n: n * n * c_i * c_m,
        "both kernels are counted as k×k": two_layers_of(
            lambda c_i, c_m, c_o, k, n: (c_i, c_m, k, k, n, n),
            lambda c_i, c_m, c_o, k, n: (c_m, c_o, k, k, n, n),
        ),
        "both kernels are counted as 1×1": two_layers_of(
            lambda c_i, c_m, c_o, k, n: (c_i, c_m, n, n),
            lambda c_i, c_m, c_o, k, n: (c_m, c_o, n, n),
        ),
        "one side of the kernel is counted": two_layers_of(
            lambda c_i, c_m, c_o, k, n: (c_i, c_m, n, n),
            lambda c_i, c_m, c_o, k, n: (c_m, c_o, k, n, n),
        ),
        "the weights are counted, for one pixel": two_layers_of(
            lambda c_i, c_m, c_o, k, n: (c_i, c_m),
            lambda c_i, c_m, c_o, k, n: (c_m, c_o, k, k),
        ),
        "one row of pixels is counted": two_layers_of(
            lambda c_i, c_m, c_o, k, n: (c_i, c_m, n),
            lambda c_i, c_m, c_o, k, n: (c_m, c_o, k, k, n),
        ),
        "the two layers are multiplied": lambda c_i, c_m, c_o, k, n: int(
            np.prod((c_i, c_m, c_m, c_o, k, k, n, n))
        ),
        "the maps shrink": two_layers_of(
            lambda c_i, c_m, c_o, k, n: (c_i, c_m, n, n),
            lambda c_i, c_m, c_o, k, n: (c_m, c_o, k, k, *[max(n + 1 - k, 0)] * 2),
        ),
    },
    "vgg_block": {
        "the convolutions are not padded": lambda x, w1, w2: halved(
            relu(valid(relu(valid(x, w1)), w2))
        ),
        "there is no activation": lambda x, w1, w2: halved(conv(conv(x, w1), w2)),
        "the first activation is missing": lambda x, w1, w2: relu(halved(conv(conv(x, w1), w2))),
        "the last activation is missing": lambda x, w1, w2: halved(conv(relu(conv(x, w1)), w2)),
        "the pooling is missing": twice,
        "there is a pooling after each convolution": lambda x, w1, w2: relu(
            halved(conv(relu(halved(conv(x, w1))), w2))
        ),
        "the pooling comes first": lambda x, w1, w2: twice(halved(x), w1, w2),
        "the pooling averages": lambda x, w1, w2: windows(twice(x, w1, w2), 2, 2, np.mean),
        "the pooling window moves by 1": lambda x, w1, w2: windows(twice(x, w1, w2), 2, 1, np.max),
        "the pooling window is 3×3": lambda x, w1, w2: windows(twice(x, w1, w2), 3, 2, np.max),
        "the second convolution is missing": lambda x, w1, w2: halved(relu(conv(x, w1))),
        "the first convolution is used twice": lambda x, w1, w2: by_modules(x, w1, w1),
        "the convolutions are in the other order": lambda x, w1, w2: by_modules(x, w2, w1),
    },
    "four_branches": {
        "the branches are added": added,
        "the branches are in another order": [
            in_order(0, 2, 1, 3),
            in_order(3, 0, 1, 2),
            in_order(3, 2, 1, 0),
            in_order(2, 1, 0, 3),
            in_order(1, 2, 0, 3),
            in_order(0, 3, 1, 2),
        ],
        "the branches are put below one another": lambda *given: np.hstack(four(*given)),
        "the branches are put beside one another": lambda *given: np.dstack(four(*given)),
        "the branches are stacked on a new axis": lambda *given: np.array(four(*given)),
        "the pooled branch is missing": in_order(0, 1, 2),
        "the pooling is missing": fourth(conv),
        "the pooled branch has no convolution": fourth(lambda x, wp: around(x, np.max)),
        "the fourth branch pools after its convolution": fourth(
            lambda x, wp: around(conv(x, wp), np.max)
        ),
        "the pooling averages": [
            fourth(lambda x, wp: conv(around(x, np.mean, 0), wp)),
            fourth(lambda x, wp: conv(around(x, np.nanmean, np.nan), wp)),
        ],
        "there is a ReLU": lambda *given: relu(filled_in(*given)),
        "the kernels are flipped": lambda x, w1, w3, w5, wp: filled_in(
            x, w1, w3.flip(-1).flip(-2), w5.flip(-1).flip(-2), wp
        ),
    },
    "dropout": {
        "what is left is not scaled up": only_in_training(masked),
        "units are still dropped in evaluation mode": lambda x, u, p, training: (
            masked(x, u, p) / (1 - p)
        ),
        "the scaling is left to evaluation mode": lambda x, u, p, training: (
            masked(x, u, p) if training else np.asarray(x) * (1 - p)
        ),
        "evaluation mode scales, too": lambda x, u, p, training: (
            (masked(x, u, p) if training else np.asarray(x)) / (1 - p)
        ),
        "the modes are exchanged": lambda x, u, p, training: unit_by_unit(x, u, p, not training),
        "p is taken for the fraction that is kept": [
            only_in_training(lambda x, u, p: masked(x, u, p, np.asarray(u) < p) / p),
            only_in_training(lambda x, u, p: masked(x, u, p, np.asarray(u) < p) / (1 - p)),
            only_in_training(lambda x, u, p: masked(x, u, p, np.asarray(u) < p)),
        ],
        "what is left is divided by p": only_in_training(lambda x, u, p: masked(x, u, p) / p),
        "what is left is multiplied by 1 - p": only_in_training(
            lambda x, u, p: masked(x, u, p) * (1 - p)
        ),
        "all examples share the first one's mask": only_in_training(
            lambda x, u, p: masked(x, u, p, np.asarray(u)[0] >= p) / (1 - p)
        ),
        "an example is dropped as a whole": only_in_training(
            lambda x, u, p: masked(x, u, p, np.asarray(u)[:, [0]] >= p) / (1 - p)
        ),
        "the mask itself is returned": lambda x, u, p, training: masked(torch.ones_like(x), u, p),
    },
}
