"""Networks as rows: what each layer or block was told, as the architecture ledger edits them.

A row is a dictionary: `kind`, the name of the class, and its fields as layers.json names them, such
as {"kind": "Linear", "features": 10, "bias": True}. Blocks are those of `book_utils.models`. What
comes in is never said: it follows from the row above.
"""

import json
from collections.abc import Sequence
from math import isfinite, prod
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, fx, nn

from book_utils.models.cifar import BasicBlock
from book_utils.models.densenet import DenseBlock
from book_utils.models.googlenet import Inception
from book_utils.models.resnet import BiasedResidual, Bottleneck, Residual, ResidualA

Row = dict[str, Any]

SIGNATURES: dict[str, list[dict[str, Any]]] = json.loads(
    Path(__file__).with_name("layers.json").read_text("utf-8")
)
_BLOCKS = (
    *(Residual, Bottleneck, BiasedResidual, ResidualA, BasicBlock),
    *(Inception, DenseBlock),
)
CLASSES: dict[str, type[nn.Module]] = {
    **{kind: getattr(nn, kind) for kind in SIGNATURES if hasattr(nn, kind)},
    **{block.__name__: block for block in _BLOCKS},
}


def build(rows: Sequence[Row], input_shape: Sequence[int]) -> nn.Sequential:
    """Return the network that the rows describe, with fresh weights.

    `input_shape`: (channels, height, width) or (features,), of one example. Raises ValueError for
    a kind that is not known, KeyError for a field that is missing, and an error of PyTorch's own
    for a layer that does not take what comes.
    """
    shape, layers = tuple(input_shape), []
    for row in rows:
        if row["kind"] not in CLASSES:
            raise ValueError(f"{row['kind']} is not known: {', '.join(CLASSES)} are")
        layer = CLASSES[row["kind"]](**_arguments(row, shape))
        shape = _shape_after(layer, shape)
        layers.append(layer)
    return nn.Sequential(*layers)


def _arguments(row: Row, shape: tuple[int, ...]) -> dict[str, Any]:
    """Return what the class is called with where inputs have this shape."""
    comes = prod(shape) if row["kind"] == "Linear" else shape[0]
    told = {}
    for argument in SIGNATURES[row["kind"]]:
        if "field" in argument:
            told[argument["name"]] = _value(argument["takes"], row[argument["field"]])
        elif "input" in argument:
            told[argument["name"]] = row.get("expects", comes)
    return told


def _value(takes: str, value: Any) -> Any:
    if takes == "sizes" and value[0] == value[1] and value[0] is not None:
        return value[0]
    if takes == "number":
        return float(value)
    return tuple(value) if isinstance(value, list) else value


def _shape_after(layer: nn.Module, shape: tuple[int, ...]) -> tuple[int, ...]:
    """Send nothing but a shape through a layer."""
    weights = {name: torch.empty_like(p, device="meta") for name, p in layer.state_dict().items()}
    layer.eval()
    with torch.no_grad():
        y = torch.func.functional_call(layer, weights, torch.empty(1, *shape, device="meta"))
    layer.train()
    return tuple(y.shape[1:])


def rows_of(model: nn.Module) -> list[Row]:
    """Return the rows of a model whose layers and blocks stand one behind the other.

    Raises ValueError, naming the place, for a layer that is not known, one that stands in the model
    twice, and functions or branches between layers.
    """
    if type(model) in CLASSES.values():
        model = nn.Sequential(model)
    tracer = _Tracer()
    try:
        nodes = list(tracer.trace(model).nodes)
    except (fx.proxy.TraceError, TypeError) as error:
        raise ValueError(f"the model's layers cannot be followed: {error}") from error
    given, *calls, result = nodes
    rows, before, seen = [], given, set()
    for node in calls:
        if node.op != "call_module" or node.args != (before,) or node.kwargs:
            what = getattr(node.target, "__name__", node.target)
            raise ValueError(f"{what} is no layer behind another: build the model of layers alone")
        layer = model.get_submodule(node.target)
        if layer in seen:
            raise ValueError(f"layer {node.target} stands in the model twice: give each its own")
        seen.add(layer)
        rows.append(_row(node.target, layer))
        before = node
    if result.args != (before,):
        raise ValueError("the model returns something else than what its last layer makes")
    return rows


class _Tracer(fx.Tracer):
    """Sees layers and blocks as one step each."""

    def is_leaf_module(self, m: nn.Module, module_qualified_name: str) -> bool:
        return type(m) in CLASSES.values() or super().is_leaf_module(m, module_qualified_name)


def _row(name: str, layer: nn.Module) -> Row:
    kind = type(layer).__name__
    if type(layer) is not CLASSES.get(kind):
        raise ValueError(f"layer {name} is a {kind}, which is not known: {', '.join(CLASSES)} are")
    if kind in BLOCK_FIELDS:
        return {"kind": kind} | BLOCK_FIELDS[kind](layer)
    row = {"kind": kind}
    for argument in SIGNATURES[kind]:
        found = getattr(layer, argument["name"], None)
        if argument["name"] == "bias" and "only" in argument:  # of a norm: as it has weights
            found = layer.bias is not None or not layer.affine
        if "only" in argument and found != argument["only"]:
            only = argument["only"]
            raise ValueError(
                f"layer {name} has {argument['name']}={found!r}: only {only!r} is known"
            )
        if "field" in argument:
            row[argument["field"]] = _field(argument["takes"], found)
    return row


def _field(takes: str, value: Any) -> Any:
    """Return an attribute of a layer as a row holds it."""
    if takes == "truth":
        return isinstance(value, Tensor) or value is True
    if takes in ("pair", "sizes") or (takes == "padding" and not isinstance(value, str)):
        return list(value) if isinstance(value, tuple) else [value, value]
    if takes == "padding":
        return {"valid": [0, 0]}.get(value, value)
    if takes == "number" and not isfinite(value):
        return "inf" if value > 0 else "-inf"
    return list(value) if isinstance(value, tuple) else value


def _stride(layer: nn.Module) -> int:
    """Return the stride of a block, whose last convolution with one has it."""
    return max(m.stride[0] for m in layer.f.modules() if isinstance(m, nn.Conv2d))


def _wide(layer: nn.Module) -> Row:
    last = [m for m in layer.f.modules() if isinstance(m, nn.Conv2d)][-1]
    channels = last.out_channels // getattr(layer, "expansion", 1)
    return {"channels": channels, "stride": _stride(layer)}


def _residual(layer: Residual) -> Row:
    return _wide(layer) | {"shortcut": layer.s is not None}


def _inception(layer: Inception) -> Row:
    convolutions = [m for m in layer.modules() if isinstance(m, nn.Conv2d)]
    return {
        "maps": [m.out_channels for m in convolutions],
        "large": convolutions[4].kernel_size[0],
        "norm": convolutions[0].bias is None,
    }


def _dense_block(layer: DenseBlock) -> Row:
    first = [m for m in layer[0].modules() if isinstance(m, nn.Conv2d)]
    growth = first[-1].out_channels
    return {
        "layers": len(layer),
        "growth": growth,
        "bottleneck": first[0].out_channels // growth if len(first) > 1 else 0,
        "bias": first[0].bias is not None,
    }


BLOCK_FIELDS = {
    "Residual": _residual,
    **dict.fromkeys(("Bottleneck", "BiasedResidual", "ResidualA", "BasicBlock"), _wide),
    "Inception": _inception,
    "DenseBlock": _dense_block,
}
