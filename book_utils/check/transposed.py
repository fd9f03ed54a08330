"""Checkers of transposed convolution: sizes, stamps, output padding and overlap counts."""

import torch
import torch.nn.functional as F
from hypothesis import strategies as st
from torch import Tensor

from .engine import Case, Checker, Misconception, numbers, or_fixed

CHAPTER = "Transposed convolution"


@st.composite
def transposed_layers(
    draw: st.DrawFn, stride: int | None = None, padding: int | None = None
) -> Case:
    """Draw the sizes of a transposed layer of which something is left."""
    stride = or_fixed(draw, stride, st.integers(1, 4))
    padding = or_fixed(draw, padding, st.integers(0, 2))
    k, output_padding = draw(st.integers(1, 5)), draw(st.integers(0, stride - 1))
    missing = 2 * padding + 1 - k - output_padding  # what (n - 1) strides have to make up for
    least = 1 + max(0, -(-missing // stride))
    n = draw(st.integers(least, least + 6))
    return {"n": n, "k": k, "stride": stride, "padding": padding, "output_padding": output_padding}


def size(n: int, k: int, stride: int, padding: int, output_padding: int) -> int:
    """Count the outputs of a transposed convolution along one side: -> int."""
    row, kernel = torch.zeros(1, 1, n), torch.zeros(1, 1, k)
    return F.conv_transpose1d(row, kernel, None, stride, padding, output_padding).shape[-1]


transposed_size = Checker(
    name="transposed_size",
    oracle=size,
    draw=transposed_layers,
    chapter=CHAPTER,
    misconceptions=[
        Misconception(
            "it is the size of a convolution",
            lambda n, k, s, p, a: max(0, (n + 2 * p - k) // s + 1),
            "That is the way down. Count the way up: n stamps, s pixels apart, each k long.",
        ),
        Misconception(
            "padding makes the output larger",
            lambda n, k, s, p, a: (n - 1) * s + k + 2 * p + a,
            "Padding is that of the convolution turned round: here it crops the output.",
        ),
        Misconception(
            "padding is counted as a total",
            lambda n, k, s, p, a: (n - 1) * s + k - p + a,
            "Padding is given per side, as in PyTorch: p pixels are cropped before and p after.",
        ),
        Misconception(
            "output padding is forgotten",
            lambda n, k, s, p, a: (n - 1) * s + k - 2 * p,
            "The output padding adds as many pixels at the end.",
        ),
        Misconception(
            "output padding is added on both sides",
            lambda n, k, s, p, a: (n - 1) * s + k - 2 * p + 2 * a,
            "The output padding is at the end alone, not per side.",
        ),
        Misconception(
            "every stamp takes a whole stride",
            lambda n, k, s, p, a: n * s + k - 2 * p + a,
            "Between n stamps there are n - 1 strides.",
        ),
        Misconception(
            "the stamp is forgotten",
            lambda n, k, s, p, a: (n - 1) * s + 1 - 2 * p + a,
            "That is where the last stamp begins: it is k pixels long.",
        ),
    ],
)


@st.composite
def stamped(draw: st.DrawFn, stride: int | None = None) -> Case:
    """Draw a small image, a kernel and a stride."""
    x = draw(numbers(draw(st.integers(1, 3)), draw(st.integers(1, 3))))
    k = draw(numbers(draw(st.integers(1, 3)), draw(st.integers(1, 3))))
    return {"x": x, "k": k, "stride": or_fixed(draw, stride, st.integers(1, 3))}


def stamp(x: Tensor, k: Tensor, stride: int) -> Tensor:
    """Stamp a kernel: (n_h, n_w), (k_h, k_w) -> ((n_h - 1) s + k_h, (n_w - 1) s + k_w)."""
    return F.conv_transpose2d(x[None, None], k[None, None], None, stride)[0, 0]


def _overwritten(x: Tensor, k: Tensor, stride: int) -> Tensor:
    """Let a later stamp cover an earlier one."""
    (k_h, k_w), y = k.shape, torch.zeros_like(stamp(x, k, stride))
    for i in range(x.shape[0]):
        for j in range(x.shape[1]):
            top, left = i * stride, j * stride
            y[top : top + k_h, left : left + k_w] = x[i, j] * k
    return y


conv_transpose2d = Checker(
    name="conv_transpose2d",
    oracle=stamp,
    draw=stamped,
    chapter=CHAPTER,
    misconceptions=[
        Misconception(
            "later stamps cover earlier ones",
            _overwritten,
            "Where stamps overlap they add up: += and not =.",
        ),
        Misconception(
            "the kernel is flipped",
            lambda x, k, s: stamp(x, k.flip(0, 1), s),
            "A stamp is the kernel as it is. It is flipped only where it slides over the input.",
        ),
        Misconception(
            "the stride is forgotten",
            lambda x, k, s: stamp(x, k, 1),
            "Neighbouring inputs put their stamps s pixels apart.",
        ),
        Misconception(
            "the stamps lie a kernel apart",
            lambda x, k, s: torch.kron(x, k),
            "Neighbouring stamps are s pixels apart, whatever the size of the kernel.",
        ),
        Misconception(
            "the stride spreads the kernel",
            lambda x, k, s: F.conv_transpose2d(x[None, None], k[None, None], dilation=s)[0, 0],
            "That is dilation. The stride moves whole stamps apart.",
        ),
        Misconception(
            "the input is repeated",
            lambda x, k, s: stamp(x.repeat_interleave(s, 0).repeat_interleave(s, 1), k, 1),
            "Between two inputs there are zeros, not copies.",
        ),
    ],
)


@st.composite
def convolved(draw: st.DrawFn, stride: int | None = None) -> Case:
    """Draw the sizes of a convolution that fits."""
    k, padding = draw(st.integers(1, 5)), draw(st.integers(0, 2))
    stride = or_fixed(draw, stride, st.integers(1, 4))
    least = max(1, k - 2 * padding)
    size = draw(st.integers(least, least + 9))
    return {"size": size, "k": k, "stride": stride, "padding": padding}


def missing(size: int, k: int, stride: int, padding: int) -> int:
    """Count the pixels that a transposed convolution has to add to bring an axis back: -> int."""
    row, kernel = torch.zeros(1, 1, size), torch.zeros(1, 1, k)
    down = F.conv1d(row, kernel, None, stride, padding)
    up = F.conv_transpose1d(down, kernel, None, stride, padding, stride - 1)
    return size - (up.shape[-1] - (stride - 1))


output_padding = Checker(
    name="output_padding",
    oracle=missing,
    draw=convolved,
    chapter=CHAPTER,
    misconceptions=[
        Misconception(
            "it is always the stride less 1",
            lambda n, k, s, p: s - 1,
            "It depends on what the floor has dropped: (size + 2p - k) mod s.",
        ),
        Misconception(
            "it is always 0",
            lambda n, k, s, p: 0,
            "Where the windows do not reach the end, the pixels that they left out are missing.",
        ),
        Misconception(
            "padding is forgotten",
            lambda n, k, s, p: (n - k) % s,
            "The convolution saw a padded input, of size + 2p pixels.",
        ),
        Misconception(
            "padding is counted as a total",
            lambda n, k, s, p: (n + p - k) % s,
            "Padding is given per side: the padded input has size + 2p pixels.",
        ),
        Misconception(
            "the kernel is forgotten",
            lambda n, k, s, p: (n + 2 * p) % s,
            "The first window covers k pixels; strides begin after it.",
        ),
        Misconception(
            "it is counted from the end",
            lambda n, k, s, p: (k - n - 2 * p) % s,
            "That is how much the next window would stick out: count what the last one left.",
        ),
    ],
)


@st.composite
def rows_of_stamps(draw: st.DrawFn, stride: int | None = None) -> Case:
    """Draw a number of stamps, their length and their stride."""
    n, k = draw(st.integers(1, 5)), draw(st.integers(1, 5))
    return {"n": n, "k": k, "stride": or_fixed(draw, stride, st.integers(1, 4))}


def reached(n: int, k: int, stride: int) -> tuple[int, ...]:
    """Count the stamps on each pixel along one side: -> whole numbers."""
    counts = F.conv_transpose1d(torch.ones(1, 1, n), torch.ones(1, 1, k), None, stride)
    return tuple(int(count) for count in counts.flatten())


overlap_counts = Checker(
    name="overlap_counts",
    oracle=reached,
    draw=rows_of_stamps,
    chapter=CHAPTER,
    misconceptions=[
        Misconception(
            "the edges are counted like the middle",
            lambda n, k, s: [
                len([t for t in range(k) if t % s == o % s]) for o in range((n - 1) * s + k)
            ],
            "At the edges there are fewer stamps: before the first and after the last is none.",
        ),
        Misconception(
            "the stride is forgotten",
            lambda n, k, s: reached(n, k, 1),
            "Stamps begin at 0, s, 2s and so on.",
        ),
        Misconception(
            "a pixel is reached or it is not",
            lambda n, k, s: [min(count, 1) for count in reached(n, k, s)],
            "Where stamps overlap, count each of them.",
        ),
        Misconception(
            "stamp and input are exchanged",
            lambda n, k, s: reached(k, n, s),
            "There are n stamps, and each is k pixels long.",
        ),
        Misconception(
            "the stamps lie a kernel apart",
            lambda n, k, s: [1] * (n * k),
            "Stamps begin s pixels apart, and overlap where k is larger.",
        ),
    ],
)
