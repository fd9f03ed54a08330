"""Right and wrong answers to the exercises on residual networks, written another way."""

import numpy as np
import torch
from torch import nn


def conv(x, w):
    """Slide over a padded array, pixel by pixel."""
    x, w = np.asarray(x, float), np.asarray(w, float)
    k, (_, height, width) = w.shape[-1], x.shape
    margin = k // 2
    wide = np.zeros((len(x), height + 2 * margin, width + 2 * margin))
    wide[:, margin : margin + height, margin : margin + width] = x
    y = np.zeros((len(w), height, width))
    for o, i, j in np.ndindex(y.shape):
        y[o, i, j] = (wide[:, i : i + k, j : j + k] * w[o]).sum()
    return y


def relu(x):
    return np.maximum(x, 0)


def two(x, w1, w2):
    return conv(relu(conv(x, w1)), w2)


def array(x):
    return np.asarray(x, float)


def by_modules(x, w1, w2):
    c, k = len(x), w1.shape[-1]
    first, second = (nn.Conv2d(c, c, k, padding="same", bias=False) for _ in range(2))
    first.weight.data[:], second.weight.data[:] = w1, w2
    return torch.relu(second(first(x[None]).relu())[0] + x).detach()


def by_hand(x, c_out, stride):
    """Fill an array of zeros."""
    rows, columns = range(0, x.shape[1], stride), range(0, x.shape[2], stride)
    y = np.zeros((c_out, len(rows), len(columns)))
    for c in range(len(x)):
        for i, row in enumerate(rows):
            for j, column in enumerate(columns):
                y[c, i, j] = x[c, row, column]
    return y


def every(x, s):
    return array(x)[:, ::s, ::s]


def zeros(n, like):
    return np.zeros((n, *like.shape[1:]))


def windows(x, s, reduce):
    """Reduce each window of s×s, those that stick out too."""
    x = array(x)
    rows, columns = range(0, x.shape[1], s), range(0, x.shape[2], s)
    return np.array([[[reduce(m[i : i + s, j : j + s]) for j in columns] for i in rows] for m in x])


def with_zeros(y, c_out):
    return np.concatenate([y, zeros(c_out - len(y), y)])


def between(x, c_out, s):
    y = every(x, s)
    front = (c_out - len(y)) // 2
    return np.concatenate([zeros(front, y), y, zeros(c_out - len(y) - front, y)])


def shrinking(x, w1, w2):
    """Two convolutions of PyTorch's without padding; NumPy adds what is left, if it can."""
    y = torch.conv2d(torch.conv2d(x, w1).clamp(min=0), w2)
    return relu(array(x) + array(y))


def growing(x, w1, w2):
    """Two convolutions of PyTorch's with padding 1; NumPy adds the result, if it can."""
    y = torch.conv2d(torch.conv2d(x, w1, padding=1).clamp(min=0), w2, padding=1)
    return relu(array(x) + array(y))


def name_used_again(x, w1, w2):
    x = relu(conv(x, w1))
    x = x + conv(x, w2)
    return relu(x)


def whole_windows(x, s, reduce):
    """Reduce each window of s×s that fits, as PyTorch's pooling does; at least one must."""
    x = array(x)
    rows, columns = x.shape[1] // s, x.shape[2] // s
    if not rows * columns:
        raise ValueError("no window fits")
    return windows(x[:, : rows * s, : columns * s], s, reduce)


RIGHT = {
    "residual_block": [
        lambda x, w1, w2: relu(array(x) + two(x, w1, w2)),
        by_modules,
        lambda x, w1, w2: (torch.from_numpy(two(x, w1, w2)) + x).clamp(min=0),
    ],
    "shortcut": [
        by_hand,
        lambda x, c_out, s: with_zeros(every(x, s), c_out),
        lambda x, c_out, s: torch.tensordot(torch.eye(c_out, len(x)), x[:, ::s, ::s], 1),
    ],
    "resnet_depth": [
        lambda depths, per_block: 2 + sum(per_block for n in depths for _ in range(n)),
        lambda depths, per_block: int(np.sum(depths)) * per_block + 2,
        lambda depths, per_block: len(["stem"] + ["conv"] * per_block * sum(depths) + ["dense"]),
    ],
    "bottleneck_parameters": [
        lambda c, m: m * (2 * c + 9 * m),
        lambda c, m: torch.tensor(c * m + 3 * 3 * m * m + m * c),
        lambda c, m: sum(a * b * k * k for a, b, k in ((c, m, 1), (m, m, 3), (m, c, 1))),
    ],
}

