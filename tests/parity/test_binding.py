"""The weight-matrix lab binds weights, and multiplies, the same way on the page and in Python."""

import pytest

from book_utils.explorables import WeightMatrixLab
from book_utils.explorables.weight_matrix.lab import farthest_shift
from tests.parity.front_end import evaluate

LAYERS = [
    {"axes": axes, "side": side, "reach": reach, "stage": stage, "shift": 0}
    for axes, most in ((1, 16), (2, 5))
    for side in range(1, most + 1)
    for reach in range(side)
    for stage in ("dense", "local", "shared")
]


@pytest.fixture(scope="module")
def labs():
    return [WeightMatrixLab(**layer) for layer in LAYERS]


@pytest.mark.parametrize(
    ("function", "name"), [("bindingOf", "binding"), ("weightMatrix", "weight")]
)
def test_the_matrices_agree_for_every_layer_that_can_be_chosen(labs, function, name):
    matrices = evaluate([(function, layer) for layer in LAYERS])
    for lab, matrix in zip(labs, matrices, strict=True):
        assert matrix == getattr(lab, name).tolist(), lab


def test_the_kernels_agree_with_those_that_pytorch_slides(labs):
    kernels = evaluate([("kernelOf", layer) for layer in LAYERS])
    for lab, kernel in zip(labs, kernels, strict=True):
        assert kernel == lab.kernel.flatten().tolist(), lab


def test_input_and_output_agree_at_every_shift(labs):
    moved = [
        layer | {"shift": shift}
        for layer in LAYERS
        for shift in range(farthest_shift(layer["axes"], layer["side"]) + 1)
    ]
    ends = evaluate([("farthestShift", layer["axes"], layer["side"]) for layer in LAYERS])
    assert ends == [farthest_shift(layer["axes"], layer["side"]) for layer in LAYERS]
    inputs = iter(evaluate([("inputOf", layer) for layer in moved]))
    outputs = iter(evaluate([("layerOutput", layer) for layer in moved]))
    for lab, end in zip(labs, ends, strict=True):
        for lab.shift in range(end + 1):
            assert next(inputs) == lab.input.flatten().tolist(), lab
            assert next(outputs) == lab.output.flatten().tolist(), lab
        lab.shift = 0


def test_what_moves_along_is_what_pytorch_moves(labs):
    moved = [
        (lab, layer | {"shift": 1})
        for lab, layer in zip(labs, LAYERS, strict=True)
        if farthest_shift(layer["axes"], layer["side"])
    ]
    found = evaluate([("movedAlong", layer) for _, layer in moved])
    for (lab, layer), counts in zip(moved, found, strict=True):
        before = lab.output
        lab.shift = 1
        differ = lab.output[..., 1:] != before[..., :-1]
        lab.shift = 0
        assert counts == {"compared": differ.numel(), "differ": int(differ.sum())}, lab
        assert layer["stage"] != "shared" or not differ.any()


def test_the_formula_counts_what_stands_in_the_matrix(labs):
    counts = evaluate([("parameterCount", layer) for layer in LAYERS])
    assert counts == [lab.parameters for lab in labs]


def test_a_megapixel_is_counted_too():
    wide = {"axes": 2, "side": 1000, "reach": 1}
    calls = [("parameterCount", {**wide, "stage": stage}) for stage in ("dense", "local", "shared")]
    assert evaluate(calls) == [10**12, 2998**2, 9]
