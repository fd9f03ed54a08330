"""Random layers and faulty ones, and what PyTorch makes of them.

A case is drawn without regard to whether it is possible: PyTorch alone decides that. A fault is a
change to a case that should make it impossible.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random

import torch
import torch.nn.functional as F
from torch import nn

from tests.parity.reach import CONVOLUTION, POOLING, TRANSPOSED

MODES = ("zeros", "reflect", "replicate", "circular")
REFUSALS = (RuntimeError, ValueError, TypeError)


@dataclass
class Case:
    """One layer: shapes and settings first, so that a fault can change them, then numbers."""

    operator: "Operator"
    x: list[int]
    options: dict
    w: list[int] | None = None
    bias: int | None = None
    fault: str = ""
    exact: bool = True
    operands: list[torch.Tensor] = field(default_factory=list)

    def fill(self, seed):
        """Draw the numbers: integers, or floats short enough to travel cheaply as text."""
        g = torch.Generator().manual_seed(seed)
        self.exact = seed % 2 == 0
        shapes = [self.x, self.w, None if self.bias is None else [self.bias]]
        self.operands = [self.numbers(shape, g) for shape in shapes if shape is not None]
        return self

    def put(self, name, d, value):
        """Give one side of the layer a size of its input, of its kernel, or an option."""
        if name == "n":
            self.x[2 + d] = value
        elif name == "k" and self.w:
            self.w[2 + d] = value
        elif name == "k":
            self.options["kernel"][d] = value
        else:
            at_rest = self.options.get("kernel" if name == "stride" else name, [1, 1])
            self.options[name] = [*self.options.get(name, at_rest)]
            self.options[name][d] = value

    def numbers(self, shape, g):
        if self.exact:
            return torch.randint(-9, 10, shape, generator=g, dtype=torch.float64)
        return torch.randn(shape, generator=g, dtype=torch.float64).round(decimals=3)

    def torch(self, *operands):
        """Output by PyTorch, or one of REFUSALS."""
        return self.operator.oracle(self.options, *(operands or self.operands))

    def gradient(self, y):
        """Draw the gradient at the output; 144 keeps every mean over at most 4 × 4 cells whole."""
        scale = 144 if self.exact and self.operator.name == "avgPool2d" else 1
        return self.numbers(y.shape, torch.Generator().manual_seed(y.numel())) * scale

    def gradients(self, dy):
        """Gradients of the operands by autograd."""
        leaves = [operand.requires_grad_() for operand in self.operands]
        return torch.autograd.grad(self.torch(*leaves), leaves, dy)

    def forward_call(self):
        options = dict(self.options)
        if self.bias is not None:
            options["bias"] = self.operands[2].tolist()
        return [self.operator.name, *self.operands[:2], options]

    def backward_call(self, dy):
        return [f"{self.operator.name}Backward", *self.operands[:2], dy, self.options]


@dataclass(frozen=True)
class Operator:
    """A function of the front end, how to draw it, break it and compute it with PyTorch."""

    name: str
    draw: Callable[[Random], Case]
    oracle: Callable[..., torch.Tensor]
    faults: dict[str, Callable[[Case, Random], None]]
    reach: dict[str, range]  # the values of each setting that a control or a link may give
    has_backward: bool = True  # of its own: that of a transposed convolution is a convolution

    def case(self, rng):
        """Draw any case, possible or not."""
        case = self.draw(rng)
        case.operator = self
        return case.fill(rng.getrandbits(31))

    def possible(self, rng):
        """Draw until PyTorch accepts; return the case, its output and the cases refused before."""
        refused = []
        while True:
            case = self.case(rng)
            try:
                return case, case.torch(), refused
            except REFUSALS:
                refused.append(case)

    def whole_reach(self, rng):
        """Yield a possible case for every value of every setting, and PyTorch's output."""
        for name, values in self.reach.items():
            for value in values:
                yield self.possible_with(name, value, rng)

    def possible_with(self, name, value, rng):
        """Draw until PyTorch accepts a case with this value, in which another would matter."""
        while True:
            case, d = self.draw(rng), rng.randrange(2)
            if len(case.options["padding"]) != 2:  # a word, or four sides
                continue
            case.operator = self
            for other, values in self.reach.items():
                if rng.random() < 1 / 3:
                    case.put(other, d, rng.choice(values))
            case.put(name, d, value)
            case.fill(rng.getrandbits(31) | 1)  # floats: no mean of 8 × 8 is exact
            try:
                y = case.torch()
            except REFUSALS:
                continue
            if name in ("n", "k") or self.matters(case, y, name, d):
                return case, y

    def matters(self, case, y, name, d):
        """Say whether PyTorch's output would be another with the neighbouring value."""
        value = case.options[name][d]
        neighbour = value + (1 if value == self.reach[name][0] else -1)
        try:
            case.put(name, d, neighbour)
            return not torch.equal(y, case.torch())
        except REFUSALS:
            return True
        finally:
            case.put(name, d, value)

    def faulty(self, rng, fault):
        """Draw a possible case and break it."""
        case, _, _ = self.possible(rng)
        case.fault = fault
        self.faults[fault](case, rng)
        return case.fill(rng.getrandbits(31))


