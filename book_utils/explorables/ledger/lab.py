"""The layer ledger: what each layer makes, costs and sees, with the arithmetic written out."""

from collections.abc import Callable, Sequence
from math import prod
from typing import Any, Self

from torch import nn
from traitlets import Int, List, Unicode

from book_utils.models import LeNet
from book_utils.shapes import LayerTable, layer_table

from ..platform.base import Explorable
from ..platform.traits import Slug, Whole

Settings = dict[str, Any]

_ON_EACH_NUMBER = (
    *("Sigmoid", "Tanh", "ReLU", "ReLU6", "LeakyReLU", "ELU", "GELU", "SiLU", "Softplus"),
    *("Hardswish", "Hardsigmoid", "Identity", "Dropout", "Dropout2d"),
)


LEAST_ROWS = 5
# Pixels of the frame, head and foot; pixels of a row; rows that a screen holds.
DESKTOP, PHONE = (256, 32, 14), (306, 44, 10)


class LayerLedger(Explorable):
    """What flows through layers in a row, one row for each, with the arithmetic written out.

    `model_or_table`: a model, with `input_shape` as (channels, height, width) or (features,)
    without the batch axis; or what `layer_table` returned. `picked` is the row to look at, counted
    from 0; `batch` (1 to 1,024) how many examples the activation memory is for. A pick is sent to
    the lab on the same page whose name is `target`, which shows that layer. Raises ValueError for
    a layer that the ledger does not know or whose input is not the output of the layer before it.
    """

    essential = ("batch",)
    task = Unicode("Press a number: how is it worked out?").tag(sync=True, data=True)

    in_code = {"table": lambda lab: lab.output}

    name = Slug("ledger").tag(sync=True)
    layers = List(read_only=True).tag(sync=True, data=True)
    input = List(read_only=True).tag(sync=True, data=True)
    number_bytes = Int(4, read_only=True).tag(sync=True, data=True)
    target = Slug(None, allow_none=True).tag(sync=True, data=True)
    picked = Whole(0, None).tag(sync=True)
    batch = Whole(1, 1024).tag(sync=True)

    def __init__(
        self,
        model_or_table: nn.Module | LayerTable,
        input_shape: Sequence[int] | None = None,
        **settings: Any,
    ) -> None:
        self._table = _table(model_or_table, input_shape)
        layers = [_describe(self._table, i) for i in range(len(self._table))]
        self.set_trait("layers", layers)
        self.set_trait("input", list(self._table.input_shape))
        self.set_trait("number_bytes", _number_bytes(self._table))
        super().__init__(**settings)

    @property
    def room(self) -> tuple[int, int]:
        """As high as the table, which scrolls where a screen has no room for all rows."""
        rows = max(LEAST_ROWS, len(self.layers))
        return tuple(around + height * min(most, rows) for around, height, most in (DESKTOP, PHONE))

    @classmethod
    def example(cls) -> Self:
        """Return the ledger of three layers."""
        layers = nn.Conv2d(1, 4, 3), nn.ReLU(), nn.MaxPool2d(2)
        return cls(nn.Sequential(*layers), (1, 8, 8))

    @classmethod
    def large(cls) -> Self:
        """Return the twelve layers of LeNet."""
        return cls(LeNet(), (1, 28, 28))

    def schema(self) -> dict[str, dict[str, Any]]:
        """Return what each setting may be; a picked row must be there."""
        found = super().schema()
        found["picked"]["high"] = max(len(self.layers), 1) - 1
        return found

    @property
    def output(self) -> LayerTable:
        """The table of one example, as `layer_table` makes it."""
        return self._table

    def clash(self, **wanted: Any) -> str:
        """Say which rows there are, where the picked one is none of them."""
        last = self.schema()["picked"]["high"]
        picked = wanted["picked"]
        return "" if picked <= last else f"{picked} is no row; allowed: a row from 0 to {last}"

    def still(self) -> str:
        """Return the table as HTML."""
        return self._table._repr_html_()


