"""Checkers of the weight matrices that stand for local, shared and convolution layers."""

import torch
import torch.nn.functional as F
from hypothesis import strategies as st
from torch import Tensor

from .engine import LONGEST, Case, Checker, Misconception, numbers, or_fixed

DENSE = "From dense layers to convolutions"
CORRELATION = "Cross-correlation and convolution"


@st.composite
def dense_layers(draw: st.DrawFn, delta: int | None = None) -> Case:
    """Draw a square weight matrix and how far a weight may reach."""
    n = draw(st.integers(1, LONGEST))
    return {"w": draw(numbers(n, n)), "delta": or_fixed(draw, delta, st.integers(0, 3))}


def local(w: Tensor, delta: int) -> Tensor:
    """Keep the weights w[i, j] with |i - j| <= delta, the others 0: (n, n) -> (n, n)."""
    return w.triu(-delta).tril(delta)


dense_to_local = Checker(
    name="dense_to_local",
    oracle=local,
    draw=dense_layers,
    chapter=DENSE,
    misconceptions=[
        Misconception(
            "the reach is one too short",
            lambda w, delta: local(w, delta - 1) if delta else w * 0,
            "|i - j| may be equal to Δ: ≤, not <.",
        ),
        Misconception(
            "the reach is one too long",
            lambda w, delta: local(w, delta + 1),
            "|i - j| may be Δ and no more.",
        ),
        Misconception(
            "only one side is cut off",
            lambda w, delta: w.tril(delta),
            "Weights far below the diagonal stay: take the absolute value of i - j.",
        ),
        Misconception(
            "only one side is cut off",
            lambda w, delta: w.triu(-delta),
            "Weights far above the diagonal stay: take the absolute value of i - j.",
        ),
        Misconception(
            "the far weights are kept and the near ones cut off",
            lambda w, delta: w - local(w, delta),
            "Local means that near pixels count: the condition is the wrong way round.",
        ),
        Misconception(
            "Δ is taken for the whole width",
            lambda w, delta: local(w, delta // 2),
            "The weights reach Δ pixels to either side, 2Δ + 1 in all.",
        ),
    ],
)


@st.composite
def rows_and_kernels(draw: st.DrawFn, n: int | None = None) -> Case:
    """Draw a kernel in one row and the length of an input that it fits in."""
    length = draw(st.integers(1, min(4, n or LONGEST)))
    return {"k": draw(numbers(length)), "n": or_fixed(draw, n, st.integers(length, LONGEST))}


def banded(k: Tensor, n: int) -> Tensor:
    """Build the matrix W with W @ x = cross-correlation of x (n,) with k: (n - len(k) + 1, n)."""
    impulses = torch.eye(n)[:, None]  # (n, 1, n)
    return F.conv1d(impulses, k[None, None])[:, 0].T


toeplitz = Checker(
    name="toeplitz",
    oracle=banded,
    draw=rows_and_kernels,
    chapter=DENSE,
    misconceptions=[
        Misconception(
            "the kernel is flipped",
            lambda k, n: banded(k.flip(0), n),
            "Your matrix convolves: in each row the kernel stands as it is, k[0] first.",
        ),
        Misconception(
            "every row is the same",
            lambda k, n: banded(k, n)[:1].expand(n - len(k) + 1, n),
            "The kernel moves one column to the right from row to row.",
        ),
        Misconception(
            "the kernel moves to the left",
            lambda k, n: banded(k, n).flip(0),
            "The first output sees the first pixels: the first row starts with the kernel.",
        ),
        Misconception(
            "the matrix is transposed",
            lambda k, n: banded(k, n).T,
            "One row for each output, one column for each pixel: W @ x has n - len(k) + 1 numbers.",
        ),
        Misconception(
            "the kernel runs over the end and starts again",
            lambda k, n: torch.stack([F.pad(k, (0, n - len(k))).roll(i) for i in range(n)]),
            "There are n - len(k) + 1 rows; the further ones would wrap around to the other end.",
        ),
        Misconception(
            "windows over the edge are counted",
            lambda k, n: banded(k, n + len(k) - 1)[:, :n],
            "There are n - len(k) + 1 rows, one for each window that lies wholly inside.",
        ),
    ],
)


@st.composite
def sizes_and_kernels(draw: st.DrawFn, n_h: int | None = None, n_w: int | None = None) -> Case:
    """Draw a kernel and the size of a picture that it fits in."""
    k_h = draw(st.integers(1, min(3, n_h or LONGEST)))
    k_w = draw(st.integers(1, min(3, n_w or LONGEST)))
    k = draw(numbers(k_h, k_w))
    sides = or_fixed(draw, n_h, st.integers(k_h, 4)), or_fixed(draw, n_w, st.integers(k_w, 4))
    return {"k": k, "n_h": sides[0], "n_w": sides[1]}


def doubly_banded(k: Tensor, n_h: int, n_w: int) -> Tensor:
    """Build W with W @ x.flatten() = corr2d(x, k).flatten(): (outputs, n_h · n_w)."""
    impulses = torch.eye(n_h * n_w).reshape(-1, 1, n_h, n_w)
    return F.conv2d(impulses, k[None, None]).flatten(1).T


corr2d_matrix = Checker(
    name="corr2d_matrix",
    oracle=doubly_banded,
    draw=sizes_and_kernels,
    chapter=CORRELATION,
    misconceptions=[
        Misconception(
            "the kernel is flipped",
            lambda k, n_h, n_w: doubly_banded(k.flip(0, 1), n_h, n_w),
            "Your matrix convolves: k[a, b] belongs to the pixel a rows below and b to the right.",
        ),
        Misconception(
            "the kernel lies on its side",
            lambda k, n_h, n_w: doubly_banded(k.T, n_h, n_w),
            "The kernel's rows are taken for its columns.",
        ),
        Misconception(
            "the matrix is transposed",
            lambda k, n_h, n_w: doubly_banded(k, n_h, n_w).T,
            "One row for each output, one column for each pixel.",
        ),
        Misconception(
            "the picture is read column by column",
            lambda k, n_h, n_w: doubly_banded(k, n_h, n_w)[
                :, torch.arange(n_h * n_w).reshape(n_h, n_w).T.flatten()
            ],
            "flatten() reads row by row: pixel (i, j) has the number i · n_w + j.",
        ),
        Misconception(
            "the rows of the kernel follow one another without a gap",
            lambda k, n_h, n_w: _without_gaps(k, n_h, n_w),
            "From one row of the kernel to the next it is a whole row of the picture, n_w pixels.",
        ),
    ],
)


def _without_gaps(k: Tensor, n_h: int, n_w: int) -> Tensor:
    """Lay the flattened kernel into each row as it is, as if it had one row."""
    h, w = n_h - k.shape[0] + 1, n_w - k.shape[1] + 1
    starts = [i * n_w + j for i in range(h) for j in range(w)]
    room = n_h * n_w - k.numel()
    return torch.stack([F.pad(k.flatten(), (s, room - s)) for s in starts])
