"""Every rung against `F.conv2d`: exact shapes, tight in float64, by error bounds in float32."""

import math

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.testing import assert_close

from book_utils import ladder, ops

each_rung = pytest.mark.parametrize("name", ladder.RUNGS)
each_layer_rung = pytest.mark.parametrize("name", ladder.LAYER_RUNGS)
NOISY = {"FFT"}  # its error grows with the whole image, not with the window


@st.composite
def images(draw, dtype=torch.float64):
    """Draw an image and a kernel that fits it; three columns wide, so that F(2, 3) takes it."""
    n_h, n_w = draw(st.integers(1, 12)), draw(st.integers(3, 12))
    k_h = draw(st.integers(1, n_h))
    g = torch.Generator().manual_seed(draw(st.integers(0, 2**31)))
    return tuple(
        torch.randn(shape, generator=g, dtype=torch.float64).to(dtype)
        for shape in [(n_h, n_w), (k_h, 3)]
    )


def built_in(x, k):
    return F.conv2d(x[None, None], k[None, None])[0, 0]


@each_rung
@settings(max_examples=60)
@given(pair=images())
def test_a_rung_is_conv2d_in_float64(name, pair):
    assert_close(ladder.RUNGS[name](*pair), built_in(*pair), rtol=1e-12, atol=1e-12)


@each_rung
@settings(max_examples=40)
@given(pair=images(torch.float32))
def test_in_float32_a_rung_errs_by_no_more_than_rounding_explains(name, pair):
    """A sum of n products errs by at most n ε times the sum of their magnitudes."""
    x, k = (tensor.double() for tensor in pair)
    error = (ladder.RUNGS[name](*pair).double() - built_in(x, k)).abs()
    magnitude = built_in(x.abs(), k.abs())
    if name in NOISY:
        magnitude = x.norm() * k.norm() * math.log2(2 * x.numel())
    if name.startswith("Winograd"):  # it adds before it multiplies
        magnitude = 4 * built_in(x.abs(), k.abs().sum(1, keepdim=True).expand_as(k))
        magnitude = F.max_pool2d(magnitude[None], (1, 3), 1, (0, 1))[0]  # a pair shares its tile
    assert (error <= k.numel() * torch.finfo(torch.float32).eps * magnitude + 1e-30).all()


@pytest.mark.parametrize("name", [name for name in ladder.RUNGS if "Winograd" not in name])
@pytest.mark.parametrize("shape", [(1, 1), (1, 2), (5, 4), (7, 6)])
def test_a_rung_takes_kernels_of_any_shape(name, shape):
    x, k = torch.randn(7, 6).double(), torch.randn(*shape).double()
    assert_close(ladder.RUNGS[name](x, k), built_in(x, k))


@each_rung
def test_a_kernel_that_does_not_fit_is_refused(name):
    with pytest.raises(ValueError, match="a 4×3 kernel does not fit a 3×3 input"):
        ladder.RUNGS[name](torch.ones(3, 3), torch.ones(4, 3))


def test_winograd_refuses_other_widths():
    with pytest.raises(ValueError, match="three columns, got 5"):
        ladder.corr2d_winograd(torch.ones(8, 8), torch.ones(3, 5))


def test_one_bright_pixel_spoils_all_of_an_fft_and_nothing_of_the_others():
    torch.manual_seed(0)
    x, k = torch.rand(64, 64), torch.rand(3, 3)
    x[0, 0] = 1e7
    want = built_in(x.double(), k.double())[32:, 32:]
    for name, rung in ladder.RUNGS.items():
        error = (rung(x, k).double()[32:, 32:] - want).abs().max()
        assert (error > 0.01) if name in NOISY else (error < 1e-5), name


def test_columns_are_those_of_unfold():
    x = torch.randn(6, 7)
    assert torch.equal(ladder.im2col(x, 2, 3), F.unfold(x[None, None], (2, 3))[0])


def test_windows_are_a_view():
    x = torch.randn(6, 7)
    seen = ladder.all_windows(x, 2, 3)
    assert seen.shape == (5, 5, 2, 3) and seen.data_ptr() == x.data_ptr()


def test_the_sparse_matrix_is_the_dense_one_without_its_zeros(recwarn):
    k = torch.arange(1.0, 7).reshape(2, 3)
    matrix = ladder.sparse_matrix(k, (4, 5))
    assert torch.equal(matrix.to_dense(), ops.conv_matrix(k, (4, 5)))
    assert matrix.values().numel() == 3 * 3 * 6
    assert not recwarn.list


def test_f23_multiplies_four_times_for_two_outputs():
    d, g = torch.tensor([1.0, 2, 3, 4]), torch.tensor([5.0, 6, 7])
    products = ladder.f23_input(d) * ladder.f23_kernel(g)
    assert products.tolist() == [-10, 45, 3, -14]
    assert (
        ladder.f23_output(products).tolist() == [38, 56] == ops.corr2d(d[None], g[None])[0].tolist()
    )


def test_f23_along_both_axes_multiplies_sixteen_times_for_four_outputs():
    d, g = torch.randn(4, 4).double(), torch.randn(3, 3).double()

    def both(f, x):
        return f(f(x).mT).mT

    products = both(ladder.f23_input, d) * both(ladder.f23_kernel, g)
    assert products.shape == (4, 4)
    assert_close(both(ladder.f23_output, products), built_in(d, g))


def test_what_is_prepared_gives_the_same_numbers():
    x, k = torch.randn(9, 8).double(), torch.randn(3, 3).double()
    runs = ladder.rungs_for(x, k)
    assert list(runs)[: len(ladder.RUNGS)] == list(ladder.RUNGS)
    for name, run in runs.items():
        assert_close(run(x, k).cpu(), built_in(x, k), msg=name)


@each_layer_rung
@pytest.mark.parametrize("batch", [1, 3])
def test_a_layer_rung_is_conv2d(name, batch):
    x, w = torch.randn(batch, 4, 7, 6).double(), torch.randn(5, 4, 3, 2).double()
    assert_close(ladder.LAYER_RUNGS[name](x, w), F.conv2d(x, w))


def test_channels_last_is_prepared_and_changes_no_number():
    x, w = torch.randn(2, 4, 7, 6), torch.randn(5, 4, 3, 3)
    y = ladder.layer_rungs_for(x, w)["F.conv2d, channels_last"](x, w)
    assert y.is_contiguous(memory_format=torch.channels_last)
    assert_close(y, F.conv2d(x, w))


@pytest.mark.parametrize(
    ("prepare", "inputs"),
    [
        (ladder.rungs_for, (torch.ones(5, 5), torch.ones(3, 3))),
        (ladder.layer_rungs_for, (torch.ones(1, 2, 5, 5), torch.ones(2, 2, 3, 3))),
    ],
)
def test_a_gpu_has_a_rung_of_its_own_where_there_is_one(monkeypatch, prepare, inputs):
    monkeypatch.setattr(ladder, "device", lambda: torch.device("cpu"))
    without = prepare(*inputs)
    monkeypatch.setattr(ladder, "device", lambda: torch.device("meta"))  # stands in for a GPU
    runs = prepare(*inputs)
    assert list(runs) == [*without, "F.conv2d on meta"]
    y = runs["F.conv2d on meta"](*inputs)
    assert y.device.type == "meta" and y.shape == without["F.conv2d"](*inputs).shape
