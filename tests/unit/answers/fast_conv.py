"""Answers to the exercises on fast convolution, right and wrong."""

from itertools import product

import numpy as np
import torch
import torch.nn.functional as F

from book_utils import ladder

# ---- right answers ----


def by_loops(x, k_h, k_w):
    x = np.asarray(x)
    places = product(range(x.shape[0] - k_h + 1), range(x.shape[1] - k_w + 1))
    return np.stack([x[i : i + k_h, j : j + k_w].flatten() for i, j in places], axis=1)


def by_taps(x, k_h, k_w):
    h, w = x.shape[0] - k_h + 1, x.shape[1] - k_w + 1
    taps = product(range(k_h), range(k_w))
    return torch.stack([x[a : a + h, b : b + w].flatten() for a, b in taps])


def along_rows(d):
    """F(2, 3) of the pixels of each row, number by number."""
    d = np.asarray(d, dtype=float)
    return np.stack([d[:, 0] - d[:, 2], d[:, 1] + d[:, 2], d[:, 2] - d[:, 1], d[:, 1] - d[:, 3]], 1)


def of_weights(g, half=0.5):
    g = np.asarray(g, dtype=float)
    outer, inner = half * (g[:, 0] + g[:, 2]), half * g[:, 1]
    return np.stack([g[:, 0], outer + inner, outer - inner, g[:, 2]], 1)


def twice(transform, x, **more):
    return transform(transform(x, **more).T, **more).T


def sixteen(d, g):
    return twice(along_rows, d) * twice(of_weights, g)


def by_the_ladder(d, g):
    def both(f, x):
        return f(f(x).mT).mT

    return both(ladder.f23_input, d) * both(ladder.f23_kernel, g)


def tap_sums(d, g):
    """The products with the kernel's transform as a table of outer products."""
    rows = torch.tensor([[2.0, 0, 0], [1, 1, 1], [1, -1, 1], [0, 0, 2]]) / 2
    weights = torch.einsum("ia,ab,jb->ij", rows, g, rows)
    return torch.as_tensor(twice(along_rows, d)).float() * weights


def with_numpy(x, k):
    x, k = np.asarray(x, dtype=float), np.asarray(k, dtype=float)
    y = np.fft.ifft2(np.fft.fft2(x) * np.fft.fft2(k, s=x.shape).conj()).real
    return y[: x.shape[0] - k.shape[0] + 1, : x.shape[1] - k.shape[1] + 1]


def on_a_larger_circle(x, k):
    size = [n + m for n, m in zip(x.shape, k.shape, strict=True)]
    y = torch.fft.irfft2(torch.fft.rfft2(x, s=size) * torch.fft.rfft2(k, s=size).conj(), s=size)
    return y[: x.shape[0] - k.shape[0] + 1, : x.shape[1] - k.shape[1] + 1]


def by_turning(x, k):
    """A convolution with the turned kernel, whose good part begins later."""
    y = torch.fft.irfft2(torch.fft.rfft2(x) * torch.fft.rfft2(k.flip(0, 1), s=x.shape), s=x.shape)
    return y[k.shape[0] - 1 :, k.shape[1] - 1 :]


def counted(c_i, c_o, k, n, groups, adds=2, size=4):
    weights = c_o * c_i * k * k / groups
    return adds * weights * n * n / size / (c_i * n * n + c_o * n * n + weights)