def pair(rng, least, most):
    return [rng.randint(least, most), rng.randint(least, most)]


# Drawing


def draw_conv(rng):
    groups, inputs, outputs = rng.choice((1, 1, 2, 3)), rng.randint(1, 2), rng.randint(1, 2)
    padding = rng.choice((pair(rng, 0, 3), pair(rng, 0, 3) + pair(rng, 0, 3), "same", "valid"))
    return Case(
        None,
        x=[rng.randint(1, 2), groups * inputs, *pair(rng, 1, 9)],
        w=[groups * outputs, inputs, *pair(rng, 1, 4)],
        bias=rng.choice((None, groups * outputs)),
        options={
            "stride": [1, 1] if padding == "same" else pair(rng, 1, 3),
            "padding": padding,
            "dilation": pair(rng, 1, 3),
            "groups": groups,
            "mode": rng.choice(MODES),
            "flip": rng.choice((False, True)),
        },
    )


def draw_transposed(rng):
    groups, inputs, outputs = rng.choice((1, 1, 2, 3)), rng.randint(1, 2), rng.randint(1, 2)
    return Case(
        None,
        x=[rng.randint(1, 2), groups * inputs, *pair(rng, 1, 6)],
        w=[groups * inputs, outputs, *pair(rng, 1, 4)],
        bias=rng.choice((None, groups * outputs)),
        options={
            "stride": pair(rng, 1, 3),
            "padding": pair(rng, 0, 2),
            "dilation": pair(rng, 1, 3),
            "groups": groups,
            "outputPadding": pair(rng, 0, 2) if rng.random() < 0.6 else [0, 0],
        },
    )


def draw_pool(rng):
    options = {
        "kernel": pair(rng, 1, 4),
        "padding": pair(rng, 0, 2) if rng.random() < 0.5 else [0, 0],
        "ceilMode": rng.choice((False, True)),
    }
    if rng.random() < 0.8:
        options["stride"] = pair(rng, 1, 4)
    return Case(None, x=[rng.randint(1, 2), rng.randint(1, 3), *pair(rng, 1, 9)], options=options)


def draw_max_pool(rng):
    case = draw_pool(rng)
    if rng.random() < 0.5:
        case.options["dilation"] = pair(rng, 1, 3)
    return case


def draw_avg_pool(rng):
    case = draw_pool(rng)
    case.options["countIncludePad"] = rng.choice((False, True))
    return case


# PyTorch


def torch_conv(o, x, w, bias=None):
    padding = o["padding"]
    if o["flip"]:
        w = w.flip(2, 3)
    if len(padding) == 4 and not isinstance(padding, str):
        top, bottom, left, right = padding
        mode = "constant" if o["mode"] == "zeros" else o["mode"]
        x = F.pad(x, (left, right, top, bottom), mode=mode)
        padding = 0
    elif not isinstance(padding, str):
        padding = tuple(padding)
    layer = nn.Conv2d(
        x.shape[1],
        w.shape[0],
        tuple(w.shape[2:]),
        stride=o["stride"],
        padding=padding,
        dilation=o["dilation"],
        groups=o["groups"],
        bias=bias is not None,
        padding_mode=o["mode"],
        device="meta",  # its own weights are never used
    )
    parameters = {"weight": w} if bias is None else {"weight": w, "bias": bias}
    return torch.func.functional_call(layer, parameters, (x,))


def torch_transposed(o, x, w, bias=None):
    return F.conv_transpose2d(
        x, w, bias, o["stride"], o["padding"], o["outputPadding"], o["groups"], o["dilation"]
    )


def torch_max_pool(o, x):
    stride, dilation = o.get("stride"), o.get("dilation", 1)
    return F.max_pool2d(x, o["kernel"], stride, o["padding"], dilation, o["ceilMode"])


def torch_avg_pool(o, x):
    stride = o.get("stride")
    return F.avg_pool2d(x, o["kernel"], stride, o["padding"], o["ceilMode"], o["countIncludePad"])


# Faults


def give(name, value, **others):
    """Set one side of an option to an impossible value; others make the rest possible."""

    def fault(case, rng):
        case.options |= others
        both = case.options.get(name)
        both = list(both) if isinstance(both, list) and len(both) == 2 else [1, 1]
        both[rng.randrange(2)] = value
        case.options[name] = both

    return fault


