"""The chapters' operators against PyTorch and NumPy, and word for word against the chapters."""

import ast
import re
from pathlib import Path

import jupytext
import numpy as np
import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.testing import assert_close

from book_utils import chapters, ops
from book_utils.shapes import output_padding_for

ROOT = Path(__file__).parents[2]

X = torch.arange(9.0).reshape(3, 3)
K = torch.arange(4.0).reshape(2, 2)


@st.composite
def pairs(draw, integers=False):
    """Draw an input and a kernel that fits into it, float64, of every shape up to 9 × 9."""
    n_h, n_w = draw(st.integers(1, 9)), draw(st.integers(1, 9))
    k_h, k_w = draw(st.integers(1, n_h)), draw(st.integers(1, n_w))
    g = torch.Generator().manual_seed(draw(st.integers(0, 2**31)))
    if integers:
        return tuple(
            torch.randint(-9, 10, shape, generator=g).double() for shape in [(n_h, n_w), (k_h, k_w)]
        )
    return tuple(
        torch.randn(shape, generator=g, dtype=torch.float64) for shape in [(n_h, n_w), (k_h, k_w)]
    )


def torch_corr(x, k):
    return F.conv2d(x[None, None], k[None, None])[0, 0]


@pytest.mark.parametrize(
    ("x", "k", "y"),
    [
        (X, K, [[19, 25], [37, 43]]),
        (X, torch.tensor([[1.0, 2], [3, 4]]), [[27, 37], [57, 67]]),
        (
            torch.tensor([[1.0, -1, 0], [-1, -2, 2], [1, 2, -2]]),
            torch.tensor([[-1.0, 1, 2], [1, -1, 3], [0, -1, -2]]),
            [[7]],
        ),
    ],
)
def test_the_worked_numbers(x, k, y):
    assert ops.corr2d(x, k).tolist() == y
    assert ops.corr2d_taps(x, k).tolist() == y


@settings(max_examples=150)
@given(pairs())
def test_both_loops_equal_torch_forward_and_backward(pair):
    results = []
    for operator in (torch_corr, ops.corr2d, ops.corr2d_taps):
        x, k = (t.clone().requires_grad_() for t in pair)
        y = operator(x, k)
        (y * torch.arange(y.numel()).reshape(y.shape)).sum().backward()
        results.append((y.detach(), x.grad, k.grad))
    assert results[0][0].shape == ops.output_shape(*pair)
    assert_close(results[1], results[0])
    assert_close(results[2], results[0])


@settings(max_examples=100)
@given(pairs(integers=True))
def test_integers_are_exact_and_keep_their_type(pair):
    want = torch_corr(*pair).long()
    x, k = (t.long() for t in pair)
    for operator in (ops.corr2d, ops.corr2d_taps):
        assert_close(operator(x, k), want, rtol=0, atol=0)


@settings(max_examples=100)
@given(pairs())
def test_convolution_in_one_row_equals_numpy(pair):
    x, k = (t[:1] for t in pair)
    f, g = x[0].numpy(), k[0].numpy()
    assert_close(ops.conv2d(x, k)[0], torch.from_numpy(np.convolve(f, g, mode="valid")))
    assert_close(ops.conv2d_full(x, k)[0], torch.from_numpy(np.convolve(f, g)))


@settings(max_examples=100)
@given(pairs())
def test_stamping_equals_torch_commutes_and_holds_the_valid_part(pair):
    x, k = pair
    full = ops.conv2d_full(x, k)
    assert_close(full, F.conv_transpose2d(x[None, None], k[None, None])[0, 0])
    assert_close(full, ops.conv2d_full(k, x))
    k_h, k_w = k.shape
    assert_close(full[k_h - 1 : x.shape[0], k_w - 1 : x.shape[1]], ops.conv2d(x, k))


def test_convolution_flips_and_correlation_does_not():
    impulse = torch.zeros(5, 5)
    impulse[2, 2] = 1
    k = torch.arange(1.0, 10).reshape(3, 3)
    assert_close(ops.conv2d(impulse, k), k)
    assert_close(ops.corr2d(impulse, k), k.flip(0, 1))


