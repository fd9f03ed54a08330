"""The weight-matrix lab binds weights the same way on the page and in Python."""

import pytest

from book_utils.explorables import WeightMatrixLab
from tests.parity.front_end import evaluate

LAYERS = [
    {"axes": axes, "side": side, "reach": reach, "stage": stage}
    for axes, most in ((1, 16), (2, 5))
    for side in range(1, most + 1)
    for reach in range(side)
    for stage in ("dense", "local", "shared")
]


@pytest.fixture(scope="module")
def labs():
    return [WeightMatrixLab(**layer) for layer in LAYERS]


def test_the_matrices_agree_for_every_layer_that_can_be_chosen(labs):
    matrices = evaluate([("weightMatrix", layer) for layer in LAYERS])
    for lab, matrix in zip(labs, matrices, strict=True):
        assert matrix == lab.output.tolist(), lab


def test_the_formula_counts_what_stands_in_the_matrix(labs):
    counts = evaluate([("parameterCount", layer) for layer in LAYERS])
    assert counts == [lab.parameters for lab in labs]


def test_a_megapixel_is_counted_too():
    wide = {"axes": 2, "side": 1000, "reach": 1}
    calls = [("parameterCount", {**wide, "stage": stage}) for stage in ("dense", "local", "shared")]
    assert evaluate(calls) == [10**12, 2998**2, 9]
