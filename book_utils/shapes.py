"""Shape arithmetic: output size, receptive field, parameters, multiply-adds, and a table of them.

The formulas are PyTorch's: padding is counted per side, and a division rounds down.
"""

from __future__ import annotations

import html
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from math import gcd, prod

import torch
from torch import Tensor, nn

from book_utils.fields import Fields
from book_utils.numbers import thousands

Pair = tuple[int, int]

_CONV = (nn.Conv1d, nn.Conv2d, nn.Conv3d)
_TRANSPOSED = (nn.ConvTranspose1d, nn.ConvTranspose2d, nn.ConvTranspose3d)
_WINDOWED = (nn.Conv2d, nn.MaxPool2d, nn.AvgPool2d, nn.LPPool2d)


def effective_size(k: int, dilation: int = 1) -> int:
    """Return how many pixels a window of `k` taps reaches over: dilation·(k − 1) + 1.

    Raises ValueError if a number is below 1. Source: chapter "Dilated convolution".
    """
    _whole(1, k=k, dilation=dilation)
    return dilation * (k - 1) + 1


def output_size(n: int, k: int, stride: int = 1, padding: int = 0, dilation: int = 1) -> int:
    """Return how many places a window of `k` taps has along an axis of `n` pixels.

    ⌊(n + 2·padding − dilation·(k − 1) − 1) / stride⌋ + 1, with `padding` pixels on each side.
    Raises ValueError, naming the numbers, when one is impossible or the window does not fit.
    Source: Dumoulin and Visin (2016), relationships 6 and 15.
    """
    _whole(1, n=n, k=k, stride=stride, dilation=dilation)
    _whole(0, padding=padding)
    reach = effective_size(k, dilation)
    if reach > n + 2 * padding:
        raise ValueError(
            f"a window that reaches over {reach} pixels (k = {k}, dilation = {dilation}) does not "
            f"fit into {n + 2 * padding} (n = {n}, padding = {padding} on each side): "
            "use a smaller window, less dilation or more padding"
        )
    return (n + 2 * padding - reach) // stride + 1


def _whole(least: int, **values: object) -> None:
    for name, value in values.items():
        if isinstance(value, bool) or not isinstance(value, int) or value < least:
            raise ValueError(f"{name} = {value!r}: give a whole number of at least {least}")


def transposed_size(
    n: int, k: int, stride: int = 1, padding: int = 0, dilation: int = 1, output_padding: int = 0
) -> int:
    """Return how many pixels a transposed convolution makes of an axis of `n`.

    (n − 1)·stride + dilation·(k − 1) + 1 − 2·padding + output_padding: as many as the convolution
    with the same settings takes back to `n`. Raises ValueError, naming the numbers, when one is
    impossible, nothing is left, or `output_padding` is not below the stride or the dilation, as
    PyTorch demands. Source: Dumoulin and Visin (2016), relationship 14.
    """
    _whole(1, n=n, k=k, stride=stride, dilation=dilation)
    _whole(0, padding=padding, output_padding=output_padding)
    if output_padding >= max(stride, dilation):
        raise ValueError(
            f"output_padding = {output_padding} is not below the stride ({stride}) or the dilation "
            f"({dilation}): give at most {max(stride, dilation) - 1}"
        )
    size = (n - 1) * stride + dilation * (k - 1) + 1 - 2 * padding + output_padding
    if size < 1:
        raise ValueError(
            f"padding = {padding} on each side leaves {size} pixels of the "
            f"{size + 2 * padding} that n = {n} and k = {k} make: use less padding"
        )
    return size


def transposed_shape(
    n: Pair,
    k: Pair,
    stride: int | Pair = 1,
    padding: int | Pair = 0,
    output_padding: int | Pair = 0,
    dilation: int | Pair = 1,
) -> Pair:
    """Return `transposed_size` for (height, width); the arguments come in PyTorch's order.

    Raises ValueError as `transposed_size` does, and if `n` or `k` is no pair.
    """
    settings = map(_pair, (stride, padding, dilation, output_padding))
    h, w = (transposed_size(*sizes) for sizes in zip(n, k, *settings, strict=True))
    return h, w


