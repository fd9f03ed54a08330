"""Answers to the exercises on cross-correlation, right and wrong."""

import numpy as np
import torch
import torch.nn.functional as F
from numpy.lib.stride_tricks import sliding_window_view
from torch import nn

from book_utils import ops
from tests.unit.answers.sliding import backwards, stamped, window_sums

# ---- right answers ----


def by_taps_in_place(x, k):
    """Add up in an output of one's own."""
    h, w = len(x) - len(k) + 1, len(x[0]) - len(k[0]) + 1
    y = torch.zeros(h, w)
    for (a, b), weight in np.ndenumerate(k):
        y.add_(x[a : a + h, b : b + w], alpha=float(weight))
    return y


def by_unfold(x, k):
    columns = F.unfold(x[None, None], k.shape)[0]  # (k_h · k_w, h · w)
    return (k.flatten() @ columns).reshape(len(x) - len(k) + 1, -1)


def by_einsum(x, k):
    return torch.einsum("ijab,ab->ij", x.unfold(0, len(k), 1).unfold(1, len(k[0]), 1), k)


def by_numpy(x, k):
    return (sliding_window_view(x, k.shape) * k.numpy()).sum((-1, -2))


def by_fourier(x, k):
    shape = [n + m for n, m in zip(x.shape, k.shape, strict=True)]
    product = torch.fft.rfft2(x, shape) * torch.fft.rfft2(k.flip(0, 1), shape)
    full = torch.fft.irfft2(product, shape)
    return full[len(k) - 1 : len(x), len(k[0]) - 1 : len(x[0])]


def on_copies(x, k):
    """Change copies of the input: whole numbers, in place."""
    x, k = (4 * x).long(), (4 * k).long()
    return ops.corr2d(x, k) / 16


class Layer(nn.Module):
    """A module that keeps track of gradients."""

    def forward(self, x, k):
        return nn.Parameter(ops.corr2d(x, k))


def matrix_by_impulses(k, n_h, n_w):
    pixels = torch.eye(n_h * n_w).reshape(-1, n_h, n_w)
    return torch.stack([ops.corr2d(pixel, k).flatten() for pixel in pixels], dim=1)


def matrix_by_gradient(k, n_h, n_w):
    x = torch.zeros(n_h, n_w)
    jacobian = torch.autograd.functional.jacobian(lambda x: ops.corr2d_taps(x, k), x)
    return jacobian.reshape(-1, n_h * n_w)


def matrix_by_index(k, n_h, n_w):
    numbers = torch.arange(n_h * n_w).reshape(1, 1, n_h, n_w)
    places = F.unfold(numbers.float(), k.shape)[0].long()  # (k_h · k_w, outputs)
    return torch.zeros(places.shape[1], n_h * n_w).scatter_(
        1, places.T, k.flatten().repeat(places.shape[1], 1)
    )


CORRELATIONS = [ops.corr2d, by_taps_in_place, by_unfold, by_einsum, by_numpy, by_fourier]


RIGHT = {
    "corr2d": [
        *CORRELATIONS,
        on_copies,
        Layer(),
        lambda *xk: ops.corr2d(*(t.double() for t in xk)),
    ],
    "corr2d_matrix": [matrix_by_impulses, matrix_by_gradient, matrix_by_index],
}


# ---- wrong answers ----


def first_only(x, k):
    """Multiply with the first weight, and leave the others out."""
    weights = np.zeros(k.shape)
    weights[0, 0] = k[0, 0]
    return window_sums(x, weights)


CORR2D = {
    "the kernel is flipped": lambda x, k: window_sums(x, backwards(k)),
    "the kernel is flipped top to bottom": lambda x, k: window_sums(x, np.flipud(k)),
    "the kernel is flipped left to right": lambda x, k: window_sums(x, np.fliplr(k)),
    "the kernel lies on its side": lambda x, k: window_sums(x, [*zip(*k.tolist(), strict=True)]),
    "the products are averaged": lambda x, k: window_sums(x, k / (len(k) * len(k[0]))),
    "the input is padded": lambda x, k: stamped(x, backwards(k)),
    "the sum is missing": first_only,
}


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


CORR2D_MATRIX = {
    "the kernel is flipped": lambda k, h, w: flattened(k.rot90(2), h, w),
    "the kernel lies on its side": lambda k, h, w: flattened(k.t(), h, w),
    "the matrix is transposed": lambda k, h, w: flattened(k, h, w).transpose(),
    "the picture is read column by column": columns_first,
    "the rows of the kernel follow one another without a gap": one_long_kernel,
}


WRONG = {
    "corr2d": CORR2D,
    "corr2d_matrix": CORR2D_MATRIX,
}
