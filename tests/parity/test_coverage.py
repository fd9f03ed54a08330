"""The dilated lab counts the paths to each input as PyTorch's gradient does, whatever its rates."""

from itertools import combinations_with_replacement

import torch
import torch.nn.functional as F

from book_utils.explorables import DilatedLab
from book_utils.explorables.dilated.lab import MOST, TAPS
from book_utils.shapes import coverage
from tests.parity.front_end import Refused, evaluate

# The order of the rates changes nothing, as the test of a few orders says.
STACKS = [
    (rates, k)
    for layers in (3, 4)
    for rates in combinations_with_replacement(range(1, MOST + 1), layers)
    for k in range(2, TAPS + 1)
]


def paths(rates, k):
    """The gradient of an output of convolutions by ones, with respect to a row of inputs."""
    field = 1 + (k - 1) * sum(rates)
    x = y = torch.zeros(1, 1, field, dtype=torch.double, requires_grad=True)
    for rate in rates:
        y = F.conv1d(y, y.new_ones(1, 1, k), dilation=rate)
    return torch.autograd.grad(y.sum(), x)[0].flatten().tolist()


def test_every_stack_of_the_sliders_is_counted_as_by_autograd():
    counted = evaluate([["pathCounts", rates, k] for rates, k in STACKS])
    assert counted == [paths(rates, k) for rates, k in STACKS]


def test_the_order_of_the_rates_changes_nothing_and_python_counts_the_same():
    orders = [(1, 2, 3), (3, 2, 1), (2, 3, 1)]
    counted = evaluate([["pathCounts", rates, 3] for rates in orders])
    assert counted == [coverage((3, 1, rate) for rate in orders[0])] * 3


def test_in_two_dimensions_the_counts_of_both_axes_multiply():
    for rates, k in [((2, 2, 2), 3), ((1, 2, 4, 8), 3), ((3, 1, 2), 2), ((8, 8, 8, 8), 5)]:
        (counts,) = evaluate([["pathCounts", rates, k]])
        axis = torch.tensor(counts, dtype=torch.float32)
        assert torch.equal(DilatedLab(*rates, kernel=k).output, torch.outer(axis, axis))


def test_what_is_no_rate_and_no_kernel_is_refused():
    for rates, k in [((0,), 3), ((1.5,), 3), ((2,), 0)]:
        (answer,) = evaluate([["pathCounts", rates, k]])
        assert isinstance(answer, Refused)
