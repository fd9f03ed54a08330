"""Each declared misconception is named when a wrong answer, written another way, makes it.

The wrong answers are loops over NumPy arrays and plain arithmetic, the declarations go through
PyTorch's operators. They stand in the order in which the checkers declare them.
"""

import math

import numpy as np
import pytest
import torch

from book_utils import check
from tests.unit import normalisation_answers, residual_answers


def window_sums(x, k, step_down=1, step_right=1, gap=1):
    """Slide k over x with two strides and a dilation."""
    x, k = np.asarray(x, float), np.asarray(k, float)
    reach_h, reach_w = gap * (len(k) - 1) + 1, gap * (len(k[0]) - 1) + 1
    return np.array(
        [
            [
                (x[i : i + reach_h : gap, j : j + reach_w : gap] * k).sum()
                for j in range(0, x.shape[1] - reach_w + 1, step_right)
            ]
            for i in range(0, x.shape[0] - reach_h + 1, step_down)
        ]
    )


def frame(x, top, bottom, left, right, value=0.0):
    """Put a margin around a matrix."""
    n_h, n_w = x.shape
    y = np.full((top + n_h + bottom, left + n_w + right), value)
    y[top : top + n_h, left : left + n_w] = np.asarray(x)
    return y


def around(x, margin, value=0.0):
    return frame(x, margin, margin, margin, margin, value)


def backwards(k):
    return np.asarray(k)[::-1, ::-1]


def stamped(x, k):
    """Add a copy of k for each pixel of x."""
    x, k = np.asarray(x), np.asarray(k)
    y = np.zeros((len(x) + len(k) - 1, len(x[0]) + len(k[0]) - 1))
    for i, row in enumerate(x):
        for j, value in enumerate(row):
            y[i : i + len(k), j : j + len(k[0])] += value * k
    return y


def first_only(x, k):
    """Multiply with the first weight, and leave the others out."""
    weights = np.zeros(k.shape)
    weights[0, 0] = k[0, 0]
    return window_sums(x, weights)


CORR2D = [
    ("the kernel is flipped", lambda x, k: window_sums(x, backwards(k))),
    ("the kernel is flipped top to bottom", lambda x, k: window_sums(x, np.flipud(k))),
    ("the kernel is flipped left to right", lambda x, k: window_sums(x, np.fliplr(k))),
    ("the kernel lies on its side", lambda x, k: window_sums(x, [*zip(*k.tolist(), strict=True)])),
    ("the products are averaged", lambda x, k: window_sums(x, k / (len(k) * len(k[0])))),
    (
        "the input is padded",
        lambda x, k: stamped(x, backwards(k)),
    ),
    ("the sum is missing", first_only),
]


CONV2D = [
    ("the kernel is not flipped", window_sums),
    ("the kernel is flipped top to bottom only", lambda x, k: window_sums(x, np.flipud(k))),
    ("the kernel is flipped left to right only", lambda x, k: window_sums(x, np.fliplr(k))),
    ("the kernel is transposed instead of turned", lambda x, k: window_sums(x, np.asarray(k).T)),
    ("the kernel is turned by 90°", lambda x, k: window_sums(x, np.rot90(k))),
    (
        "the picture is turned instead of the kernel",
        lambda x, k: window_sums(backwards(x), k),
    ),
    ("the result is the full convolution", stamped),
    ("the products are averaged", lambda x, k: window_sums(x, backwards(k)) / k.nelement()),
]

CONV2D_FULL = [
    ("only whole windows count", lambda x, k: window_sums(x, backwards(k))),
    ("the kernel is not flipped", lambda x, k: stamped(x, backwards(k))),
    ("the two are cross-correlated where they overlap wholly", window_sums),
    ("the kernels are multiplied like matrices", lambda x, k: np.asarray(x) @ np.asarray(k)),
    ("the kernels are added", lambda x, k: k + x),
]


def flattened(k, n_h, n_w):
    """Build the matrix of a cross-correlation entry by entry."""
    (k_h, k_w), h, w = k.shape, n_h - k.shape[0] + 1, n_w - k.shape[1] + 1
    W = np.zeros((h * w, n_h * n_w))
    for i, j in np.ndindex(h, w):
        for a, b in np.ndindex(k_h, k_w):
            W[i * w + j, (i + a) * n_w + j + b] = k[a, b]
    return W