def output_padding_for(
    size: int, k: int, stride: int = 1, padding: int = 0, dilation: int = 1
) -> int:
    """Return the output padding that brings an axis of `size` pixels back after a convolution.

    (size + 2·padding − dilation·(k − 1) − 1) mod stride: the pixels that the convolution's floor
    dropped. Raises ValueError as `output_size` does. Source: Dumoulin and Visin (2016),
    relationship 14.
    """
    output_size(size, k, stride, padding, dilation)  # refuses what cannot be
    return (size + 2 * padding - dilation * (k - 1) - 1) % stride


def overlap_counts(
    n: int, k: int, stride: int = 1, padding: int = 0, dilation: int = 1, output_padding: int = 0
) -> list[int]:
    """Return how many of the `n` stamps of `k` taps reach each pixel that they make, along an axis.

    A pixel of an image is reached by the product of its row's and its column's count. Raises
    ValueError as `transposed_size` does. Source: chapter "Transposed convolution".
    """
    counts = [0] * transposed_size(n, k, stride, padding, dilation, output_padding)
    reached = (i * stride + tap * dilation - padding for i in range(n) for tap in range(k))
    for place in reached:
        if 0 <= place < len(counts):
            counts[place] += 1
    return counts


def same_padding(n: int, k: int, stride: int = 1, dilation: int = 1) -> tuple[int, int]:
    """Return how many pixels TensorFlow's padding="SAME" adds before and after an axis of `n`.

    The output then has ⌈n / stride⌉ pixels; an odd one goes behind. At stride 1 it is what
    PyTorch's padding="same" adds. Raises ValueError if a number is below 1.
    Source: chapter "PyTorch ↔ TensorFlow".
    """
    if min(n, k, stride, dilation) < 1:
        raise ValueError(f"n, k, stride, dilation = {n, k, stride, dilation}: all from 1 up")
    outputs = (n + stride - 1) // stride
    reach = dilation * (k - 1) + 1
    total = max((outputs - 1) * stride + reach - n, 0)
    return total // 2, total - total // 2


def receptive_field(layers: Iterable[Sequence[int]]) -> int:
    """Return how many input pixels along one axis can influence one output of a stack of layers.

    `layers`: (k, stride) or (k, stride, dilation) for each convolution or pooling, input first.
    Raises ValueError for any other entry.
    Source: Araujo, Norris and Sim (2019), equation 2.
    """
    field = jump = 1
    for layer in layers:
        if len(layer) not in (2, 3) or any(not isinstance(v, int) or v < 1 for v in layer):
            raise ValueError(
                f"{layer!r}: give (k, stride) or (k, stride, dilation), whole numbers of at least 1"
            )
        k, stride, dilation = (*layer, 1)[:3]
        field += dilation * (k - 1) * jump
        jump *= stride
    return field


def coverage(layers: Iterable[Sequence[int]]) -> list[int]:
    """Return by how many paths one output of a stack of layers reads each pixel along an axis.

    `layers` as in `receptive_field`, which is how many numbers come back; a 0 is a pixel in the
    field that is never read. In two dimensions the numbers of both axes multiply.
    Raises ValueError as `receptive_field` does. Source: chapter "Dilated convolution".
    """
    counts, jump = [1], 1
    for layer in layers:
        wider = [0] * (len(counts) + receptive_field([layer]) * jump - jump)
        k, stride, dilation = (*layer, 1)[:3]
        for tap in range(k):
            for i, paths in enumerate(counts, tap * dilation * jump):
                wider[i] += paths
        counts, jump = wider, jump * stride
    return counts


def parameters(model: nn.Module) -> int:
    """Return how many numbers the model learns; one that is used twice counts once."""
    return sum(p.numel() for p in model.parameters() if p.requires_grad)


