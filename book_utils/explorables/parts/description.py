"""A shipped network as a page takes it: its layers, their weights a byte each."""

from typing import Any

import torch
from torch import nn

from book_utils import weights

from .pictures import SIDE

KINDS = {
    nn.Conv2d: "conv2d",
    nn.Linear: "linear",
    nn.Sigmoid: "sigmoid",
    nn.ReLU: "relu",
    nn.MaxPool2d: "max_pool2d",
    nn.AvgPool2d: "avg_pool2d",
    nn.Flatten: "flatten",
}
OF_A_BATCH = {nn.BatchNorm1d: "batch_norm", nn.BatchNorm2d: "batch_norm"}  # batch_network.ts
ALL_KINDS = KINDS | OF_A_BATCH


def leaves(model: nn.Module) -> list[tuple[str, nn.Module]]:
    """Return the layers of a network that is a sequence of layers, in order, by name."""
    return [(name, module) for name, module in model.named_modules() if type(module) in ALL_KINDS]


def description(network: str, model: nn.Module) -> list[dict[str, Any]]:
    """Return the layers as arithmetic/network.ts takes them, each with the shape of its output.

    `network` is a name of `book_utils.weights`, `model` what it loads; ValueError for another name.
    """
    packed, found, x = weights.packed(network), [], torch.zeros(1, 1, SIDE, SIDE)
    for name, module in leaves(model):
        with torch.no_grad():
            x = module(x)
        layer = {"name": name, "kind": ALL_KINDS[type(module)], "shape": list(x.shape[1:])}
        if name in packed:
            layer["packed"] = packed[name] | {
                key: [float(f"{v:.9g}") for v in packed[name][key]]  # all that a float32 holds
                for key in ("scale", "bias", *weights.RUNNING)
                if key in packed[name]
            }
        if isinstance(module, nn.Conv2d | nn.MaxPool2d | nn.AvgPool2d):
            layer |= {"stride": _pair(module.stride), "padding": _pair(module.padding)}
            layer["kernel"] = _pair(module.kernel_size)
        if type(module) in OF_A_BATCH:
            layer["eps"] = module.eps
        found.append(layer)
    return found


def _pair(value: int | tuple[int, int]) -> list[int]:
    return list(value) if isinstance(value, tuple) else [value, value]
