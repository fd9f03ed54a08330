"""One cross-correlation, computed in many ways: the rungs of a ladder, written to be read.

Source of all: chapter "How fast is a convolution?". A rung takes an image (n_h, n_w) and a kernel
(k_h, k_w) of one number type and returns (h, w) numbers, h = n_h - k_h + 1, equal to those of
`book_utils.ops.corr2d` up to rounding; it raises ValueError as `output_shape` does.
"""

import warnings
from collections.abc import Callable, Mapping

import torch
import torch.nn.functional as F
from torch import Tensor

from book_utils.ops import conv_forward, corr2d, corr2d_taps, output_shape
from book_utils.train import device

Run = Callable[[Tensor, Tensor], Tensor]


# ---- copy the windows ----


def all_windows(x: Tensor, k_h: int, k_w: int) -> Tensor:
    """View all windows of a matrix at once, without a copy: (n_h, n_w) -> (h, w, k_h, k_w)."""
    return x.unfold(0, k_h, 1).unfold(1, k_w, 1)


def im2col(x: Tensor, k_h: int, k_w: int) -> Tensor:
    """Copy each window into a column, as `F.unfold` does: (n_h, n_w) -> (k_h · k_w, h · w)."""
    windows = all_windows(x, k_h, k_w)
    return windows.permute(2, 3, 0, 1).reshape(k_h * k_w, -1)


def corr2d_im2col(x: Tensor, k: Tensor) -> Tensor:
    """Multiply the kernel, written as a row, by the matrix of all windows."""
    h, w = output_shape(x, k)
    return (k.flatten() @ im2col(x, *k.shape)).reshape(h, w)


def corr2d_einsum(x: Tensor, k: Tensor) -> Tensor:
    """Name the axes to multiply and to add, and leave the way to PyTorch."""
    output_shape(x, k)
    return torch.einsum("ijab,ab->ij", all_windows(x, *k.shape), k)


# ---- write the kernel into a matrix ----


def sparse_matrix(k: Tensor, size: tuple[int, int]) -> Tensor:
    """Build `book_utils.ops.conv_matrix` without its zeros, in compressed sparse rows.

    Shapes: (k_h, k_w) and the size (n_h, n_w) of the image -> (h · w, n_h · n_w). Raises
    RuntimeError if the kernel does not fit.
    """
    pixels = torch.arange(size[0] * size[1], device=k.device).reshape(size)
    read = all_windows(pixels, *k.shape).reshape(-1, k.numel())  # by each output, a row
    starts = torch.arange(len(read) + 1, device=k.device) * k.numel()
    weights = k.flatten().repeat(len(read))
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Sparse (CSR tensor support|invariant checks)")
        return torch.sparse_csr_tensor(starts, read.flatten(), weights, (len(read), pixels.numel()))


def corr2d_sparse(x: Tensor, k: Tensor) -> Tensor:
    """Build the sparse matrix, and multiply it by the list of all pixels."""
    h, w = output_shape(x, k)
    return (sparse_matrix(k, x.shape) @ x.flatten()).reshape(h, w)


# ---- multiply less ----


def f23_kernel(g: Tensor) -> Tensor:
    """Turn three weights into the four that F(2, 3) multiplies by: (..., 3) -> (..., 4)."""
    g0, g1, g2 = g.unbind(-1)
    return torch.stack([g0, (g0 + g1 + g2) / 2, (g0 - g1 + g2) / 2, g2], -1)


def f23_input(d: Tensor) -> Tensor:
    """Turn four pixels in a row into the four that F(2, 3) multiplies: (..., 4) -> (..., 4)."""
    d0, d1, d2, d3 = d.unbind(-1)
    return torch.stack([d0 - d2, d1 + d2, d2 - d1, d1 - d3], -1)


def f23_output(m: Tensor) -> Tensor:
    """Turn the four products of F(2, 3) into two outputs: (..., 4) -> (..., 2)."""
    m0, m1, m2, m3 = m.unbind(-1)
    return torch.stack([m0 + m1 + m2, m1 - m2 - m3], -1)