def multiply_adds(layer: nn.Module, input_shape: Sequence[int], output_shape: Sequence[int]) -> int:
    """Return the multiply-adds one example costs in one layer.

    `input_shape`, `output_shape`: of one example. Convolutions, transposed convolutions and dense
    layers are counted, biases are not; all other layers of `torch.nn` count 0, as is usual.
    Raises ValueError for a layer that is not from `torch.nn`, whose cost cannot be known.
    """
    if isinstance(layer, _CONV):
        return prod(output_shape) * layer.weight[0].numel()  # weight: (c_out, c_in/groups, *k)
    if isinstance(layer, _TRANSPOSED):
        return prod(input_shape) * layer.weight[0].numel()  # weight: (c_in, c_out/groups, *k)
    if isinstance(layer, nn.Linear):
        return prod(output_shape) * layer.in_features
    if type(layer).__module__.startswith("torch.nn"):
        return 0
    raise ValueError(f"the multiply-adds of a {type(layer).__name__} are not known")


def conv_weights(c_i: int, c_o: int, k: int | Pair, groups: int = 1) -> int:
    """Return how many weights a convolution from c_i to c_o channels has, biases left out.

    `k`: the side of the kernel, or (height, width). At stride 1 and with as many outputs as inputs
    each weight multiplies once at each place, so this is the multiply-adds for one place, too.
    Raises ValueError, naming the numbers, if one is below 1 or groups do not divide the channels.
    Source: chapter "Grouped, depthwise and separable convolution".
    """
    k_h, k_w = _pair(k)
    if min(c_i, c_o, k_h, k_w, groups) < 1:
        raise ValueError(f"c_i, c_o, k, groups = {c_i, c_o, k, groups}: all from 1 up")
    if c_i % groups or c_o % groups:
        raise ValueError(
            f"groups = {groups} must divide the channels in and out, {c_i} and {c_o}: "
            f"use a common divisor, such as {gcd(c_i, c_o)}"
        )
    return c_o * (c_i // groups) * k_h * k_w


def separable_weights(c_i: int, c_o: int, k: int | Pair) -> int:
    """Return the weights of a depthwise layer and the pointwise one behind it, biases left out.

    Raises ValueError as `conv_weights` does. Source: chapter "Grouped, depthwise and separable
    convolution".
    """
    return conv_weights(c_i, c_i, k, groups=c_i) + conv_weights(c_i, c_o, 1)


@dataclass(frozen=True)
class LayerRow:
    """One layer of a table; shapes and sizes are those of one example.

    `receptive_field`, `jump` (the distance in input pixels between neighbours) and `start` (the
    first input pixel that the first output sees, below 0 in the padding) are (rows, columns), and
    None where they are not defined or cannot be followed. `layer` is the layer itself; `source` is
    the row whose output it takes: -1 is the model's input, None something the model computes
    between its layers, such as a sum.
    """

    name: str
    kind: str
    setting: str
    output_shape: tuple[int, ...]
    parameters: int
    multiply_adds: int | None
    activation_bytes: int
    receptive_field: Pair | None
    jump: Pair | None
    layer: nn.Module = field(repr=False, compare=False)
    source: int | None = -1
    start: Pair | None = None


@dataclass(frozen=True)
class LayerTable:
    """What flows through a model, layer by layer; Jupyter shows it as a table."""

    input_shape: tuple[int, ...]
    rows: tuple[LayerRow, ...]
    parameters: int

    def __iter__(self) -> Iterator[LayerRow]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, i: int) -> LayerRow:
        return self.rows[i]

    @property
    def multiply_adds(self) -> int:
        """Multiply-adds of one example, over the layers where they are known."""
        return sum(row.multiply_adds or 0 for row in self)

    @property
    def activation_bytes(self) -> int:
        """Bytes of all outputs of one example; one that shares its input's memory counts 0."""
        return sum(row.activation_bytes for row in self)

    def __repr__(self) -> str:
        lines = [HEADS, *self._cells(), self._totals()]
        columns = []
        for i, column in enumerate(zip(*lines, strict=True)):
            width = max(map(len, column))
            columns.append([word.ljust(width) if i < 2 else word.rjust(width) for word in column])
        return "\n".join("  ".join(line).rstrip() for line in zip(*columns, strict=True))

    def _repr_html_(self) -> str:
        head = "".join(f'<th scope="col"{_side(i)}>{h}</th>' for i, h in enumerate(HEADS))
        body = "".join(f"<tr>{_row(cells)}</tr>" for cells in self._cells())
        caption = f"Layers, for one input of {_times(self.input_shape)}"
        return (  # wide: on a phone it scrolls in its own box, by keyboard too
            f'<div role="region" aria-label="{caption}" tabindex="0" style="overflow-x: auto">'
            '<table class="layer-table" style="font-size: 0.78em">'
            f"<caption>{caption}</caption><thead><tr>{head}</tr></thead>"
            f"<tbody>{body}</tbody><tfoot><tr>{_row(self._totals())}</tr></tfoot></table></div>"
        )

    def _cells(self) -> list[list[str]]:
        return [
            [
                f"{row.name} {row.kind} {row.setting}".strip(),
                _times(row.output_shape),
                *map(_count, (row.parameters, row.multiply_adds, row.activation_bytes)),
                *map(_square, (row.receptive_field, row.jump)),
            ]
            for row in self
        ]

    def _totals(self) -> list[str]:
        sums = (self.parameters, self.multiply_adds, self.activation_bytes)
        return ["Total", "", *map(_count, sums), "", ""]


