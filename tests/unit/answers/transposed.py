"""Answers to the exercises on transposed convolution, right and wrong."""

import numpy as np
import torch
import torch.nn.functional as F

# ---- right answers ----


def sum_of_stamps(x, k, stride):
    (n_h, n_w), (k_h, k_w) = x.shape, k.shape
    y = np.zeros(((n_h - 1) * stride + k_h, (n_w - 1) * stride + k_w))
    for (i, j), value in np.ndenumerate(np.asarray(x)):
        for (a, b), weight in np.ndenumerate(np.asarray(k)):
            y[i * stride + a, j * stride + b] += value * weight
    return y


def by_gathering(x, k, stride):
    spread = torch.zeros((x.shape[0] - 1) * stride + 1, (x.shape[1] - 1) * stride + 1).to(x.dtype)
    spread[::stride, ::stride] = x
    h, w = k.shape
    padded = F.pad(spread, (w - 1, w - 1, h - 1, h - 1))
    return F.conv2d(padded[None, None], k.flip(0, 1)[None, None])[0, 0]


def marks(n, k, stride):
    counts = [0] * (stride * (n - 1) + k)
    for begin in range(0, n * stride, stride):
        for place in range(begin, begin + k):
            counts[place] += 1
    return counts


RIGHT = {
    "transposed_size": [
        lambda n, k, s, p, a: (n - 1) * s + k - 2 * p + a,
        lambda n, k, s, p, a: len(range(s * (n - 1) + k + a)[p : s * (n - 1) + k + a - p]),
        lambda n, k, s, p, a: torch.tensor(s * n - s + k - p - p + a),
    ],
    "conv_transpose2d": [
        sum_of_stamps,
        by_gathering,
        lambda x, k, s: F.conv_transpose2d(x[None, None], k[None, None], stride=s).squeeze(0)[0],
    ],
    "output_padding": [
        lambda n, k, s, p: (n + 2 * p - k) % s,
        lambda n, k, s, p: n + 2 * p - k - (n + 2 * p - k) // s * s,
        lambda n, k, s, p: np.int64(np.mod(n + p + p - k, s)),
    ],
    "overlap_counts": [
        marks,
        lambda n, k, s: [
            sum(i * s <= o < i * s + k for i in range(n)) for o in range((n - 1) * s + k)
        ],
        lambda n, k, s: torch.tensor(marks(n, k, s)),
    ],
}


# ---- wrong answers ----


def last_stamp_wins(x, k, stride):
    y = 0 * sum_of_stamps(x, k, stride)
    for (i, j), value in np.ndenumerate(np.asarray(x)):
        rows, columns = (
            slice(stride * n, stride * n + m) for n, m in zip((i, j), k.shape, strict=True)
        )
        y[rows, columns] = value * np.asarray(k)
    return y


def spread_kernel(x, k, stride):
    return sum_of_stamps(k, x, stride)


def enlarged(x, k, stride):
    return sum_of_stamps(np.kron(np.asarray(x), np.ones((stride, stride))), k, 1)


def slid(n, k, stride, padding):
    stops = list(range(0, n + 2 * padding - k + 1, stride))
    return n + 2 * padding - (stops[-1] + k)


WRONG = {
    "transposed_size": {
        "it is the size of a convolution": lambda n, k, s, p, a: len(
            range(0, n + 2 * p - k + 1, s)
        ),
        "padding makes the output larger": lambda n, k, s, p, a: n * s - s + k + p + p + a,
        "padding is counted as a total": lambda n, k, s, p, a: n * s - s + k - p + a,
        "output padding is forgotten": lambda n, k, s, p, a: n * s - s + k - p - p,
        "output padding is added on both sides": lambda n, k, s, p, a: n * s - s + k - 2 * (p - a),
        "every stamp takes a whole stride": lambda n, k, s, p, a: s * n + k + a - 2 * p,
        "the stamp is forgotten": lambda n, k, s, p, a: len(range(0, n * s - s + 1)) - 2 * p + a,
    },
    "conv_transpose2d": {
        "later stamps cover earlier ones": last_stamp_wins,
        "the kernel is flipped": lambda x, k, s: sum_of_stamps(x, np.asarray(k)[::-1, ::-1], s),
        "the stride is forgotten": lambda x, k, s: sum_of_stamps(x, k, 1),
        "the stamps lie a kernel apart": lambda x, k, s: np.kron(np.asarray(x), np.asarray(k)),
        "the stride spreads the kernel": spread_kernel,
        "the input is repeated": enlarged,
    },
    "output_padding": {
        "it is always the stride less 1": lambda n, k, s, p: max(range(s)),
        "it is always 0": lambda n, k, s, p: s - s,
        "padding is forgotten": lambda n, k, s, p: np.mod(n - k, s),
        "padding is counted as a total": lambda n, k, s, p: np.mod(p + n - k, s),
        "the kernel is forgotten": lambda n, k, s, p: np.mod(p + n + p, s),
        "it is counted from the end": lambda n, k, s, p: -slid(n, k, s, p) % s,
    },
    "overlap_counts": {
        "the edges are counted like the middle": lambda n, k, s: [
            sum((o - t) % s == 0 for t in range(k)) for o in range(s * n - s + k)
        ],
        "the stride is forgotten": lambda n, k, s: marks(n, k, 1),
        "a pixel is reached or it is not": lambda n, k, s: [int(c > 0) for c in marks(n, k, s)],
        "stamp and input are exchanged": lambda n, k, s: marks(k, n, s),
        "the stamps lie a kernel apart": lambda n, k, s: np.ones(n * k, int),
    },
}