@pytest.mark.parametrize("operator", [ops.corr2d, ops.corr2d_taps, ops.conv2d])
@pytest.mark.parametrize(
    ("x", "k", "message"),
    [
        (torch.ones(2, 2), torch.ones(3, 1), r"3×1 kernel does not fit a 2×2 input"),
        (torch.ones(2, 2), torch.ones(1, 0), r"1×0 kernel does not fit"),
        (torch.ones(0, 2), torch.ones(1, 1), r"does not fit a 0×2 input"),
        (torch.ones(3, 4, 4), torch.ones(2, 2), r"two matrices, got 3-D and 2-D.*x\[0, 0\]"),
        (torch.ones(4), torch.ones(2, 2), r"got 1-D and 2-D"),
        (torch.arange(9).reshape(3, 3), torch.ones(2, 2), r"torch.int64 and torch.float32"),
    ],
)
def test_bad_input_is_refused_by_name(operator, x, k, message):
    with pytest.raises(ValueError, match=message):
        operator(x, k)


@pytest.mark.parametrize("operator", [ops.corr2d, ops.corr2d_taps])
def test_a_kernel_that_is_no_matrix_is_refused(operator):
    with pytest.raises(ValueError, match="got 2-D and 0-D"):
        operator(X, torch.tensor(1.0))


def test_nan_spreads_to_the_windows_that_hold_it_and_no_further():
    x = X.clone()
    x[0, 0] = torch.nan
    assert ops.corr2d(x, K).isnan().tolist() == [[True, False], [False, False]]


def test_image_kernels_are_odd_and_sum_to_one_or_zero():
    zero = {"Sobel x", "Sobel y", "Laplacian", "outline"}
    assert len(ops.KERNELS) == 10
    for name, (weights, meaning) in ops.KERNELS.items():
        assert weights.dtype == torch.float32
        assert all(side % 2 == 1 for side in weights.shape)
        assert_close(weights.sum(), torch.tensor(0.0 if name in zero else 1.0))
        assert meaning


def test_image_kernels_have_their_textbook_values():
    k = {name: kernel.weights.tolist() for name, kernel in ops.KERNELS.items()}
    assert k["sharpen"] == [[0, -1, 0], [-1, 5, -1], [0, -1, 0]]
    assert k["Sobel x"] == [[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]]
    assert k["Sobel y"] == [[-1, -2, -1], [0, 0, 0], [1, 2, 1]]
    assert [256 * w for w in k["Gaussian"][2]] == [6, 24, 36, 24, 6]
    assert [256 * w for w in k["unsharp"][2]] == [-6, -24, 476, -24, -6]


# Transposed convolution

FORMS = [ops.conv_transpose2d, ops.conv_transpose2d_gather]


SIGNED = torch.tensor([[-1.0, 2, -3], [4, -5, 6], [-7, 8, -9]])
# Image, stride, what a convolution with SIGNED makes of it, and what comes back.
THERE_AND_BACK = [
    (
        torch.arange(1.0, 26).reshape(5, 5),
        2,
        [[-67, -77], [-117, -127]],
        [
            [67, -134, 278, -154, 231],
            [-268, 335, -710, 385, -462],
            [586, -770, 1620, -870, 1074],
            [-468, 585, -1210, 635, -762],
            [819, -936, 1942, -1016, 1143],
        ],
    ),
    (
        torch.arange(1.0, 17).reshape(4, 4),
        1,
        [[-56, -61], [-76, -81]],
        [[56, -51, 46, 183], [-148, -35, 35, -123], [88, 35, -35, 63], [532, -41, 36, 729]],
    ),
]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(("image", "stride", "small", "back"), THERE_AND_BACK)
def test_the_shape_comes_back_and_the_values_do_not(form, image, stride, small, back):
    down = ops.corr2d_strided(image, SIGNED, stride)
    assert down.tolist() == small
    assert form(down, SIGNED, stride).tolist() == back


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    ("settings", "wanted"),
    [
        ({}, [[0, 0, 1], [0, 4, 6], [4, 12, 9]]),
        ({"padding": 1}, [[4]]),
        ({"stride": 2}, [[0, 0, 0, 1], [0, 0, 2, 3], [0, 2, 0, 3], [4, 6, 6, 9]]),
    ],
)
def test_the_worked_stamps(form, settings, wanted):
    assert form(K, K, **settings).tolist() == wanted