HEADS = [
    *("Layer", "Output shape", "Parameters", "Multiply-adds"),
    *("Activation bytes", "Receptive field", "Jump"),
]


def _row(cells: Sequence[str]) -> str:
    first, *rest = map(html.escape, cells)
    return f'<th scope="row"{_side(0, "font-weight: normal")}>{first}</th>' + "".join(
        f"<td{_side(i)}>{cell}</td>" for i, cell in enumerate(rest, 1)
    )


def _side(column: int, more: str = "") -> str:
    side = "left" if column < 2 else "right"
    wrap = "nowrap" if column == 0 else "normal"
    return f' style="padding: 0.25em 0.35em; text-align: {side}; white-space: {wrap}; {more}"'


def _times(shape: Iterable[int]) -> str:
    return "×".join(map(str, shape))


def _count(number: int | None) -> str:
    return "?" if number is None else thousands(number)


def _square(pair: Pair | None) -> str:
    if pair is None:
        return "–"
    return str(pair[0]) if pair[0] == pair[1] else _times(pair)


def layer_table(model: nn.Module, input_shape: Sequence[int]) -> LayerTable:
    """Send one example of zeros through the model and note what each layer makes of it.

    `input_shape`: (channels, height, width) or (features,), without the batch axis. The model is
    run in evaluation mode without gradients and left as it was. A receptive field is followed
    through convolutions, poolings, what acts on each value alone, and sums and concatenations of
    branches, whether they are layers or functions; after a dense layer there is none, since every
    unit sees everything.
    Raises ValueError when the shape is no shape, or the model refuses it, naming the layer.
    """
    shape = tuple(input_shape)
    if not shape or any(not isinstance(n, int) or n < 1 for n in shape):
        raise ValueError(f"input_shape = {input_shape!r}: give whole numbers, such as (1, 28, 28)")
    first = next(model.parameters(), torch.zeros(()))
    x = torch.zeros(1, *shape, dtype=first.dtype, device=first.device)
    recorder = _Recorder(model, x)
    modes = {module: module.training for module in model.modules()}
    try:
        with torch.no_grad(), recorder.fields:
            model.eval()(x)
    except Exception as error:
        raise ValueError(
            f"the model refuses an input of shape {shape}, at {recorder.at}: {error}"
        ) from error
    finally:
        recorder.remove()
        for module, training in modes.items():
            module.training = training
    return LayerTable(shape, tuple(recorder.rows), parameters(model))


