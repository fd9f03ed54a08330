"""The subsampling lab finds in the browser what PyTorch finds, for every setting that it has."""

import itertools

import pytest
import torch

from book_utils.explorables import SubsampleLab
from book_utils.explorables.subsample.lab import METHODS
from tests.parity.front_end import evaluate

PERIODS, SHIFTS, STRIDES = range(2, 9), range(9), range(1, 5)
STATES = [
    {"period": period, "shift": shift, "method": method, "stride": stride}
    for period, shift, method, stride in itertools.product(PERIODS, SHIFTS, METHODS, STRIDES)
]


@pytest.fixture(scope="module")
def answers():
    """What the browser finds for each of the states."""
    return evaluate([["subsample", state] for state in STATES])


def solved(answers):
    """One lab brought to each state in turn, with what the browser finds."""
    lab = SubsampleLab()
    for state, found in zip(STATES, answers, strict=True):
        for name, value in state.items():
            setattr(lab, name, value)
        yield lab, found


def test_the_outputs_are_pytorchs_and_so_is_how_far_they_differ(answers):
    for lab, found in solved(answers):
        assert found["output"] == pytest.approx(lab.output.tolist(), abs=1e-6), lab
        unmoved = lab.outputs(lab.period, shift=0).tolist()
        assert found["before"] == pytest.approx(unmoved, abs=1e-6), lab
        assert found["apart"] == pytest.approx(lab.apart, abs=1e-6), lab


def test_the_stripes_that_are_left_are_the_least_that_repeat(answers):
    for lab, found in solved(answers):
        y = lab.outputs(3 * lab.period)
        again = next(n for n in range(1, lab.period + 1) if (y[n:] - y[:-n]).abs().max() < 1e-6)
        assert found["stripes"] == (None if again == 1 else again * lab.stride), lab


def test_a_whole_number_of_strides_moves_the_output_along(answers):
    for lab, found in solved(answers):
        if lab.shift % lab.stride:
            continue
        steps = lab.shift // lab.stride
        moved, unmoved = lab.outputs(steps + 10), lab.outputs(10, shift=0)
        assert moved[steps:].tolist() == unmoved.tolist(), lab
        assert found["apart"] < 1e-6, lab


def test_a_window_is_what_its_output_depends_on():
    cases = list(itertools.product(METHODS, STRIDES))
    usual = {"period": 4, "shift": 0}
    answers = evaluate([["subsample", usual | {"method": m, "stride": s}] for m, s in cases])
    for (method, stride), found in zip(cases, answers, strict=True):
        cells = torch.arange(-1.0, 4 * stride)
        read = set()
        for row in (cells, -cells):  # a maximum depends on the last cell, or on the first
            x = row[None].requires_grad_()
            (gradient,) = torch.autograd.grad(METHODS[method](x, stride)[0, 1], x)
            read |= set((gradient[0].nonzero().flatten() - 1 - stride).tolist())
        assert found["window"] == [min(read), max(read)], (method, stride)