RESIDUAL_BLOCK = {
    "the shortcut is forgotten": lambda x, w1, w2: relu(two(x, w1, w2)),
    "the shortcut is added after the activation": lambda x, w1, w2: array(x) + relu(two(x, w1, w2)),
    "the activation after the sum is missing": lambda x, w1, w2: array(x) + two(x, w1, w2),
    "the branch is cut off before the sum": lambda x, w1, w2: relu(array(x) + relu(two(x, w1, w2))),
    "the activation between the convolutions is missing": lambda x, w1, w2: relu(
        array(x) + conv(conv(x, w1), w2)
    ),
    "the convolutions are in the other order": lambda x, w1, w2: relu(
        array(x) + conv(relu(conv(x, w2)), w1)
    ),
    "the first convolution is used twice": lambda x, w1, w2: relu(
        array(x) + conv(relu(conv(x, w1)), w1)
    ),
    "the shortcut joins before the second convolution": lambda x, w1, w2: relu(
        conv(relu(array(x) + conv(x, w1)), w2)
    ),
    "there is a shortcut around each convolution": lambda x, w1, w2: relu(
        relu(array(x) + conv(x, w1)) + conv(relu(array(x) + conv(x, w1)), w2)
    ),
    "the activations come before the convolutions": lambda x, w1, w2: (
        array(x) + two(relu(array(x)), w1, w2)
    ),
    "the branch is subtracted": lambda x, w1, w2: relu(array(x) - two(x, w1, w2)),
    "the two are multiplied": lambda x, w1, w2: relu(array(x) * two(x, w1, w2)),
    "the convolutions are not padded": shrinking,
    "the padding is always 1": growing,
    "the shortcut starts after the first convolution": name_used_again,
    "the branch is added to itself": lambda x, w1, w2: relu(two(x, w1, w2) + two(x, w1, w2)),
    "the branch alone is returned": two,
    "the second convolution is missing": [
        lambda x, w1, w2: relu(conv(x, w1) + array(x)),
        lambda x, w1, w2: relu(relu(conv(x, w1)) + array(x)),
    ],
    "there is no activation at all": lambda x, w1, w2: conv(conv(x, w1), w2) + array(x),
    "the activation is taken of x alone": lambda x, w1, w2: two(x, w1, w2) + relu(array(x)),
    "x and the branch are cut off one by one": lambda x, w1, w2: (
        relu(two(x, w1, w2)) + relu(array(x))
    ),
    "the two are concatenated as channels": lambda x, w1, w2: relu(
        np.concatenate([array(x), two(x, w1, w2)])
    ),
}