class _Recorder:
    """Hooks on every leaf of a model that write one row a call.

    `fields` follows what each tensor has seen, `sources` maps the id of a tensor to the row that
    made it; `kept` keeps the tensors alive, so that no id is given out twice.
    """

    def __init__(self, model: nn.Module, x: Tensor) -> None:
        self.rows: list[LayerRow] = []
        self.fields = Fields(x)
        self.sources: dict[int, int] = {id(x): -1}
        self.kept: list[Tensor] = [x]
        self.counted: set[int] = set()
        self.at = "its start"
        self.hooks = []
        for name, module in model.named_modules():
            if not any(module.children()):
                self.hooks += [
                    module.register_forward_pre_hook(lambda m, _, n=name: self._enter(n, m)),
                    module.register_forward_hook(lambda m, i, o, n=name: self._leave(n, m, i, o)),
                ]

    def remove(self) -> None:
        for hook in self.hooks:
            hook.remove()

    def _enter(self, name: str, module: nn.Module) -> None:
        self.at = f"layer {name} ({type(module).__name__})" if name else type(module).__name__
        self.fields.multiply_adds = 0

    def _leave(self, name: str, module: nn.Module, inputs: tuple, output: object) -> None:
        if not isinstance(output, Tensor) or not isinstance(inputs[0], Tensor):
            raise ValueError("its input and output must be tensors for the table to follow them")
        self.kept += [inputs[0], output]
        source = self.sources.get(id(inputs[0]))
        self.sources[id(output)] = len(self.rows)
        axes = self.fields.of(output)
        new = [p for p in module.parameters() if id(p) not in self.counted and p.requires_grad]
        self.counted |= {id(p) for p in new}
        self.rows.append(
            LayerRow(
                name=name,
                kind=type(module).__name__,
                setting=_setting(module),
                output_shape=tuple(output.shape[1:]),
                parameters=sum(p.numel() for p in new),
                multiply_adds=self._cost(module, inputs[0], output),
                activation_bytes=_new_bytes(inputs[0], output),
                receptive_field=axes and (axes[0].size, axes[1].size),
                jump=axes and (axes[0].jump, axes[1].jump),
                start=axes and (axes[0].start, axes[1].start),
                layer=module,
                source=source,
            )
        )

    def _cost(self, module: nn.Module, x: Tensor, y: Tensor) -> int | None:
        try:
            return multiply_adds(module, x.shape[1:], y.shape[1:])
        except ValueError:
            return self.fields.multiply_adds  # of the functions that a layer of another's calls


def _new_bytes(x: Tensor, y: Tensor) -> int:
    shared = x.untyped_storage().data_ptr() == y.untyped_storage().data_ptr()
    return 0 if shared else y.numel() * y.element_size()


def _window(module: nn.Module) -> tuple[Pair, Pair, Pair]:
    k = _pair(module.kernel_size)
    return k, _pair(module.stride or k), _pair(getattr(module, "dilation", 1))


def _pair(value: int | Sequence[int]) -> Pair:
    return (value, value) if isinstance(value, int) else tuple(value)


def _setting(module: nn.Module) -> str:
    """Write the window of a layer in words, such as `5×5, padding 2`."""
    if not isinstance(module, _WINDOWED):
        return ""
    k, stride, dilation = _window(module)
    padding = getattr(module, "padding", 0)
    words = [_times(k)]
    usual = (1, 1) if isinstance(module, nn.Conv2d) else k  # what PyTorch takes if nothing is said
    if stride != usual:
        words.append(f"stride {_square(stride)}")
    if padding not in (0, (0, 0)):
        words.append(f"padding {padding if isinstance(padding, str) else _square(_pair(padding))}")
    if dilation != (1, 1):
        words.append(f"dilation {_square(dilation)}")
    return ", ".join(words)
