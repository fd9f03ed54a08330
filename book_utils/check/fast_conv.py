"""Checkers of fast convolution: windows as columns, F(2×2, 3×3), spectra, work for each byte."""

from collections.abc import Callable

import torch
import torch.nn.functional as F
from hypothesis import strategies as st
from torch import Tensor

from .engine import Case, Checker, Misconception, numbers, or_fixed

CHAPTER = "How fast is a convolution?"


@st.composite
def images(draw: st.DrawFn, k_h: int | None = None, k_w: int | None = None) -> Case:
    """Draw an image and the sides of a window that fits it."""
    k_h, k_w = (or_fixed(draw, k, st.integers(1, 3)) for k in (k_h, k_w))
    x = draw(numbers(k_h + draw(st.integers(0, 3)), k_w + draw(st.integers(0, 3))))
    return {"x": x, "k_h": k_h, "k_w": k_w}


def columns(x: Tensor, k_h: int, k_w: int) -> Tensor:
    """Write each window into a column: (n_h, n_w) -> (k_h · k_w, h · w)."""
    return F.unfold(x[None, None], (k_h, k_w))[0]


def parts(x: Tensor, k_h: int, k_w: int) -> Tensor:
    """Return the columns with all their axes apart: (k_h, k_w, h, w)."""
    h, w = x.shape[0] - k_h + 1, x.shape[1] - k_w + 1
    return columns(x, k_h, k_w).reshape(k_h, k_w, h, w)


im2col = Checker(
    name="im2col",
    oracle=columns,
    draw=images,
    chapter=CHAPTER,
    misconceptions=[
        Misconception(
            "each window is a row",
            lambda x, k_h, k_w: columns(x, k_h, k_w).T,
            "Each window is a column, so that the kernel, a row, can stand on the left.",
        ),
        Misconception(
            "the windows do not overlap",
            lambda x, k_h, k_w: F.unfold(x[None, None], (k_h, k_w), stride=(k_h, k_w))[0],
            "The window moves on by one pixel, not by its own width.",
        ),
        Misconception(
            "the pixels of a window are taken column by column",
            lambda x, k_h, k_w: parts(x, k_h, k_w).transpose(0, 1).flatten(0, 1).flatten(1),
            "A window is read row by row, as the kernel is by k.flatten().",
        ),
        Misconception(
            "the windows are taken column by column",
            lambda x, k_h, k_w: parts(x, k_h, k_w).transpose(2, 3).flatten(2).flatten(0, 1),
            "The window moves along a row first, then on to the next row.",
        ),
        Misconception(
            "the last windows are forgotten",
            lambda x, k_h, k_w: parts(x, k_h, k_w)[..., :-1, :-1].flatten(2).flatten(0, 1),
            "Among n pixels a window of k has n - k + 1 places.",
        ),
        Misconception(
            "height and width of the window are swapped",
            lambda x, k_h, k_w: columns(x, k_w, k_h),
            "The window has k_h rows and k_w columns.",
        ),
    ],
)


B = torch.tensor([[1.0, 0, 0, 0], [0, 1, -1, 1], [-1, 1, 1, 0], [0, 0, 0, -1]])
G = torch.tensor([[1, 0, 0], [0.5, 0.5, 0.5], [0.5, -0.5, 0.5], [0, 0, 1]])


@st.composite
def tiles(draw: st.DrawFn) -> Case:
    """Draw four rows of four pixels, and a 3×3 kernel."""
    return {"d": draw(numbers(4, 4)), "g": draw(numbers(3, 3))}


def products(d: Tensor, g: Tensor) -> Tensor:
    """Multiply a transformed tile by a transformed kernel: (4, 4), (3, 3) -> (4, 4)."""
    return (B.T @ d @ B) * (G @ g @ G.T)


def doubled(g: Tensor) -> Tensor:
    """Transform a kernel without the halves."""
    whole = G * torch.tensor([1, 2, 2, 1])[:, None]
    return whole @ g @ whole.T


def turned(d: Tensor) -> Tensor:
    """Transform a tile with d1 - d2 in place of d2 - d1."""
    other = B * torch.tensor([1, 1, -1, 1])
    return other.T @ d @ other


