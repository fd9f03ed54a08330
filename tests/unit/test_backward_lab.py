"""The backward lab in Python: its gradients are autograd's, and what it refuses."""

import pytest
import torch
from torch.testing import assert_close
from traitlets import TraitError

from book_utils import ops
from book_utils.explorables import BackwardLab

X, K = torch.randn(5, 6), torch.randn(3, 2)


def test_the_worked_numbers():
    lab = BackwardLab()
    assert lab.weight_gradient.tolist() == [[8, 12], [20, 24]]
    assert lab.input_gradient.tolist() == [[0, 1, 1], [2, 6, 4], [2, 5, 3]]
    assert (lab.bias_gradient, lab.output_gradient.tolist()) == (4, [[1, 1], [1, 1]])


@pytest.mark.parametrize("settings", [{}, {"stride": (2, 3)}, {"stride": 2, "padding": (1, 3)}])
def test_the_gradients_are_those_of_the_chapter(settings):
    y = ops.corr2d_strided(X, K, **settings)
    delta = torch.randn_like(y)
    lab = BackwardLab(X, K, delta, **settings)
    assert_close(lab.output_gradient, delta)
    dx, dk = ops.corr2d_backward(X, K, delta, **settings)
    assert_close((lab.input_gradient, lab.weight_gradient), (dx, dk))
    assert_close(lab.bias_gradient, delta.sum())


def test_outputs_that_delta_does_not_reach_have_1_and_what_lies_beyond_is_kept():
    lab = BackwardLab(delta=[[5, 6, 7]])
    assert lab.output_gradient.tolist() == [[5, 6], [1, 1]]
    lab.input = torch.zeros(4, 4)
    assert lab.output_gradient.tolist() == [[5, 6, 7], [1, 1, 1], [1, 1, 1]]


@pytest.mark.parametrize(
    ("setting", "value", "said"),
    [
        ("kernel", torch.ones(4, 1), "kernel of height 4 spans 4 cells"),
        ("dilation", 3, "with dilation 3 spans 4 cells"),
        ("stride", 0, "from 1 to 8"),
        ("padding", 4, "from 0 to 3"),
        ("delta", [[float("nan")]], "finite numbers"),
        ("picked", ["y", 0, 0], "dw"),
    ],
)
def test_what_pytorch_refuses_is_refused_and_the_old_kept(setting, value, said):
    lab = BackwardLab()
    before = lab.settings()
    with pytest.raises(TraitError, match=said):
        setattr(lab, setting, value)
    assert lab.settings() == before
