"""Answers to the exercises on layers as matrices, right and wrong."""

import numpy as np
import torch
import torch.nn.functional as F

# ---- right answers ----


def toeplitz_rows(k, n):
    return torch.stack([F.pad(k, (i, n - len(k) - i)) for i in range(n - len(k) + 1)])


def toeplitz_sparse(k, n):
    spots = [(i, i + a) for i in range(n - len(k) + 1) for a in range(len(k))]
    values = k.repeat(n - len(k) + 1)
    return torch.sparse_coo_tensor(torch.tensor(spots).T, values, (n - len(k) + 1, n))


def toeplitz_diagonals(k, n):
    diagonals = [np.eye(n - len(k) + 1, n, a) * float(v) for a, v in enumerate(k)]
    return np.sum(diagonals, axis=0)


def local_by_loops(w, delta):
    kept = w.clone()
    for i, row in enumerate(kept):
        for j in range(len(row)):
            if abs(i - j) > delta:
                kept[i, j] = 0
    return kept


def local_by_distance(w, delta):
    i = torch.arange(len(w))
    return w.where((i[:, None] - i).abs() <= delta, 0)


RIGHT = {
    "dense_to_local": [
        local_by_loops,
        local_by_distance,
        lambda w, delta: np.triu(np.tril(w, delta), -delta),
    ],
    "toeplitz": [toeplitz_rows, toeplitz_sparse, toeplitz_diagonals],
}


# ---- wrong answers ----


def where(w, keep):
    """Keep the weights for which keep(i, j) holds."""
    return torch.tensor(
        [[v if keep(i, j) else 0.0 for j, v in enumerate(r)] for i, r in enumerate(w.tolist())]
    )


DENSE_TO_LOCAL = {
    "the reach is one too short": lambda w, d: where(w, lambda i, j: abs(i - j) < d),
    "the reach is one too long": lambda w, d: where(w, lambda i, j: abs(i - j) < d + 2),
    "only one side is cut off": [
        lambda w, d: where(w, lambda i, j: j - i <= d),
        lambda w, d: where(w, lambda i, j: i - j <= d),
    ],
    "the far weights are kept and the near ones cut off": lambda w, d: where(
        w, lambda i, j: abs(i - j) > d
    ),
    "Δ is mistaken for the whole width": lambda w, d: where(w, lambda i, j: 2 * abs(i - j) <= d),
}


def band(k, n, rows, start=lambda i: i, wrap=False):
    W = torch.zeros(rows, n)
    for i in range(rows):
        for a, weight in enumerate(k):
            if wrap or start(i) + a < n:
                W[i, (start(i) + a) % n] = weight
    return W


TOEPLITZ = {
    "the kernel is flipped": lambda k, n: band(k.tolist()[::-1], n, n - len(k) + 1),
    "every row is the same": lambda k, n: band(k, n, n - len(k) + 1, lambda i: 0),
    "the kernel moves to the left": lambda k, n: band(
        k, n, n - len(k) + 1, lambda i: n - len(k) - i
    ),
    "the matrix is transposed": lambda k, n: band(k, n, n - len(k) + 1).permute(1, 0),
    "the kernel runs over the end and starts again": lambda k, n: band(k, n, n, wrap=True),
    "windows over the border are counted": lambda k, n: band(k, n, n),
}


WRONG = {
    "dense_to_local": DENSE_TO_LOCAL,
    "toeplitz": TOEPLITZ,
}
