"""Answers to the exercises on dilated convolution, right and wrong."""

from itertools import product

import numpy as np
import torch
import torch.nn.functional as F

from book_utils.ops import corr2d, corr2d_strided

# ---- right answers ----


def tried(n, k, padding):
    """The largest dilation of those that PyTorch takes."""
    fits, d = 0, 1
    while True:
        try:
            F.conv1d(torch.zeros(1, 1, n), torch.zeros(1, 1, k), padding=padding, dilation=d)
        except RuntimeError:
            return fits
        fits, d = d, d + 1


def zeros_between(k, dilation):
    k = np.asarray(k)
    y = np.zeros([dilation * (n - 1) + 1 for n in k.shape])
    y[::dilation, ::dilation] = k
    return y


def by_slices(k, dilation):
    y = np.kron(np.asarray(k), np.eye(1, dilation**2).reshape(dilation, dilation))
    h, w = (dilation * (n - 1) + 1 for n in k.shape)
    return y[:h, :w]


def with_zeros(x, k, dilation):
    return corr2d(x, torch.as_tensor(zeros_between(k, dilation)).to(x))


def by_taps(x, k, dilation):
    h, w = (n - dilation * (m - 1) for n, m in zip(x.shape, k.shape, strict=True))
    y = torch.zeros(h, w)
    for a, b in product(range(k.shape[0]), range(k.shape[1])):
        top, left = a * dilation, b * dilation
        y += k[a, b] * x[top : top + h, left : left + w]
    return y


def tap_by_tap(k, dilation):
    """The spread kernel, one weight after the other."""
    y = torch.zeros(*(dilation * (n - 1) + 1 for n in k.shape))
    for a, b in product(range(k.shape[0]), range(k.shape[1])):
        y[a * dilation, b * dilation] = k[a, b]
    return y


def by_pytorch(x, k, dilation):
    x, k = torch.as_tensor(x)[None, None], torch.as_tensor(k)[None, None]
    return F.conv2d(x.to(k), k, dilation=dilation)[0, 0]


def layer_by_layer(rates):
    """The positions that are read, from the output down."""
    positions = {0}
    for d in reversed(rates):
        positions = {position + tap for position in positions for tap in (0, d, 2 * d)}
    return sorted(positions)


def sums(rates, taps=3):
    """All sums of one multiple of each rate, as often as there are paths."""
    return sorted(sum(each) for each in product(*(range(0, d * taps, d) for d in rates)))


RIGHT = {
    "largest_dilation": [
        tried,
        lambda n, k, p: (n + p + p - 1) // (k - 1),
        lambda n, k, p: max((d for d in range(n + p + p) if d * (k - 1) < n + p + p), default=0),
    ],
    "dilated_kernel": [zeros_between, by_slices, tap_by_tap],
    "corr2d_dilated": [with_zeros, by_taps, by_pytorch],
    "positions_read": [
        layer_by_layer,
        lambda rates: sorted(set(sums(rates))),
        lambda rates: tuple(dict.fromkeys(sums(rates))),
    ],
}

# ---- wrong answers ----


def closed_up(x, k, dilation):
    """A dilated output in a frame as large as that of a layer without dilation."""
    y = torch.zeros(*(n - m + 1 for n, m in zip(x.shape, k.shape, strict=True)))
    found = with_zeros(x, k, dilation)
    y[: len(found), : found.shape[1]] = found
    return y


WRONG = {
    "largest_dilation": {
        "a tap takes a whole step": lambda n, k, p: int((n + p + p) / k),
        "the last tap is forgotten": lambda n, k, p: int((n + p + p) / (k - 1)),
        "padding is forgotten": lambda n, k, p: tried(n, k, 0) if n >= k else (n - 1) // (k - 1),
        "padding is counted as a total": lambda n, k, p: (p + n - 1) // (k - 1),
        "the dilation counts the pixels between two taps": lambda n, k, p: tried(n, k, p) - 1,
    },
    "dilated_kernel": {
        "zeros follow the last weight, too": lambda k, d: np.kron(
            np.asarray(k), np.eye(1, d**2).reshape(d, d)
        ),
        "d zeros are put between two weights": lambda k, d: zeros_between(k, d + 1),
        "the weights are repeated": lambda k, d: np.kron(np.asarray(k), np.ones((d, d))),
        "only columns are spread": lambda k, d: zeros_between(k, d)[::d],
    },
    "corr2d_dilated": {
        "the dilation moves the stops apart": lambda x, k, d: corr2d_strided(x, k, d),
        "the dilation is ignored": lambda x, k, d: corr2d(x, k),
        "taps and stops are both apart": lambda x, k, d: with_zeros(x, k, d)[::d, ::d],
        "the kernel is flipped": lambda x, k, d: by_taps(x, k.flip(0, 1), d),
        "the size is that of a layer without dilation": closed_up,
    },
    "positions_read": {
        "all of the field is read": lambda rates: list(range(sums(rates)[-1] + 1)),
        "only the last layer reads": lambda rates: sums(rates[-1:]),
        "a layer has two taps": lambda rates: sorted(set(sums(rates, 2))),
        "every step is the largest rate": lambda rates: [
            i for i in range(sums(rates)[-1] + 1) if i % max(rates) == 0
        ],
        "an input is named once for each path": sums,
    },
}
