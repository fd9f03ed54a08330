"""Answers to the exercises on channels, right and wrong."""

import math

import numpy as np
import torch
import torch.nn.functional as F
from numpy.lib.stride_tricks import sliding_window_view

from book_utils import ops
from tests.unit.answers.sliding import window_sums

# ---- right answers ----


def summed_maps(x, k):
    return sum(ops.corr2d(picture, kernel) for picture, kernel in zip(x, k, strict=True))


def stacked_maps(x, k):
    return torch.stack([summed_maps(x, one) for one in k])


def by_matmul(x, k):
    columns = F.unfold(x[None], k.shape[2:])[0]  # (c_i · k_h · k_w, h · w)
    return (k.flatten(1) @ columns).reshape(len(k), x.shape[1] - k.shape[2] + 1, -1)


def by_views(x, k):
    return np.einsum("cijab,ocab->oij", sliding_window_view(x, k.shape[2:], (1, 2)), k)


def plus(f):
    return lambda x, k, b: f(x, k) + np.asarray(b)[:, None, None]


RIGHT = {
    "corr2d_multi_in": [
        summed_maps,
        lambda x, k: by_matmul(x, k[None])[0],
        lambda x, k: np.tensordot(
            sliding_window_view(x, k.shape[1:], (1, 2)), k, [[0, 3, 4], [0, 1, 2]]
        ),
    ],
    "corr2d_multi_in_out": [stacked_maps, by_matmul, by_views],
    "conv_layer": [plus(stacked_maps), plus(by_matmul), plus(by_views)],
    "conv1x1": [
        lambda x, k: (k.flatten(1) @ x.flatten(1)).reshape(-1, *x.shape[1:]),
        lambda x, k: torch.einsum("chw,oc->ohw", x, k[:, :, 0, 0]),
        lambda x, k: np.stack([sum(w.item() * c for w, c in zip(o, x, strict=True)) for o in k]),
    ],
    "parameters": [
        lambda i, o, h, w, bias: o * (i * h * w + bias),
        lambda i, o, h, w, bias: torch.empty(o, i, h, w).numel() + (o if bias else 0),
        lambda i, o, h, w, bias: sum(h * w for _ in range(i * o)) + sum(1 for _ in range(o * bias)),
    ],
}


# ---- wrong answers ----


def maps(x, k):
    """One map for each channel."""
    return np.stack([window_sums(picture, kernel) for picture, kernel in zip(x, k, strict=True)])


def largest_map(x, k):
    y = maps(x, k)[0]
    for one in maps(x, k)[1:]:
        y = np.where(one > y, one, y)
    return y


CORR2D_MULTI_IN = {
    "the channels are averaged": lambda x, k: maps(x, k).mean(0),
    "only the first channel is used": lambda x, k: window_sums(x[0], k[0]),
    "only the last channel is used": lambda x, k: maps(x, k)[-1],
    "the channels are not added up": maps,
    "one kernel serves all channels": lambda x, k: sum(window_sums(one, k[0]) for one in x),
    "the largest channel wins": largest_map,
    "the kernel is flipped": lambda x, k: sum(maps(x, k.rot90(2, (1, 2)))),
    "the order of the channels is reversed": lambda x, k: sum(maps(x, np.asarray(k)[::-1])),
}


def stacked(x, k):
    """The right answer for several outputs, from which some slips start."""
    return np.stack([sum(maps(x, one)) for one in k])


