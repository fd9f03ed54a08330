"""Answers to the exercises on padding and stride, right and wrong."""

import math

import numpy as np
import torch
import torch.nn.functional as F

from tests.unit.answers.cross_correlation import CORRELATIONS
from tests.unit.answers.sliding import around, backwards, frame, thinned, window_sums

# ---- right answers ----


def strided(corr):
    """Make a strided function of a plain one."""

    def f(x, k, stride, padding):
        return corr(torch.tensor(np.pad(x, padding)), k)[::stride, ::stride]

    return f


def walked(n, k, stride=1, padding=0, dilation=1):
    return len(range(0, n + 2 * padding - dilation * (k - 1), stride))


def padded_in_place(x, top, bottom, left, right):
    y = x.new_zeros(top + x.shape[0] + bottom, left + x.shape[1] + right)
    y[top : top + x.shape[0], left : left + x.shape[1]] = x
    return y


def mirrored(row, p):
    """Walk back from the last cell but one."""
    return [row[len(row) - 2 - i] for i in range(p)]


RIGHT = {
    "output_size": [
        walked,
        lambda n, k, s, p, d: (n + 2 * p - d * (k - 1) - 1) // s + 1,
        lambda n, k, s, p, d: math.floor((n + 2 * p - d * (k - 1) - 1 + s) / s),
        lambda n, k, s, p, d: torch.tensor((n + 2 * p - d * (k - 1) - 1) // s + 1),
        lambda n, k, s, p, d: np.int64((n + 2 * p - d * (k - 1) - 1 + s) // s),
    ],
    "pad2d": [
        padded_in_place,
        lambda x, t, b, lf, r: np.pad(x, [(t, b), (lf, r)]),
        lambda x, t, b, lf, r: F.pad(x.T, (t, b, lf, r)).T,
    ],
    "corr2d_strided": [strided(corr) for corr in CORRELATIONS],
    "pad_reflect": [
        lambda row, p: np.pad(row, p, mode="reflect"),
        lambda row, p: torch.stack([row[abs(i)] for i in range(-p, len(row))] + mirrored(row, p)),
        lambda row, p: torch.cat([row.flip(0)[-p - 1 : -1], row, row.flip(0)[1 : p + 1]]),
    ],
}


# ---- wrong answers ----


def stops(n, k, s, p, d):
    """Count the places of the window by walking from one to the next."""
    places, start = 0, -p
    while start + d * (k - 1) < n + p:
        places, start = places + 1, start + s
    return places


def reach(k, d):
    return k + (k - 1) * (d - 1)


OUTPUT_SIZE = {
    "it is rounded up instead of down": lambda n, k, s, p, d: -((reach(k, d) - n - 2 * p) // s) + 1,
    "it is not rounded": lambda n, k, s, p, d: (n + p + p - reach(k, d) + s) / s,
    "it is rounded to the nearest whole number": lambda n, k, s, p, d: (
        1 + int(np.rint((2 * p + n - reach(k, d)) / s))
    ),
    "the first window is not counted": lambda n, k, s, p, d: stops(n, k, s, p, d) - 1,
    "padding is counted as a total": lambda n, k, s, p, d: (
        1 + math.floor((n + p - reach(k, d)) / s)
    ),
    "padding is forgotten": lambda n, k, s, p, d: 1 + math.floor((n - reach(k, d)) / s),
    "dilation is forgotten": lambda n, k, s, p, d: stops(n, k, s, p, 1),
    "dilation multiplies the whole kernel size": lambda n, k, s, p, d: (
        1 + math.floor((n + 2 * p - k * d) / s)
    ),
    "dilation is taken for the number of empty pixels": lambda n, k, s, p, d: (
        1 + math.floor((n + 2 * p - k - (k - 1) * d) / s)
    ),
    "stride is forgotten": lambda n, k, s, p, d: stops(n, k, 1, p, d),
    "the one is added before the division": lambda n, k, s, p, d: stops(n, k, 1, p, d) // s,
}


PAD2D = {
    "padding is not applied": lambda x, t, b, lf, r: x.clone(),
    "rows and columns are swapped": lambda x, t, b, lf, r: frame(x, lf, r, t, b),
    "padding is on one side only": [
        lambda x, t, b, lf, r: frame(x, t, 0, lf, 0),
        lambda x, t, b, lf, r: frame(x, 0, b, 0, r),
    ],
    "all padding is on one side": [
        lambda x, t, b, lf, r: frame(x, 0, b + t, 0, r + lf),
        lambda x, t, b, lf, r: frame(x, b + t, 0, r + lf, 0),
    ],
    "before and after are swapped": lambda x, t, b, lf, r: frame(x, b, t, r, lf),
    "only rows are padded": lambda x, t, b, lf, r: np.pad(x, [(t, b), (0, 0)]),
    "only columns are padded": lambda x, t, b, lf, r: np.pad(x, [(0, 0), (lf, r)]),
    "the edge is repeated": lambda x, t, b, lf, r: np.pad(x, [(t, b), (lf, r)], mode="edge"),
    "one number serves all four sides": lambda x, t, b, lf, r: np.pad(x, t),
}


def divmod_split(total):
    half, odd = divmod(total, 2)
    return half, half + odd


def strides(x, k, s, p):
    """The right answer, from which some slips start."""
    return window_sums(around(x, p), k, s, s)


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


CORR2D_STRIDED = {
    "the stride is applied to the input": [
        lambda x, k, s, p: window_sums(thinned(around(x, p), s), k),
        lambda x, k, s, p: window_sums(around(thinned(x, s), p), k),
    ],
    "the stride is forgotten": lambda x, k, s, p: window_sums(around(x, p), k),
    "only rows are skipped": lambda x, k, s, p: window_sums(around(x, p), k, s, 1),
    "only columns are skipped": lambda x, k, s, p: window_sums(around(x, p), k, 1, s),
    "the windows lie one pixel apart": started_anew,
    "the stride spreads the kernel": lambda x, k, s, p: window_sums(around(x, p), k, gap=s),
    "padding is on one side only": [
        lambda x, k, s, p: window_sums(frame(x, p, 0, p, 0), k, s, s),
        lambda x, k, s, p: window_sums(frame(x, 0, p, 0, p), k, s, s),
    ],
    "padding is counted as a total": [
        lambda x, k, s, p: window_sums(frame(x, *divmod_split(p) * 2), k, s, s),
        lambda x, k, s, p: window_sums(frame(x, *divmod_split(p)[::-1] * 2), k, s, s),
    ],
    "padding is not applied": lambda x, k, s, p: window_sums(x, k, s, s),
    "only rows are padded": lambda x, k, s, p: window_sums(frame(x, p, p, 0, 0), k, s, s),
    "only columns are padded": lambda x, k, s, p: window_sums(frame(x, 0, 0, p, p), k, s, s),
    "it is rounded up instead of down": last_window_completed,
    "the kernel is flipped": lambda x, k, s, p: strides(x, backwards(k), s, p),
    "the kernel lies on its side": lambda x, k, s, p: strides(x, np.asarray(k).T, s, p),
}


PAD_REFLECT = {
    "the mirror image includes the edge cell": lambda row, p: np.pad(row, p, mode="symmetric"),
    "the copies are not turned round": lambda row, p: [
        *row.tolist()[1 : 1 + p],
        *row.tolist(),
        *(row.tolist()[len(row) - 1 - p + i] for i in range(p)),
    ],
    "that is the mode circular": lambda row, p: np.pad(row, p, mode="wrap"),
    "that is the mode replicate": lambda row, p: [
        row[max(0, min(len(row) - 1, i))] for i in range(-p, len(row) + p)
    ],
    "padding holds zeros": lambda row, p: np.pad(row, p),
    "padding is on one side only": [
        lambda row, p: np.pad(row, (p, 0), mode="reflect"),
        lambda row, p: np.pad(row, (0, p), mode="reflect"),
    ],
    "padding is not applied": lambda row, p: row.clone(),
}


WRONG = {
    "output_size": OUTPUT_SIZE,
    "pad2d": PAD2D,
    "corr2d_strided": CORR2D_STRIDED,
    "pad_reflect": PAD_REFLECT,
}
