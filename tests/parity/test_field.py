"""The field lab finds in the browser the inputs that PyTorch's gradient finds, for all it has."""

import itertools

import pytest

from book_utils.explorables import FieldLab
from tests.parity.front_end import evaluate

STACKS = list(itertools.product(*[range(1, 6)] * 3, *[range(1, 4)] * 3))
PLACES = [None, [0], [5], [12], [40], [83]]


def settings_of(stack, at):
    names = [f"{name}{i}" for name in ("kernel", "stride") for i in (1, 2, 3)]
    return dict(zip(names, stack, strict=True)) | {"at": at, "neighbour": False}


def test_every_stack_sees_what_autograd_finds():
    cases = [settings_of(stack, PLACES[i % len(PLACES)]) for i, stack in enumerate(STACKS)]
    for settings, found in zip(cases, evaluate([["field", c] for c in cases]), strict=True):
        lab = FieldLab(**settings)
        assert found["inputs"] == lab.inputs == len(lab.output), settings
        assert found["place"] == lab.place, settings
        assert found["seen"] == lab.output.nonzero().flatten().tolist(), settings
        assert (found["field"], found["jump"]) == (lab.field.size, lab.field.jump), settings


@pytest.mark.parametrize("stack", [(3, 3, 3, 2, 1, 1), (1, 3, 3, 2, 1, 1), (5, 5, 5, 3, 3, 3)])
def test_every_place_is_the_nearest_output(stack):
    cases = [settings_of(stack, [at]) for at in range(84)]
    for settings, found in zip(cases, evaluate([["field", c] for c in cases]), strict=True):
        lab = FieldLab(**settings)
        assert found["place"] == lab.place, settings
        assert found["seen"] == lab.output.nonzero().flatten().tolist(), settings
        middles = [
            j * lab.field.jump + (lab.field.size - 1) / 2
            for j in range((lab.inputs - lab.field.size) // lab.field.jump + 1)
        ]
        off = [abs(lab.at[0] - middle) for middle in middles]
        assert lab.place == off.index(min(off)), settings