def _table(model: nn.Module | LayerTable, input_shape: Sequence[int] | None) -> LayerTable:
    """Return the table that was given, or that of the model."""
    if isinstance(model, nn.Module):
        if input_shape is None:
            raise ValueError("give the shape of one example too, such as (1, 28, 28)")
        return layer_table(model, input_shape)
    if not isinstance(model, LayerTable):
        raise TypeError(f"{model!r:.60} is neither a model nor a table of layers")
    if input_shape is not None and tuple(input_shape) != model.input_shape:
        given, made = tuple(input_shape), model.input_shape
        raise ValueError(f"input_shape is {given}, but the table was made for {made}: leave it out")
    return model


def _number_bytes(table: LayerTable) -> int:
    """Return the bytes of one number of an activation."""
    made = (row for row in table if row.activation_bytes)
    return next((row.activation_bytes // prod(row.output_shape) for row in made), 4)


def _describe(table: LayerTable, i: int) -> Settings:
    """Return what one layer was told, from which the page works out the rest (see ledger.ts)."""
    row = table[i]
    where = f"layer {row.name or i} ({row.kind})"
    describe = KINDS.get(row.kind) if type(row.layer).__module__.startswith("torch.nn") else None
    settings = describe(row.layer) if describe else None
    if settings is None:
        raise ValueError(f"LayerLedger does not know {where} as it is; it knows {', '.join(KINDS)}")
    if row.source != i - 1:
        raise ValueError(
            f"LayerLedger follows layers in a row, but {where} does not take the output of the "
            "layer before it: give it a part of the model without branches, or build the model of "
            "layers alone, without functions between them"
        )
    own = sum(p.numel() for p in row.layer.parameters())
    if row.parameters not in (0, own):
        raise ValueError(f"{where} learns only some of its parameters: freeze all of them or none")
    counted = {"counted": False} if own and not row.parameters else {}
    return {"name": row.name or row.kind.lower(), "kind": row.kind} | settings | counted


def _pair(value: int | Sequence[int]) -> list[int]:
    return [value, value] if isinstance(value, int) else list(value)


def _window(layer: nn.Module) -> Settings:
    padding = {"valid": 0}.get(layer.padding, layer.padding)
    return {
        "kernel": _pair(layer.kernel_size),
        "stride": _pair(layer.stride),
        "padding": padding if isinstance(padding, str) else _pair(padding),
        "dilation": _pair(getattr(layer, "dilation", 1)),
    }


def _convolution(layer: nn.Conv2d) -> Settings:
    own = {"channels": layer.out_channels, "groups": layer.groups, "bias": layer.bias is not None}
    return own | _window(layer)


def _pooling(layer: nn.MaxPool2d | nn.AvgPool2d) -> Settings:
    return _window(layer) | {"ceil": layer.ceil_mode}


def _adaptive(layer: nn.AdaptiveAvgPool2d) -> Settings:
    return {"size": _pair(layer.output_size)}


def _dense(layer: nn.Linear) -> Settings:
    return {"features": layer.out_features, "bias": layer.bias is not None}


def _flatten(layer: nn.Flatten) -> Settings | None:
    return {} if (layer.start_dim, layer.end_dim) == (1, -1) else None


def _norm(layer: nn.Module) -> Settings:
    groups = {"groups": layer.num_groups} if isinstance(layer, nn.GroupNorm) else {}
    return {"affine": layer.affine} | groups


def _layer_norm(layer: nn.LayerNorm) -> Settings:
    own = {"affine": layer.elementwise_affine, "bias": layer.bias is not None}
    return own | {"normalised": list(layer.normalized_shape)}


def _on_each_number(layer: nn.Module) -> Settings:
    return {"inplace": True} if getattr(layer, "inplace", False) else {}


KINDS: dict[str, Callable[[Any], Settings | None]] = {
    "Conv2d": _convolution,
    **dict.fromkeys(("MaxPool2d", "AvgPool2d"), _pooling),
    **dict.fromkeys(("AdaptiveAvgPool2d", "AdaptiveMaxPool2d"), _adaptive),
    "Linear": _dense,
    "Flatten": _flatten,
    **dict.fromkeys(("BatchNorm2d", "BatchNorm1d", "GroupNorm", "InstanceNorm2d"), _norm),
    "LayerNorm": _layer_norm,
    **dict.fromkeys(_ON_EACH_NUMBER, _on_each_number),
}
