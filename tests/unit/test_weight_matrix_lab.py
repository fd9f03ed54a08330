"""The weight-matrix lab in Python: its matrices are layers of PyTorch."""

import pytest
import torch
import torch.nn.functional as F
from traitlets import TraitError

from book_utils.explorables import WeightMatrixLab


def whole(*shape):
    """Draw whole numbers: their sums are exact in any order."""
    return torch.randint(-9, 10, shape).float()


def matrix_of(lab, values):
    return torch.cat([torch.zeros(1), values])[lab.binding]


@pytest.mark.parametrize("reach", [0, 1, 3])
def test_shared_weights_on_a_row_are_a_convolution_layer(reach):
    lab = WeightMatrixLab(8, reach, stage="shared")
    kernel, x = whole(lab.parameters), whole(8)
    y = F.conv1d(x[None, None], kernel[None, None], padding=reach)[0, 0]
    assert torch.equal(matrix_of(lab, kernel) @ x, y)


@pytest.mark.parametrize("reach", [0, 1, 2])
def test_shared_weights_on_a_picture_are_a_convolution_layer(reach):
    lab = WeightMatrixLab(5, reach, axes=2, stage="shared")
    side = 2 * reach + 1
    kernel, x = whole(side, side), whole(5, 5)
    y = F.conv2d(x[None, None], kernel[None, None], padding=reach)[0, 0]
    assert torch.equal(matrix_of(lab, kernel.flatten()) @ x.flatten(), y.flatten())


def test_local_weights_are_dense_ones_with_zeros():
    lab = WeightMatrixLab(6, 2, stage="local")
    near = (torch.arange(6)[:, None] - torch.arange(6)).abs() <= 2
    assert torch.equal(lab.binding > 0, near)
    assert lab.binding[near].tolist() == list(range(1, lab.parameters + 1))


def test_a_reach_of_the_whole_side_is_dense():
    lab = WeightMatrixLab(4, 3, stage="local")
    local = lab.binding
    lab.stage = "dense"
    assert torch.equal(lab.binding, local) and lab.parameters == 16


@pytest.mark.parametrize("axes", [1, 2])
@pytest.mark.parametrize("stage", ["dense", "local", "shared"])
def test_the_output_is_the_matrix_times_the_input(axes, stage):
    lab = WeightMatrixLab(5, 2, axes=axes, stage=stage, shift=1)
    assert torch.equal(lab.weight @ lab.input.flatten(), lab.output.flatten())
    assert torch.equal(lab.weight > 0, lab.binding > 0)


@pytest.mark.parametrize("reach", [0, 1, 3])
def test_only_shared_weights_let_the_output_follow_the_input(reach):
    for stage in ("dense", "local", "shared"):
        lab = WeightMatrixLab(10, reach, stage=stage)
        before = lab.output
        lab.shift = 4
        assert lab.input.tolist() == [0, 0, 0, 0, 0, 1, 3, 2, 0, 0]
        assert torch.equal(lab.output[4:], before[:-4]) == (stage == "shared")


def test_each_output_of_the_dense_layer_changes_with_the_first_shift():
    lab = WeightMatrixLab()
    before = lab.output
    lab.shift = 1
    assert (lab.output[1:] != before[:-1]).all()


@pytest.mark.parametrize(
    ("settings", "complaint"),
    [
        ({"side": 17}, "whole number from 1 to 16"),
        ({"side": 6, "axes": 2}, "allowed: 1 to 5"),
        ({"side": 3, "reach": 3}, "allowed: 0 to 2"),
        ({"shift": 5}, "shift is 5 with a side of 8; allowed: 0 to 4"),
        ({"side": 3, "shift": 1}, "allowed: 0 to 0"),
        ({"side": 4, "axes": 2, "shift": 3}, "allowed: 0 to 2"),
        ({"reach": -1}, "whole number from 0"),
        ({"stage": "sparse"}, "stage"),
        ({"axes": 3}, "from 1 to 2"),
    ],
)
def test_what_does_not_fit_is_refused(settings, complaint):
    with pytest.raises(TraitError, match=complaint):
        WeightMatrixLab(**settings)


def test_a_refused_setting_leaves_the_old_one():
    lab = WeightMatrixLab(8, 3)
    with pytest.raises(TraitError, match="reach is 3 with a side of 3"):
        lab.side = 3
    assert (lab.side, lab.reach) == (8, 3)