def corr2d_winograd(x: Tensor, k: Tensor) -> Tensor:
    """Compute the outputs of a row in pairs, by F(2, 3); also ValueError if k is not three wide."""
    h, w = output_shape(x, k)
    if k.shape[1] != 3:
        raise ValueError(f"F(2, 3) needs a kernel of three columns, got {k.shape[1]}")
    tiles = F.pad(x, (0, w % 2)).unfold(1, 4, 2)  # (n_h, w / 2, 4): four pixels for a pair
    d, g = f23_input(tiles), f23_kernel(k)
    m = sum(g[a] * d[a : a + h] for a in range(len(k)))
    return f23_output(m).flatten(1)[:, :w]


def corr2d_fft(x: Tensor, k: Tensor) -> Tensor:
    """Multiply the spectra of image and kernel, the kernel's conjugated.

    The kernel gets zeros up to the size of the image. Windows then wrap around the border; those
    that do are cut off at the end.
    """
    h, w = output_shape(x, k)
    spectrum = torch.fft.rfft2(x) * torch.fft.rfft2(k, s=x.shape).conj()
    return torch.fft.irfft2(spectrum, s=x.shape)[:h, :w]


# ---- PyTorch's own ----


def corr2d_builtin(x: Tensor, k: Tensor) -> Tensor:
    """Call `F.conv2d` on one image of one channel."""
    output_shape(x, k)
    return F.conv2d(x[None, None], k[None, None])[0, 0]


RUNGS: Mapping[str, Run] = {
    "loop over pixels": corr2d,
    "loop over taps": corr2d_taps,
    "im2col": corr2d_im2col,
    "einsum on views": corr2d_einsum,
    "sparse matrix": corr2d_sparse,
    "Winograd F(2, 3)": corr2d_winograd,
    "FFT": corr2d_fft,
    "F.conv2d": corr2d_builtin,
}


def rungs_for(x: Tensor, k: Tensor) -> dict[str, Run]:
    """Return `RUNGS`, then those that prepare something for this x and k before the clock starts.

    The sparse matrix is built; and where there is a GPU, image and kernel lie on it.
    """
    shape, matrix = output_shape(x, k), sparse_matrix(k, x.shape)
    built = {"sparse matrix, built before": lambda x, k: (matrix @ x.flatten()).reshape(shape)}
    return {**RUNGS, **built, **_on_a_gpu(corr2d_builtin, x, k)}


# ---- layers of many channels ----


def layer_im2col(x: Tensor, w: Tensor) -> Tensor:
    """Do the same with channels: (n, c_i, n_h, n_w), (c_o, c_i, k_h, k_w) -> (n, c_o, h, w)."""
    shape = output_shape(x[0, 0], w[0, 0])
    return (w.flatten(1) @ F.unfold(x, w.shape[2:])).unflatten(-1, shape)


LAYER_RUNGS: Mapping[str, Run] = {
    "loop over taps": conv_forward,
    "im2col": layer_im2col,
    "F.conv2d": F.conv2d,
}


def layer_rungs_for(x: Tensor, w: Tensor) -> dict[str, Run]:
    """Return `LAYER_RUNGS`, then F.conv2d on copies in channels_last, and on a GPU if there is one.

    x: (n, c_i, n_h, n_w); w: (c_o, c_i, k_h, k_w).
    """
    last = _on_copies(F.conv2d, x, w, memory_format=torch.channels_last)
    return {**LAYER_RUNGS, "F.conv2d, channels_last": last, **_on_a_gpu(F.conv2d, x, w)}


def _on_a_gpu(run: Run, *inputs: Tensor) -> dict[str, Run]:
    """Return the run on a GPU, by a name that says where; nothing if there is none."""
    where = device()
    if where.type == "cpu":
        return {}
    return {f"F.conv2d on {where.type}": _on_copies(run, *inputs, device=where)}


def _on_copies(run: Run, *inputs: Tensor, **to: object) -> Run:
    """Return a run that takes copies of these inputs, made beforehand by `Tensor.to`."""
    copies = [tensor.to(**to) for tensor in inputs]
    return lambda *_: run(*copies)