def columns_first(k, n_h, n_w):
    (k_h, k_w), h, w = k.shape, n_h - k.shape[0] + 1, n_w - k.shape[1] + 1
    W = np.zeros((h * w, n_h * n_w))
    for i, j in np.ndindex(h, w):
        for a, b in np.ndindex(k_h, k_w):
            W[i * w + j, (j + b) * n_h + i + a] = k[a, b]
    return W


def one_long_kernel(k, n_h, n_w):
    h, w = n_h - k.shape[0] + 1, n_w - k.shape[1] + 1
    W = np.zeros((h * w, n_h * n_w))
    for i, j in np.ndindex(h, w):
        W[i * w + j, i * n_w + j :][: k.numel()] = k.ravel()
    return W


CORR2D_MATRIX = [
    ("the kernel is flipped", lambda k, h, w: flattened(k.rot90(2), h, w)),
    ("the kernel lies on its side", lambda k, h, w: flattened(k.t(), h, w)),
    ("the matrix is transposed", lambda k, h, w: flattened(k, h, w).transpose()),
    ("the picture is read column by column", columns_first),
    ("the rows of the kernel follow one another without a gap", one_long_kernel),
]


def where(w, keep):
    """Keep the weights for which keep(i, j) holds."""
    return torch.tensor(
        [[v if keep(i, j) else 0.0 for j, v in enumerate(r)] for i, r in enumerate(w.tolist())]
    )


DENSE_TO_LOCAL = [
    ("the reach is one too short", lambda w, d: where(w, lambda i, j: abs(i - j) < d)),
    ("the reach is one too long", lambda w, d: where(w, lambda i, j: abs(i - j) < d + 2)),
    ("only one side is cut off", lambda w, d: where(w, lambda i, j: j - i <= d)),
    ("only one side is cut off", lambda w, d: where(w, lambda i, j: i - j <= d)),
    (
        "the far weights are kept and the near ones cut off",
        lambda w, d: where(w, lambda i, j: abs(i - j) > d),
    ),
    ("Δ is taken for the whole width", lambda w, d: where(w, lambda i, j: 2 * abs(i - j) <= d)),
]


def band(k, n, rows, start=lambda i: i, wrap=False):
    W = torch.zeros(rows, n)
    for i in range(rows):
        for a, weight in enumerate(k):
            if wrap or start(i) + a < n:
                W[i, (start(i) + a) % n] = weight
    return W


def from_the_right(k, n):
    return band(k, n, n - len(k) + 1, lambda i: n - len(k) - i)


TOEPLITZ = [
    ("the kernel is flipped", lambda k, n: band(reversed_list(k), n, n - len(k) + 1)),
    ("every row is the same", lambda k, n: band(k, n, n - len(k) + 1, lambda i: 0)),
    (
        "the kernel moves to the left",
        lambda k, n: band(k, n, n - len(k) + 1, lambda i: n - len(k) - i),
    ),
    ("the matrix is transposed", lambda k, n: band(k, n, n - len(k) + 1).permute(1, 0)),
    (
        "the kernel runs over the end and starts again",
        lambda k, n: band(k, n, n, wrap=True),
    ),
    ("windows over the edge are counted", lambda k, n: band(k, n, n)),
]


def reversed_list(k):
    return k.tolist()[::-1]


def stops(n, k, s, p, d):
    """Count the places of the window by walking from one to the next."""
    places, start = 0, -p
    while start + d * (k - 1) < n + p:
        places, start = places + 1, start + s
    return places


def reach(k, d):
    return k + (k - 1) * (d - 1)


