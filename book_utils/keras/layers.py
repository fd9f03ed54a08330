"""Each Keras layer in PyTorch, and what is said of it."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..numbers import significant, thousands
from ..shapes import same_padding
from . import writing as write
from .arguments import Settled
from .words import KERAS, Pair, Shape, filled, refusal, shown


@dataclass(frozen=True)
class Note:
    """What to know of a translation: in Keras, in PyTorch, and why, in a sentence."""

    what: str
    keras: str
    pytorch: str
    why: str


@dataclass(frozen=True)
class Translation:
    """A Keras layer in PyTorch.

    `input_shape` and `shape` are those of one example as TensorFlow has them: (height, width,
    channels) or (features,). `pytorch` is the layer as text, to be run where there are `torch` and
    `nn`, its layers.
    `parameters` counts what is trained, the same in both. `verdict` says what matters most.
    """

    layer: str
    input_shape: Shape
    shape: Shape
    pytorch: str
    parameters: int
    verdict: tuple[str, str]
    notes: tuple[Note, ...]

    @property
    def channels_first(self) -> Shape:
        """The shape of the output as PyTorch has it: (channels, height, width) or (features,)."""
        return write.channels_first(self.shape)


class Layer:
    """A layer with its settled arguments and its input; collects what is said of it."""

    def __init__(self, name: str, given: Settled, shape: Shape) -> None:
        self.name, self.given, self.input = name, given, shape
        self.notes: list[Note] = []
        self.verdict = ("", "")

    def __getitem__(self, argument: str) -> Any:
        return self.given[argument]

    def note(self, kind: str, **words: Any) -> None:
        """Add a note of this kind."""
        self.notes.append(Note(*(filled(text, **words) for text in KERAS["notes"][kind])))

    def say(self, kind: str, **words: Any) -> None:
        """Say what matters most, in place of what was said before."""
        self.verdict = tuple(filled(text, **words) for text in KERAS["verdicts"][kind])

    def maps(self) -> tuple[Pair, int]:
        """Return (height, width) and the channels, or refuse an input without them."""
        if len(self.input) == 1:
            raise refusal("maps", layer=self.name, given=self.input[0])
        return self.input[:2], self.input[2]

    def done(self, layers: Sequence[str], shape: Shape, count: int = 0) -> Translation:
        """Return the translation; the notes on its output and its parameters come first."""
        rest, self.notes = self.notes, []
        kind = "output" if len(shape) == 3 else "features"
        self.note(kind, keras=write.batch(shape), pytorch=write.batch(write.channels_first(shape)))
        if count and self.name != "BatchNormalization":
            self.note("parameters", count=thousands(count))
        return Translation(
            self.name,
            self.input,
            shape,
            write.sequence(layers),
            count,
            self.verdict,
            (*self.notes, *rest),
        )

    def activation(self) -> list[str]:
        """Return the layer of an activation, if there is one, and note what a loss wants."""
        name = self["activation"]
        if name == "softmax":
            self.note("logits")
            if self.name in ("Dense", "Activation"):
                self.say("logits")
        elif name == "sigmoid" and self.name == "Dense":
            self.note("binary logits")
        written = KERAS["activations"].get(name, "")
        return [f"nn.{written}"] if written else []

    def initial(self, argument: str, fans: Pair, fan_in: int, bias: bool) -> None:
        """Note how the weights begin: Glorot's limits by both fans, PyTorch's by its fan in."""
        ours = significant(1 / math.sqrt(fan_in), 2)
        if self[argument] != "glorot_uniform":
            self.note("initializer", keras=shown(self[argument]), pytorch=ours)
            return
        theirs = significant(math.sqrt(6 / sum(fans)), 2)
        self.note("initial" if bias else "initial bare", keras=theirs, pytorch=ours)


@dataclass(frozen=True)
class Window:
    """Windows on height and width: how many there are, and what SAME adds before and after."""

    size: Pair
    rows: Pair
    columns: Pair

    @property
    def added(self) -> int:
        """How many rows and columns are added."""
        return sum(self.rows + self.columns)

    @property
    def before(self) -> Pair:
        """What is added above and on the left."""
        return self.rows[0], self.columns[0]

    @property
    def is_even(self) -> bool:
        """Whether as much is added before as after."""
        return self.rows[0] == self.rows[1] and self.columns[0] == self.columns[1]

    @property
    def words(self) -> str:
        """What is added, in words."""
        if self.rows == self.columns:
            return f"{self.rows[0]} before, {self.rows[1]} after"
        return "rows {} + {}, columns {} + {}".format(*self.rows, *self.columns)


def _windows(layer: Layer, kernel: Pair, stride: Pair, dilation: Pair = (1, 1)) -> Window:
    n, _ = layer.maps()
    if layer["padding"] == "same":
        size = tuple((n[d] + stride[d] - 1) // stride[d] for d in (0, 1))
        pads = [same_padding(n[d], kernel[d], stride[d], dilation[d]) for d in (0, 1)]
        return Window(size, *pads)
    reach = [dilation[d] * (kernel[d] - 1) + 1 for d in (0, 1)]
    for d, axis in enumerate(("rows", "columns")):
        if reach[d] > n[d]:
            raise refusal("too small", layer=layer.name, reach=reach[d], axis=axis, n=n[d])
    size = tuple((n[d] - reach[d]) // stride[d] + 1 for d in (0, 1))
    return Window(size, (0, 0), (0, 0))


def _padded(layer: Layer, window: Window) -> tuple[list[str], Pair | None]:
    """Return what goes before a convolution and its padding, and say so."""
    if layer["padding"] == "valid":
        layer.note("valid")
        layer.say("valid")
    elif not window.added:
        layer.note("nothing")
        layer.say("nothing")
    elif window.is_even:
        padding = write.plain(window.before)
        layer.note("even", sides=window.words, padding=padding)
        layer.say("even", padding=padding)
        return [], window.before
    else:
        layer.note("odd", sides=window.words, layer="ZeroPad2d")
        layer.say("odd", sides=window.words)
        return [write.sides("ZeroPad2d", window.rows, window.columns)], None
    return [], None


def _stepping(layer: Layer) -> tuple[Pair, Pair]:
    stride, dilation = layer["strides"] or (1, 1), layer["dilation_rate"]
    if max(stride) > 1 and max(dilation) > 1:
        raise refusal("both", layer=layer.name)
    if layer.name in ("DepthwiseConv2D", "SeparableConv2D") and stride[0] != stride[1]:
        raise refusal("unequal", layer=layer.name, given=write.written_tuple(stride))
    return stride, dilation


def _convolution(layer: Layer) -> Translation:
    _, channels = layer.maps()
    filters, groups = layer["filters"], layer["groups"]
    if channels % groups or filters % groups:
        raise refusal("groups", layer=layer.name, groups=groups, channels=channels, filters=filters)
    return _convolved(layer, channels, filters, groups)


def _depthwise(layer: Layer) -> Translation:
    _, channels = layer.maps()
    return _convolved(layer, channels, channels * layer["depth_multiplier"], channels)


def _sliding(
    layer: Layer, channels: int, filters: int, groups: int, bias: bool
) -> tuple[list[str], Window]:
    """Return the lines of a convolution, padding first, and where its windows lie."""
    stride, dilation = _stepping(layer)
    window = _windows(layer, layer["kernel_size"], stride, dilation)
    before, padding = _padded(layer, window)
    convolution = write.layer(
        "Conv2d",
        channels,
        filters,
        layer["kernel_size"],
        stride=write.other_than(stride, (1, 1)),
        padding=padding,
        dilation=write.other_than(dilation, (1, 1)),
        groups=write.other_than(groups, 1),
        bias=write.other_than(bias, True),
    )
    return [*before, convolution], window


def _convolved(layer: Layer, channels: int, filters: int, groups: int) -> Translation:
    kernel, bias = layer["kernel_size"], layer["use_bias"]
    lines, window = _sliding(layer, channels, filters, groups, bias)
    area, inputs = kernel[0] * kernel[1], channels // groups
    ours = (filters, inputs, *kernel)
    if layer.name == "DepthwiseConv2D":
        multiplier = layer["depth_multiplier"]
        theirs = (*kernel, channels, multiplier)
        permute = f"permute(2, 3, 0, 1).reshape{write.written_tuple(ours)}"
        fans, argument = (area * channels, area * multiplier), "depthwise_initializer"
        if layer["padding"] == "valid" or window.is_even:
            layer.say("groups", groups=groups)
    else:
        theirs, permute = (*kernel, inputs, filters), "permute(3, 2, 0, 1)"
        fans, argument = (area * inputs, area * filters), "kernel_initializer"
    layer.note(
        "kernel",
        keras=write.written_tuple(theirs),
        pytorch=write.written_tuple(ours),
        permute=permute,
    )
    layer.initial(argument, fans, area * inputs, bias)
    count = math.prod(ours) + (filters if bias else 0)
    return layer.done([*lines, *layer.activation()], (*window.size, filters), count)


def _separable(layer: Layer) -> Translation:
    _, channels = layer.maps()
    filters, kernel, bias = layer["filters"], layer["kernel_size"], layer["use_bias"]
    multiplier = layer["depth_multiplier"]
    middle, area = channels * multiplier, kernel[0] * kernel[1]
    lines, window = _sliding(layer, channels, middle, channels, bias=False)
    if layer["padding"] == "valid" or window.is_even:
        layer.say("parts")
    pointwise = write.layer("Conv2d", middle, filters, 1, bias=write.other_than(bias, True))
    ours = (middle, 1, *kernel)
    permute = f"permute(2, 3, 0, 1).reshape{write.written_tuple(ours)}"
    theirs = (*kernel, channels, multiplier)
    layer.note(
        "kernel",
        keras=write.written_tuple(theirs),
        pytorch=write.written_tuple(ours),
        permute=permute,
    )
    theirs, last = (1, 1, middle, filters), (filters, middle, 1, 1)
    layer.note(
        "kernel",
        keras=write.written_tuple(theirs),
        pytorch=write.written_tuple(last),
        permute="permute(3, 2, 0, 1)",
    )
    count = area * middle + middle * filters + (filters if bias else 0)
    layers = [*lines, pointwise, *layer.activation()]
    return layer.done(layers, (*window.size, filters), count)


def _transposed(layer: Layer) -> Translation:
    n, channels = layer.maps()
    filters, kernel, bias = layer["filters"], layer["kernel_size"], layer["use_bias"]
    stride, dilation = _stepping(layer)
    reach = [dilation[d] * (kernel[d] - 1) + 1 for d in (0, 1)]
    grown = tuple(max(stride[d] - reach[d], 0) for d in (0, 1))
    over = [max(reach[d] - stride[d], 0) for d in (0, 1)]
    is_same = layer["padding"] == "same"
    before = tuple(each // 2 if is_same else 0 for each in over)
    odd = tuple(each % 2 if is_same else 0 for each in over)
    size = tuple(n[d] * stride[d] + (0 if is_same else over[d]) for d in (0, 1))
    transposed = write.layer(
        "ConvTranspose2d",
        channels,
        filters,
        kernel,
        stride=write.other_than(stride, (1, 1)),
        padding=write.other_than(before, (0, 0)),
        output_padding=write.other_than(grown, (0, 0)),
        bias=write.other_than(bias, True),
        dilation=write.other_than(dilation, (1, 1)),
    )
    crop = [write.sides("ZeroPad2d", (0, -odd[0]), (0, -odd[1]))] if any(odd) else []
    if is_same and any(over):
        after = tuple(before[d] + odd[d] for d in (0, 1))
        how = f"nn.ZeroPad2d of {write.plain(tuple(-each for each in odd))}" if any(odd) else ""
        how = " and ".join(
            filter(None, [f"padding={write.plain(before)}" if any(before) else "", how])
        )
        layer.note("crop", before=write.plain(before), after=write.plain(after), pytorch=how)
        layer.say("crop" if any(odd) else "crop even", padding=write.plain(before))
    elif any(grown):
        layer.note("grown", extra=write.plain(grown))
        layer.say("same layer")
    else:
        layer.note("fitting", word=layer["padding"])
        layer.say("same layer")
    theirs, ours = (*kernel, filters, channels), (channels, filters, *kernel)
    layer.note(
        "kernel",
        keras=write.written_tuple(theirs),
        pytorch=write.written_tuple(ours),
        permute="permute(3, 2, 0, 1)",
    )
    area = kernel[0] * kernel[1]
    fans = (area * filters, area * channels)
    layer.initial("kernel_initializer", fans, area * filters, bias)
    count = math.prod(ours) + (filters if bias else 0)
    return layer.done([transposed, *crop, *layer.activation()], (*size, filters), count)


def _pooling(layer: Layer) -> Translation:
    _, channels = layer.maps()
    kernel = layer["pool_size"]
    stride = layer["strides"] or kernel
    window = _windows(layer, kernel, stride)
    if layer["strides"] is None:
        layer.note("stride")
    pool = _max_pooling if layer.name == "MaxPooling2D" else _average_pooling
    return layer.done(pool(layer, kernel, stride, window), (*window.size, channels))


def _max_pooling(layer: Layer, kernel: Pair, stride: Pair, window: Window) -> list[str]:
    named = {"stride": write.other_than(stride, kernel)}
    if window.is_even:
        _, padding = _padded(layer, window)
        return [write.layer("MaxPool2d", kernel, **named, padding=padding)]
    layer.note("odd", sides=window.words, layer="ConstantPad2d")
    layer.say("odd max", sides=window.words)
    pad = write.sides("ConstantPad2d", window.rows, window.columns, "-torch.inf")
    return [pad, write.layer("MaxPool2d", kernel, **named)]


def _average_pooling(layer: Layer, kernel: Pair, stride: Pair, window: Window) -> list[str]:
    """Return layers that leave what SAME adds out of the averages.

    Where it adds one cell more after than before, a stride above 1 reaches it by rounding the size
    up. At stride 1 as much is added before, and the first window is taken off again.
    """
    if not window.added:
        _padded(layer, window)
        return [write.layer("AvgPool2d", kernel, stride=write.other_than(stride, kernel))]
    axes = (window.rows, window.columns)
    odd = [after > before for before, after in axes]
    off = [int(odd[d] and stride[d] == 1) for d in (0, 1)]
    padding = tuple(axes[d][0] + off[d] for d in (0, 1))
    up = any(odd[d] and stride[d] > 1 for d in (0, 1))
    pool = write.layer(
        "AvgPool2d",
        kernel,
        stride=write.other_than(stride, kernel),
        padding=write.other_than(padding, (0, 0)),
        ceil_mode=write.other_than(up, False),
        count_include_pad=False if any(padding) else None,
    )
    crop = [write.sides("ZeroPad2d", (-off[0], 0), (-off[1], 0))] if any(off) else []
    layer.note("excluded", sides=window.words)
    layer.say("average", sides=window.words)
    return [pool, *crop]


def _global_pooling(layer: Layer) -> Translation:
    _, channels = layer.maps()
    kind = "AdaptiveMaxPool2d" if layer.name == "GlobalMaxPooling2D" else "AdaptiveAvgPool2d"
    layer.say("same layer")
    if layer["keepdims"]:
        return layer.done([write.layer(kind, 1)], (1, 1, channels))
    return layer.done([write.layer(kind, 1), "nn.Flatten()"], (channels,))


def _normalisation(layer: Layer) -> Translation:
    channels = layer.input[-1]
    kind = "BatchNorm2d" if len(layer.input) == 3 else "BatchNorm1d"
    momentum = float(f"{1 - layer['momentum']:.12g}")
    named = {"eps": layer["epsilon"], "momentum": momentum}
    scaled, centred = layer["scale"], layer["center"]
    if scaled != centred:
        raise refusal("half", layer=layer.name, center=centred, scale=scaled)
    count = 2 * channels if scaled else 0
    counts = {"all": count + 2 * channels, "trained": count, "kept": 2 * channels}
    layer.note("statistics", **{name: thousands(n) for name, n in counts.items()})
    layer.note("momentum", keras=write.number(layer["momentum"]), pytorch=write.number(momentum))
    layer.note("epsilon")
    layer.note("mode")
    layer.say("momentum", keras=write.number(layer["momentum"]), pytorch=write.number(momentum))
    affine = None if scaled else False
    return layer.done([write.layer(kind, channels, **named, affine=affine)], layer.input, count)


def _dense(layer: Layer) -> Translation:
    units, bias, inputs = layer["units"], layer["use_bias"], layer.input[-1]
    is_flat = len(layer.input) == 1
    named = {"bias": write.other_than(bias, True)}
    layers = [
        write.layer("Linear", inputs, units, **named)
        if is_flat
        else write.layer("Conv2d", inputs, units, 1, **named)
    ]
    ours = (units, inputs) if is_flat else (units, inputs, 1, 1)
    kind = "dense" if is_flat else "pixel"
    layer.say("same layer" if is_flat else "everywhere")
    layer.note(kind, keras=write.written_tuple((inputs, units)), pytorch=write.written_tuple(ours))
    layer.initial("kernel_initializer", (inputs, units), inputs, bias)
    layers += layer.activation()
    return layer.done(layers, (*layer.input[:-1], units), inputs * units + (units if bias else 0))


def _flatten(layer: Layer) -> Translation:
    if sum(n > 1 for n in layer.input[-1:]) and math.prod(layer.input[:-1]) > 1:
        layer.note("order")
        layer.say("order")
    else:
        layer.say("nothing to reorder")
    return layer.done(["nn.Flatten()"], (math.prod(layer.input),))


def _dropout(layer: Layer) -> Translation:
    layer.note("mode")
    layer.say("same layer")
    return layer.done([write.layer("Dropout", layer["rate"])], layer.input)


def _activated(layer: Layer) -> Translation:
    layer.say("activation")
    return layer.done(layer.activation() or ["nn.Identity()"], layer.input)


def _relu(layer: Layer) -> Translation:
    layer.say("activation")
    return layer.done(["nn.ReLU6()" if layer["max_value"] else "nn.ReLU()"], layer.input)


def _leaky(layer: Layer) -> Translation:
    layer.note("slope")
    layer.say("slope")
    return layer.done([write.layer("LeakyReLU", layer["negative_slope"])], layer.input)


def _zeros(layer: Layer) -> Translation:
    (height, width), channels = layer.maps()
    top, bottom, left, right = layer["border"]
    layer.note("sides")
    layer.say("sides")
    pad = write.sides("ZeroPad2d", (top, bottom), (left, right))
    return layer.done([pad], (height + top + bottom, width + left + right, channels))


def _upsampling(layer: Layer) -> Translation:
    (height, width), channels = layer.maps()
    size = layer["size"]
    layer.say("same layer")
    written = write.layer("Upsample", scale_factor=size)
    return layer.done([written], (height * size[0], width * size[1], channels))


LAYERS: Mapping[str, Callable[[Layer], Translation]] = {
    "Conv2D": _convolution,
    "DepthwiseConv2D": _depthwise,
    "SeparableConv2D": _separable,
    "Conv2DTranspose": _transposed,
    "MaxPooling2D": _pooling,
    "AveragePooling2D": _pooling,
    "GlobalMaxPooling2D": _global_pooling,
    "GlobalAveragePooling2D": _global_pooling,
    "BatchNormalization": _normalisation,
    "Dense": _dense,
    "Flatten": _flatten,
    "Dropout": _dropout,
    "Activation": _activated,
    "ReLU": _relu,
    "LeakyReLU": _leaky,
    "ZeroPadding2D": _zeros,
    "UpSampling2D": _upsampling,
}
