"""Answers to the exercises on convolution, right and wrong."""

import numpy as np

from book_utils import ops
from tests.unit.answers.cross_correlation import by_einsum, by_numpy, by_unfold
from tests.unit.answers.sliding import backwards, stamped, window_sums

RIGHT = {
    "conv2d": [
        ops.conv2d,
        lambda x, k: by_einsum(x, k.rot90(2)),
        lambda x, k: by_numpy(x, k.flip([0]).flip([1])),
        lambda x, k: by_unfold(x.rot90(2), k).rot90(2),
    ],
    "conv2d_full": [
        ops.conv2d_full,
        lambda x, k: ops.conv2d_full(k, x),
        lambda x, k: by_numpy(np.pad(x, [(n - 1,) * 2 for n in k.shape]), k.rot90(2)),
        lambda x, k: np.fft.irfft2(
            np.fft.rfft2(x, s := [a + b for a, b in zip(x.shape, k.shape, strict=True)])
            * np.fft.rfft2(k, s),
            s,
        )[:-1, :-1],
    ],
}


CONV2D = {
    "the kernel is not flipped": window_sums,
    "the kernel is flipped top to bottom only": lambda x, k: window_sums(x, np.flipud(k)),
    "the kernel is flipped left to right only": lambda x, k: window_sums(x, np.fliplr(k)),
    "the kernel is transposed instead of turned": lambda x, k: window_sums(x, np.asarray(k).T),
    "the kernel is turned by 90°": lambda x, k: window_sums(x, np.rot90(k)),
    "the picture is turned instead of the kernel": lambda x, k: window_sums(backwards(x), k),
    "the result is the full convolution": stamped,
    "the products are averaged": lambda x, k: window_sums(x, backwards(k)) / k.nelement(),
}


CONV2D_FULL = {
    "only whole windows count": lambda x, k: window_sums(x, backwards(k)),
    "the kernel is not flipped": lambda x, k: stamped(x, backwards(k)),
    "the two are cross-correlated where they overlap wholly": window_sums,
    "the kernels are multiplied like matrices": lambda x, k: np.asarray(x) @ np.asarray(k),
    "the kernels are added": lambda x, k: k + x,
}


WRONG = {"conv2d": CONV2D, "conv2d_full": CONV2D_FULL}