def too_large_kernel(case, rng):
    d = rng.randrange(2)
    case.options |= {"padding": [1, 1], "dilation": [1, 1], "mode": "zeros"}
    case.w[2 + d] = case.x[2 + d] + 3


def too_wide_dilation(case, rng):
    d = rng.randrange(2)
    case.options |= {"padding": [0, 0], "mode": "zeros"}
    case.w[2 + d] = 2
    case.options["dilation"][d] = case.x[2 + d]


def missing_channel(case, rng):
    case.x[1] += rng.choice((1, 2))


def uneven_filters(case, rng):
    case.options["groups"], case.x[1], case.w[1] = 2, 2 * case.w[1], case.w[1]
    case.w[0] = case.bias = 2 * rng.randint(1, 3) + 1


def uneven_inputs(case, rng):
    channels = 2 * rng.randint(1, 3) + 1
    case.options["groups"], case.x[1], case.w[0] = 2, channels, channels
    case.bias = None


def wrong_bias(case, rng):
    case.bias = (case.bias or case.w[0] * case.w[1] * 2) + rng.choice((1, 2))


def no_groups(case, rng):
    case.options["groups"] = rng.choice((0, -1))


def same_with_stride(case, rng):
    give("stride", rng.choice((2, 3)), padding="same", mode="zeros")(case, rng)


def too_much_of(mode, excess):
    def fault(case, rng):
        d = rng.randrange(2)
        case.options |= {"mode": mode, "padding": [0, 0]}
        case.options["padding"][d] = case.x[2 + d] + excess

    return fault


def large_output_padding(case, rng):
    d = rng.randrange(2)
    most = max(case.options["stride"][d], case.options["dilation"][d])
    case.options["outputPadding"][d] = most + rng.randint(0, 1)


def nothing_left(case, rng):
    d = rng.randrange(2)
    case.options |= {"outputPadding": [0, 0]}
    reach = (case.x[2 + d] - 1) * case.options["stride"][d]
    span = case.options["dilation"][d] * (case.w[2 + d] - 1) + 1
    case.options["padding"][d] = -(-(reach + span) // 2) + rng.randint(0, 1)


def large_pool_padding(case, rng):
    d = rng.randrange(2)
    case.options["padding"][d] = case.options["kernel"][d] // 2 + rng.randint(1, 2)


def large_pool_kernel(case, rng):
    d = rng.randrange(2)
    case.options |= {"ceilMode": False, "padding": [0, 0]}
    case.options["kernel"][d] = case.x[2 + d] + rng.randint(1, 3)


WINDOW_FAULTS = {
    "stride zero": give("stride", 0),
    "stride negative": give("stride", -1),
    "stride not whole": give("stride", 1.5),
    "padding negative": give("padding", -1, mode="zeros"),
    "padding not whole": give("padding", 0.5, mode="zeros"),
}
CONV_FAULTS = WINDOW_FAULTS | {
    "dilation zero": give("dilation", 0),
    "dilation not whole": give("dilation", 1.5),
    "groups not positive": no_groups,
    "channels differ": missing_channel,
    "bias of wrong length": wrong_bias,
}
POOL_FAULTS = {
    name: fault for name, fault in WINDOW_FAULTS.items() if name != "stride negative"
} | {
    "kernel zero": give("kernel", 0),
    "kernel not whole": give("kernel", 2.5),
    "kernel too large": large_pool_kernel,
    "padding beyond half": large_pool_padding,
}

OPERATORS = [
    Operator(
        "conv2d",
        draw_conv,
        torch_conv,
        CONV_FAULTS
        | {
            "kernel too large": too_large_kernel,
            "dilation too wide": too_wide_dilation,
            "groups do not divide": uneven_filters,
            "same with stride": same_with_stride,
            "reflect too far": too_much_of("reflect", 0),
            "circular too far": too_much_of("circular", 1),
        },
        CONVOLUTION,
    ),
    Operator(
        "convTranspose2d",
        draw_transposed,
        torch_transposed,
        CONV_FAULTS
        | {
            "groups do not divide": uneven_inputs,
            "output padding too large": large_output_padding,
            "output padding negative": give("outputPadding", -1),
            "nothing left": nothing_left,
        },
        TRANSPOSED,
        has_backward=False,
    ),
    Operator(
        "maxPool2d",
        draw_max_pool,
        torch_max_pool,
        POOL_FAULTS | {"dilation zero": give("dilation", 0)},
        POOLING,
    ),
    Operator(
        "avgPool2d",
        draw_avg_pool,
        torch_avg_pool,
        POOL_FAULTS,
        {name: values for name, values in POOLING.items() if name != "dilation"},
    ),
]
