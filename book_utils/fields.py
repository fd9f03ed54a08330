"""What one number of a feature map has seen of the input, followed through everything a model does.

A model is run once under `Fields`, which sees every function of PyTorch that it calls: windows
widen the field, sums and concatenations join the fields of their branches, and what looks at all
pixels (a dense layer, a mean over the map, a matrix product) ends it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from torch import Tensor
from torch.overrides import TorchFunctionMode


@dataclass(frozen=True)
class Field:
    """The receptive field along one axis, in pixels of the input.

    `size`: pixels that one output can see; `jump`: how far the fields of neighbours lie apart;
    `start`: the first pixel that the first output sees, counted from 0, below 0 in the padding.
    Source: Araujo, Norris and Sim (2019), equations 1 to 6: `start` is minus their effective
    padding.
    """

    size: int = 1
    jump: int = 1
    start: int = 0

    def window(self, k: int, stride: int, padding: int, dilation: int) -> Field:
        """Return the field behind a window of k taps; `padding` is that before the first pixel."""
        return Field(
            self.size + dilation * (k - 1) * self.jump,
            self.jump * stride,
            self.start - padding * self.jump,
        )

    def cut(self, first: int, step: int = 1) -> Field:
        """Return the field behind a cut that begins at output `first` and takes every `step`-th."""
        return replace(self, start=self.start + first * self.jump, jump=self.jump * step)

    def join(self, other: Field) -> Field | None:
        """Return the least field that holds both; None where the two are not equally far apart."""
        if self.jump != other.jump:
            return None
        start = min(self.start, other.start)
        end = max(self.start + self.size, other.start + other.size)
        return Field(end - start, self.jump, start)


Axes = tuple[Field, Field]  # rows, columns

_ACTIVATIONS = (
    "relu relu6 leaky_relu prelu elu celu selu gelu silu hardswish hardsigmoid hardtanh sigmoid "
    "logsigmoid tanh softplus softsign mish dropout dropout2d feature_dropout alpha_dropout"
)
_ARITHMETIC = (
    "abs neg exp log sqrt rsqrt square pow clamp clip clamp_min clamp_max sign sin cos "
    "add radd iadd sub rsub isub mul rmul imul div truediv rtruediv itruediv multiply subtract "
    "divide maximum minimum where lerp"
)
_COPIES = "batch_norm clone contiguous detach to float double half cat concat concatenate"
_EACH_NUMBER = {*_ACTIVATIONS.split(" "), *_ARITHMETIC.split(" "), *_COPIES.split(" ")}
_RESHAPED = {
    *("flatten", "view", "reshape", "unflatten", "squeeze", "unsqueeze", "transpose", "chunk"),
}
_WINDOWS: dict[str, tuple[str, ...]] = {
    "conv2d": ("input", "weight", "bias", "stride", "padding", "dilation", "groups"),
    "max_pool2d": ("input", "kernel_size", "stride", "padding", "dilation", "ceil_mode"),
    "avg_pool2d": ("input", "kernel_size", "stride", "padding", "ceil_mode"),
    "lp_pool2d": ("input", "norm_type", "kernel_size", "stride", "ceil_mode"),
}
_FREE = _EACH_NUMBER | _RESHAPED | {"max_pool2d", "avg_pool2d", "lp_pool2d", "pad", "getitem"}


class Fields(TorchFunctionMode):
    """Follows the fields of all that is computed from `x`, of shape (n, c, h, w), while it is on.

    `of(tensor)` is the field along rows and columns, None where there is none. `multiply_adds` is
    what was counted so far, for all examples of the batch: of convolutions, transposed ones and
    dense layers; None once something ran whose cost is not known.
    """

    def __init__(self, x: Tensor) -> None:
        super().__init__()
        self.multiply_adds: int | None = 0
        self._found: dict[int, Axes | None] = {id(x): (Field(), Field())}
        self._kept = [x]  # alive, so that no id is given out twice

    def of(self, tensor: Tensor) -> Axes | None:
        """Return the field of a tensor."""
        return self._found.get(id(tensor))

    def __torch_function__(
        self,
        func: Callable[..., Any],
        types: Sequence[type],
        args: tuple = (),
        kwargs: dict[str, Any] | None = None,
    ) -> Any:
        """Run a function of PyTorch and note what its outputs have seen."""
        kwargs = kwargs or {}
        result = func(*args, **kwargs)
        name = func.__name__.strip("_")
        outputs = [t for t in _tensors([result]) if isinstance(result, Tensor | tuple | list)]
        inputs = [t for t in _tensors([args, list(kwargs.values())]) if id(t) in self._found]
        if outputs and inputs:
            self._count(name, args, outputs[0])
            axes = self._follow(name, args, kwargs, inputs, outputs[0])
            for output in outputs:
                self._found[id(output)] = axes
            self._kept += outputs
        return result

    def _follow(
        self, name: str, args: tuple, kwargs: dict[str, Any], inputs: list[Tensor], output: Tensor
    ) -> Axes | None:
        before = [self._found[id(t)] for t in inputs]
        if None in before:
            return None
        if name in _WINDOWS:
            settings = dict(zip(_WINDOWS[name], args, strict=False)) | kwargs
            return _window(before[0], settings)
        if name == "pad":
            return _padded(before[0], args[1] if len(args) > 1 else kwargs["pad"])
        if name == "getitem":
            return _cut(before[0], args[1], inputs[0].shape)
        if name in _RESHAPED:
            is_flat = output.ndim < 4
            return before[0] if is_flat or output.shape[-2:] == inputs[0].shape[-2:] else None
        return _joined(before) if name in _EACH_NUMBER else None

    def _count(self, name: str, args: tuple, output: Tensor) -> None:
        if self.multiply_adds is None or name in _FREE:
            return
        if name in ("conv1d", "conv2d", "conv3d"):
            self.multiply_adds += output.numel() * args[1][0].numel()
        elif name.startswith("conv_transpose"):
            self.multiply_adds += args[0].numel() * args[1][0].numel()
        elif name == "linear":
            self.multiply_adds += output.numel() * args[1].shape[-1]
        else:
            self.multiply_adds = None


def _tensors(values: Sequence[Any]) -> list[Tensor]:
    """Return the tensors in nested tuples and lists."""
    found = []
    for value in values:
        if isinstance(value, Tensor):
            found.append(value)
        elif isinstance(value, tuple | list):
            found += _tensors(value)
    return found


def _pair(value: int | Sequence[int]) -> tuple[int, int]:
    return (value, value) if isinstance(value, int) else tuple(value)[:2] * (2 // len(value))


def _window(before: Axes, settings: dict[str, Any]) -> Axes:
    k = settings["weight"].shape[2:] if "weight" in settings else _pair(settings["kernel_size"])
    usual = 1 if "weight" in settings else k  # a pooling moves by its window
    stride = _pair(settings.get("stride") or usual)
    dilation = _pair(settings.get("dilation", 1))
    padding = settings.get("padding", 0)
    if padding == "same":  # the odd pixel goes to the end
        padding = [d * (n - 1) // 2 for n, d in zip(k, dilation, strict=True)]
    padding = _pair(0 if padding == "valid" else padding)
    axes = zip(before, k, stride, padding, dilation, strict=True)
    return tuple(field.window(*numbers) for field, *numbers in axes)


def _padded(before: Axes, pad: Sequence[int]) -> Axes | None:
    left, _, top, *_ = [*pad, 0, 0]
    if any(pad[6:]):
        return None  # along the batch: no padding of a picture
    return before[0].cut(-top), before[1].cut(-left)


def _cut(before: Axes, index: Any, shape: Sequence[int]) -> Axes | None:
    """Follow slices of rows and columns; anything else than slices there is not followed."""
    index = list(index) if isinstance(index, tuple) else [index]
    if Ellipsis in index:
        at = index.index(Ellipsis)
        index[at : at + 1] = [slice(None)] * (len(shape) - len(index) + 1)
    index += [slice(None)] * (len(shape) - len(index))
    if len(index) != len(shape) or any(not isinstance(each, slice) for each in index[-2:]):
        return None
    cuts = [each.indices(n) for each, n in zip(index[-2:], shape[-2:], strict=True)]
    pairs = zip(before, cuts, strict=True)
    return tuple(field.cut(first, step) for field, (first, _, step) in pairs)


def _joined(fields: Sequence[Axes]) -> Axes | None:
    rows, columns = fields[0]
    for other_rows, other_columns in fields[1:]:
        rows, columns = rows.join(other_rows), columns.join(other_columns)
        if rows is None or columns is None:
            return None
    return rows, columns