CORR2D_MULTI_IN_OUT = {
    "the output channels are added up": [
        lambda x, k: sum(stacked(x, k)),
        lambda x, k: sum(stacked(x, k))[None],
    ],
    "only the first output channel is computed": [
        lambda x, k: sum(maps(x, k[0])),
        lambda x, k: np.array([sum(maps(x, k[0]))]),
    ],
    "the channels are averaged": lambda x, k: np.stack([maps(x, one).mean(0) for one in k]),
    "only the first channel is used": lambda x, k: np.stack(
        [window_sums(x[0], one[0]) for one in k]
    ),
    "the channels are not added up": lambda x, k: np.stack([maps(x, one) for one in k]),
    "input and output channels are swapped": lambda x, k: stacked(
        x, np.swapaxes(np.asarray(k), 0, 1)
    ),
    "the output channels come last": lambda x, k: np.moveaxis(stacked(x, k), 0, -1),
    "the kernel is flipped": lambda x, k: stacked(x, np.asarray(k)[:, :, ::-1, ::-1]),
}


CONV_LAYER = {
    "the bias is missing": lambda x, k, b: stacked(x, k),
    "the bias is added once for each input channel": lambda x, k, b: np.stack(
        [sum(maps(x, w) + v) for w, v in zip(k, b.tolist(), strict=True)]
    ),
    "the bias is subtracted": lambda x, k, b: np.stack(
        [y - v for y, v in zip(stacked(x, k), b.tolist(), strict=True)]
    ),
    "one bias serves all output channels": lambda x, k, b: stacked(x, k) + b[0].item(),
    "the biases are added up": lambda x, k, b: stacked(x, k) + sum(b.tolist()),
    "the biases run along the columns": lambda x, k, b: torch.tensor(stacked(x, k)) + b,
}


def mixed(x, k):
    return np.tensordot(np.asarray(k)[:, :, 0, 0], np.asarray(x), 1)


def cut_anew(x, k):
    c, h, w = x.shape
    return (np.asarray(x).reshape(h * w, c) @ np.asarray(k)[..., 0, 0].T).T.reshape(-1, h, w)


def put_back_unswapped(x, k):
    c, h, w = x.shape
    pixels = np.asarray(x).reshape(c, h * w).T
    return (pixels @ np.asarray(k)[..., 0, 0].T).reshape(-1, h, w)


CONV1X1 = {
    "pixels and channels are mixed up by a reshape": cut_anew,
    "the result is reshaped where it should be transposed": put_back_unswapped,
    "the channels are averaged": lambda x, k: mixed(x, k) / x.shape[0],
    "only the first channel is used": lambda x, k: x[0] * k[:, 0],
    "the output channels are added up": lambda x, k: np.sum(mixed(x, k), axis=0),
    "input and output channels are swapped": lambda x, k: np.tensordot(
        np.asarray(k)[:, :, 0, 0].T, np.asarray(x), 1
    ),
    "the pixels stay in one row": lambda x, k: mixed(x, k).reshape(len(k), -1),
    "the output channels come last": lambda x, k: np.moveaxis(mixed(x, k), 0, 2),
}


PARAMETERS = {
    "the bias is missing": lambda i, o, h, w, bias: math.prod((i, o, h, w)),
    "the bias is always counted": lambda i, o, h, w, bias: o * (i * h * w + 1),
    "there is a single bias": lambda i, o, h, w, bias: math.prod((i, o, h, w)) + int(bias),
    "the bias is counted for each input channel": lambda i, o, h, w, bias: (
        math.prod((i, o, h, w)) + (i if bias else 0)
    ),
    "the bias is counted for each slice": lambda i, o, h, w, bias: sum(
        h * w + (1 if bias else 0) for _ in range(i * o)
    ),
    "the input channels are forgotten": lambda i, o, h, w, bias: o * h * w + o * int(bias),
    "the output channels are forgotten": lambda i, o, h, w, bias: int(bias) + w * h * i,
    "the kernel is taken for square": lambda i, o, h, w, bias: o * i * h**2 + (o if bias else 0),
}


WRONG = {
    "corr2d_multi_in": CORR2D_MULTI_IN,
    "corr2d_multi_in_out": CORR2D_MULTI_IN_OUT,
    "conv_layer": CONV_LAYER,
    "conv1x1": CONV1X1,
    "parameters": PARAMETERS,
}
