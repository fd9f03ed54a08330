"""The dense block lab counts in the browser as PyTorch does, over the reach of every control."""

import torch

from book_utils.explorables import DenseBlockLab
from book_utils.models.densenet import DenseBlock, DenseLayer
from book_utils.shapes import parameters

from .front_end import evaluate

BASE = {"join": "concatenate", "channels_in": 3, "growth": 10, "layers": 2, "bottleneck": False}
REACH = {"channels_in": range(1, 65), "growth": range(1, 33), "layers": range(1, 9)}


def blocks():
    """Every value of every control, with both joins, with and without a bottleneck."""
    for name, values in REACH.items():
        for value in values:
            for join in ("concatenate", "add"):
                for bottleneck in (False, True):
                    yield BASE | {"join": join, "bottleneck": bottleneck, name: value}
    yield BASE | {"channels_in": 64, "growth": 32, "layers": 8}


def test_every_block_has_pytorchs_channels_and_parameters_layer_by_layer():
    states = list(blocks())
    layers, widths = (
        evaluate([[name, state] for state in states]) for name in ("blockLayers", "blockWidth")
    )
    for state, counted, width in zip(states, layers, widths, strict=True):
        lab = DenseBlockLab(**state)
        assert width == lab.width
        assert len(counted) == len(lab.model) == state["layers"]
        for layer, each in zip(lab.model, counted, strict=True):
            assert each["parameters"] == parameters(layer), state
            convolutions = [part for part in layer.f if isinstance(part, torch.nn.Conv2d)]
            assert each["reads"] == convolutions[0].in_channels, state
            assert each["makes"] == convolutions[-1].out_channels, state
            assert each["between"] in (0, convolutions[-1].in_channels), state


def test_the_connections_are_those_that_a_gradient_finds():
    """Layer j reads layer i directly if a gradient still arrives with the layers between cut."""
    for layers in range(1, 9):
        state = BASE | {"layers": layers}
        dense, added = evaluate(
            [["blockConnections", state | {"join": join}] for join in ("concatenate", "add")]
        )
        block = DenseBlock(layers, 3, 1)
        assert dense == sum(_stacks_read(layer) for layer in block) == layers * (layers + 1) // 2
        assert added == len(DenseBlockLab(**state | {"join": "add"}).model)


def _stacks_read(layer: DenseLayer) -> int:
    """Count the stacks of maps that a layer of growth 1 behind 3 channels reads."""
    c = layer.f[0].num_features
    layer.eval()
    x = torch.rand(1, c, 5, 5, requires_grad=True)
    layer(x)[0, -1].sum().backward()
    return int((x.grad[0, 2:].abs().sum((1, 2)) > 0).sum())  # the input counts once
