"""The operators as the chapters derive them, written to be read.

Each function stands in its chapter word for word. `torch.nn.functional` has the same operators,
faster: these show what it computes.
"""

from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor

from book_utils.shapes import output_size, transposed_shape

Size = int | tuple[int, int]  # one number for both, or (height, width)
Taps = list[tuple[int, int, slice, slice]]  # row and column of a weight, and what it reads


def output_shape(x: Tensor, k: Tensor) -> tuple[int, int]:
    """Count the stops of a k_h × k_w kernel on an n_h × n_w input, as (rows, columns).

    Raises ValueError if the two are no matrices of one number type, or the kernel is empty or does
    not fit. Source: chapter "Appendix".
    """
    if x.ndim != 2 or k.ndim != 2:
        raise ValueError(f"need two matrices, got {x.ndim}-D and {k.ndim}-D; pick one: x[0, 0]")
    if x.dtype != k.dtype:
        raise ValueError(f"need one number type, got {x.dtype} and {k.dtype}; try x.to(k.dtype)")
    (n_h, n_w), (k_h, k_w) = x.shape, k.shape
    if not (1 <= k_h <= n_h and 1 <= k_w <= n_w):
        raise ValueError(f"a {k_h}×{k_w} kernel does not fit a {n_h}×{n_w} input; shrink it or pad")
    return n_h - k_h + 1, n_w - k_w + 1


def corr2d(x: Tensor, k: Tensor) -> Tensor:
    """Cross-correlate two matrices: slide k over x; at each stop multiply and add.

    Shapes: (n_h, n_w) and (k_h, k_w) -> (n_h - k_h + 1, n_w - k_w + 1). Raises ValueError as
    `output_shape` does. Source: chapter "Appendix".
    """
    y = x.new_zeros(output_shape(x, k))
    k_h, k_w = k.shape
    for i in range(y.shape[0]):
        for j in range(y.shape[1]):
            y[i, j] = (x[i : i + k_h, j : j + k_w] * k).sum()
    return y


def corr2d_taps(x: Tensor, k: Tensor) -> Tensor:
    """Compute `corr2d` by adding one shifted copy of x for each weight of k.

    Shapes and errors are those of `corr2d`; the loop runs over k_h · k_w weights instead of over
    all outputs. Source: chapter "Appendix".
    """
    h, w = output_shape(x, k)
    taps = [(a, b) for a in range(k.shape[0]) for b in range(k.shape[1])]
    return sum(k[a, b] * x[a : a + h, b : b + w] for a, b in taps)


def conv2d(x: Tensor, k: Tensor) -> Tensor:
    """Convolve in the mathematical sense: turn k by 180°, then cross-correlate.

    Shapes and errors are those of `corr2d`. Source: chapter "Convolution".
    """
    return corr2d(x, k.flip(0, 1))


def conv2d_full(x: Tensor, k: Tensor) -> Tensor:
    """Convolve and keep every output that any pixel reaches: each pixel stamps a copy of k.

    Shapes: (n_h, n_w) and (k_h, k_w) -> (n_h + k_h - 1, n_w + k_w - 1). Source: chapter
    "Appendix".
    """
    (n_h, n_w), (k_h, k_w) = x.shape, k.shape
    y = x.new_zeros(n_h + k_h - 1, n_w + k_w - 1)
    for i in range(n_h):
        for j in range(n_w):
            y[i : i + k_h, j : j + k_w] += x[i, j] * k
    return y


def pad2d(x: Tensor, top: int, bottom: int, left: int, right: int) -> Tensor:
    """Put a frame of zeros around a matrix.

    Shapes: (n_h, n_w) -> (top + n_h + bottom, left + n_w + right). Raises ValueError if x is no
    matrix or a side is negative. Source: chapter "Padding and stride".
    """
    if x.ndim != 2 or min(top, bottom, left, right) < 0:
        raise ValueError(
            f"need a matrix and four sides from 0 up, got {x.ndim}-D and {top, bottom, left, right}"
        )
    h, w = x.shape
    y = x.new_zeros(top + h + bottom, left + w + right)
    y[top : top + h, left : left + w] = x
    return y


def as_pair(value: int | tuple[int, int]) -> tuple[int, int]:
    """Return (height, width): one number holds for both. Source: chapter "Padding and stride"."""
    return value if isinstance(value, tuple) else (value, value)


