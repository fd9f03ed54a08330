"""Checkers of what a network needs that comes from TensorFlow: its padding, its dense layers."""

import math

from hypothesis import strategies as st
from torch import Tensor

from .engine import Case, Checker, Misconception, numbers, or_fixed

CHAPTER = "PyTorch ↔ TensorFlow"


@st.composite
def same_layers(draw: st.DrawFn, stride: int | None = None) -> Case:
    """Draw sizes of a layer to be padded so that stride alone makes its output smaller."""
    n, k = draw(st.integers(1, 12)), draw(st.integers(1, 6))
    return {"n": n, "k": k, "stride": or_fixed(draw, stride, st.integers(1, 4))}


def same_total(n: int, k: int, stride: int) -> int:
    """Return how many zeros give ceil(n / stride) outputs, at least 0."""
    return max((math.ceil(n / stride) - 1) * stride + k - n, 0)


def split(total: int) -> tuple[int, int]:
    """Split padding evenly, what is left over going to the end."""
    return total // 2, total - total // 2


def same_before_after(n: int, k: int, stride: int) -> tuple[int, int]:
    """Give SAME padding as TensorFlow does, at stride 1 also PyTorch: -> (before, after)."""
    return split(same_total(n, k, stride))


HABIT = "That is the habit for odd kernels at stride 1; SAME counts what the windows need."
SPLIT = "Split the zeros between the two ends."

same_padding = Checker(
    name="same_padding",
    oracle=same_before_after,
    draw=same_layers,
    chapter=CHAPTER,
    misconceptions=[
        Misconception(
            "stride is forgotten",
            lambda n, k, s: split(k - 1),
            "k - 1 zeros in all is right for stride 1; with a stride the windows may need fewer.",
        ),
        Misconception(
            "the odd zero comes first",
            lambda n, k, s: same_before_after(n, k, s)[::-1],
            "Where the zeros cannot be split evenly, one more goes to the end.",
        ),
        Misconception(
            "both ends get the smaller half",
            lambda n, k, s: (same_total(n, k, s) // 2,) * 2,
            "An odd number of zeros is not split evenly: the end gets what is left over.",
        ),
        Misconception(
            "both ends get the larger half",
            lambda n, k, s: (same_before_after(n, k, s)[1],) * 2,
            "An odd number of zeros is not split evenly: the beginning gets one fewer.",
        ),
        Misconception(
            "both ends get k // 2",
            lambda n, k, s: (k // 2,) * 2,
            HABIT,
        ),
        Misconception(
            "both ends get (k - 1) // 2",
            lambda n, k, s: ((k - 1) // 2,) * 2,
            HABIT,
        ),
        Misconception(
            "both ends get the total",
            lambda n, k, s: (same_total(n, k, s),) * 2,
            SPLIT,
        ),
        Misconception(
            "all padding is on one side",
            lambda n, k, s: (0, same_total(n, k, s)),
            SPLIT,
        ),
        Misconception(
            "padding becomes negative",
            lambda n, k, s: split((math.ceil(n / s) - 1) * s + k - n),
            "Where the windows already fit, nothing is needed: no less than 0.",
        ),
        Misconception(
            "the output is as long as the input",
            lambda n, k, s: split((n - 1) * s + k - n),
            "SAME keeps the length at stride 1; with stride s it gives n / s outputs, rounded up.",
        ),
    ],
)


@st.composite
def dense_kernels(draw: st.DrawFn) -> Case:
    """Draw the weights of a dense layer behind flattened maps of (h, w, c)."""
    h, w, c = (draw(st.integers(1, 3)) for _ in range(3))
    kernel = draw(numbers(h * w * c, draw(st.integers(1, 3))))
    return {"kernel": kernel, "h": h, "w": w, "c": c}


def for_pytorch(kernel: Tensor, h: int, w: int, c: int) -> Tensor:
    """Bring a dense layer over from TensorFlow: (h·w·c, n) -> (n, c·h·w)."""
    return kernel.reshape(h, w, c, -1).permute(3, 2, 0, 1).flatten(1)


dense_weight = Checker(
    name="dense_weight",
    oracle=for_pytorch,
    draw=dense_kernels,
    chapter=CHAPTER,
    misconceptions=[
        Misconception(
            "the columns keep their order",
            lambda kernel, h, w, c: kernel.T,
            "Inputs arrive in another order: TensorFlow flattens (h, w, c), PyTorch (c, h, w).",
        ),
        Misconception(
            "inputs and outputs are not exchanged",
            lambda kernel, h, w, c: for_pytorch(kernel, h, w, c).T,
            "TensorFlow keeps (inputs, outputs); a weight of PyTorch is (outputs, inputs).",
        ),
        Misconception(
            "the weights are cut anew",
            [
                lambda kernel, h, w, c: kernel.reshape(-1, c * h * w),
                lambda kernel, h, w, c: kernel.reshape(c, h, w, -1).permute(3, 1, 2, 0).flatten(1),
            ],
            "`reshape` moves no number: it can only undo a flatten, with the axes in their old "
            "order, (h, w, c). To bring axes into another order, `permute`.",
        ),
        Misconception(
            "rows and columns of the maps are exchanged",
            lambda kernel, h, w, c: kernel.reshape(h, w, c, -1).permute(3, 2, 1, 0).flatten(1),
            "The channel comes to the front; h stays before w.",
        ),
        Misconception(
            "the order of the channels is reversed",
            lambda kernel, h, w, c: (
                kernel.reshape(h, w, c, -1).flip(2).permute(3, 2, 0, 1).flatten(1)
            ),
            "Channel 0 comes first in both frameworks.",
        ),
    ],
)
