"""Checkers of cross-correlation in two dimensions, and of its matrix."""

import torch
import torch.nn.functional as F
from hypothesis import strategies as st
from torch import Tensor

from .engine import LONGEST, Case, Checker, Misconception, numbers, or_fixed

CHAPTER = "Cross-correlation"


@st.composite
def pictures_and_kernels(draw: st.DrawFn) -> Case:
    """Draw a picture and a kernel of at most four rows and columns that fits in it."""
    k_h, k_w = draw(st.integers(1, 4)), draw(st.integers(1, 4))
    n_h, n_w = draw(st.integers(k_h, LONGEST)), draw(st.integers(k_w, LONGEST))
    return {"x": draw(numbers(n_h, n_w)), "k": draw(numbers(k_h, k_w))}


def correlate(x: Tensor, k: Tensor) -> Tensor:
    """Cross-correlate matrices: (n_h, n_w), (k_h, k_w) -> (n_h - k_h + 1, n_w - k_w + 1)."""
    return F.conv2d(x[None, None], k[None, None])[0, 0]


def convolve(x: Tensor, k: Tensor) -> Tensor:
    """Convolve matrices, the kernel turned: (n_h, n_w), (k_h, k_w) -> as `corr2d`."""
    return correlate(x, k.flip(0, 1))


AVERAGED = "the products are averaged"
ADD = "Add the products under the window; do not divide by their number."

corr2d = Checker(
    name="corr2d",
    oracle=correlate,
    draw=pictures_and_kernels,
    chapter=CHAPTER,
    misconceptions=[
        Misconception(
            "the kernel is flipped",
            convolve,
            "You compute a convolution: cross-correlation reads picture and kernel in the same "
            "direction.",
        ),
        Misconception(
            "the kernel is flipped top to bottom",
            lambda x, k: correlate(x, k.flip(0)),
            "Rows of the kernel run down, as those of the picture do.",
        ),
        Misconception(
            "the kernel is flipped left to right",
            lambda x, k: correlate(x, k.flip(1)),
            "Columns of the kernel run to the right, as those of the picture do.",
        ),
        Misconception(
            "the kernel lies on its side",
            lambda x, k: correlate(x, k.T),
            "The kernel's rows are taken for its columns: k[a, b] belongs to x[i + a, j + b].",
        ),
        Misconception(AVERAGED, lambda x, k: correlate(x, k) / k.numel(), ADD),
        Misconception(
            "the input is padded",
            lambda x, k: correlate(F.pad(x, (k.shape[1] - 1,) * 2 + (k.shape[0] - 1,) * 2), k),
            "You count windows that stick out over the edge; here only whole windows count.",
        ),
        Misconception(
            "the sum is missing",
            lambda x, k: x[: x.shape[0] - k.shape[0] + 1, : x.shape[1] - k.shape[1] + 1] * k[0, 0],
            "Only the first weight counts: each output adds the products of all weights.",
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
    chapter=CHAPTER,
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
