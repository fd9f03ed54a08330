"""Checkers of the weight matrices of local layers and of layers with shared weights."""

import torch
import torch.nn.functional as F
from hypothesis import strategies as st
from torch import Tensor

from .engine import LONGEST, Case, Checker, Misconception, numbers, or_fixed

CHAPTER = "From dense layers to convolutions"


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
    chapter=CHAPTER,
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
            [
                lambda w, delta: w.tril(delta),
                lambda w, delta: w.triu(-delta),
            ],
            "Far weights go on both sides of the diagonal: take the absolute value of i - j.",
        ),
        Misconception(
            "the far weights are kept and the near ones cut off",
            lambda w, delta: w - local(w, delta),
            "Local means that near pixels count: the condition is the wrong way round.",
        ),
        Misconception(
            "Δ is mistaken for the whole width",
            lambda w, delta: local(w, delta // 2),
            "The weights reach Δ pixels to either side, 2Δ + 1 in all.",
        ),
    ],
)


@st.composite
def rows_and_kernels(draw: st.DrawFn, n: int | None = None) -> Case:
    """Draw a kernel in one row and the length of an input that it fits in."""
    length = draw(st.integers(1, min(4, n or LONGEST)))
    return {"kernel": draw(numbers(length)), "n": or_fixed(draw, n, st.integers(length, LONGEST))}


def banded(kernel: Tensor, n: int) -> Tensor:
    """Build the matrix W of a cross-correlation, y = W @ x: (n - len(kernel) + 1, n)."""
    impulses = torch.eye(n)[:, None]  # (n, 1, n)
    return F.conv1d(impulses, kernel[None, None])[:, 0].T


toeplitz = Checker(
    name="toeplitz",
    oracle=banded,
    draw=rows_and_kernels,
    chapter=CHAPTER,
    misconceptions=[
        Misconception(
            "the kernel is flipped",
            lambda k, n: banded(k.flip(0), n),
            "Your matrix convolves: in each row the kernel stands as it is, kernel[0] first.",
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
            "One row for each output, one column for each pixel: n - len(kernel) + 1 rows.",
        ),
        Misconception(
            "the kernel runs over the end and starts again",
            lambda k, n: torch.stack([F.pad(k, (0, n - len(k))).roll(i) for i in range(n)]),
            "There are n - len(kernel) + 1 rows; further ones would wrap around to the other end.",
        ),
        Misconception(
            "windows over the border are counted",
            lambda k, n: banded(k, n + len(k) - 1)[:, :n],
            "There are n - len(kernel) + 1 rows, one for each window that lies wholly inside.",
        ),
    ],
)
