"""The separable lab counts, groups and shuffles in the browser as PyTorch does."""

import itertools

import torch
from torch import nn

from book_utils.explorables import SeparableLab

from .front_end import Refused, evaluate

CHANNELS = range(1, 9)


def layers():
    """Every family with all channels and all groups that divide them, with and without shuffle."""
    for c_i, c_o, groups in itertools.product(CHANNELS, CHANNELS, CHANNELS):
        if c_i % groups or c_o % groups:
            continue
        sizes = {"channels_in": c_i, "channels_out": c_o, "groups": groups}
        for kernel in (2, 7) if c_i == 3 else (3,):
            families = ("grouped", "twice") if groups > 1 else ("standard", "separable", "twice")
            for family in families:
                for shuffle in (False, True) if family == "twice" else (False,):
                    yield sizes | {"family": family, "kernel": kernel, "shuffle": shuffle}


def test_every_layer_has_pytorchs_weights_and_its_outputs_see_what_they_see_there():
    states = list(layers())
    calls = [[name, state] for state in states for name in ("weightsOf", "seen")]
    answers = evaluate(calls)
    assert len(states) > 300
    for state, weights, seen in zip(states, answers[::2], answers[1::2], strict=True):
        lab = SeparableLab(**state)
        assert weights == lab.weights, state
        assert seen == lab.sees.tolist(), state


def test_groups_are_offered_exactly_where_pytorch_takes_them():
    sizes = list(itertools.product(CHANNELS, CHANNELS))
    for (c_i, c_o), offered in zip(
        sizes, evaluate([["commonDivisors", *each] for each in sizes]), strict=True
    ):
        assert offered == [g for g in CHANNELS if _is_layer(c_i, c_o, g)]


def _is_layer(c_i, c_o, groups):
    try:
        nn.Conv2d(c_i, c_o, 3, groups=groups)
    except ValueError:
        return False
    return True


def test_channels_are_dealt_out_as_by_pytorch():
    pairs = [(c, g) for c in CHANNELS for g in CHANNELS if c % g == 0]
    for (c, g), order in zip(pairs, evaluate([["shuffleOrder", *p] for p in pairs]), strict=True):
        channels = torch.arange(float(c)).reshape(1, c, 1, 1)
        assert order == nn.ChannelShuffle(g)(channels).flatten().int().tolist()


def test_a_shuffle_lets_groups_meet_and_without_one_they_never_do():
    state = {"family": "twice", "channels_in": 8, "channels_out": 8, "groups": 4, "kernel": 3}
    alone, dealt = evaluate([["seen", state | {"shuffle": on}] for on in (False, True)])
    assert not isinstance(alone, Refused)
    assert [sum(row) for row in alone] == [2] * 8
    assert [sum(row) for row in dealt] == [4] * 8  # two channels in a group reach two groups