SHORTCUT = {
    "the stride is ignored": lambda x, c_out, s: with_zeros(array(x), c_out),
    "the channels of zeros are missing": lambda x, c_out, s: every(x, s),
    "the zeros come before the channels": lambda x, c_out, s: np.concatenate(
        [zeros(c_out - len(x), every(x, s)), every(x, s)]
    ),
    "there are zeros on both sides": between,
    "the channels are repeated": lambda x, c_out, s: np.stack(
        [every(x, s)[c % len(x)] for c in range(c_out)]
    ),
    "the last channel is repeated": lambda x, c_out, s: np.stack(
        [every(x, s)[min(c, len(x) - 1)] for c in range(c_out)]
    ),
    "the pixels are averaged": [
        lambda x, c_out, s: with_zeros(windows(x, s, np.mean), c_out),
        lambda x, c_out, s: with_zeros(whole_windows(x, s, np.mean), c_out),
    ],
    "the largest pixel of each window is taken": [
        lambda x, c_out, s: with_zeros(windows(x, s, np.max), c_out),
        lambda x, c_out, s: with_zeros(whole_windows(x, s, np.max), c_out),
    ],
    "pixels are left out along one axis only": [
        lambda x, c_out, s: with_zeros(array(x)[:, ::s, :], c_out),
        lambda x, c_out, s: with_zeros(array(x)[:, :, ::s], c_out),
    ],
    "the stride is always 2": lambda x, c_out, s: with_zeros(every(x, 2), c_out),
    "the stride is ignored where no channel is new": lambda x, c_out, s: (
        with_zeros(every(x, s), c_out) if c_out > len(x) else x
    ),
    "channels are left out, too": lambda x, c_out, s: with_zeros(array(x)[::s, ::s, ::s], c_out),
    "a corner is cut out": lambda x, c_out, s: with_zeros(
        np.array([m[: len(m) // s, : len(m[0]) // s] for m in array(x)]), c_out
    ),
    "there are c_out channels of zeros": lambda x, c_out, s: np.concatenate(
        [every(x, s), zeros(c_out, every(x, s))]
    ),
    "the channels are always doubled": lambda x, c_out, s: np.concatenate(
        [every(x, s), 0 * every(x, s)]
    ),
    "the zeros are new columns": lambda x, c_out, s: np.pad(
        every(x, s), ((0, 0), (0, 0), (0, c_out - len(x)))
    ),
}

RESNET_DEPTH = {
    "stem and dense layer are not counted": lambda depths, n: sum(n * d for d in depths),
    "the stem or the dense layer is not counted": lambda depths, n: 1 + sum(depths) * n,
    "each block counts as one layer": lambda depths, n: 1 + sum(depths) + 1,
    "each stage counts as one block": lambda depths, n: 2 + n * len(list(depths)),
    "the projections are counted": [
        lambda depths, n: sum(depths) * n + 1 + len(depths),
        lambda depths, n: 2 + sum(n * d + 1 for d in depths),
    ],
    "pooling is counted": [
        lambda depths, n: 1 + n * sum(depths) + 1 + 1,
        lambda depths, n: 4 + sum(depths) * n,
    ],
    "only the first stage is counted": lambda depths, n: 2 + depths[0] * n,
    "only the blocks are counted": lambda depths, n: len([0 for d in depths for _ in range(d)]),
    "every block has two convolutions": lambda depths, n: sum(d + d for d in depths) + 2,
    "the blocks of the stages are multiplied": lambda depths, n: int(np.prod(depths)) * n + 2,
    "batch normalisation is counted": [
        lambda depths, n: 2 + sum(2 * n * d for d in depths),
        lambda depths, n: 3 + sum(2 * n * d for d in depths),
    ],
}

BOTTLENECK = {
    "one of the 1×1 convolutions is missing": lambda c, m: m * (c + 9 * m),
    "the 3×3 convolution counts as 1×1": lambda c, m: m * (2 * c + m),
    "the 3×3 convolution has three weights": lambda c, m: m * (2 * c + 3 * m),
    "the 3×3 convolution has one kernel for each channel": lambda c, m: m * (2 * c + 9),
    "the 3×3 convolution works on all channels": lambda c, m: c * (2 * m + 9 * c),
    "all convolutions are 3×3": lambda c, m: 9 * m * (2 * c + m),
    "biases are counted": lambda c, m: (c + 1) * m + (9 * m + 1) * m + (m + 1) * c,
    "batch normalisation is counted": lambda c, m: m * (2 * c + 9 * m) + 2 * m + 2 * m + 2 * c,
    "this is a basic block": lambda c, m: 18 * c**2,
    "only the 3×3 convolution is counted": lambda c, m: (3 * m) ** 2,
    "the 3×3 convolution joins c channels with m": lambda c, m: 11 * c * m,
    "the block gives four times m channels": lambda c, m: m * (c + 13 * m),
    "m is taken to be a quarter of c": lambda c, m: (c // 4) * (2 * c + 9 * (c // 4)),
    "the convolutions have one kernel for each channel they give": lambda c, m: 10 * m + c,
    "the three counts are multiplied": lambda c, m: 9 * c**2 * m**4,
    "a projection is counted": lambda c, m: (c + m) ** 2 + 8 * m**2,
}

WRONG = {
    "residual_block": RESIDUAL_BLOCK,
    "shortcut": SHORTCUT,
    "resnet_depth": RESNET_DEPTH,
    "bottleneck_parameters": BOTTLENECK,
}