winograd_products = Checker(
    name="winograd_products",
    oracle=products,
    draw=tiles,
    chapter=CHAPTER,
    misconceptions=[
        Misconception(
            "the image is transformed along its rows only",
            lambda d, g: (d @ B) * (G @ g @ G.T),
            "Transform the rows, and then the columns of what came out.",
        ),
        Misconception(
            "the image is transformed along its columns only",
            lambda d, g: (B.T @ d) * (G @ g @ G.T),
            "Transform the rows as well as the columns.",
        ),
        Misconception(
            "the image is left on its side",
            lambda d, g: (B.T @ d @ B).T * (G @ g @ G.T),
            "Who transposes to reach the columns has to transpose back.",
        ),
        Misconception(
            "the kernel is left on its side",
            lambda d, g: (B.T @ d @ B) * (G @ g @ G.T).T,
            "Who transposes to reach the columns has to transpose back.",
        ),
        Misconception(
            "the two are multiplied as matrices",
            lambda d, g: (B.T @ d @ B) @ (G @ g @ G.T),
            "Sixteen products, each of two numbers at the same place: * instead of @.",
        ),
        Misconception(
            "the halves are forgotten",
            lambda d, g: (B.T @ d @ B) * doubled(g),
            "The second and third weight are halves of sums: ½(g0 + g1 + g2), ½(g0 - g1 + g2).",
        ),
        Misconception(
            "the third difference is turned round",
            lambda d, g: turned(d) * (G @ g @ G.T),
            "The third number is d2 - d1.",
        ),
    ],
)


@st.composite
def pairs(draw: st.DrawFn) -> Case:
    """Draw an image, and a kernel that fits it."""
    k_h, k_w = draw(st.integers(1, 3)), draw(st.integers(1, 3))
    x = draw(numbers(k_h + draw(st.integers(0, 3)), k_w + draw(st.integers(0, 3))))
    return {"x": x, "k": draw(numbers(k_h, k_w))}


def correlation(x: Tensor, k: Tensor) -> Tensor:
    """Cross-correlate two matrices: (n_h, n_w), (k_h, k_w) -> (h, w)."""
    return F.conv2d(x[None, None], k[None, None])[0, 0]


def circle(x: Tensor, k: Tensor) -> Tensor:
    """Cross-correlate with windows that wrap around the border: -> as x."""
    framed = F.pad(x[None, None], (0, k.shape[1] - 1, 0, k.shape[0] - 1), mode="circular")
    return correlation(framed[0, 0], k)


def wrapped(x: Tensor, k: Tensor) -> Tensor:
    """Convolve, kernel turned, with pixels that wrap around the border: -> as x."""
    return circle(x.flip(0, 1), k).flip(0, 1)


def cut(y: Tensor, k: Tensor) -> Tensor:
    """Keep as many rows and columns as the kernel has places, the first ones."""
    return y[: y.shape[0] - k.shape[0] + 1, : y.shape[1] - k.shape[1] + 1]


def narrow(x: Tensor, k: Tensor) -> Tensor:
    """Come back from the spectrum without saying how wide the image was."""
    spectrum = torch.fft.rfft2(x) * torch.fft.rfft2(k, s=x.shape).conj()
    h, w = correlation(x, k).shape
    return torch.fft.irfft2(spectrum)[:h, :w]