def corr2d_strided(
    x: Tensor, k: Tensor, stride: int | tuple[int, int] = 1, padding: int | tuple[int, int] = 0
) -> Tensor:
    """Cross-correlate with stride and with padding per side, each one number or (height, width).

    Shapes: (n_h, n_w) and (k_h, k_w) -> (h, w) with h = ⌊(n_h + 2 p_h - k_h) / s_h⌋ + 1. Raises
    ValueError as `pad2d` and `output_shape` do, and for a stride below 1. Source: chapter "Padding
    and stride".
    """
    (s_h, s_w), (p_h, p_w) = as_pair(stride), as_pair(padding)
    if min(s_h, s_w) < 1:
        raise ValueError(f"stride {stride}: the window must move by at least 1")
    x = pad2d(x, p_h, p_h, p_w, p_w)
    (h, w), (k_h, k_w) = output_shape(x, k), k.shape
    y = x.new_zeros((h - 1) // s_h + 1, (w - 1) // s_w + 1)
    for i in range(y.shape[0]):
        for j in range(y.shape[1]):
            top, left = i * s_h, j * s_w
            y[i, j] = (x[top : top + k_h, left : left + k_w] * k).sum()
    return y


def corr2d_multi_in(x: Tensor, k: Tensor) -> Tensor:
    """Cross-correlate each channel with its own slice of the kernel and add the maps.

    Shapes: (c_i, n_h, n_w) and (c_i, k_h, k_w) -> (n_h - k_h + 1, n_w - k_w + 1). Raises ValueError
    if the numbers of channels differ, and as `output_shape` does. Source: chapter "Appendix".
    """
    if x.ndim != 3 or k.ndim != 3 or not len(x) == len(k) > 0:
        raise ValueError(
            f"need a kernel slice for each channel, (c, h, w) twice, "
            f"got {tuple(x.shape)} and {tuple(k.shape)}"
        )
    return sum(corr2d_taps(x_c, k_c) for x_c, k_c in zip(x, k, strict=True))


def corr2d_multi_in_out(x: Tensor, k: Tensor) -> Tensor:
    """Compute one output channel for each kernel in k.

    Shapes: (c_i, n_h, n_w) and (c_o, c_i, k_h, k_w) -> (c_o, n_h - k_h + 1, n_w - k_w + 1). Raises
    ValueError as `corr2d_multi_in` does. Source: chapter "Appendix".
    """
    return torch.stack([corr2d_multi_in(x, k_o) for k_o in k])


def corr2d_multi_in_out_1x1(x: Tensor, k: Tensor) -> Tensor:
    """Compute `corr2d_multi_in_out` for 1×1 kernels as one product of matrices.

    Shapes: (c_i, h, w) and (c_o, c_i, 1, 1) -> (c_o, h, w). Raises ValueError for other shapes.
    Source: chapter "Appendix".
    """
    if x.ndim != 3 or k.ndim != 4 or k.shape[1:] != (len(x), 1, 1):
        raise ValueError(
            f"need (c_i, h, w) and (c_o, c_i, 1, 1), got {tuple(x.shape)} and {tuple(k.shape)}"
        )
    (c_i, h, w), c_o = x.shape, len(k)
    return (k.reshape(c_o, c_i) @ x.reshape(c_i, h * w)).reshape(c_o, h, w)


def corr2d_grouped(x: Tensor, k: Tensor, groups: int) -> Tensor:
    """Split the channels into groups, cross-correlate each by itself, and stack the outputs.

    Shapes: (c_i, n_h, n_w) and (c_o, c_i / groups, k_h, k_w) -> (c_o, h, w) with h = n_h - k_h + 1.
    Raises ValueError if groups do not divide the channels or the kernels are for others, and as
    `output_shape` does. Source: chapter "Grouped, depthwise and separable convolution".
    """
    c_i, c_o = len(x), len(k)
    if groups < 1 or c_i % groups or c_o % groups or k.shape[1] * groups != c_i:
        raise ValueError(
            f"{groups} groups must divide {c_i} channels in and {c_o} out, and each kernel have "
            f"c_i / groups slices; got {tuple(x.shape)} and {tuple(k.shape)}"
        )
    pairs = zip(x.chunk(groups), k.chunk(groups), strict=True)
    return torch.cat([corr2d_multi_in_out(x_g, k_g) for x_g, k_g in pairs])


def corr2d_depthwise(x: Tensor, k: Tensor) -> Tensor:
    """Cross-correlate each channel with a kernel of its own, and add nothing up.

    Shapes: (c, n_h, n_w) and (c, k_h, k_w) -> (c, n_h - k_h + 1, n_w - k_w + 1). Raises ValueError
    as `output_shape` does, or if the numbers of channels differ. Source: chapter "Grouped,
    depthwise and separable convolution".
    """
    return torch.stack([corr2d_taps(x_c, k_c) for x_c, k_c in zip(x, k, strict=True)])


def corr2d_separable(x: Tensor, depthwise: Tensor, pointwise: Tensor) -> Tensor:
    """Look around in each channel by itself, then mix the channels pixel by pixel.

    Shapes: (c_i, n_h, n_w), (c_i, k_h, k_w) and (c_o, c_i, 1, 1) -> (c_o, n_h - k_h + 1,
    n_w - k_w + 1). Raises ValueError as `corr2d_depthwise` and `corr2d_multi_in_out_1x1` do.
    Source: chapter "Grouped, depthwise and separable convolution".
    """
    return corr2d_multi_in_out_1x1(corr2d_depthwise(x, depthwise), pointwise)


def channel_shuffle(x: Tensor, groups: int) -> Tensor:
    """Deal the channels of each group out to all groups: what `nn.ChannelShuffle` does.

    Shapes: (c, h, w) -> (c, h, w). Raises ValueError if groups do not divide c. Source: chapter
    "Grouped, depthwise and separable convolution".
    """
    if groups < 1 or len(x) % groups:
        raise ValueError(f"{groups} groups do not divide {len(x)} channels")
    return x.unflatten(0, (groups, -1)).transpose(0, 1).flatten(0, 1)


def pool_taps(x: Tensor, size: tuple[int, int], stride: tuple[int, int]) -> Tensor:
    """Stack one strided copy of x for each place in the window, so that windows lie in axis 0.

    Shapes: (..., n_h, n_w) -> (k_h · k_w, ..., h, w) with h = ⌊(n_h - k_h) / s_h⌋ + 1. Raises
    ValueError if the window does not fit. Source: chapter "Pooling".
    """
    (k_h, k_w), (s_h, s_w) = size, stride
    h = (output_size(x.shape[-2], k_h, s_h) - 1) * s_h + 1
    w = (output_size(x.shape[-1], k_w, s_w) - 1) * s_w + 1
    places = [(a, b) for a in range(k_h) for b in range(k_w)]
    return torch.stack([x[..., a : a + h : s_h, b : b + w : s_w] for a, b in places])


def pool2d(
    x: Tensor, size: Size, mode: str = "max", stride: Size | None = None, padding: Size = 0
) -> Tensor:
    """Keep the largest number of each window, or the mean, with padding (per side) counted.

    Shapes: (..., n_h, n_w) of floats -> (..., h, w) with h = ⌊(n_h + 2 p_h - k_h) / s_h⌋ + 1; the
    stride is the window unless given. Raises ValueError if mode is neither "max" nor "average",
    padding is more than half of the window, or the window does not fit. Source: chapter "Pooling".
    """
    size, (p_h, p_w) = as_pair(size), as_pair(padding)
    too_wide = 2 * p_h > size[0] or 2 * p_w > size[1]
    if mode not in ("max", "average") or too_wide:
        raise ValueError(
            f"mode {mode}, window {size}, padding {p_h, p_w}: "
            "mode max or average, padding at most half a window"
        )
    frame = -torch.inf if mode == "max" else 0
    x = F.pad(x, (p_w, p_w, p_h, p_h), value=frame)
    taps = pool_taps(x, size, size if stride is None else as_pair(stride))
    return taps.amax(0) if mode == "max" else taps.mean(0)


def insert_zeros(dy: Tensor, stride: Size = 1) -> Tensor:
    """Put stride - 1 zeros between neighbouring numbers, down and across.

    Shapes: (..., h, w) -> (..., (h - 1) · s_h + 1, (w - 1) · s_w + 1). Source: chapter "Gradients
    through a convolution".
    """
    (s_h, s_w), (h, w) = as_pair(stride), dy.shape[-2:]
    y = dy.new_zeros(*dy.shape[:-2], (h - 1) * s_h + 1, (w - 1) * s_w + 1)
    y[..., ::s_h, ::s_w] = dy
    return y


def corr2d_backward(
    x: Tensor, k: Tensor, dy: Tensor, stride: Size = 1, padding: Size = 0
) -> tuple[Tensor, Tensor]:
    """Return the gradients of input and kernel of `corr2d_strided`, from dy, that of its output.

    Shapes: (n_h, n_w), (k_h, k_w) and dy as the output -> (n_h, n_w) and (k_h, k_w). Raises
    ValueError as `output_size` does, and for a dy of another shape than the output. Source: chapter
    "Gradients through a convolution".
    """
    (p_h, p_w), (n_h, n_w), (k_h, k_w) = as_pair(padding), x.shape, k.shape
    sizes = zip(x.shape, k.shape, as_pair(stride), as_pair(padding), strict=True)
    if dy.shape != (shape := tuple(output_size(*each) for each in sizes)):
        raise ValueError(f"dy is {tuple(dy.shape)}, and the output {shape}")
    dy = insert_zeros(dy, stride)
    # as far as the windows reach
    h, w = dy.shape[0] + k_h - 1, dy.shape[1] + k_w - 1
    x = pad2d(x, p_h, p_h, p_w, p_w)
    dx = torch.zeros_like(x)
    dx[:h, :w] = conv2d_full(dy, k)
    return dx[p_h : p_h + n_h, p_w : p_w + n_w], corr2d(x[:h, :w], dy)


def conv_matrix(k: Tensor, size: Size, stride: Size = 1, padding: Size = 0) -> Tensor:
    """Build the matrix W with W @ x.flatten() = corr2d_strided(x, k, stride, padding).flatten().

    Shapes: (k_h, k_w) and the size (n_h, n_w) of x -> (outputs, n_h · n_w). Raises ValueError as
    `corr2d_strided` does. Source: chapter "Gradients through a convolution".
    """
    n_h, n_w = as_pair(size)
    pixels = torch.eye(n_h * n_w, dtype=k.dtype, device=k.device).reshape(-1, n_h, n_w)
    columns = [corr2d_strided(pixel, k, stride, padding).flatten() for pixel in pixels]
    return torch.stack(columns, dim=1)


def layer_taps(
    x: Tensor,
    w: Tensor,
    stride: Size = 1,
    padding: Size = 0,
    dilation: Size = 1,
    groups: int = 1,
) -> tuple[Tensor, Tensor, Taps]:
    """Pad x, split x and w into groups, and say which rows and columns of x each tap reads.

    Shapes: (n, c_i, n_h, n_w) and (c_o, c_i / groups, k_h, k_w) -> (n, g, c_i / g, n_h + 2 p_h,
    n_w + 2 p_w), (g, c_o / g, c_i / g, k_h, k_w) and (a, b, rows, columns) for each tap. Raises
    ValueError if shapes and groups do not go together, and as `output_size` does. Source: chapter
    "Gradients through a convolution".
    """
    fits = (
        x.ndim == w.ndim == 4
        and groups > 0
        and len(w) % groups == 0
        and x.shape[1] == groups * w.shape[1]
    )
    if not fits:
        raise ValueError(
            "need (n, c_i, h, w) and (c_o, c_i / groups, k_h, k_w), "
            f"groups dividing c_i and c_o; got {tuple(x.shape)}, "
            f"{tuple(w.shape)} and groups = {groups}"
        )
    (p_h, p_w), settings = as_pair(padding), (stride, padding, dilation)
    rows, columns = (
        [slice(a * d, a * d + (output_size(n, k, s, p, d) - 1) * s + 1, s) for a in range(k)]
        for n, k, s, p, d in zip(x.shape[2:], w.shape[2:], *map(as_pair, settings), strict=True)
    )
    taps = [(a, b, rows[a], columns[b]) for a in range(len(rows)) for b in range(len(columns))]
    x = F.pad(x, (p_w, p_w, p_h, p_h)).unflatten(1, (groups, -1))
    return x, w.unflatten(0, (groups, -1)), taps


def conv_forward(
    x: Tensor,
    w: Tensor,
    bias: Tensor | None = None,
    stride: Size = 1,
    padding: Size = 0,
    dilation: Size = 1,
    groups: int = 1,
) -> Tensor:
    """Compute a convolution layer by its taps: what `torch.nn.functional.conv2d` does.

    Shapes: (n, c_i, n_h, n_w), (c_o, c_i / groups, k_h, k_w) and (c_o,) -> (n, c_o, h, w), with
    padding on each side. Raises ValueError as `layer_taps` does. Source: chapter "Gradients through
    a convolution".
    """
    x, w, taps = layer_taps(x, w, stride, padding, dilation, groups)
    y = sum(
        torch.einsum("ngchw,goc->ngohw", x[..., i, j], w[..., a, b]) for a, b, i, j in taps
    ).flatten(1, 2)
    return y if bias is None else y + bias[:, None, None]


def conv_backward(
    x: Tensor,
    w: Tensor,
    dy: Tensor,
    stride: Size = 1,
    padding: Size = 0,
    dilation: Size = 1,
    groups: int = 1,
) -> tuple[Tensor, Tensor, Tensor]:
    """Return the gradients of input, weight and bias of `conv_forward`, from dy of its output.

    Shapes: x, w and dy as there -> those of x, of w, and (c_o,). Raises ValueError as `layer_taps`
    does, and for a dy of another shape than the output. Source: chapter "Gradients through a
    convolution".
    """
    (p_h, p_w), (n_h, n_w), c_o = as_pair(padding), x.shape[2:], len(w)
    x, w, taps = layer_taps(x, w, stride, padding, dilation, groups)
    shape = len(x), c_o, *x[0, 0, 0, *taps[0][2:]].shape
    if dy.shape != shape:
        raise ValueError(f"dy is {tuple(dy.shape)}, and the output {shape}")
    dy = dy.unflatten(1, (groups, -1))
    dx, dw = torch.zeros_like(x), torch.zeros_like(w)
    for a, b, i, j in taps:
        met = x[..., i, j]
        dw[..., a, b] = torch.einsum("ngohw,ngchw->goc", dy, met)
        dx[..., i, j] += torch.einsum("ngohw,goc->ngchw", dy, w[..., a, b])
    dx = dx[..., p_h : p_h + n_h, p_w : p_w + n_w].flatten(1, 2)
    return dx, dw.flatten(0, 1), dy.sum((0, 3, 4)).flatten()


def pool2d_backward(
    x: Tensor,
    dy: Tensor,
    size: Size,
    mode: str = "max",
    stride: Size | None = None,
    padding: Size = 0,
) -> Tensor:
    """Send dy, the gradient of `pool2d`'s output, back: to the first largest, or in equal shares.

    Shapes: (..., n_h, n_w) and dy as the output -> (..., n_h, n_w). Where windows overlap, what
    arrives adds up. Raises ValueError as `pool2d` does, and for a dy of another shape. Source:
    chapter "Gradients through a convolution".
    """
    shape = pool2d(x, size, mode, stride, padding).shape
    if dy.shape != shape:
        raise ValueError(f"dy is {tuple(dy.shape)}, and the output {tuple(shape)}")
    (k_h, k_w), (p_h, p_w) = as_pair(size), as_pair(padding)
    s_h, s_w = (k_h, k_w) if stride is None else as_pair(stride)
    n_h, n_w = x.shape[-2:]
    x = F.pad(x, (p_w, p_w, p_h, p_h), value=-torch.inf)
    winner = pool_taps(x, (k_h, k_w), (s_h, s_w)).argmax(0)
    h, w = (shape[-2] - 1) * s_h + 1, (shape[-1] - 1) * s_w + 1
    dx = torch.zeros_like(x)
    for n in range(k_h * k_w):
        a, b = divmod(n, k_w)
        part = dy * (winner == n) if mode == "max" else dy / (k_h * k_w)
        dx[..., a : a + h : s_h, b : b + w : s_w] += part
    return dx[..., p_h : p_h + n_h, p_w : p_w + n_w]


class ImageKernel(NamedTuple):
    """A kernel with a name in image processing: its weights (k_h, k_w) and what it does."""

    weights: Tensor
    meaning: str


def _image_kernels() -> dict[str, ImageKernel]:
    """Build the table, the larger kernels from their factors and from one another."""
    identity = torch.tensor([[0.0, 0, 0], [0, 1, 0], [0, 0, 0]])
    ninths = torch.full((3, 3), 1 / 9)
    laplacian = torch.tensor([[0.0, 1, 0], [1, -4, 1], [0, 1, 0]])
    emboss = torch.tensor([[-2.0, -1, 0], [-1, 1, 1], [0, 1, 2]])
    outline = torch.tensor([[-1.0, -1, -1], [-1, 8, -1], [-1, -1, -1]])
    binomial = torch.tensor([1.0, 4, 6, 4, 1]) / 16
    smooth, slope = torch.tensor([1.0, 2, 1]), torch.tensor([-1.0, 0, 1])
    gaussian = torch.outer(binomial, binomial)
    wide_identity = torch.zeros(5, 5)
    wide_identity[2, 2] = 1
    return {
        "identity": ImageKernel(identity, "leaves the image as it is"),
        "box blur": ImageKernel(ninths, "averages a pixel and its eight neighbours"),
        "Gaussian": ImageKernel(gaussian, "averages, near pixels counting more"),
        "sharpen": ImageKernel(identity - laplacian, "adds what differs from the neighbours"),
        "unsharp": ImageKernel(2 * wide_identity - gaussian, "adds what a blur takes away"),
        "Sobel x": ImageKernel(torch.outer(smooth, slope), "brighter to the right is positive"),
        "Sobel y": ImageKernel(torch.outer(slope, smooth), "brighter below is positive"),
        "Laplacian": ImageKernel(laplacian, "how much brighter the four neighbours are"),
        "emboss": ImageKernel(emboss, "lights the image from one corner, like a relief"),
        "outline": ImageKernel(outline, "keeps edges of every direction"),
    }


KERNELS: dict[str, ImageKernel] = _image_kernels()


# Transposed convolution


def conv_transpose2d(
    x: Tensor,
    k: Tensor,
    stride: Size = 1,
    padding: Size = 0,
    output_padding: Size = 0,
    dilation: Size = 1,
) -> Tensor:
    """Scatter: each pixel stamps the kernel, times its own value, and overlapping stamps add up.

    Shapes: (n_h, n_w) and (k_h, k_w) -> (h, w) with h = (n_h - 1) s_h + d_h (k_h - 1) + 1 - 2 p_h
    + a_h. Raises ValueError as `transposed_shape` does. Source: chapter "Transposed convolution".
    """
    h, w = transposed_shape(x.shape, k.shape, stride, padding, output_padding, dilation)
    (s_h, s_w), (p_h, p_w), (d_h, d_w) = map(as_pair, (stride, padding, dilation))
    (n_h, n_w), (k_h, k_w) = x.shape, k.shape
    y = x.new_zeros(h + 2 * p_h, w + 2 * p_w)
    for i in range(n_h):
        for j in range(n_w):
            rows = slice(i * s_h, i * s_h + d_h * (k_h - 1) + 1, d_h)
            columns = slice(j * s_w, j * s_w + d_w * (k_w - 1) + 1, d_w)
            y[rows, columns] += x[i, j] * k
    return y[p_h : p_h + h, p_w : p_w + w]


def conv_transpose2d_gather(
    x: Tensor,
    k: Tensor,
    stride: Size = 1,
    padding: Size = 0,
    output_padding: Size = 0,
    dilation: Size = 1,
) -> Tensor:
    """Gather: insert zeros into x, pad, and slide the flipped kernel with stride 1.

    Shapes and errors are those of `conv_transpose2d`, whose numbers it gives. Source: chapter
    "Transposed convolution".
    """
    transposed_shape(
        x.shape, k.shape, stride, padding, output_padding, dilation
    )  # refuses what cannot be
    (p_h, p_w), (a_h, a_w) = as_pair(padding), as_pair(output_padding)
    x, k = insert_zeros(x, stride), insert_zeros(k, dilation)
    top, left = k.shape[0] - 1 - p_h, k.shape[1] - 1 - p_w  # below 0: F.pad crops
    return corr2d_taps(F.pad(x, (left, left + a_w, top, top + a_h)), k.flip(0, 1))


def conv_transpose2d_multi_in_out(x: Tensor, k: Tensor, **settings: Size) -> Tensor:
    """Add up the stamps of all input channels, for each output channel.

    Shapes: (c_i, n_h, n_w) and (c_i, c_o, k_h, k_w) -> (c_o, h, w): input channels come first in
    the weights. Raises ValueError if the numbers of channels differ, and as `conv_transpose2d`
    does. Source: chapter "Transposed convolution".
    """
    pairs = zip(x, k, strict=True)
    maps = [[conv_transpose2d(x_i, k_io, **settings) for k_io in k_i] for x_i, k_i in pairs]
    return torch.stack([sum(of_one) for of_one in zip(*maps, strict=True)])
