"""Checkers of convolution: with whole windows only, and with those that stick out."""

import torch
import torch.nn.functional as F
from torch import Tensor

from .cross_correlation import ADD, AVERAGED, convolve, correlate, pictures_and_kernels
from .engine import Checker, Misconception

CHAPTER = "Convolution"


def convolve_full(x: Tensor, k: Tensor) -> Tensor:
    """Convolve and keep all overlaps: (n_h, n_w), (k_h, k_w) -> (n_h + k_h - 1, n_w + k_w - 1)."""
    return F.conv_transpose2d(x[None, None], k[None, None])[0, 0]


conv2d = Checker(
    name="conv2d",
    oracle=convolve,
    draw=pictures_and_kernels,
    chapter=CHAPTER,
    misconceptions=[
        Misconception(
            "the kernel is not flipped",
            correlate,
            "That is cross-correlation; convolution turns the kernel by 180° first.",
        ),
        Misconception(
            "the kernel is flipped top to bottom only",
            lambda x, k: correlate(x, k.flip(0)),
            "Turning by 180° reverses the columns too.",
        ),
        Misconception(
            "the kernel is flipped left to right only",
            lambda x, k: correlate(x, k.flip(1)),
            "Turning by 180° reverses the rows too.",
        ),
        Misconception(
            "the kernel is transposed instead of turned",
            lambda x, k: correlate(x, k.T),
            "k.T swaps rows and columns; turning by 180° reverses both.",
        ),
        Misconception(
            "the kernel is turned by 90°",
            lambda x, k: correlate(x, k.rot90()),
            "A half turn reverses both the rows and the columns: k.flip(0, 1).",
        ),
        Misconception(
            "the picture is turned instead of the kernel",
            lambda x, k: correlate(x.flip(0, 1), k),
            "Turning the picture turns the result as well; turn the kernel.",
        ),
        Misconception(
            "the result is the full convolution",
            convolve_full,
            "You keep windows that stick out over the edge; here only whole windows count.",
        ),
        Misconception(AVERAGED, lambda x, k: convolve(x, k) / k.numel(), ADD),
    ],
)

conv2d_full = Checker(
    name="conv2d_full",
    oracle=convolve_full,
    draw=pictures_and_kernels,
    chapter=CHAPTER,
    misconceptions=[
        Misconception(
            "only whole windows count",
            convolve,
            "The full convolution also keeps the windows that stick out over the edge: each pixel "
            "stamps a whole copy of the kernel.",
        ),
        Misconception(
            "the kernel is not flipped",
            lambda x, k: convolve_full(x, k.flip(0, 1)),
            "Every overlap is there, but of a cross-correlation: turn the kernel by 180°.",
        ),
        Misconception(
            "the two are cross-correlated where they overlap wholly",
            correlate,
            "That leaves out the edges, and the turn of the kernel by 180°.",
        ),
        Misconception(
            "the kernels are multiplied like matrices",
            torch.matmul,
            "@ adds over rows and columns; sliding adds over positions.",
        ),
        Misconception(
            "the kernels are added",
            torch.add,
            "Adding kernels adds their outputs; here one follows the other.",
        ),
    ],
)
