"""The column lab in Python: its columns are PyTorch's, and what it is told is checked."""

import pytest
import torch
import torch.nn.functional as F
from traitlets import TraitError

from book_utils.explorables import ColumnLab


def test_it_begins_with_nine_windows_of_nine_pixels_and_the_middle_one():
    lab = ColumnLab()
    assert lab.columns.shape == (9, 9) and lab.step == 4
    assert lab.columns[:, 4].tolist() == [7, 8, 9, 12, 13, 14, 17, 18, 19]


@pytest.mark.parametrize("settings", [{}, {"padding": 2}, {"size": 8, "kernel": 2, "stride": 3}])
def test_the_product_is_the_convolution(settings):
    lab = ColumnLab(**settings)
    x, w = lab.image[None, None], lab.weights[None, None]
    assert torch.equal(lab.output, F.conv2d(x, w, stride=lab.stride, padding=lab.padding)[0, 0])


def test_how_many_numbers_a_pixel_costs():
    def price(**settings):
        lab = ColumnLab(**settings)
        return lab.columns.numel() / lab.image.numel()

    assert price() == pytest.approx(3.24)
    assert (
        price(padding=1) == 9
    )  # each pixel and each zero of the border as often as there are taps
    assert price(size=6, stride=3) == 1
    assert price(kernel=1) == 1


@pytest.mark.parametrize(
    ("settings", "name"),
    [
        ({"size": 2}, "size"),
        ({"size": 9}, "size"),
        ({"kernel": 5}, "kernel"),
        ({"size": 3, "kernel": 4}, "kernel of height 4"),
        ({"stride": 0}, "stride"),
        ({"padding": 3}, "padding"),
        ({"step": 144}, "step"),
        ({"step": -1}, "step"),
    ],
)
def test_what_cannot_be_is_refused_by_name(settings, name):
    with pytest.raises(TraitError, match=name):
        ColumnLab(**settings)


def test_a_refused_kernel_leaves_the_lab_as_it_was():
    lab = ColumnLab(3)
    with pytest.raises(TraitError, match="more padding"):
        lab.kernel = 4
    assert lab.kernel == 3
    lab.padding = 1
    lab.kernel = 4


def test_the_still_says_what_the_matrix_holds_and_comes_to():
    still = ColumnLab().still()
    assert "9 × 9 = 81 numbers from 25" in still
    assert "29, 34, 39, 54, 59, 64, 79, 84, 89" in still
