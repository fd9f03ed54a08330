"""Windows that slide over NumPy arrays, and margins around them."""

import numpy as np


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


def thinned(x, s):
    return np.asarray(x)[range(0, len(x), s)][:, range(0, len(x[0]), s)]


def stamped(x, k):
    """Add a copy of k for each pixel of x: the full convolution."""
    x, k = np.asarray(x), np.asarray(k)
    y = np.zeros((len(x) + len(k) - 1, len(x[0]) + len(k[0]) - 1))
    for i, row in enumerate(x):
        for j, value in enumerate(row):
            y[i : i + len(k), j : j + len(k[0])] += value * k
    return y
