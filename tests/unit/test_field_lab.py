"""The field lab in Python: fields as in the book's formula, and what the lab refuses."""

import pytest
from traitlets import TraitError

from book_utils.explorables import FieldLab
from book_utils.shapes import receptive_field


@pytest.mark.parametrize(
    ("kernels", "strides", "size", "jump"),
    [
        ((3, 3, 3), (1, 1, 1), 7, 1),
        ((3, 3, 3), (2, 1, 1), 11, 2),
        ((3, 3, 3), (1, 1, 2), 7, 2),
        ((3, 2, 3), (1, 2, 1), 8, 2),
        ((2, 2, 2), (2, 2, 2), 8, 8),
        ((5, 5, 5), (3, 3, 3), 53, 27),
    ],
)
def test_the_field_is_that_of_the_formula(kernels, strides, size, jump):
    lab = FieldLab(kernels, strides)
    assert (lab.field.size, lab.field.jump) == (size, jump)
    assert receptive_field(lab.layers) == size
    seen = lab.output.nonzero().flatten()
    assert seen[-1] - seen[0] + 1 == size


def test_neighbours_see_fields_a_jump_apart():
    lab = FieldLab(strides=(2, 2, 1), at=[7])
    first = lab.output.nonzero()[0].item()
    lab.at = [7 + lab.field.jump]
    assert lab.output.nonzero()[0].item() == first + 4


def test_a_stride_beyond_its_kernel_leaves_holes():
    lab = FieldLab((1, 3, 3), (2, 1, 1))
    assert lab.field.size == 9
    assert lab.output.sum() == 5


def test_there_are_as_many_inputs_as_two_neighbours_need():
    assert FieldLab().inputs == 24
    assert FieldLab(strides=(3, 3, 1)).inputs == 48
    assert FieldLab.large().inputs == 84


@pytest.mark.parametrize(
    ("setting", "value"), [("kernel1", 0), ("kernel3", 6), ("stride2", 4), ("at", [84])]
)
def test_what_is_no_layer_is_refused_by_name_and_the_lab_keeps_what_it_had(setting, value):
    lab = FieldLab()
    before = lab.settings()
    with pytest.raises(TraitError, match=f"FieldLab.{setting} was given"):
        setattr(lab, setting, value)
    assert lab.settings() == before


def test_a_fourth_layer_is_refused():
    with pytest.raises(TypeError, match="kernel4"):
        FieldLab((3, 3, 3, 3))


def test_the_still_fills_what_is_seen_and_says_field_and_jump():
    still = FieldLab(strides=(2, 1, 1)).still()
    assert still.count("<rect") == 24
    assert still.count("fill:currentColor") == 11
    assert "a field of 11 inputs; the fields of neighbours lie 2 apart" in still