def measured(c_i, c_o, k, n, groups):
    x, w = torch.zeros(1, c_i, n, n), torch.zeros(c_o, c_i // groups, k, k)
    y = F.conv2d(x, w, padding=k // 2, groups=groups)
    flops = 2 * w.numel() * y[0, 0].numel()
    return flops / sum(t.numel() * t.element_size() for t in (x, w, y))


RIGHT = {
    "im2col": [by_loops, by_taps, ladder.im2col],
    "winograd_products": [sixteen, by_the_ladder, tap_sums],
    "corr2d_fft": [with_numpy, on_a_larger_circle, by_turning],
    "intensity": [
        counted,
        measured,
        lambda c_i, c_o, k, n, g: 0.5 / (g / (c_o * k**2) + g / (c_i * k**2) + 1 / n**2),
    ],
}

# ---- wrong answers ----


def stops(x, k_h, k_w, down=1, across=1, short=0):
    """Windows at some places, as columns."""
    x = np.asarray(x)
    rows = range(0, x.shape[0] - k_h + 1 - short, down)
    found = [
        x[i : i + k_h, j : j + k_w].flatten()
        for i in rows
        for j in range(0, x.shape[1] - k_w + 1 - short, across)
    ]
    return np.stack(found, axis=1) if found else np.zeros((k_h * k_w, 0))


def down_first(x, k_h, k_w):
    x = np.asarray(x)
    places = product(range(x.shape[1] - k_w + 1), range(x.shape[0] - k_h + 1))
    return np.stack([x[i : i + k_h, j : j + k_w].flatten() for j, i in places], axis=1)


def read_downwards(x, k_h, k_w):
    x = np.asarray(x)
    places = product(range(x.shape[0] - k_h + 1), range(x.shape[1] - k_w + 1))
    return np.stack([x[i : i + k_h, j : j + k_w].T.flatten() for i, j in places], axis=1)


def turned_difference(d):
    y = along_rows(d)
    y[:, 2] *= -1
    return y


def on_a_circle(x, k, sign=1, shift=(0, 0)):
    """Sum k[a, b] x[±(i - shift) ± …] with indices that wrap around, output by output."""
    x, k = np.asarray(x, dtype=float), np.asarray(k, dtype=float)
    y = np.zeros(x.shape)
    for (i, j), (a, b) in product(np.ndindex(*x.shape), np.ndindex(*k.shape)):
        row, column = i + sign * (a + shift[0]), j + sign * (b + shift[1])
        y[i, j] += k[a, b] * x[row % x.shape[0], column % x.shape[1]]
    return y


def first_places(y, k):
    return y[: y.shape[0] - k.shape[0] + 1, : y.shape[1] - k.shape[1] + 1]


def other_way_round(x, k):
    """What a conjugated image gives: the circle of outputs, read backwards from the first."""
    y = on_a_circle(x, k)
    h, w = y.shape
    return np.array([[y[-i % h, -j % w] for j in range(w)] for i in range(h)])


def even_width(x, k):
    x, k = np.asarray(x, dtype=float), np.asarray(k, dtype=float)
    y = np.fft.irfft2(np.fft.rfft2(x) * np.fft.rfft2(k, s=x.shape).conj())
    return y[: x.shape[0] - k.shape[0] + 1, : x.shape[1] - k.shape[1] + 1]


def moved_by(c_i, c_o, k, n, groups, **kept):
    weights = c_o * c_i * k * k / groups
    each = {"input": c_i * n * n, "output": c_o * n * n, "weights": weights}
    return weights * n * n / 2 / sum(each[name] for name in each if kept.get(name, True))


WRONG = {
    "im2col": {
        "each window is a row": lambda x, k_h, k_w: by_loops(x, k_h, k_w).T,
        "the windows do not overlap": lambda x, k_h, k_w: stops(x, k_h, k_w, k_h, k_w),
        "the pixels of a window are taken column by column": read_downwards,
        "the windows are taken column by column": down_first,
        "the last windows are forgotten": lambda x, k_h, k_w: stops(x, k_h, k_w, short=1),
        "height and width of the window are swapped": lambda x, k_h, k_w: by_loops(x, k_w, k_h),
    },
    "winograd_products": {
        "the image is transformed along its rows only": lambda d, g: (
            along_rows(d) * twice(of_weights, g)
        ),
        "the image is transformed along its columns only": lambda d, g: (
            along_rows(np.asarray(d).T).T * twice(of_weights, g)
        ),
        "the image is left on its side": lambda d, g: (
            along_rows(along_rows(d).T) * twice(of_weights, g)
        ),
        "the kernel is left on its side": lambda d, g: (
            twice(along_rows, d) * of_weights(of_weights(g).T)
        ),
        "the two are multiplied as matrices": lambda d, g: (
            twice(along_rows, d) @ twice(of_weights, g)
        ),
        "the halves are forgotten": lambda d, g: (
            twice(along_rows, d) * twice(of_weights, g, half=1)
        ),
        "the third difference is turned round": lambda d, g: (
            twice(turned_difference, d) * twice(of_weights, g)
        ),
    },
    "corr2d_fft": {
        "the kernel's spectrum is not conjugated": lambda x, k: first_places(
            on_a_circle(x, k, sign=-1), k
        ),
        "the windows that wrap around are kept": on_a_circle,
        "the wrong side is cut off": lambda x, k: on_a_circle(x, k)[
            k.shape[0] - 1 :, k.shape[1] - 1 :
        ],
        "the image's spectrum is conjugated, not the kernel's": lambda x, k: first_places(
            other_way_round(x, k), k
        ),
        "the zeros stand before the kernel": lambda x, k: first_places(
            on_a_circle(x, k, shift=(x.shape[0] - k.shape[0], x.shape[1] - k.shape[1])), k
        ),
        "the width of the image is not said": even_width,
    },
    "intensity": {
        "a multiply-add is counted as one FLOP": lambda *layer: counted(*layer, adds=1),
        "numbers are counted, not bytes": lambda *layer: counted(*layer, size=1),
        "the weights are not read": lambda *layer: moved_by(*layer, weights=False),
        "the output is not written": lambda *layer: moved_by(*layer, output=False),
        "the input is not read": lambda *layer: moved_by(*layer, input=False),
        "the groups are forgotten": lambda c_i, c_o, k, n, groups: counted(c_i, c_o, k, n, 1),
        "the work is done once, not at every position": lambda c_i, c_o, k, n, groups: (
            counted(c_i, c_o, k, n, groups) / n / n
        ),
        "bytes for each FLOP are counted": lambda *layer: 1 / counted(*layer),
    },
}
