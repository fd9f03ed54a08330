"""The dense block lab in Python: PyTorch's blocks, and what it refuses, by name."""

import pytest
import torch
from traitlets import TraitError

from book_utils.explorables import DenseBlockLab
from book_utils.shapes import parameters


@pytest.mark.parametrize(
    ("settings", "shape", "count"),
    [
        ({}, (1, 23, 8, 8), 3 * 10 * 9 + 2 * 3 + 13 * 10 * 9 + 2 * 13),
        ({"join": "add"}, (1, 23, 8, 8), 2 * (23 * 23 * 9 + 2 * 23)),
        ({"growth": 1, "layers": 8}, (1, 11, 8, 8), sum(c * 9 + 2 * c for c in range(3, 11))),
        (
            {"bottleneck": True, "layers": 1},
            (1, 13, 8, 8),
            3 * 40 + 40 * 10 * 9 + 2 * 3 + 2 * 40,
        ),
        ({"join": "add", "bottleneck": True, "layers": 1}, (1, 13, 8, 8), 13 * 13 * 9 + 2 * 13),
    ],
)
def test_the_block_has_the_worked_channels_and_parameters(settings, shape, count):
    lab = DenseBlockLab(**settings)
    assert lab.output.shape == shape
    assert parameters(lab.model) == count
    assert f"{count:,}" in lab.still()


def test_a_dense_block_keeps_its_input_and_a_sum_does_not():
    torch.manual_seed(0)
    x = torch.rand(1, 3, 8, 8)
    assert torch.equal(DenseBlockLab().model(x)[:, :3], x)
    torch.manual_seed(0)
    x = torch.rand(1, 23, 8, 8)
    assert not torch.isclose(DenseBlockLab(join="add").model(x), x).all(dim=(0, 2, 3)).any()


def test_model_and_output_leave_the_random_numbers_of_the_reader_alone():
    torch.manual_seed(7)
    expected = torch.rand(1)
    torch.manual_seed(7)
    assert torch.equal(DenseBlockLab().output, DenseBlockLab().output)
    assert torch.equal(torch.rand(1), expected)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"growth": 33}, "growth was given 33; allowed: a whole number from 1 to 32"),
        ({"layers": 9}, "layers was given 9; allowed: a whole number from 1 to 8"),
        ({"layer": 0}, "layer was given 0"),
        ({"channels_in": 65}, "channels_in was given 65"),
        ({"join": "multiply"}, "one of 'concatenate', 'add'"),
    ],
)
def test_what_cannot_be_is_refused_by_name(settings, words):
    with pytest.raises(TraitError, match=words):
        DenseBlockLab(**settings)
