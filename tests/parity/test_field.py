"""The field lab finds in the browser the inputs that PyTorch's gradient finds, for all it has."""

import itertools

import pytest

from book_utils.explorables import FieldLab
from tests.parity.front_end import evaluate

NAMES = [f"{name}{i}" for name in ("kernel", "stride") for i in (1, 2, 3)]
STACKS = list(itertools.product(*[range(1, 6)] * 3, *[range(1, 4)] * 3))
PLACES = [None, [0], [5], [12], [40], [83]]


def solved(states):
    """One lab brought to each state in turn, with what the browser finds."""
    lab = FieldLab()
    rest = {"neighbour": False}
    for state, found in zip(states, evaluate([["field", s | rest] for s in states]), strict=True):
        for name, value in state.items():
            if getattr(lab, name) != value:
                setattr(lab, name, value)
        assert found["place"] == lab.place, state
        assert found["seen"] == lab.output.nonzero().flatten().tolist(), state
        yield lab, found


def test_every_stack_sees_what_autograd_finds():
    states = [
        dict(zip(NAMES, stack, strict=True)) | {"at": PLACES[i % len(PLACES)]}
        for i, stack in enumerate(STACKS)
    ]
    for lab, found in solved(states):
        assert found["inputs"] == lab.inputs, lab
        assert (found["field"], found["jump"]) == (lab.field.size, lab.field.jump), lab
        assert found["field"] >= len(found["seen"]), lab
        assert found["seen"][-1] - found["seen"][0] + 1 == found["field"], lab


@pytest.mark.parametrize("stack", [(3, 3, 3, 2, 1, 1), (1, 3, 3, 2, 1, 1), (5, 5, 5, 3, 3, 3)])
def test_the_nearest_output_is_taken(stack):
    states = [dict(zip(NAMES, stack, strict=True)) | {"at": [at]} for at in range(84)]
    for lab, _ in solved(states):
        size, jump = lab.field.size, lab.field.jump
        middles = [j * jump + (size - 1) / 2 for j in range((lab.inputs - size) // jump + 1)]
        off = [abs(lab.at[0] - middle) for middle in middles]
        assert lab.place == off.index(min(off)), lab