OUTPUT_SIZE = [
    (
        "it is rounded up instead of down",
        lambda n, k, s, p, d: -((reach(k, d) - n - 2 * p) // s) + 1,
    ),
    ("it is not rounded", lambda n, k, s, p, d: (n + p + p - reach(k, d) + s) / s),
    (
        "it is rounded to the nearest whole number",
        lambda n, k, s, p, d: 1 + int(np.rint((2 * p + n - reach(k, d)) / s)),
    ),
    ("the first window is not counted", lambda n, k, s, p, d: stops(n, k, s, p, d) - 1),
    (
        "padding is counted as a total",
        lambda n, k, s, p, d: 1 + math.floor((n + p - reach(k, d)) / s),
    ),
    ("padding is forgotten", lambda n, k, s, p, d: 1 + math.floor((n - reach(k, d)) / s)),
    ("dilation is forgotten", lambda n, k, s, p, d: stops(n, k, s, p, 1)),
    (
        "dilation is multiplied with the whole kernel",
        lambda n, k, s, p, d: 1 + math.floor((n + 2 * p - k * d) / s),
    ),
    (
        "dilation is taken for the number of empty pixels",
        lambda n, k, s, p, d: 1 + math.floor((n + 2 * p - k - (k - 1) * d) / s),
    ),
    ("stride is forgotten", lambda n, k, s, p, d: stops(n, k, 1, p, d)),
    (
        "the one is added before the division",
        lambda n, k, s, p, d: stops(n, k, 1, p, d) // s,
    ),
]

PAD2D = [
    ("padding is not applied", lambda x, t, b, lf, r: x.clone()),
    ("rows and columns are swapped", lambda x, t, b, lf, r: frame(x, lf, r, t, b)),
    ("padding is on one side only", lambda x, t, b, lf, r: frame(x, t, 0, lf, 0)),
    ("padding is on one side only", lambda x, t, b, lf, r: frame(x, 0, b, 0, r)),
    ("all padding is on one side", lambda x, t, b, lf, r: frame(x, 0, b + t, 0, r + lf)),
    ("all padding is on one side", lambda x, t, b, lf, r: frame(x, b + t, 0, r + lf, 0)),
    ("before and after are swapped", lambda x, t, b, lf, r: frame(x, b, t, r, lf)),
    ("only rows are padded", lambda x, t, b, lf, r: np.pad(x, [(t, b), (0, 0)])),
    ("only columns are padded", lambda x, t, b, lf, r: np.pad(x, [(0, 0), (lf, r)])),
    ("the edge is repeated", lambda x, t, b, lf, r: np.pad(x, [(t, b), (lf, r)], mode="edge")),
    ("one number serves all four sides", lambda x, t, b, lf, r: np.pad(x, t)),
]


def needed(n, k, s):
    """Count the zeros that the last of ceil(n / s) windows lacks."""
    starts = range(0, n, s)
    return max(0, starts[-1] + k - n)


SAME_PADDING = [
    ("stride is forgotten", lambda n, k, s: ((k - 1) // 2, k // 2)),
    (
        "the odd zero comes first",
        lambda n, k, s: (math.ceil(needed(n, k, s) / 2), needed(n, k, s) // 2),
    ),
    ("both ends get the smaller half", lambda n, k, s: [needed(n, k, s) // 2] * 2),
    ("both ends get the larger half", lambda n, k, s: [math.ceil(needed(n, k, s) / 2)] * 2),
    ("both ends get k // 2", lambda n, k, s: [math.floor(k / 2)] * 2),
    ("both ends get (k - 1) // 2", lambda n, k, s: [math.ceil(k / 2) - 1] * 2),
    ("both ends get the total", lambda n, k, s: [needed(n, k, s)] * 2),
    ("all padding is on one side", lambda n, k, s: (0, needed(n, k, s))),
    (
        "padding becomes negative",
        lambda n, k, s: divmod_split(range(0, n, s)[-1] + k - n),
    ),
    ("the output is as long as the input", lambda n, k, s: divmod_split(s * n - s + k - n)),
]


def divmod_split(total):
    half, odd = divmod(total, 2)
    return half, half + odd


def strides(x, k, s, p):
    """The right answer, from which some slips start."""
    return window_sums(around(x, p), k, s, s)


def thinned(x, s):
    return np.asarray(x)[range(0, len(x), s)][:, range(0, len(x[0]), s)]


def started_anew(x, k, s, p):
    """Take output (i, j) from the window at (i, j)."""
    all_windows = window_sums(around(x, p), k)
    h, w = strides(x, k, s, p).shape
    return np.array([[all_windows[i, j] for j in range(w)] for i in range(h)])


def last_window_completed(x, k, s, p):
    picture = around(x, p)
    h, w = (-(-(n - m) // s) + 1 for n, m in zip(picture.shape, k.shape, strict=True))
    missing = ((h - 1) * s + len(k) - len(picture), (w - 1) * s + len(k[0]) - len(picture[0]))
    return window_sums(frame(picture, 0, missing[0], 0, missing[1]), k, s, s)


CORR2D_STRIDED = [
    (
        "the stride is applied to the input",
        lambda x, k, s, p: window_sums(thinned(around(x, p), s), k),
    ),
    (
        "the stride is applied to the input",
        lambda x, k, s, p: window_sums(around(thinned(x, s), p), k),
    ),
    ("the stride is forgotten", lambda x, k, s, p: window_sums(around(x, p), k)),
    ("the stride is only along the rows", lambda x, k, s, p: window_sums(around(x, p), k, s, 1)),
    ("the stride is only along the columns", lambda x, k, s, p: window_sums(around(x, p), k, 1, s)),
    ("the windows lie one pixel apart", started_anew),
    ("the stride spreads the kernel", lambda x, k, s, p: window_sums(around(x, p), k, gap=s)),
    ("padding is on one side only", lambda x, k, s, p: window_sums(frame(x, p, 0, p, 0), k, s, s)),
    ("padding is on one side only", lambda x, k, s, p: window_sums(frame(x, 0, p, 0, p), k, s, s)),
    (
        "padding is counted as a total",
        lambda x, k, s, p: window_sums(frame(x, *divmod_split(p) * 2), k, s, s),
    ),
    (
        "padding is counted as a total",
        lambda x, k, s, p: window_sums(frame(x, *divmod_split(p)[::-1] * 2), k, s, s),
    ),
    ("padding is not applied", lambda x, k, s, p: window_sums(x, k, s, s)),
    ("only rows are padded", lambda x, k, s, p: window_sums(frame(x, p, p, 0, 0), k, s, s)),
    ("only columns are padded", lambda x, k, s, p: window_sums(frame(x, 0, 0, p, p), k, s, s)),
    ("it is rounded up instead of down", last_window_completed),
    ("the kernel is flipped", lambda x, k, s, p: strides(x, backwards(k), s, p)),
    ("the kernel lies on its side", lambda x, k, s, p: strides(x, np.asarray(k).T, s, p)),
]


def maps(x, k):
    """One map for each channel."""
    return np.stack([window_sums(picture, kernel) for picture, kernel in zip(x, k, strict=True)])


def largest_map(x, k):
    y = maps(x, k)[0]
    for one in maps(x, k)[1:]:
        y = np.where(one > y, one, y)
    return y


CORR2D_MULTI_IN = [
    ("the channels are averaged", lambda x, k: maps(x, k).mean(0)),
    ("only the first channel is used", lambda x, k: window_sums(x[0], k[0])),
    ("only the last channel is used", lambda x, k: maps(x, k)[-1]),
    ("the channels are not added up", maps),
    ("one kernel serves all channels", lambda x, k: sum(window_sums(one, k[0]) for one in x)),
    ("the largest channel wins", largest_map),
    ("the kernel is flipped", lambda x, k: sum(maps(x, k.rot90(2, (1, 2))))),
    (
        "the order of the channels is reversed",
        lambda x, k: sum(maps(x, np.asarray(k)[::-1])),
    ),
]


def stacked(x, k):
    """The right answer for several outputs, from which some slips start."""
    return np.stack([sum(maps(x, one)) for one in k])


CORR2D_MULTI_IN_OUT = [
    ("the output channels are added up", lambda x, k: sum(stacked(x, k))),
    ("the output channels are added up", lambda x, k: sum(stacked(x, k))[None]),
    ("only the first output channel is computed", lambda x, k: sum(maps(x, k[0]))),
    ("only the first output channel is computed", lambda x, k: np.array([sum(maps(x, k[0]))])),
    ("the channels are averaged", lambda x, k: np.stack([maps(x, one).mean(0) for one in k])),
    (
        "only the first channel is used",
        lambda x, k: np.stack([window_sums(x[0], one[0]) for one in k]),
    ),
    ("the channels are not added up", lambda x, k: np.stack([maps(x, one) for one in k])),
    (
        "input and output channels are swapped",
        lambda x, k: stacked(x, np.swapaxes(np.asarray(k), 0, 1)),
    ),
    ("the output channels come last", lambda x, k: np.moveaxis(stacked(x, k), 0, -1)),
    ("the kernel is flipped", lambda x, k: stacked(x, np.asarray(k)[:, :, ::-1, ::-1])),
]

CONV_LAYER = [
    ("the bias is missing", lambda x, k, b: stacked(x, k)),
    (
        "the bias is added once for each input channel",
        lambda x, k, b: np.stack([sum(maps(x, w) + v) for w, v in zip(k, b.tolist(), strict=True)]),
    ),
    (
        "the bias is subtracted",
        lambda x, k, b: np.stack([y - v for y, v in zip(stacked(x, k), b.tolist(), strict=True)]),
    ),
    ("one bias serves all output channels", lambda x, k, b: stacked(x, k) + b[0].item()),
    ("the biases are added up", lambda x, k, b: stacked(x, k) + sum(b.tolist())),
    ("the biases run along the columns", lambda x, k, b: torch.tensor(stacked(x, k)) + b),
]


def mixed(x, k):
    return np.tensordot(np.asarray(k)[:, :, 0, 0], np.asarray(x), 1)


def cut_anew(x, k):
    c, h, w = x.shape
    return (np.asarray(x).reshape(h * w, c) @ np.asarray(k)[..., 0, 0].T).T.reshape(-1, h, w)


def put_back_unswapped(x, k):
    c, h, w = x.shape
    pixels = np.asarray(x).reshape(c, h * w).T
    return (pixels @ np.asarray(k)[..., 0, 0].T).reshape(-1, h, w)


CONV1X1 = [
    ("pixels and channels are mixed up by a reshape", cut_anew),
    ("the result is reshaped where it should be transposed", put_back_unswapped),
    ("the channels are averaged", lambda x, k: mixed(x, k) / x.shape[0]),
    ("only the first channel is used", lambda x, k: x[0] * k[:, 0]),
    ("the output channels are added up", lambda x, k: np.sum(mixed(x, k), axis=0)),
    (
        "input and output channels are swapped",
        lambda x, k: np.tensordot(np.asarray(k)[:, :, 0, 0].T, np.asarray(x), 1),
    ),
    ("the pixels stay in one row", lambda x, k: mixed(x, k).reshape(len(k), -1)),
    ("the output channels come last", lambda x, k: np.moveaxis(mixed(x, k), 0, 2)),
]

PARAMETERS = [
    ("the bias is missing", lambda i, o, h, w, bias: math.prod((i, o, h, w))),
    ("the bias is always counted", lambda i, o, h, w, bias: o * (i * h * w + 1)),
    ("there is a single bias", lambda i, o, h, w, bias: math.prod((i, o, h, w)) + int(bias)),
    (
        "the bias is counted for each input channel",
        lambda i, o, h, w, bias: math.prod((i, o, h, w)) + (i if bias else 0),
    ),
    (
        "the bias is counted for each kernel",
        lambda i, o, h, w, bias: sum(h * w + (1 if bias else 0) for _ in range(i * o)),
    ),
    ("the input channels are forgotten", lambda i, o, h, w, bias: o * h * w + o * int(bias)),
    ("the output channels are forgotten", lambda i, o, h, w, bias: int(bias) + w * h * i),
    (
        "the kernel is taken for square",
        lambda i, o, h, w, bias: o * i * h**2 + (o if bias else 0),
    ),
]


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
MAX_POOL2D = [
    ("the padding is zeros instead of -∞", lambda x, k, s, p: pool(around(x, p), k, s, np.max)),
    ("the stride is ignored", lambda x, k, s, p: pool(around(x, p, LOW), k, 1, np.max)),
    ("the stride is always the window", lambda x, k, s, p: pool(around(x, p, LOW), k, k, np.max)),
    (
        "the stride is applied to the input",
        lambda x, k, s, p: pool(thinned(around(x, p, LOW), s), k, 1, np.max),
    ),
    ("the windows are averaged", lambda x, k, s, p: pool(around(x, p), k, s, np.mean)),
    ("the smallest number is taken", lambda x, k, s, p: pool(around(x, p, np.inf), k, s, np.min)),
    ("signs are lost", lambda x, k, s, p: pool(around(np.abs(x), p), k, s, np.max)),
    (
        "negative numbers become 0",
        lambda x, k, s, p: pool(around(x, p, LOW), k, s, lambda w: max([0, *w.ravel()])),
    ),
    ("padding is not applied", lambda x, k, s, p: pool(x, k, s, np.max)),
    (
        "padding is on one side only",
        lambda x, k, s, p: pool(frame(x, p, 0, p, 0, LOW), k, s, np.max),
    ),
    (
        "padding is on one side only",
        lambda x, k, s, p: pool(frame(x, 0, p, 0, p, LOW), k, s, np.max),
    ),
    (
        "it is rounded up instead of down",
        lambda x, k, s, p: pool_with_ceil(x, k, s, p, clipped_max(k)),
    ),
]

AVG_POOL2D = [
    (
        "padding is not counted in the average",
        lambda x, k, s, p: pool(around(x, p, np.nan), k, s, np.nanmean),
    ),
    None,  # padding is counted: see the test below, where the exercise asks for the other mean
    ("the sum is not divided", lambda x, k, s, p: pool(around(x, p), k, s, np.sum)),
    (
        "the sum is divided by the side of the window",
        lambda x, k, s, p: pool(around(x, p), k, s, lambda w: w.sum() / len(w)),
    ),
    ("the stride is ignored", lambda x, k, s, p: pool(around(x, p), k, 1, np.mean)),
    ("the stride is always the window", lambda x, k, s, p: pool(around(x, p), k, k, np.mean)),
    (
        "the stride is applied to the input",
        lambda x, k, s, p: pool(thinned(around(x, p), s), k, 1, np.mean),
    ),
    ("the largest number is taken", lambda x, k, s, p: pool(around(x, p, LOW), k, s, np.max)),
    ("padding is not applied", lambda x, k, s, p: pool(x, k, s, np.mean)),
    ("padding is on one side only", lambda x, k, s, p: pool(frame(x, p, 0, p, 0), k, s, np.mean)),
    ("padding is on one side only", lambda x, k, s, p: pool(frame(x, 0, p, 0, p), k, s, np.mean)),
    (
        "it is rounded up instead of down",
        lambda x, k, s, p: pool_with_ceil(x, k, s, p, mean_with_margin(k, p)),
    ),
]


def each_row(scores, f):
    return np.array([f([float(v) for v in row]) for row in scores])


def exponentials(row):
    return np.exp(np.asarray(row, np.float32))


def shares(row):
    """Softmax of one list, in 64 bits."""
    e = np.exp(np.asarray(row, float) - max(row))
    return e / e.sum()


def share_by_formula(row):
    return exponentials(row) / exponentials(row).sum()


SOFTMAX = [
    ("large scores overflow", lambda z: each_row(z, share_by_formula)),
    (
        "one maximum serves all rows",
        lambda z: each_row(z - torch.amax(z), share_by_formula),
    ),
    ("the sum runs over examples instead of classes", lambda z: each_row(z.T, shares).T),
    (
        "the sum runs over all numbers",
        lambda z: shares(z.ravel().tolist()).reshape(z.shape),
    ),
    ("the exponentials are not divided by their sum", lambda z: each_row(z, exponentials)),
    (
        "the scores are divided without an exponential",
        lambda z: each_row(z, lambda row: np.divide(row, sum(row))),
    ),
    ("each score is squashed by itself", lambda z: 0.5 + torch.tanh(z / 2) / 2),
    ("logarithms of the probabilities are returned", lambda z: z - z.logsumexp(-1)[:, None]),
    ("the signs are turned round", lambda z: each_row(-z, shares)),
]


def losses(scores, labels, share=shares):
    """The surprise of each example."""
    return [-np.log(share(row)[y]) for row, y in zip(scores.tolist(), labels.tolist(), strict=True)]


def shares_in_32_bits(row):
    return np.asarray(shares(row), np.float32)


CROSS_ENTROPY = [
    ("large scores overflow", lambda z, y: torch.tensor(np.mean(losses(z, y, share_by_formula)))),
    (
        "a probability becomes 0 before its logarithm is taken",
        lambda z, y: torch.tensor(np.mean(losses(z, y, shares_in_32_bits))),
    ),
    ("the losses are added up, not averaged", lambda z, y: np.array(sum(losses(z, y)))),
    (
        "the loss is divided by the number of classes too",
        lambda z, y: np.array(sum(losses(z, y)) / z.nelement()),
    ),
    ("the losses are not averaged", lambda z, y: np.array(losses(z, y))),
    (
        "softmax is taken twice",
        lambda z, y: np.mean(losses(z, y, lambda row: shares(shares(row)))),
    ),
    (
        "the scores are taken for probabilities",
        lambda z, y: np.mean(losses(z, y, lambda row: np.asarray(row, np.float32))),
    ),
    (
        "the loss is that of the class with the largest score",
        lambda z, y: np.mean([-np.log(max(shares(row))) for row in z.tolist()]),
    ),
    (
        "the loss of all classes is added up",
        lambda z, y: np.mean([sum(np.log(1 / shares(row))) for row in z.tolist()]),
    ),
    ("the minus sign is missing", lambda z, y: 0 - np.mean(losses(z, y))),
    (
        "the logarithm is missing",
        lambda z, y: sum(-shares(row)[k] for row, k in zip(z.tolist(), y, strict=True)) / len(y),
    ),
    (
        "the logarithm is taken of the mean",
        lambda z, y: -np.log(np.mean([shares(z[i].tolist())[k] for i, k in enumerate(y)])),
    ),
    (
        "the sum runs over examples instead of classes",
        lambda z, y: np.mean([-np.log(shares(z[:, k].tolist())[i]) for i, k in enumerate(y)]),
    ),
]


def slopes(loss, w):
    """The gradient of a bowl, from its formula."""
    return 2 * loss.steep * (w - loss.lowest)


def walk(loss, w, lr, steps):
    for _ in range(steps):
        w = w - lr * slopes(loss, w)
    return w


def heaping(loss, w, lr, steps):
    w = w.clone().requires_grad_()
    for _ in range(steps):
        loss(w).backward()
        w.data -= lr * w.grad
    return w


GRADIENT_DESCENT = [
    ("the gradient is not set to zero between steps", heaping),
    ("it goes up instead of down", lambda loss, w, lr, steps: walk(loss, w, -lr, steps)),
    ("the learning rate is forgotten", lambda loss, w, lr, steps: walk(loss, w, 1, steps)),
    (
        "every step uses the gradient of the start",
        lambda loss, w, lr, steps: w - sum(lr * slopes(loss, w) for _ in range(steps)),
    ),
    ("it takes one step only", lambda loss, w, lr, steps: w - lr * slopes(loss, w)),
    (
        "it takes one step too many",
        lambda loss, w, lr, steps: walk(loss, walk(loss, w, lr, 1), lr, steps),
    ),
    (
        "the gradient is returned",
        lambda loss, w, lr, steps: slopes(loss, walk(loss, w, lr, steps - 1)),
    ),
    ("the loss is returned", lambda loss, w, lr, steps: loss(walk(loss, w, lr, steps))),
]


def right_answers(model, x, y):
    return [float(model(one[None]).argmax() == label) for one, label in zip(x, y, strict=True)]


def evaluation(score, switch="eval", after="back", notes=False):
    """Make an evaluation with one slip or another."""

    def evaluate(model, x, y, batch_size):
        mode = model.training
        if switch == "eval":
            model.eval()
        with torch.set_grad_enabled(notes):
            right = right_answers(model, x, y)
        if after != "never":
            model.train(mode if after == "back" else True)
        return score(right, batch_size)

    return evaluate


def share(right, batch_size):
    return sum(right) / len(right)


def in_batches(right, batch_size):
    return [right[i : i + batch_size] for i in range(0, len(right), batch_size)]


def share_of_shares(right, batch_size):
    return np.mean([np.mean(batch) for batch in in_batches(right, batch_size)])


def share_of_whole_batches(right, batch_size):
    whole = len(right) // batch_size * batch_size
    return share(right[:whole] if whole else right, batch_size)


EVALUATE = [
    ("eval() is forgotten", evaluation(share, switch="none")),
    ("eval() and no_grad() are both forgotten", evaluation(share, switch="none", notes=True)),
    ("the network is left in evaluation mode", evaluation(share, after="never")),
    (
        "the network is left in evaluation mode, and no_grad() is forgotten",
        evaluation(share, after="never", notes=True),
    ),
    ("the network is always left in training mode", evaluation(share, after="train")),
    ("autograd takes notes", evaluation(share, notes=True)),
    ("the accuracies of the batches are averaged", evaluation(share_of_shares)),
    ("a short last batch is left out", evaluation(share_of_whole_batches)),
    ("the number of right answers is returned", evaluation(lambda right, size: int(sum(right)))),
    (
        "the share of wrong answers is returned",
        evaluation(lambda right, size: np.mean([1 - r for r in right])),
    ),
    ("the accuracy is given in percent", evaluation(lambda right, size: 100 * np.mean(right))),
]


def field(layers):
    """Walk from the last layer to the picture."""
    r = 1
    for k, stride in layers[::-1]:
        r = stride * (r - 1) + k
    return r


def with_strides_added(layers):
    r, jump = 1, 1
    for k, stride in layers:
        r += jump * (k - 1)
        jump += stride - 1
    return r


def with_jump_first(layers):
    r, jump = 1, 1
    for k, stride in layers:
        jump *= stride
        r += jump * (k - 1)
    return r


RECEPTIVE_FIELD = [
    ("strides are forgotten", lambda layers: field([(k, 1) for k, _ in layers])),
    ("a layer's own stride is counted for its window", with_jump_first),
    ("strides are added where they multiply", with_strides_added),
    (
        "each layer adds its whole window",
        lambda layers: field([(k + 1, stride) for k, stride in layers]),
    ),
    ("it begins with no pixel", lambda layers: field(layers) - 1),
    ("the windows are multiplied", lambda layers: math.prod(k for k, _ in layers)),
    ("only the last layer counts", lambda layers: field(layers[-1:])),
    (
        "the layers are taken from the last to the first",
        lambda layers: field([*reversed(layers)]),
    ),
    ("the jump is returned", lambda layers: math.prod(stride for _, stride in layers)),
]

WRONG = {
    check.corr2d: CORR2D,
    check.conv2d: CONV2D,
    check.conv2d_full: CONV2D_FULL,
    check.corr2d_matrix: CORR2D_MATRIX,
    check.dense_to_local: DENSE_TO_LOCAL,
    check.toeplitz: TOEPLITZ,
    check.output_size: OUTPUT_SIZE,
    check.pad2d: PAD2D,
    check.same_padding: SAME_PADDING,
    check.corr2d_strided: CORR2D_STRIDED,
    check.corr2d_multi_in: CORR2D_MULTI_IN,
    check.corr2d_multi_in_out: CORR2D_MULTI_IN_OUT,
    check.conv_layer: CONV_LAYER,
    check.conv1x1: CONV1X1,
    check.parameters: PARAMETERS,
    check.max_pool2d: MAX_POOL2D,
    check.avg_pool2d: AVG_POOL2D,
    check.softmax: SOFTMAX,
    check.cross_entropy: CROSS_ENTROPY,
    check.gradient_descent: GRADIENT_DESCENT,
    check.evaluate: EVALUATE,
    check.receptive_field: RECEPTIVE_FIELD,
    **normalisation_answers.WRONG,
    **residual_answers.WRONG,
}
CASES = [
    pytest.param(checker, place, *wrong, id=f"{checker.name}-{place}")
    for checker, answers in WRONG.items()
    for place, wrong in enumerate(answers)
    if wrong is not None
]


@pytest.fixture(autouse=True)
def no_search_for_smaller_cases(monkeypatch):
    """Save the time: that search has its own tests, and does not change what is named."""
    monkeypatch.setattr(check.engine.trial.Trial, "smallest", lambda trial, fault, wrong: wrong[0])


@pytest.mark.parametrize(("checker", "place", "name", "wrong"), CASES)
def test_a_known_mistake_is_named(checker, place, name, wrong):
    verdict = checker(wrong)
    assert not verdict.passed
    assert verdict.misconception == name
    assert checker.misconceptions[place].why in verdict.message
    assert f"It looks as if {name}." in str(verdict)


def test_padding_that_should_not_count_but_does():
    def divides_by_all(x, k, stride, padding):
        return pool(around(x, padding), k, stride, np.mean)

    verdict = check.avg_pool2d(divides_by_all, count_include_pad=False)
    assert verdict.misconception == "padding is counted in the average"
    assert check.avg_pool2d.misconceptions[1].why in verdict.message
    assert check.avg_pool2d(divides_by_all).passed


def test_every_checker_and_every_misconception_is_tested():
    checkers = [c for c in map(check.__dict__.get, check.__all__) if isinstance(c, check.Checker)]
    assert set(checkers) == set(WRONG)
    for checker, answers in WRONG.items():
        assert len(answers) == len(checker.misconceptions), checker.name