corr2d_fft = Checker(
    name="corr2d_fft",
    oracle=correlation,
    draw=pairs,
    chapter=CHAPTER,
    misconceptions=[
        Misconception(
            "the kernel's spectrum is not conjugated",
            lambda x, k: cut(wrapped(x, k), k),
            "Without .conj() the kernel is turned: that is a convolution, and its valid part "
            "begins elsewhere.",
        ),
        Misconception(
            "the windows that wrap around are kept",
            circle,
            "The spectrum makes the image a circle. Keep the n - k + 1 rows and columns whose "
            "windows lie inside.",
        ),
        Misconception(
            "the wrong side is cut off",
            lambda x, k: circle(x, k)[k.shape[0] - 1 :, k.shape[1] - 1 :],
            "In a correlation the first outputs are good; the last ones wrap around.",
        ),
        Misconception(
            "the image's spectrum is conjugated, not the kernel's",
            lambda x, k: cut(circle(x, k).flip(0, 1).roll((1, 1), (0, 1)), k),
            "Conjugate the kernel's spectrum. Conjugating the image's turns the result round.",
        ),
        Misconception(
            "the zeros stand before the kernel",
            lambda x, k: cut(
                circle(x, k).roll([m - n for n, m in zip(x.shape, k.shape, strict=True)], (0, 1)), k
            ),
            "The zeros follow the kernel, below and to the right: s=x.shape puts them there.",
        ),
        Misconception(
            "the width of the image is not said",
            narrow,
            "Half a spectrum does not tell an odd width from an even one: irfft2(…, s=x.shape).",
        ),
    ],
)


@st.composite
def layers(draw: st.DrawFn) -> Case:
    """Draw a layer with stride 1 and a padding that keeps the size, and the side of its maps."""
    groups = draw(st.integers(1, 3))
    c_i, c_o = (groups * draw(st.integers(1, 4)) for _ in range(2))
    k = draw(st.sampled_from([1, 3, 5]))
    return {"c_i": c_i, "c_o": c_o, "k": k, "n": draw(st.integers(2, 8)), "groups": groups}


def work(c_i: int, c_o: int, k: int, n: int, groups: int) -> float:
    """Count the FLOPs: two for each weight and position."""
    return 2.0 * c_o * (c_i // groups) * k**2 * n**2


def flops_a_byte(c_i: int, c_o: int, k: int, n: int, groups: int) -> float:
    """Count FLOPs for each byte of input, weights and output in float32: -> a number."""
    layer = torch.nn.Conv2d(c_i, c_o, k, padding=k // 2, groups=groups, bias=False, device="meta")
    x = torch.empty(1, c_i, n, n, device="meta")
    moved = x.nbytes + layer.weight.nbytes + layer(x).nbytes
    return work(c_i, c_o, k, n, groups) / moved


def without(left_out: str) -> Callable[..., float]:
    """Return the intensity with something that is moved left out."""

    def wrong(c_i: int, c_o: int, k: int, n: int, groups: int) -> float:
        numbers_of = {
            "input": c_i * n**2,
            "weights": c_o * (c_i // groups) * k**2,
            "output": c_o * n**2,
        }
        kept = sum(count for name, count in numbers_of.items() if name != left_out)
        return work(c_i, c_o, k, n, groups) / (4 * kept)

    return wrong


intensity = Checker(
    name="intensity",
    oracle=flops_a_byte,
    draw=layers,
    chapter=CHAPTER,
    misconceptions=[
        Misconception(
            "a multiply-add is counted as one FLOP",
            lambda *layer: flops_a_byte(*layer) / 2,
            "A multiplication and an addition are two floating-point operations.",
        ),
        Misconception(
            "numbers are counted, not bytes",
            lambda *layer: 4 * flops_a_byte(*layer),
            "A number in float32 has four bytes.",
        ),
        Misconception(
            "the weights are not read",
            without("weights"),
            "The weights come from memory, too.",
        ),
        Misconception(
            "the output is not written",
            without("output"),
            "What is computed has to be written back.",
        ),
        Misconception(
            "the input is not read",
            without("input"),
            "The input comes from memory before anything can be multiplied.",
        ),
        Misconception(
            "the groups are forgotten",
            lambda c_i, c_o, k, n, groups: flops_a_byte(c_i, c_o, k, n, 1),
            "With g groups an output reads c_i / g inputs: fewer weights, and less work.",
        ),
        Misconception(
            "the work is done once, not at every position",
            lambda c_i, c_o, k, n, groups: flops_a_byte(c_i, c_o, k, n, groups) / n**2,
            "Each weight multiplies at each of the n · n positions.",
        ),
        Misconception(
            "bytes for each FLOP are counted",
            lambda *layer: 1 / flops_a_byte(*layer),
            "It is the other way round: work divided by bytes.",
        ),
    ],
)
