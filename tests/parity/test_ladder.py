"""The ladder and the column lab: what a page computes is what PyTorch does."""

import itertools
import random

import pytest
import torch

from book_utils.explorables import ColumnLab, LadderLab
from tests import SEED
from tests.parity.front_end import Refused, evaluate

# Every kernel, on small images of even and odd sides; and the ends of the sliders.
SMALL = [(32 + kernel % 5, kernel) for kernel in range(1, 22)]
LARGE = [(96, 3), (127, 8), (128, 21)]


def test_every_rung_of_the_ladder_is_pytorchs_convolution():
    calls = [["ladder", size, kernel] for size, kernel in SMALL + LARGE]
    for (size, kernel), rungs in zip(SMALL + LARGE, evaluate(calls), strict=True):
        lab = LadderLab(size, kernel)
        x, w = lab.input.double(), lab.weights.double()
        y = torch.nn.functional.conv2d(x[None, None], w[None, None]).flatten()
        for name, found, _ in rungs:
            # all but the FFT compute exactly: the numbers are multiples of 1/256
            atol = 1e-12 if name == "fft" else 0
            torch.testing.assert_close(
                torch.tensor(found, dtype=torch.float64), y, rtol=0, atol=atol, msg=name
            )


def test_multiplications_are_counted_alike():
    calls = [["ladder", size, kernel] for size, kernel in SMALL]
    for (size, kernel), rungs in zip(SMALL, evaluate(calls), strict=True):
        counts = LadderLab(size, kernel).multiplications
        assert [count for _, _, count in rungs] == [n for n in counts.values() if n is not None]


def test_the_fourier_transform_is_torchs_there_and_back():
    rng = random.Random(SEED)
    for side, sign in itertools.product((1, 2, 8, 32), (-1, 1)):
        re, im = ([rng.uniform(-1, 1) for _ in range(side * side)] for _ in "ri")
        x = torch.complex(*(torch.tensor(v, dtype=torch.float64) for v in (re, im)))
        x = x.reshape(side, side)
        y = torch.fft.fft2(x) if sign < 0 else torch.fft.ifft2(x, norm="forward")
        (found,) = evaluate([["fft2", re, im, side, sign]])
        found = torch.complex(*(torch.tensor(v, dtype=torch.float64) for v in found))
        torch.testing.assert_close(found.reshape(side, side), y, rtol=0, atol=1e-11)


@pytest.mark.parametrize("side", [0, 3, 12])
def test_a_side_that_is_no_power_of_two_is_refused(side):
    zeros = [0] * side**2
    (answer,) = evaluate([["fft2", zeros, zeros, side, -1]])
    assert isinstance(answer, Refused) and "power of two" in answer.message


def test_columns_and_outputs_are_those_of_unfold_for_all_settings():
    names = ("size", "kernel", "stride", "padding")
    ranges = (range(3, 9), range(1, 5), range(1, 4), range(3))
    states = [
        dict(zip(names, state, strict=True))
        for state in itertools.product(*ranges)
        if state[1] <= state[0] + 2 * state[3]
    ]
    answers = evaluate([["columnLab", state] for state in states])
    for state, found in zip(states, answers, strict=True):
        lab = ColumnLab(**state)
        assert found["shape"] == list(lab.columns.shape)
        assert found["columns"] == lab.columns.flatten().tolist()
        assert found["all"] == lab.columns.T.tolist()
        assert found["weights"] == lab.weights.flatten().tolist()
        assert found["output"] == lab.output.flatten().tolist()
        assert found["price"] == pytest.approx(lab.columns.numel() / lab.image.numel())


def test_a_kernel_that_does_not_fit_is_refused_in_both_languages():
    state = {"size": 3, "kernel": 4, "stride": 1, "padding": 0}
    (answer,) = evaluate([["columnLab", state]])
    assert isinstance(answer, Refused) and "kernel size 4" in answer.message