@pytest.mark.parametrize("form", FORMS)
def test_an_output_padding_brings_six_rows_back_the_last_of_them_0(form):
    six = form(ops.corr2d_strided(torch.ones(6, 6), SIGNED, 2), SIGNED, 2, 0, 1)
    assert six.shape == (6, 6) and not six[-1].any() and not six[:, -1].any()


@st.composite
def transposed_layers(draw):
    """Draw two matrices of whole numbers and settings for them, possible or not."""
    shape = st.tuples(st.integers(1, 5), st.integers(1, 5))
    g = torch.Generator().manual_seed(draw(st.integers(0, 2**31)))
    x, k = (torch.randint(-9, 10, draw(shape), generator=g).double() for _ in range(2))
    least = {"stride": 1, "padding": 0, "output_padding": 0, "dilation": 1}
    pair = {name: st.tuples(*[st.integers(low, low + 2)] * 2) for name, low in least.items()}
    return x, k, draw(st.fixed_dictionaries(pair))


@settings(max_examples=300)
@given(transposed_layers())
def test_both_forms_of_a_transposed_convolution_are_pytorchs(layer):
    x, k, given = layer
    try:
        y = F.conv_transpose2d(x[None, None], k[None, None], **given)[0, 0]
    except RuntimeError:
        for form in FORMS:
            with pytest.raises(ValueError, match="is not below|leaves"):
                form(x, k, **given)
    else:
        for form in FORMS:
            assert torch.equal(form(x, k, **given), y)


@settings(max_examples=150)
@given(pairs(integers=True), st.integers(1, 3), st.integers(0, 2), st.integers(1, 2))
def test_the_transposed_matrix_is_the_transposed_convolution(pair, stride, padding, dilation):
    x, k = pair
    try:
        y = F.conv2d(x[None, None], k[None, None], None, stride, padding, dilation)[0, 0]
    except RuntimeError:
        with pytest.raises(ValueError, match="does not fit"):
            ops.conv_matrix(ops.insert_zeros(k, dilation), tuple(x.shape), stride, padding)
        return
    c = ops.conv_matrix(ops.insert_zeros(k, dilation), tuple(x.shape), stride, padding)
    assert torch.equal(c @ x.flatten(), y.flatten())
    a = [
        output_padding_for(n, m, stride, padding, dilation)
        for n, m in zip(x.shape, k.shape, strict=True)
    ]
    if max(a) < max(stride, dilation):
        back = ops.conv_transpose2d(y, k, stride, padding, tuple(a), dilation)
        assert torch.equal(c.T @ y.flatten(), back.flatten())


def test_a_transposed_convolution_of_channels_has_the_weights_inputs_first():
    x, k = torch.randn(2, 3, 4).double(), torch.randn(2, 3, 3, 2).double()
    y = ops.conv_transpose2d_multi_in_out(x, k, stride=2, padding=1, output_padding=1)
    assert_close(y, F.conv_transpose2d(x[None], k, None, 2, 1, 1)[0])
    with pytest.raises(ValueError):
        ops.conv_transpose2d_multi_in_out(x, k.transpose(0, 1))


def functions(source):
    """Map names to syntax trees of the functions in source, docstrings left out."""
    found = {n.name: n for n in ast.parse(source).body if isinstance(n, ast.FunctionDef)}
    for node in found.values():
        if ast.get_docstring(node) is not None:
            del node.body[0]
    return {name: ast.dump(node) for name, node in found.items()}


def test_a_chapter_derives_what_the_package_holds():
    derived = set()
    for page in chapters.pages():
        for cell in jupytext.read(page).cells:
            if cell.cell_type == "code" and not re.search(r"^\s*[%!]", cell.source, re.MULTILINE):
                derived |= set(functions(cell.source).items())
    package = functions((ROOT / "book_utils" / "ops.py").read_text("utf-8"))
    public = {(name, tree) for name, tree in package.items() if not name.startswith("_")}
    assert public and {name for name, _ in public - derived} == set()
